package io.dormouse.metrics.filter;

import java.util.function.IntPredicate;

/// A place in the text of a pattern, which moves on as it is read.
final class Scan {
    private static final String IN_WORDS = "_.-/*+";

    private final String text;
    private int at;

    Scan(String text) {
        this.text = text;
    }

    boolean isAtEnd() {
        skipSpace();
        return at == text.length();
    }

    int place() {
        return at;
    }

    void back(int place) {
        at = place;
    }

    void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /// Whether that comes next, space before it or not.
    boolean isNext(String token) {
        skipSpace();
        return text.startsWith(token, at);
    }

    /// Goes past it where it comes next.
    boolean took(String token) {
        boolean is = isNext(token);
        at += is ? token.length() : 0;
        return is;
    }

    /// Goes past it where it comes next without space before.
    boolean tookClose(String token) {
        boolean is = text.startsWith(token, at);
        at += is ? token.length() : 0;
        return is;
    }

    void need(String token) {
        if (!took(token)) {
            throw expected("'" + token + "'");
        }
    }

    InvalidPattern expected(String what) {
        return InvalidPattern.because(
                isAtEnd()
                        ? what + " is expected at its end"
                        : what + " is expected before " + rest());
    }

    private String rest() {
        return "'" + text.substring(at, Math.min(text.length(), at + 20)) + "'";
    }

    /// The longest text from here whose characters are all of a kind.
    String take(IntPredicate kind) {
        int from = at;
        while (at < text.length() && kind.test(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at);
    }

    /// A word without quotes.
    String word() {
        String word = take(Scan::isInWords);
        if (word.isEmpty()) {
            throw isAtEnd() ? expected("A term") : InvalidPattern.term(text.substring(at, at + 1));
        }
        return word;
    }

    private static boolean isInWords(int c) {
        return Character.isLetterOrDigit(c) || IN_WORDS.indexOf(c) >= 0;
    }

    /// What is between double quotes; a backslash there takes the next character as it is.
    String quoted() {
        need("\"");
        StringBuilder phrase = new StringBuilder();
        while (!tookClose("\"")) {
            tookClose("\\");
            if (at == text.length()) {
                throw InvalidPattern.because("a phrase has a \" at both ends");
            }
            phrase.append(text.charAt(at));
            at++;
        }
        return phrase.toString();
    }

    /// What is between percent signs, escapes as they are written.
    String expression() {
        need("%");
        int from = at;
        while (at < text.length() && text.charAt(at) != '%') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= text.length()) {
            throw InvalidPattern.because("a regular expression has a % at both ends");
        }
        at++;
        return text.substring(from, at - 1);
    }
}
