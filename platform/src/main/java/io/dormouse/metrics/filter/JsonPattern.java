package io.dormouse.metrics.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A pattern for lines that are JSON: `{ ($.status >= 500 || $.error IS TRUE) && $.user = "a*" }`.
///
/// Only strings and numbers are compared: of a list, an object or what is absent neither `=` nor
/// `!=` is true.
///
/// @param selectors all that occur in it
record JsonPattern(Predicate<JsonNode> condition, List<Selector> selectors, int expressions)
        implements FilterPattern {
    private static final int EXPRESSIONS_MAX = 2;
    private static final int WILDCARDS_MAX = 3;

    JsonPattern {
        selectors = List.copyOf(selectors);
        if (expressions > EXPRESSIONS_MAX) {
            throw InvalidPattern.because("at most two regular expressions can be in it");
        }
        if (selectors.stream().filter(Selector::hasWildcard).count() > WILDCARDS_MAX) {
            throw InvalidPattern.because("at most three selectors can have wildcards");
        }
    }

    /// Reads what is between the braces.
    static JsonPattern of(String text) {
        return new Reader(text).read();
    }

    private static final class Reader {
        private final Scan scan;
        private final List<Selector> selectors = new ArrayList<>();
        private int expressions;

        Reader(String text) {
            scan = new Scan(text);
        }

        JsonPattern read() {
            Predicate<JsonNode> condition = new Compound<>(scan, this::condition).next();
            if (!scan.isAtEnd()) {
                throw scan.expected("&& or ||");
            }
            return new JsonPattern(condition, selectors, expressions);
        }

        private Predicate<JsonNode> condition() {
            Selector selector = Selector.next(scan);
            selectors.add(selector);
            if (scan.took("IS ")) {
                return is(selector);
            }
            if (scan.took("NOT ")) {
                scan.need("EXISTS");
                return root -> selector.in(root).findAny().isEmpty();
            }
            Comparison comparison = Comparison.next(scan);
            expressions += comparison.expressions();
            return root -> selector.in(root).anyMatch(node -> holds(comparison, node));
        }

        private Predicate<JsonNode> is(Selector selector) {
            if (scan.took("NULL")) {
                return root -> selector.in(root).anyMatch(JsonNode::isNull);
            }
            boolean wanted = scan.took("TRUE");
            if (!wanted && !scan.took("FALSE")) {
                throw scan.expected("NULL, TRUE or FALSE");
            }
            return root ->
                    selector.in(root)
                            .anyMatch(node -> node.isBoolean() && node.booleanValue() == wanted);
        }
    }

    private static boolean holds(Comparison comparison, JsonNode node) {
        if (node.isNumber()) {
            return comparison.test(node.asString(), OptionalDouble.of(node.doubleValue()));
        }
        return node.isString() && comparison.test(node.stringValue(), OptionalDouble.empty());
    }

    @Override
    public Optional<Match> match(String line) {
        String text = line.strip();
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return Optional.empty();
        }
        try {
            JsonNode root = JsonMapper.shared().readTree(text);
            return condition.test(root)
                    ? Optional.of(new Match.OfJson(root, selectors))
                    : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty(); // a line that only begins as JSON does
        }
    }

    @Override
    public Optional<Field> field(String selector) {
        Scan scan = new Scan(selector);
        try {
            Selector field = Selector.next(scan);
            return scan.isAtEnd() && !field.hasWildcard() ? Optional.of(field) : Optional.empty();
        } catch (InvalidPattern _) {
            return Optional.empty();
        }
    }

    @Override
    public boolean hasFields() {
        return true;
    }
}
