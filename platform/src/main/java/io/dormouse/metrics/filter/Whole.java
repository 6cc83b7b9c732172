package io.dormouse.metrics.filter;

import java.util.Optional;

/// A pattern that looks at a line as a whole: nothing in it has a name.
sealed interface Whole extends FilterPattern permits Terms, Expression {
    @Override
    boolean matches(String line);

    @Override
    default Optional<Match> match(String line) {
        return matches(line) ? Optional.of(Match.PLAIN) : Optional.empty();
    }

    @Override
    default Optional<Field> field(String selector) {
        return Optional.empty();
    }

    @Override
    default boolean hasFields() {
        return false;
    }
}
