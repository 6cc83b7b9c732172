package io.dormouse.metrics;

import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;

/// What a part of a metric math expression is worth.
sealed interface MathValue {
    record Scalar(double value) implements MathValue {}

    /// A metric's values, and where they might be.
    record Series(NavigableMap<Instant, Double> values, Span span) implements MathValue {
        /// Without the values that are no numbers: what was divided by zero is missing.
        public Series {
            values.values().removeIf(each -> !Double.isFinite(each));
        }
    }

    record Several(List<MathValue> all) implements MathValue {
        public Several {
            all = List.copyOf(all);
        }
    }

    /// `REPEAT` or `LINEAR`.
    record Word(String text) implements MathValue {}

    /// Two values by an operator: at the times at which both have one.
    ///
    /// @throws IllegalArgumentException saying what cannot be combined
    static MathValue combine(MathValue left, MathValue right, String operator) {
        DoubleBinaryOperator by = operator(operator);
        return switch (left) {
            case Scalar a when right instanceof Scalar b ->
                    new Scalar(by.applyAsDouble(a.value(), b.value()));
            case Scalar a when right instanceof Series b -> {
                TreeMap<Instant, Double> values = new TreeMap<>();
                b.values().forEach((at, v) -> values.put(at, by.applyAsDouble(a.value(), v)));
                yield new Series(values, b.span());
            }
            case Series a when right instanceof Scalar b -> {
                TreeMap<Instant, Double> values = new TreeMap<>();
                a.values().forEach((at, v) -> values.put(at, by.applyAsDouble(v, b.value())));
                yield new Series(values, a.span());
            }
            case Series a when right instanceof Series b -> {
                TreeMap<Instant, Double> values = new TreeMap<>();
                a.values()
                        .forEach((at, v) -> {
                            Double other = b.values().get(at);
                            if (other != null) {
                                values.put(at, by.applyAsDouble(v, other));
                            }
                        });
                yield new Series(values, a.span());
            }
            case Several a when right instanceof Scalar || right instanceof Series ->
                    new Several(
                            a.all().stream().map(each -> combine(each, right, operator)).toList());
            default -> {
                if (right instanceof Several b) {
                    yield new Several(
                            b.all().stream().map(each -> combine(left, each, operator)).toList());
                }
                throw new IllegalArgumentException("'" + operator + "' takes numbers and series");
            }
        };
    }

    private static DoubleBinaryOperator operator(String operator) {
        return switch (operator) {
            case "+" -> (a, b) -> a + b;
            case "-" -> (a, b) -> a - b;
            case "*" -> (a, b) -> a * b;
            case "/" -> (a, b) -> b == 0 ? Double.NaN : a / b;
            case "^" -> Math::pow;
            case "<" -> (a, b) -> a < b ? 1 : 0;
            case "<=" -> (a, b) -> a <= b ? 1 : 0;
            case ">" -> (a, b) -> a > b ? 1 : 0;
            case ">=" -> (a, b) -> a >= b ? 1 : 0;
            case "==" -> (a, b) -> a == b ? 1 : 0;
            case "!=" -> (a, b) -> a != b ? 1 : 0;
            case "AND" -> (a, b) -> a != 0 && b != 0 ? 1 : 0;
            case "OR" -> (a, b) -> a != 0 || b != 0 ? 1 : 0;
            default -> throw new IllegalStateException(operator);
        };
    }
}
