package io.dormouse.metrics.filter;

import java.util.Optional;
import java.util.stream.Stream;

/// How a value is compared.
enum Operator {
    NOT_EQUAL("!="),
    AT_MOST("<="),
    AT_LEAST(">="),
    EQUAL("="),
    BELOW("<"),
    ABOVE(">");

    private final String sign;

    Operator(String sign) {
        this.sign = sign;
    }

    /// The one that comes next.
    static Optional<Operator> next(Scan scan) {
        return Stream.of(values()).filter(each -> scan.took(each.sign)).findFirst();
    }

    boolean isOfNumbers() {
        return this != EQUAL && this != NOT_EQUAL;
    }

    boolean holds(double value, double operand) {
        return switch (this) {
            case NOT_EQUAL -> value != operand;
            case AT_MOST -> value <= operand;
            case AT_LEAST -> value >= operand;
            case EQUAL -> value == operand;
            case BELOW -> value < operand;
            case ABOVE -> value > operand;
        };
    }
}
