package io.dormouse.wire;

import java.util.List;

/// One broken rule of a request.
///
/// @param value as AWS prints it; not looked at where the member is missing
record Violation(Path path, String value, Broken broken) {
    /// Where in a request: members by AWS's name, elements of a list by their number from 1.
    record Path(List<Object> steps) {
        static final Path ROOT = new Path(List.of());

        Path then(Object step) {
            Object[] longer = steps.toArray(new Object[steps.size() + 1]);
            longer[steps.size()] = step;
            return new Path(List.of(longer));
        }
    }

    /// Which rule, with what the model says.
    sealed interface Broken {
        record Missing() implements Broken {}

        record TooShort(String min, boolean isCollection) implements Broken {}

        record TooLong(String max, boolean isCollection) implements Broken {}

        record TooSmall(String min) implements Broken {}

        record TooLarge(String max) implements Broken {}

        record Unlike(String pattern) implements Broken {}

        record NoneOf(List<String> values) implements Broken {}

        /// An element of a list of plain values breaks one of these.
        record Elements(List<Broken> rules) implements Broken {}

        record Keys(List<Broken> rules) implements Broken {}

        record Values(List<Broken> rules) implements Broken {}
    }
}
