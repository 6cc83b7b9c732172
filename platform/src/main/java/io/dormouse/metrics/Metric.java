package io.dormouse.metrics;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a value is a measurement of.
///
/// @param dimensions sorted by name: their order means nothing
record Metric(String namespace, String name, SortedMap<String, String> dimensions) {
    Metric {
        dimensions = Collections.unmodifiableSortedMap(new TreeMap<>(dimensions));
    }

    Metric(String namespace, String name, Map<String, String> dimensions) {
        this(namespace, name, new TreeMap<>(dimensions));
    }

    static Metric of(String namespace, String name, Collection<Dimension> dimensions) {
        TreeMap<String, String> sorted = new TreeMap<>();
        dimensions.forEach(each -> sorted.put(each.name(), each.value()));
        return new Metric(namespace, name, sorted);
    }

    /// A metric from its columns.
    ///
    /// @param json what [#dimensionsJson] gave
    static Metric of(String namespace, String name, String json) {
        TreeMap<String, String> sorted = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : JsonMapper.shared().readTree(json).properties()) {
            sorted.put(each.getKey(), each.getValue().asString());
        }
        return new Metric(namespace, name, sorted);
    }

    /// The same text for the same dimensions.
    String dimensionsJson() {
        return JsonMapper.shared().writeValueAsString(dimensions);
    }

    software.amazon.awssdk.services.cloudwatch.model.Metric shape() {
        List<Dimension> list =
                dimensions.entrySet().stream()
                        .map(each ->
                                Dimension.builder()
                                        .name(each.getKey())
                                        .value(each.getValue())
                                        .build())
                        .toList();
        return software.amazon.awssdk.services.cloudwatch.model.Metric.builder()
                .namespace(namespace)
                .metricName(name)
                .dimensions(list)
                .build();
    }
}
