package io.dormouse.metrics;

import io.dormouse.store.Query;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataResponse;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataResult;
import software.amazon.awssdk.services.cloudwatch.model.MetricStat;
import software.amazon.awssdk.services.cloudwatch.model.ScanBy;
import software.amazon.awssdk.services.cloudwatch.model.StatusCode;

///
/// [GetMetricData](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html):
/// several queries, each a list of times and values, in pages of `MaxDatapoints`.
final class MetricQueries {
    private static final int QUERIES_MAX = 500;
    private static final int POINTS_MAX = 100_800;
    private static final Pattern ID = Pattern.compile("[a-z][a-zA-Z0-9_]*");

    /// One query.
    private record Asked(
            String id,
            String label,
            Metric metric,
            Span span,
            Optional<String> unit,
            Statistic statistic,
            boolean returned) {}

    /// Where a page ended: the query, and the last time that was given of it.
    private record Token(int query, Instant last) {
        private String text() {
            String text = query + "/" + last.getEpochSecond();
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        private static Token of(String text) {
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8)
                                .split("/", 2);
                return new Token(
                        Integer.parseInt(parts[0]),
                        Instant.ofEpochSecond(Long.parseLong(parts[1])));
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw MetricErrors.invalidToken();
            }
        }
    }

    private final List<Asked> queries = new ArrayList<>();
    private final boolean ascending;
    private final int pointsMax;
    private final Token from;

    MetricQueries(GetMetricDataRequest request, Instant now) {
        if (request.startTime() == null || request.endTime() == null) {
            throw MetricErrors.validation("The parameters StartTime and EndTime are required.");
        }
        if (!request.startTime().isBefore(request.endTime())) {
            throw MetricErrors.validation(
                    "The parameter StartTime must be less than the parameter EndTime.");
        }
        List<MetricDataQuery> all = request.metricDataQueries();
        if (all.isEmpty() || all.size() > QUERIES_MAX) {
            throw MetricErrors.validation(
                    "The collection MetricDataQueries must have a size between 1 and "
                            + QUERIES_MAX
                            + ".");
        }
        Set<String> ids = new HashSet<>();
        for (MetricDataQuery each : all) {
            queries.add(asked(request, each, now));
            if (!ids.add(each.id())) {
                throw MetricErrors.validation(
                        "The values for parameter id in MetricDataQueries are not unique.");
            }
        }
        if (queries.stream().noneMatch(Asked::returned)) {
            throw MetricErrors.validation(
                    "At least one of the MetricDataQueries must have ReturnData true.");
        }
        ascending = request.scanBy() == ScanBy.TIMESTAMP_ASCENDING;
        pointsMax = request.maxDatapoints() == null ? POINTS_MAX : request.maxDatapoints();
        if (pointsMax < 1 || pointsMax > POINTS_MAX) {
            throw MetricErrors.validation(
                    "The parameter MaxDatapoints must be between 1 and " + POINTS_MAX + ".");
        }
        from =
                request.nextToken() == null
                        ? new Token(0, ascending ? Instant.MIN : Instant.MAX)
                        : Token.of(request.nextToken());
        if (from.query() < 0 || from.query() >= queries.size()) {
            throw MetricErrors.invalidToken();
        }
    }

    private static Asked asked(GetMetricDataRequest request, MetricDataQuery query, Instant now) {
        String id = query.id();
        if (id == null || !ID.matcher(id).matches()) {
            throw MetricErrors.validation(
                    "The value "
                            + id
                            + " for parameter MetricDataQueries.Id is not matching the expected"
                            + " pattern ^[a-z][a-zA-Z0-9_]*$.");
        }
        if (query.expression() != null) {
            throw MetricErrors.validation(
                    "Error in expression '"
                            + id
                            + "': expressions are not supported here; ask for the metrics with"
                            + " MetricStat and compute from their values.");
        }
        MetricStat stat = query.metricStat();
        if (stat == null || stat.metric() == null || stat.stat() == null) {
            throw MetricErrors.validation(
                    "The query '" + id + "' must have a MetricStat with Metric, Period and Stat.");
        }
        if (stat.period() == null) {
            throw MetricErrors.validation("The query '" + id + "' has no MetricStat.Period.");
        }
        Span.wrongPeriod(stat.period())
                .ifPresent(wrong -> {
                    throw MetricErrors.validation(wrong);
                });
        Metric metric =
                Metric.of(
                        stat.metric().namespace(),
                        stat.metric().metricName(),
                        stat.metric().dimensions());
        return new Asked(
                id,
                query.label() == null ? metric.name() : query.label(),
                metric,
                Span.of(request.startTime(), request.endTime(), stat.period(), now),
                Optional.ofNullable(stat.unitAsString()),
                statistic(id, stat.stat()),
                query.returnData() == null || query.returnData());
    }

    private static Statistic statistic(String id, String spelling) {
        return Statistic.of(spelling)
                .orElseThrow(() ->
                        MetricErrors.validation(
                                "The value "
                                        + spelling
                                        + " for parameter MetricStat.Stat of the query '"
                                        + id
                                        + "' is not supported: SampleCount, Average, Sum,"
                                        + " Minimum, Maximum and percentiles such as p99.9"
                                        + " are."));
    }

    GetMetricDataResponse answer(Query query) {
        List<MetricDataResult> results = new ArrayList<>();
        int left = pointsMax;
        for (int i = from.query(); i < queries.size(); i++) {
            Asked asked = queries.get(i);
            if (!asked.returned()) {
                continue;
            }
            NavigableMap<Instant, Double> values = values(query, asked);
            if (i == from.query()) {
                values = values.tailMap(from.last(), false);
            }
            List<Instant> times = values.keySet().stream().limit(left).toList();
            boolean complete = times.size() == values.size();
            results.add(
                    MetricDataResult.builder()
                            .id(asked.id())
                            .label(asked.label())
                            .timestamps(times)
                            .values(values.values().stream().limit(left).toList())
                            .statusCode(complete ? StatusCode.COMPLETE : StatusCode.PARTIAL_DATA)
                            .build());
            left -= times.size();
            if (!complete) {
                Instant last = times.isEmpty() ? from(i) : times.getLast();
                return GetMetricDataResponse.builder()
                        .metricDataResults(results)
                        .nextToken(new Token(i, last).text())
                        .build();
            }
        }
        return GetMetricDataResponse.builder().metricDataResults(results).build();
    }

    /// Before the first value of a query that a full page did not reach.
    private Instant from(int query) {
        Span span = queries.get(query).span();
        return ascending ? span.start().minusSeconds(1) : span.end().plusSeconds(1);
    }

    /// The statistic's values in the order in which they are given.
    private NavigableMap<Instant, Double> values(Query query, Asked asked) {
        TreeMap<Instant, Double> values = new TreeMap<>();
        asked.span()
                .values(query, asked.metric(), asked.unit())
                .forEach((at, summary) -> {
                    OptionalDouble value = asked.statistic().of(summary);
                    if (value.isPresent()) {
                        values.put(at, value.getAsDouble());
                    }
                });
        return ascending ? values : values.descendingMap();
    }
}
