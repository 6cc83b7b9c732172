package io.dormouse.wire;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What a service's model demands of a shape: a line of its table of constraints.
sealed interface Rule {
    /// A shape without any.
    Rule NONE = new Struct(Map.of());

    /// A member of a structure.
    ///
    /// @param rule the name of the member's own rule; empty where it has none
    record Member(boolean isRequired, String rule) {}

    record Struct(Map<String, Member> members) implements Rule {}

    record Text(Limits length, Expression form, List<String> values) implements Rule {}

    record Amount(Limits value) implements Rule {}

    record Blob(Limits length) implements Rule {}

    record Items(Limits size, String member) implements Rule {}

    record Entries(Limits size, String key, String value) implements Rule {}

    /// Bounds as they stand in the model; empty text where there is none.
    record Limits(String min, String max) {
        boolean isBelow(BigDecimal number) {
            return !min.isEmpty() && number.compareTo(new BigDecimal(min)) < 0;
        }

        boolean isAbove(BigDecimal number) {
            return !max.isEmpty() && number.compareTo(new BigDecimal(max)) > 0;
        }
    }

    /// A regular expression, compiled when first asked; empty where there is none.
    final class Expression implements Predicate<String> {
        private final String pattern;
        private volatile Pattern compiled = Pattern.compile("");

        Expression(String pattern) {
            this.pattern = pattern;
        }

        String pattern() {
            return pattern;
        }

        @Override
        public boolean test(String text) {
            if (pattern.isEmpty()) {
                return true;
            }
            if (compiled.pattern().isEmpty()) {
                compiled = Pattern.compile(pattern);
            }
            try {
                return compiled.matcher(text).matches();
            } catch (StackOverflowError e) {
                // Java matches some groups recursively: a text that is so long is none of AWS's.
                return false;
            }
        }
    }

    /// The rule of a line; see `digest.py` for the columns.
    static Rule parse(String line) {
        List<String> columns = List.of(line.split("\t", -1));
        return switch (columns.getFirst()) {
            case "struct" -> struct(columns.subList(2, columns.size()));
            case "string" ->
                    new Text(
                            limits(columns),
                            new Expression(columns.get(4)),
                            columns.subList(5, columns.size()));
            case "number" -> new Amount(limits(columns));
            case "blob" -> new Blob(limits(columns));
            case "list" -> new Items(limits(columns), columns.get(4));
            case "map" -> new Entries(limits(columns), columns.get(4), columns.get(5));
            default -> throw new IllegalStateException("No rule: " + line);
        };
    }

    private static Limits limits(List<String> columns) {
        return new Limits(columns.get(2), columns.get(3));
    }

    private static Struct struct(List<String> columns) {
        Map<String, Member> members = new LinkedHashMap<>();
        for (String column : columns) {
            boolean isRequired = column.startsWith("!");
            List<String> parts =
                    new ArrayList<>(List.of(column.substring(isRequired ? 1 : 0).split(":", -1)));
            members.put(
                    parts.getFirst(), new Member(isRequired, parts.size() > 1 ? parts.get(1) : ""));
        }
        return new Struct(members);
    }
}
