package io.dormouse.modelserver.xgboost;

import java.util.Arrays;

/// Writes scores as AWS's container writes them: digits of the double that equals the float, as
/// Python prints it.
final class ScoreText {
    private byte[] text = new byte[64];
    private int length;

    /// What was written; only the first [#length] bytes.
    byte[] bytes() {
        return text;
    }

    int length() {
        return length;
    }

    ScoreText append(String ascii) {
        int size = ascii.length();
        if (length + size > text.length) {
            text = Arrays.copyOf(text, Math.max(text.length * 2, length + size));
        }
        for (int i = 0; i < size; i++) {
            text[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    ScoreText append(float value) {
        return append(python(value));
    }

    /// Java and Python find the same digits and differ in when they write an exponent: Python below
    /// 1e-4 and from 1e16 on.
    static String python(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        String java = Double.toString(value);
        int mark = java.indexOf('E');
        if (mark < 0) {
            return java;
        }
        int exponent = Integer.parseInt(java.substring(mark + 1));
        int start = java.charAt(0) == '-' ? 1 : 0;
        String digits = java.substring(start, start + 1) + java.substring(start + 2, mark);
        if (digits.endsWith("0")) {
            digits = digits.substring(0, digits.length() - 1);
        }
        return java.substring(0, start) + layOut(digits, exponent);
    }

    private static String layOut(String digits, int exponent) {
        if (exponent >= 16 || exponent < -4) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            int size = Math.abs(exponent);
            return digits.charAt(0)
                    + fraction
                    + (exponent < 0 ? "e-" : "e+")
                    + (size < 10 ? "0" : "")
                    + size;
        }
        if (exponent < 0) {
            return "0." + "0".repeat(-exponent - 1) + digits;
        }
        int point = exponent + 1;
        return digits.length() <= point
                ? digits + "0".repeat(point - digits.length()) + ".0"
                : digits.substring(0, point) + "." + digits.substring(point);
    }
}
