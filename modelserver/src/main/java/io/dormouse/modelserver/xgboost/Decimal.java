package io.dormouse.modelserver.xgboost;

import java.nio.charset.StandardCharsets;

/// Reads decimal numbers from bytes, several times faster than by way of a String.
///
/// Numbers of up to 15 digits with a small exponent are exact as one multiplication or division of
/// two doubles; the others go to [Double#parseDouble].
final class Decimal {
    private static final double[] TENS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };
    private static final int EXACT_DIGITS_MAX = 15;
    private static final int EXACT_TENS_MAX = 22;

    private Decimal() {}

    /// The number that stands in exactly these bytes.
    ///
    /// @throws NumberFormatException when something else stands there
    static double parse(byte[] text, int from, int to) {
        int at = from;
        boolean negative = at < to && text[at] == '-';
        if (at < to && (text[at] == '-' || text[at] == '+')) {
            at++;
        }
        long digits = 0;
        int count = 0;
        int scale = 0;
        int start = at;
        for (; at < to && text[at] >= '0' && text[at] <= '9'; at++) {
            digits = digits * 10 + (text[at] - '0');
            count += digits == 0 ? 0 : 1;
            if (count > EXACT_DIGITS_MAX) {
                return slow(text, from, to);
            }
        }
        int seen = at - start;
        if (at < to && text[at] == '.') {
            at++;
            int fraction = at;
            for (; at < to && text[at] >= '0' && text[at] <= '9'; at++) {
                digits = digits * 10 + (text[at] - '0');
                count += digits == 0 ? 0 : 1;
                if (count > EXACT_DIGITS_MAX) {
                    return slow(text, from, to);
                }
            }
            scale = at - fraction;
            seen += scale;
        }
        if (seen == 0) {
            return slow(text, from, to);
        }
        int tens = -scale;
        if (at < to && (text[at] == 'e' || text[at] == 'E')) {
            int exponent = exponent(text, at + 1, to);
            if (exponent == Integer.MIN_VALUE) {
                return slow(text, from, to);
            }
            tens += exponent;
            at = to;
        }
        if (at != to || tens > EXACT_TENS_MAX || tens < -EXACT_TENS_MAX) {
            return slow(text, from, to);
        }
        double value = tens < 0 ? digits / TENS[-tens] : digits * TENS[tens];
        return negative ? -value : value;
    }

    /// The exponent in these bytes, or MIN_VALUE where they are not a short whole number.
    private static int exponent(byte[] text, int from, int to) {
        int at = from;
        boolean negative = at < to && text[at] == '-';
        if (at < to && (text[at] == '-' || text[at] == '+')) {
            at++;
        }
        if (at == to || to - at > 4) {
            return Integer.MIN_VALUE;
        }
        int value = 0;
        for (; at < to; at++) {
            if (text[at] < '0' || text[at] > '9') {
                return Integer.MIN_VALUE;
            }
            value = value * 10 + (text[at] - '0');
        }
        return negative ? -value : value;
    }

    /// Also the names that Python and XGBoost know: nan, inf and infinity in any case.
    private static double slow(byte[] text, int from, int to) {
        String word = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
        int sign = word.startsWith("-") ? 1 : word.startsWith("+") ? 1 : 0;
        String bare = word.substring(sign);
        if (bare.equalsIgnoreCase("nan")) {
            return Double.NaN;
        }
        if (bare.equalsIgnoreCase("inf") || bare.equalsIgnoreCase("infinity")) {
            return word.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        // parseDouble also takes what only Java writes: a type suffix and hexadecimal.
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            if ((c < '0' || c > '9') && c != '.' && c != 'e' && c != 'E' && c != '-' && c != '+') {
                throw new NumberFormatException(word);
            }
        }
        return Double.parseDouble(word);
    }
}
