package io.dormouse.metrics;

import io.dormouse.store.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The time that a query is about, cut into periods that begin at its start.
///
/// CloudWatch moves the start back to a whole minute, to five minutes when it is 15 days ago and to
/// an hour when it is 63; for periods below a minute to a whole period. See
/// [GetMetricStatistics](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html).
///
/// @param start inclusive
/// @param end exclusive
/// @param period in seconds
record Span(Instant start, Instant end, long period) {
    private static final Set<Integer> FINE_PERIODS = Set.of(1, 5, 10, 20, 30);

    /// What is wrong with a period; empty where nothing is.
    static Optional<String> wrongPeriod(int period) {
        boolean right = FINE_PERIODS.contains(period) || (period > 0 && period % 60 == 0);
        return right
                ? Optional.empty()
                : Optional.of("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
    }

    static Span of(Instant start, Instant end, long period, Instant now) {
        long unit = period;
        if (start.isBefore(now.minus(Duration.ofDays(63)))) {
            unit = 3600;
        } else if (start.isBefore(now.minus(Duration.ofDays(15)))) {
            unit = 300;
        } else if (period >= 60) {
            unit = 60;
        }
        long second = Math.floorDiv(start.getEpochSecond(), unit) * unit;
        return new Span(Instant.ofEpochSecond(second), end, period);
    }

    /// How many data points the span can have.
    long points() {
        long seconds = end.getEpochSecond() - start.getEpochSecond();
        return Math.ceilDiv(seconds, period);
    }

    /// The metric's values by period and unit; periods without values are absent.
    Map<String, TreeMap<Instant, Summary>> byUnit(
            Query query, Metric metric, Optional<String> unit) {
        Map<String, TreeMap<Instant, Summary>> units = new TreeMap<>();
        Points.each(
                query,
                metric,
                unit,
                start,
                end,
                point ->
                        units.computeIfAbsent(point.unit(), _ -> new TreeMap<>())
                                .computeIfAbsent(bucket(point.second()), _ -> new Summary())
                                .add(point.summary()));
        return units;
    }

    /// The metric's values by period, whatever their unit.
    TreeMap<Instant, Summary> values(Query query, Metric metric, Optional<String> unit) {
        TreeMap<Instant, Summary> values = new TreeMap<>();
        Points.each(
                query,
                metric,
                unit,
                start,
                end,
                point ->
                        values.computeIfAbsent(bucket(point.second()), _ -> new Summary())
                                .add(point.summary()));
        return values;
    }

    private Instant bucket(long second) {
        long first = start.getEpochSecond();
        return Instant.ofEpochSecond(first + Math.floorDiv(second - first, period) * period);
    }
}
