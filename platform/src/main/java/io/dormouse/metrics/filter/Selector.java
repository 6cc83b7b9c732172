package io.dormouse.metrics.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The way to a value of a JSON document: `$.users[0].name`, `$.codes[*]`, `$['a.b']`.
///
/// @param text as it is written
public record Selector(String text, List<Step> steps) implements Field {
    public Selector {
        steps = List.copyOf(steps);
    }

    /// One step down.
    sealed interface Step {
        record Property(String name) implements Step {}

        record Element(int index) implements Step {}

        /// Every property, or every element.
        record Every() implements Step {}
    }

    /// Reads the one that comes next.
    static Selector next(Scan scan) {
        if (!scan.took("$")) {
            throw scan.expected("A selector such as $.status");
        }
        StringBuilder text = new StringBuilder("$");
        List<Step> steps = new ArrayList<>();
        while (true) {
            boolean hasDot = scan.tookClose(".");
            text.append(hasDot ? "." : "");
            if (scan.tookClose("[")) {
                steps.add(bracket(scan, text));
            } else if (hasDot) {
                steps.add(name(scan, text));
            } else {
                break;
            }
        }
        if (steps.isEmpty()) {
            throw InvalidPattern.term("$");
        }
        if (steps.stream().filter(Step.Every.class::isInstance).count() > 1) {
            throw InvalidPattern.because("a selector has at most one wildcard, unlike " + text);
        }
        return new Selector(text.toString(), steps);
    }

    private static Step name(Scan scan, StringBuilder text) {
        if (scan.tookClose("*")) {
            text.append("*");
            return new Step.Every();
        }
        String name = scan.take(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-');
        if (name.isEmpty()) {
            throw InvalidPattern.term(text + scan.take(c -> c == '"' || c == '\''));
        }
        text.append(name);
        return new Step.Property(name);
    }

    private static Step bracket(Scan scan, StringBuilder text) {
        Step step;
        if (scan.took("*")) {
            step = new Step.Every();
            text.append("[*]");
        } else if (scan.took("'")) {
            String name = scan.take(c -> c != '\'');
            scan.need("'");
            step = new Step.Property(name);
            text.append("['").append(name).append("']");
        } else {
            String digits = scan.take(c -> c >= '0' && c <= '9');
            if (digits.isEmpty() || digits.length() > 9) {
                throw InvalidPattern.term(text + "[" + digits);
            }
            step = new Step.Element(Integer.parseInt(digits));
            text.append("[").append(digits).append("]");
        }
        scan.need("]");
        return step;
    }

    boolean hasWildcard() {
        return steps.stream().anyMatch(Step.Every.class::isInstance);
    }

    /// What it leads to: one value at most, but for wildcards.
    Stream<JsonNode> in(JsonNode root) {
        Stream<JsonNode> nodes = Stream.of(root);
        for (Step step : steps) {
            nodes = nodes.flatMap(node -> down(node, step));
        }
        return nodes;
    }

    private static Stream<JsonNode> down(JsonNode node, Step step) {
        return switch (step) {
            case Step.Property(String name) -> Stream.ofNullable(node.get(name));
            case Step.Element(int index) -> Stream.ofNullable(node.get(index));
            case Step.Every _ -> node.valueStream();
        };
    }
}
