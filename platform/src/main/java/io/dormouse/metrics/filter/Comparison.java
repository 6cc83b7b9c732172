package io.dormouse.metrics.filter;

import java.util.OptionalDouble;

/// What is asked of one value: an operator and what it compares with.
record Comparison(Operator operator, Operand operand) {
    /// What a value is compared with.
    sealed interface Operand {
        /// A number without quotes; of a value that is none, its text.
        record Numeric(double number, String text) implements Operand {}

        /// A text, in quotes or not; an asterisk at its beginning or end stands for any text.
        record Text(String text) implements Operand {
            boolean matches(String value) {
                boolean isOpenBefore = text.startsWith("*");
                boolean isOpenBehind = text.endsWith("*") && text.length() > 1;
                String middle =
                        text.substring(
                                isOpenBefore ? 1 : 0, text.length() - (isOpenBehind ? 1 : 0));
                if (isOpenBefore) {
                    return isOpenBehind ? value.contains(middle) : value.endsWith(middle);
                }
                return isOpenBehind ? value.startsWith(middle) : value.equals(text);
            }
        }

        /// A regular expression that is to be found in the value.
        record Regular(Expression expression) implements Operand {}
    }

    /// Reads it from behind the name of the value.
    static Comparison next(Scan scan) {
        Operator operator =
                Operator.next(scan).orElseThrow(() -> scan.expected("An operator such as ="));
        scan.skipSpace();
        boolean isQuoted = scan.isNext("\"");
        Operand operand;
        if (scan.isNext("%")) {
            operand = new Operand.Regular(Expression.of(scan.expression()));
        } else if (isQuoted) {
            operand = new Operand.Text(scan.quoted());
        } else {
            operand = unquoted(scan.word());
        }
        if (operator.isOfNumbers() && !(operand instanceof Operand.Numeric)) {
            throw InvalidPattern.term(written(operand));
        }
        return new Comparison(operator, operand);
    }

    private static Operand unquoted(String word) {
        OptionalDouble number = FilterPattern.number(word);
        return number.isPresent()
                ? new Operand.Numeric(number.getAsDouble(), word)
                : new Operand.Text(word);
    }

    private static String written(Operand operand) {
        return switch (operand) {
            case Operand.Numeric(_, String text) -> text;
            case Operand.Text(String text) -> "\"" + text + "\"";
            case Operand.Regular(Expression expression) -> "%" + expression.text() + "%";
        };
    }

    int expressions() {
        return operand instanceof Operand.Regular ? 1 : 0;
    }

    /// @param number what the value is as a number; empty where it is none
    boolean test(String value, OptionalDouble number) {
        return switch (operand) {
            case Operand.Numeric(double other, String text) -> {
                if (number.isPresent()) {
                    yield operator.holds(number.getAsDouble(), other);
                }
                yield !operator.isOfNumbers() && value.equals(text) == isEqual();
            }
            case Operand.Text text -> text.matches(value) == isEqual();
            case Operand.Regular(Expression expression) -> expression.isIn(value) == isEqual();
        };
    }

    private boolean isEqual() {
        return operator == Operator.EQUAL;
    }
}
