package io.dormouse.metrics.filter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A line that matches, and what is in it.
public sealed interface Match {
    /// Of a pattern without fields.
    Match PLAIN = new OfColumns(Map.of());

    /// What the pattern names, by name: `$bytes` or `$.latency`.
    Map<String, String> extracted();

    /// The value of a field as text; empty where the line has none.
    Optional<String> value(Field field);

    /// A line of columns.
    record OfColumns(Map<String, String> extracted) implements Match {
        @Override
        public Optional<String> value(Field field) {
            return field instanceof Field.Column(String name)
                    ? Optional.ofNullable(extracted.get(name))
                    : Optional.empty();
        }
    }

    /// A line of JSON.
    record OfJson(JsonNode root, List<Selector> selectors) implements Match {
        @Override
        public Map<String, String> extracted() {
            Map<String, String> values = new LinkedHashMap<>();
            selectors.forEach(
                    each -> value(each).ifPresent(value -> values.put(each.text(), value)));
            return values;
        }

        @Override
        public Optional<String> value(Field field) {
            Stream<JsonNode> nodes =
                    field instanceof Selector selector ? selector.in(root) : Stream.empty();
            return nodes.filter(JsonNode::isValueNode).map(JsonNode::asString).findFirst();
        }
    }
}
