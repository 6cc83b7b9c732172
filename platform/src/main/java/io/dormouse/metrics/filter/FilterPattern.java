package io.dormouse.metrics.filter;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// What a line of a log is held against. Case matters.
public sealed interface FilterPattern permits Whole, JsonPattern, ColumnPattern {
    /// Reads a pattern; a blank one matches every line.
    ///
    /// @throws InvalidPattern saying what is wrong
    static FilterPattern of(String text) {
        String pattern = text.strip();
        if (pattern.startsWith("{")) {
            return JsonPattern.of(inside(pattern, '{', '}'));
        }
        if (pattern.startsWith("[")) {
            return ColumnPattern.of(inside(pattern, '[', ']'));
        }
        return pattern.startsWith("%") ? Expression.whole(pattern) : Terms.of(pattern);
    }

    private static String inside(String pattern, char first, char last) {
        if (pattern.length() < 2 || pattern.charAt(pattern.length() - 1) != last) {
            throw InvalidPattern.saying(
                    "If a filter pattern starts with '"
                            + first
                            + "' it must end with '"
                            + last
                            + "'");
        }
        return pattern.substring(1, pattern.length() - 1);
    }

    /// What of a line matches; empty where it does not.
    Optional<Match> match(String line);

    default boolean matches(String line) {
        return match(line).isPresent();
    }

    /// The part of a matching line that a selector names, such as `$.latency` or `$bytes`; empty
    /// where this pattern knows no such part.
    Optional<Field> field(String selector);

    /// Whether lines that match have parts with names.
    boolean hasFields();

    /// How many regular expressions are in it.
    int expressions();

    /// The number that a text stands for as a whole, as patterns spell numbers.
    static OptionalDouble number(String text) {
        if (!Numbers.FORM.matcher(text).matches()) {
            return OptionalDouble.empty();
        }
        double number = Double.parseDouble(text);
        return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }

    /// How numbers are spelt: an integer or a decimal, signed or not, with an exponent or without.
    final class Numbers {
        private static final Pattern FORM =
                Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

        private Numbers() {}
    }
}
