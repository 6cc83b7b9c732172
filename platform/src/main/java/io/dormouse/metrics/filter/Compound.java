package io.dormouse.metrics.filter;

import java.util.function.Predicate;
import java.util.function.Supplier;

/// Conditions joined by `&&`, which binds closer, and `||`, with parentheses.
final class Compound<T> {
    private final Scan scan;
    private final Supplier<Predicate<T>> condition;

    /// @param condition reads one from the scan
    Compound(Scan scan, Supplier<Predicate<T>> condition) {
        this.scan = scan;
        this.condition = condition;
    }

    Predicate<T> next() {
        Predicate<T> either = both();
        while (scan.took("||")) {
            either = either.or(both());
        }
        return either;
    }

    private Predicate<T> both() {
        Predicate<T> both = one();
        while (scan.took("&&")) {
            both = both.and(one());
        }
        return both;
    }

    private Predicate<T> one() {
        if (!scan.took("(")) {
            return condition.get();
        }
        Predicate<T> inner = next();
        scan.need(")");
        return inner;
    }
}
