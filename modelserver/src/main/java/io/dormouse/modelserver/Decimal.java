package io.dormouse.modelserver;

import java.nio.charset.StandardCharsets;

/// Numbers in text, read without making a string for the usual ones.
public final class Decimal {
    /// Powers of ten that a double holds exactly.
    private static final double[] EXACT = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    private static final long EXACT_MANTISSA_MAX = 1L << 53;

    private Decimal() {}

    /// The double nearest to the number that stands in `text` from `from` to `to`.
    ///
    /// @throws NumberFormatException when it is not wholly a decimal number (`NaN` and `Infinity`
    ///   are)
    public static double parse(byte[] text, int from, int to) {
        int at = from;
        boolean negative = at < to && text[at] == '-';
        if (negative || (at < to && text[at] == '+')) {
            at++;
        }
        long mantissa = 0;
        int digits = 0;
        int scale = 0;
        boolean fraction = false;
        for (; at < to; at++) {
            int c = text[at];
            if (c >= '0' && c <= '9') {
                mantissa = mantissa * 10 + (c - '0');
                // Leading zeros count too: it only sends a long number the slow and exact way.
                digits++;
                scale -= fraction ? 1 : 0;
            } else if (c == '.' && !fraction) {
                fraction = true;
            } else {
                break;
            }
        }
        if (at < to && (text[at] == 'e' || text[at] == 'E') && to - at <= 5) {
            scale += exponent(text, at + 1, to);
            at = to;
        }
        // A product or quotient of two exact doubles is rounded once, so it is the nearest
        // (Clinger).
        if (at < to
                || digits == 0
                || digits > 18
                || mantissa > EXACT_MANTISSA_MAX
                || scale < -22
                || scale > 22) {
            return exact(text, from, to);
        }
        double value = scale < 0 ? mantissa / EXACT[-scale] : mantissa * EXACT[scale];
        return negative ? -value : value;
    }

    /// A short exponent, or one that no short number has where these bytes are none.
    private static int exponent(byte[] text, int from, int to) {
        int at = from;
        boolean negative = at < to && text[at] == '-';
        if (negative || (at < to && text[at] == '+')) {
            at++;
        }
        int value = at == to ? Short.MAX_VALUE : 0;
        for (; at < to; at++) {
            if (text[at] < '0' || text[at] > '9') {
                return Short.MAX_VALUE;
            }
            value = value * 10 + (text[at] - '0');
        }
        return negative ? -value : value;
    }

    /// The integer that stands there; `3.0` and `3e2` are integers too.
    ///
    /// @throws NumberFormatException when it is no integer of 64 bits
    public static long integer(byte[] text, int from, int to) {
        int at = from;
        boolean negative = at < to && text[at] == '-';
        if (negative || (at < to && text[at] == '+')) {
            at++;
        }
        long value = 0;
        if (to - at > 18 || at == to) {
            return exactInteger(text, from, to);
        }
        for (; at < to; at++) {
            if (text[at] < '0' || text[at] > '9') {
                return exactInteger(text, from, to);
            }
            value = value * 10 + (text[at] - '0');
        }
        return negative ? -value : value;
    }

    private static double exact(byte[] text, int from, int to) {
        String word = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
        if (to > from && "dDfFxXpP ".indexOf(word.charAt(word.length() - 1)) >= 0) {
            throw new NumberFormatException(word); // Java's own suffixes are no numbers elsewhere
        }
        return switch (word) {
            case "nan", "NaN", "NAN" -> Double.NaN;
            case "inf", "Inf", "+inf" -> Double.POSITIVE_INFINITY;
            case "-inf", "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(word);
        };
    }

    private static long exactInteger(byte[] text, int from, int to) {
        String word = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException _) {
            double value = exact(text, from, to);
            if (value != Math.rint(value) || Math.abs(value) > EXACT_MANTISSA_MAX) {
                throw new NumberFormatException(word);
            }
            return (long) value;
        }
    }
}
