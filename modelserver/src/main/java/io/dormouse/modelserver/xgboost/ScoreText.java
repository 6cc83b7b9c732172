package io.dormouse.modelserver.xgboost;

/// Scores as AWS's container prints them: the digits of the double that equals the float, as Python
/// writes it.
final class ScoreText {
    private ScoreText() {}

    /// Java and Python find the same digits and differ in when they write an exponent: Python below
    /// 1e-4 and from 1e16 on.
    static String of(double value) {
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
