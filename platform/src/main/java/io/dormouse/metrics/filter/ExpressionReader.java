package io.dormouse.metrics.filter;

import io.dormouse.metrics.filter.Expression.Ends;
import io.dormouse.metrics.filter.Expression.Item;
import java.util.ArrayList;
import java.util.List;

/// Reads a regular expression: alternatives of characters, classes and escapes, each with how often
/// it comes.
final class ExpressionReader {
    private static final String SYMBOLS = ":_#=@/;,- ";
    private static final String OPERATORS = "^$?[]{}|\\*+.%";

    /// `{m,n}` stands for that many items.
    private static final int ITEMS_MAX = 2000;

    private static final CharSet DIGITS = CharSet.range('0', '9');
    private static final CharSet SPACE = CharSet.of(" \t\n\r\f\u000b");
    private static final CharSet WORD =
            DIGITS.and(CharSet.range('a', 'z')).and(CharSet.range('A', 'Z')).and(CharSet.of("_"));

    private final String text;
    private int at;
    private final List<Item> items = new ArrayList<>();
    private final Ends ends = new Ends();

    ExpressionReader(String text) {
        this.text = text;
    }

    Expression read() {
        if (text.isEmpty()) {
            throw InvalidPattern.because("a regular expression cannot be empty");
        }
        do {
            alternative();
        } while (took('|'));
        if (at < text.length()) {
            throw InvalidPattern.because(
                    "'" + text.charAt(at) + "' cannot be there in %" + text + "%");
        }
        return new Expression(text, items, ends);
    }

    private boolean took(char c) {
        boolean is = at < text.length() && text.charAt(at) == c;
        at += is ? 1 : 0;
        return is;
    }

    private char next() {
        if (at == text.length()) {
            throw InvalidPattern.because("the regular expression %" + text + "% breaks off");
        }
        return text.charAt(at++);
    }

    private void alternative() {
        (took('^') ? ends.anchoredStarts() : ends.starts()).set(items.size());
        while (at < text.length() && "|$".indexOf(text.charAt(at)) < 0) {
            repeated(one());
        }
        (took('$') ? ends.anchoredEnds() : ends.ends()).set(items.size());
        items.add(Item.END);
    }

    private CharSet one() {
        char c = next();
        return switch (c) {
            case '.' -> CharSet.ANY;
            case '\\' -> escaped();
            case '[' -> charClass();
            case '^', '?', '*', '+', '{', '}', ']' ->
                    throw InvalidPattern.because("'" + c + "' cannot be there in %" + text + "%");
            default -> CharSet.of(plain(c));
        };
    }

    private static String plain(char c) {
        boolean isLetter =
                (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!isLetter && SYMBOLS.indexOf(c) < 0) {
            throw InvalidPattern.term(String.valueOf(c));
        }
        return String.valueOf(c);
    }

    private CharSet escaped() {
        char c = next();
        return switch (c) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.inverse();
            case 's' -> SPACE;
            case 'S' -> SPACE.inverse();
            case 'w' -> WORD;
            case 'W' -> WORD.inverse();
            case 't' -> CharSet.of("\t");
            case 'n' -> CharSet.of("\n");
            case 'r' -> CharSet.of("\r");
            case 'x' -> CharSet.of(String.valueOf(hexadecimal()));
            default -> {
                if (OPERATORS.indexOf(c) < 0 && SYMBOLS.indexOf(c) < 0) {
                    throw InvalidPattern.term("\\" + c);
                }
                yield CharSet.of(String.valueOf(c));
            }
        };
    }

    private char hexadecimal() {
        int high = Character.digit(next(), 16);
        int low = Character.digit(next(), 16);
        if (high < 0 || high > 7 || low < 0) {
            throw InvalidPattern.because("\\x is followed by two digits from 00 to 7F");
        }
        return (char) (high * 16 + low);
    }

    private CharSet charClass() {
        boolean isInverse = took('^');
        CharSet set = CharSet.NONE;
        do {
            char c = next();
            if (c == '\\') {
                set = set.and(escaped());
            } else if (at + 1 < text.length()
                    && text.charAt(at) == '-'
                    && text.charAt(at + 1) != ']') {
                at++;
                set = set.and(range(c, next()));
            } else {
                set = set.and(CharSet.of(inClass(c)));
            }
        } while (!took(']'));
        return isInverse ? set.inverse() : set;
    }

    private CharSet range(char first, char last) {
        inClass(first);
        inClass(last);
        if (first > last) {
            throw InvalidPattern.because("the range " + first + "-" + last + " is empty");
        }
        return CharSet.range(first, last);
    }

    /// Operators stand for themselves there.
    private static String inClass(char c) {
        return OPERATORS.indexOf(c) >= 0 ? String.valueOf(c) : plain(c);
    }

    private void repeated(CharSet chars) {
        if (took('*')) {
            add(chars, 0, -1);
        } else if (took('+')) {
            add(chars, 1, -1);
        } else if (took('?')) {
            add(chars, 0, 1);
        } else if (took('{')) {
            int least = count(0);
            int most = took(',') ? count(-1) : least;
            if (!took('}') || most == 0 || (most >= 0 && most < least)) {
                throw InvalidPattern.because("{m,n} says how often, m at most n");
            }
            add(chars, least, most);
        } else {
            add(chars, 1, 1);
        }
    }

    private int count(int absent) {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at - from > 4) {
            throw tooLong();
        }
        return at == from ? absent : Integer.parseInt(text.substring(from, at));
    }

    private static InvalidPattern tooLong() {
        return InvalidPattern.because("a regular expression stands for 2000 characters at most");
    }

    /// @param most -1 for any number
    private void add(CharSet chars, int least, int most) {
        if (items.size() + Math.max(least, most) > ITEMS_MAX) {
            throw tooLong();
        }
        for (int i = 1; i <= least; i++) {
            items.add(new Item(chars, false, most < 0 && i == least));
        }
        if (most < 0 && least == 0) {
            items.add(new Item(chars, true, true));
        }
        for (int i = least; i < most; i++) {
            items.add(new Item(chars, true, false));
        }
    }
}
