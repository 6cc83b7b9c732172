package io.dormouse.metrics.filter;

import java.util.BitSet;
import java.util.List;

/// A regular expression as filter patterns have them: no groups, so it is found in a line in a time
/// that grows with the line and the expression, whatever they are. (Java's own, which tries again
/// and again, would let a pattern hold up every log.)
///
/// See [supported regular
/// expressions](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#regex-expressions).
///
/// @param items of all alternatives, one after the other; behind each one that takes nothing
record Expression(String text, List<Item> items, Ends ends) implements Whole {
    /// What takes one character of the line.
    ///
    /// @param isOptional whether the next one may take it instead
    /// @param repeats whether it may take more
    record Item(CharSet chars, boolean isOptional, boolean repeats) {
        static final Item END = new Item(CharSet.NONE, false, false);
    }

    /// Where alternatives begin and end, as places among the items.
    ///
    /// @param anchoredStarts only at the beginning of the line
    /// @param anchoredEnds only at its end
    record Ends(BitSet starts, BitSet anchoredStarts, BitSet ends, BitSet anchoredEnds) {
        Ends() {
            this(new BitSet(), new BitSet(), new BitSet(), new BitSet());
        }
    }

    Expression {
        items = List.copyOf(items);
    }

    /// Reads what is between the percent signs.
    static Expression of(String text) {
        return new ExpressionReader(text).read();
    }

    /// A pattern that is nothing but an expression.
    static Expression whole(String pattern) {
        Scan scan = new Scan(pattern);
        Expression expression = of(scan.expression());
        if (!scan.isAtEnd()) {
            throw scan.expected("The end, as a regular expression stands alone,");
        }
        return expression;
    }

    /// Whether it is found anywhere in a line.
    boolean isIn(String line) {
        BitSet now = new BitSet(items.size());
        BitSet next = new BitSet(items.size());
        for (int i = 0; i <= line.length(); i++) {
            now.or(ends.starts());
            if (i == 0) {
                now.or(ends.anchoredStarts());
            }
            skipOptional(now);
            if (now.intersects(ends.ends())
                    || (i == line.length() && now.intersects(ends.anchoredEnds()))) {
                return true;
            }
            if (i < line.length()) {
                next.clear();
                step(now, next, line.charAt(i));
                BitSet old = now;
                now = next;
                next = old;
            }
        }
        return false;
    }

    private void skipOptional(BitSet places) {
        for (int at = places.nextSetBit(0); at >= 0; at = places.nextSetBit(at + 1)) {
            if (items.get(at).isOptional()) {
                places.set(at + 1);
            }
        }
    }

    private void step(BitSet now, BitSet next, char c) {
        for (int at = now.nextSetBit(0); at >= 0; at = now.nextSetBit(at + 1)) {
            Item item = items.get(at);
            if (item.chars().has(c)) {
                next.set(at + 1);
                if (item.repeats()) {
                    next.set(at);
                }
            }
        }
    }

    @Override
    public boolean matches(String line) {
        return isIn(line);
    }

    @Override
    public int expressions() {
        return 1;
    }
}
