package io.dormouse.metrics;

import io.dormouse.store.Query;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    private static final Duration BEYOND = Duration.ofDays(2);
    private static final Pattern ID = Pattern.compile("[a-z][a-zA-Z0-9_]*");

    /// One query.
    private record Asked(String id, String label, Source source, boolean returned) {}

    /// Where a query's values come from.
    private sealed interface Source {}

    private record Measured(Metric metric, Span span, Optional<String> unit, Statistic statistic)
            implements Source {}

    private record Computed(MetricMath math) implements Source {}

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
    private final Instant start;
    private final Instant end;

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
        queries.forEach(each -> check(each, new ArrayDeque<>()));
        start = request.startTime();
        end = request.endTime();
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
        boolean returned = query.returnData() == null || query.returnData();
        if (query.expression() != null) {
            List<String> metrics =
                    request.metricDataQueries().stream()
                            .filter(each -> each.metricStat() != null)
                            .map(MetricDataQuery::id)
                            .toList();
            MetricMath math = new MetricMath(id, query.expression(), metrics);
            return new Asked(
                    id, query.label() == null ? id : query.label(), new Computed(math), returned);
        }
        return new Asked(
                id,
                query.label() == null ? name(query) : query.label(),
                measured(request, query, now),
                returned);
    }

    private static String name(MetricDataQuery query) {
        MetricStat stat = query.metricStat();
        return stat == null || stat.metric() == null ? "" : stat.metric().metricName();
    }

    private static Measured measured(
            GetMetricDataRequest request, MetricDataQuery query, Instant now) {
        String id = query.id();
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
        return new Measured(
                metric,
                Span.of(request.startTime(), request.endTime(), stat.period(), now),
                Optional.ofNullable(stat.unitAsString()),
                statistic(id, stat.stat()));
    }

    /// What expressions name is there, and none needs itself.
    ///
    /// @param path of those that need this one
    private void check(Asked asked, ArrayDeque<String> path) {
        if (!(asked.source() instanceof Computed computed)) {
            return;
        }
        if (path.contains(asked.id())) {
            throw MetricErrors.validation(
                    "Error in expression '" + asked.id() + "': it needs itself");
        }
        path.push(asked.id());
        for (String id : computed.math().identifiers()) {
            check(
                    find(id).orElseThrow(() ->
                            MetricErrors.validation(
                                    "Error in expression '"
                                            + asked.id()
                                            + "': there is no query '"
                                            + id
                                            + "'")),
                    path);
        }
        path.pop();
    }

    private Optional<Asked> find(String id) {
        return queries.stream().filter(each -> each.id().equals(id)).findFirst();
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
        Map<String, MathValue.Series> known = new HashMap<>();
        int left = pointsMax;
        for (int i = from.query(); i < queries.size(); i++) {
            Asked asked = queries.get(i);
            if (!asked.returned()) {
                continue;
            }
            NavigableMap<Instant, Double> values = values(query, asked, known);
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
                Instant last = times.isEmpty() ? from() : times.getLast();
                return GetMetricDataResponse.builder()
                        .metricDataResults(results)
                        .nextToken(new Token(i, last).text())
                        .build();
            }
        }
        return GetMetricDataResponse.builder().metricDataResults(results).build();
    }

    /// Before the first value of a query that a full page did not reach.
    private Instant from() {
        return ascending ? start.minus(BEYOND) : end.plus(BEYOND);
    }

    /// The query's values in the order in which they are given.
    private NavigableMap<Instant, Double> values(
            Query query, Asked asked, Map<String, MathValue.Series> known) {
        NavigableMap<Instant, Double> values = series(query, asked, known).values();
        return ascending ? values : values.descendingMap();
    }

    /// @param known what was read or computed for this answer
    private MathValue.Series series(Query query, Asked asked, Map<String, MathValue.Series> known) {
        MathValue.Series found = known.get(asked.id());
        if (found != null) {
            return found;
        }
        MathValue.Series series =
                switch (asked.source()) {
                    case Measured measured -> measure(query, measured);
                    case Computed computed ->
                            computed.math().of(id -> series(query, find(id).orElseThrow(), known));
                };
        known.put(asked.id(), series);
        return series;
    }

    private static MathValue.Series measure(Query query, Measured measured) {
        TreeMap<Instant, Double> values = new TreeMap<>();
        measured.span()
                .values(query, measured.metric(), measured.unit())
                .forEach((at, summary) -> {
                    OptionalDouble value = measured.statistic().of(summary);
                    if (value.isPresent()) {
                        values.put(at, value.getAsDouble());
                    }
                });
        return new MathValue.Series(values, measured.span());
    }
}
