package io.dormouse.metrics;

import io.dormouse.metrics.filter.Field;
import io.dormouse.metrics.filter.FilterPattern;
import io.dormouse.metrics.filter.Match;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import software.amazon.awssdk.services.cloudwatchlogs.model.MetricFilter;
import software.amazon.awssdk.services.cloudwatchlogs.model.MetricTransformation;

/// A metric filter that is ready to look at lines.
///
/// @param number what each match counts; empty where it is the field's value
/// @param otherwise what each line counts that does not match
record LogMeter(
        FilterPattern pattern,
        MetricTransformation to,
        OptionalDouble number,
        Optional<Field> field,
        Map<String, Field> dimensions,
        OptionalDouble otherwise) {
    LogMeter {
        dimensions = Map.copyOf(dimensions);
    }

    /// What a line gave.
    record Reading(Metric metric, double value) {}

    /// @throws io.dormouse.metrics.filter.InvalidPattern where its pattern is none
    static LogMeter of(MetricFilter filter) {
        MetricTransformation to = filter.metricTransformations().getFirst();
        FilterPattern pattern = FilterPattern.of(filter.filterPattern());
        Map<String, Field> dimensions = new HashMap<>();
        to.dimensions()
                .forEach((name, selector) ->
                        pattern.field(selector).ifPresent(field -> dimensions.put(name, field)));
        OptionalDouble number = FilterPattern.number(to.metricValue());
        return new LogMeter(
                pattern,
                to,
                number,
                number.isPresent() ? Optional.empty() : pattern.field(to.metricValue()),
                dimensions,
                to.defaultValue() == null
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(to.defaultValue()));
    }

    String unit() {
        return to.unit() == null ? "None" : to.unitAsString();
    }

    /// Nothing where the line has not the value as a number, or not all of the dimensions.
    Optional<Reading> measure(String line) {
        Optional<Match> match = pattern.match(line);
        if (match.isEmpty()) {
            return otherwise.isPresent()
                    ? Optional.of(new Reading(metric(Map.of()), otherwise.getAsDouble()))
                    : Optional.empty();
        }
        OptionalDouble value = value(match.get());
        Map<String, String> found = new HashMap<>();
        dimensions.forEach((name, each) ->
                match.get()
                        .value(each)
                        .filter(text -> !text.isBlank())
                        .ifPresent(text -> found.put(name, text)));
        return value.isPresent() && found.size() == dimensions.size()
                ? Optional.of(new Reading(metric(found), value.getAsDouble()))
                : Optional.empty();
    }

    private OptionalDouble value(Match match) {
        return number.isPresent()
                ? number
                : field.flatMap(match::value)
                        .map(FilterPattern::number)
                        .orElse(OptionalDouble.empty());
    }

    private Metric metric(Map<String, String> of) {
        return new Metric(to.metricNamespace(), to.metricName(), of);
    }
}
