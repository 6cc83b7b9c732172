package io.dormouse.metrics;

import io.dormouse.store.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import software.amazon.awssdk.services.cloudwatch.model.Datapoint;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricStatisticsRequest;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricStatisticsResponse;

///
/// [GetMetricStatistics](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html):
/// one metric, one data point for each period and unit.
final class MetricStatistics {
    private static final int POINTS_MAX = 1440;

    private final Metric metric;
    private final Span span;
    private final Optional<String> unit;
    private final List<Statistic> statistics;

    MetricStatistics(GetMetricStatisticsRequest request, Instant now) {
        if (request.period() == null || request.startTime() == null || request.endTime() == null) {
            throw MetricErrors.missing(
                    "The parameters Period, StartTime and EndTime are required.");
        }
        Span.wrongPeriod(request.period())
                .ifPresent(wrong -> {
                    throw MetricErrors.invalidValue(wrong);
                });
        if (!request.startTime().isBefore(request.endTime())) {
            throw MetricErrors.invalidValue(
                    "The parameter StartTime must be less than the parameter EndTime.");
        }
        metric = Metric.of(request.namespace(), request.metricName(), request.dimensions());
        span = Span.of(request.startTime(), request.endTime(), request.period(), now);
        unit = Optional.ofNullable(request.unitAsString());
        statistics = statistics(request);
        if (span.points() > POINTS_MAX) {
            throw MetricErrors.invalidCombination(
                    String.format(
                            Locale.ROOT,
                            "You have requested up to %,d datapoints, which exceeds the limit of"
                                    + " %,d. You may reduce the datapoints requested by increasing"
                                    + " Period, or decreasing the time range.",
                            span.points(),
                            POINTS_MAX));
        }
    }

    private static List<Statistic> statistics(GetMetricStatisticsRequest request) {
        List<Statistic> statistics = new ArrayList<>();
        for (String each : request.statisticsAsStrings()) {
            statistics.add(
                    Statistic.of(each)
                            .filter(Statistic.Plain.class::isInstance)
                            .orElseThrow(() ->
                                    MetricErrors.invalidValue(
                                            "The value "
                                                    + each
                                                    + " for parameter Statistics is invalid:"
                                                    + " it must be SampleCount, Average, Sum,"
                                                    + " Minimum or Maximum.")));
        }
        for (String each : request.extendedStatistics()) {
            statistics.add(
                    Statistic.of(each)
                            .filter(Statistic.Percentile.class::isInstance)
                            .orElseThrow(() ->
                                    MetricErrors.invalidValue(
                                            "The value "
                                                    + each
                                                    + " for parameter ExtendedStatistics is"
                                                    + " not supported: percentiles p0 to p100"
                                                    + " are, such as p99.9.")));
        }
        if (statistics.isEmpty()) {
            throw MetricErrors.invalidCombination(
                    "At least one of the parameters Statistics and ExtendedStatistics must be"
                            + " specified.");
        }
        return statistics;
    }

    GetMetricStatisticsResponse answer(Query query) {
        Map<String, TreeMap<Instant, Summary>> units = span.byUnit(query, metric, unit);
        List<Datapoint> points = new ArrayList<>();
        units.forEach((name, values) ->
                values.forEach((at, summary) -> points.add(point(at, name, summary))));
        points.sort(Comparator.comparing(Datapoint::timestamp));
        return GetMetricStatisticsResponse.builder()
                .label(metric.name())
                .datapoints(points)
                .build();
    }

    private Datapoint point(Instant at, String unitName, Summary summary) {
        Datapoint.Builder point = Datapoint.builder().timestamp(at).unit(unitName);
        Map<String, Double> percentiles = new LinkedHashMap<>();
        for (Statistic statistic : statistics) {
            OptionalDouble value = statistic.of(summary);
            if (value.isPresent()) {
                set(point, percentiles, statistic, value.getAsDouble());
            }
        }
        if (!percentiles.isEmpty()) {
            point.extendedStatistics(percentiles);
        }
        return point.build();
    }

    private static void set(
            Datapoint.Builder point,
            Map<String, Double> percentiles,
            Statistic statistic,
            double value) {
        switch (statistic) {
            case Statistic.Plain plain -> {
                switch (plain) {
                    case SAMPLE_COUNT -> point.sampleCount(value);
                    case AVERAGE -> point.average(value);
                    case SUM -> point.sum(value);
                    case MINIMUM -> point.minimum(value);
                    case MAXIMUM -> point.maximum(value);
                }
            }
            case Statistic.Percentile percentile -> percentiles.put(percentile.name(), value);
        }
    }
}
