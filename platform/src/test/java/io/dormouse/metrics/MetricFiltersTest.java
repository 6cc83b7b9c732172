package io.dormouse.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dormouse.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.cloudwatch.model.Datapoint;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.Metric;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;
import software.amazon.awssdk.services.cloudwatchlogs.model.LimitExceededException;
import software.amazon.awssdk.services.cloudwatchlogs.model.MetricFilter;
import software.amazon.awssdk.services.cloudwatchlogs.model.MetricTransformation;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;
import software.amazon.awssdk.services.cloudwatchlogs.model.StandardUnit;

/// Lines that become data points.
class MetricFiltersTest {
    private static final String GROUP = "/aws/sagemaker/Endpoints/churn";
    private static final Instant START = Instant.parse("2026-03-02T10:00:00Z");

    @TempDir Path folder;
    private final Clock clock = new Clock();
    private Store store;
    private MetricData metrics;
    private Logs logs;
    private MetricFilters filters;

    @BeforeEach
    void open() {
        store = Store.open(folder, clock, List.of(MetricData.SCHEMA, Logs.SCHEMA));
        logs = new Logs(store, clock);
        metrics = new MetricData(store, clock, logs::flush);
        filters = logs.metricFilters();
    }

    @AfterEach
    void close() {
        metrics.close();
        logs.close();
        store.close();
    }

    private void put(String name, String pattern, Consumer<MetricTransformation.Builder> to) {
        MetricTransformation.Builder transformation =
                MetricTransformation.builder()
                        .metricNamespace("Mine")
                        .metricName(name)
                        .metricValue("1");
        to.accept(transformation);
        filters.putMetricFilter(r ->
                r.logGroupName(GROUP)
                        .filterName(name)
                        .filterPattern(pattern)
                        .metricTransformations(transformation.build()));
    }

    private void write(String line) {
        logs.writer().append(GROUP, "AllTraffic/i-1", line);
    }

    /// What is known of a metric by the minute: how many values, and their sum.
    private Map<String, String> minutes(String name, Dimension... dimensions) {
        TreeMap<String, String> minutes = new TreeMap<>();
        for (Datapoint each :
                metrics.getMetricStatistics(r ->
                                r.namespace("Mine")
                                        .metricName(name)
                                        .dimensions(dimensions)
                                        .startTime(START.minus(Duration.ofHours(1)))
                                        .endTime(START.plus(Duration.ofHours(1)))
                                        .period(60)
                                        .statistics(Statistic.SUM, Statistic.SAMPLE_COUNT))
                        .datapoints()) {
            minutes.put(
                    each.timestamp().toString().substring(11, 16),
                    each.sampleCount() + "x" + each.sum() + " " + each.unitAsString());
        }
        return minutes;
    }

    @Test
    void linesOfThePlatformAndOfCallersAreCountedFromThePutOn() {
        write("ERROR before there was a filter");
        logs.describeLogGroups(r -> r.limit(1));
        put("errors", "ERROR", to -> to.unit(StandardUnit.COUNT));
        write("ERROR one");
        write("INFO two");
        logs.createLogStream(r -> r.logGroupName(GROUP).logStreamName("mine"));
        logs.putLogEvents(r ->
                r.logGroupName(GROUP)
                        .logStreamName("mine")
                        .logEvents(
                                InputLogEvent.builder()
                                        .timestamp(START.minusSeconds(90).toEpochMilli())
                                        .message("ERROR some time ago")
                                        .build(),
                                InputLogEvent.builder()
                                        .timestamp(START.toEpochMilli())
                                        .message("ERROR now")
                                        .build()));
        assertEquals(Map.of("09:58", "1.0x1.0 Count", "10:00", "2.0x2.0 Count"), minutes("errors"));
    }

    @Test
    void aFilterSurvivesARestartAndEndsWithItsDeletion() {
        write("first");
        logs.describeLogGroups(r -> r.limit(1));
        put("errors", "ERROR", _ -> {});
        assertEquals(1, logs.describeLogGroups().logGroups().getFirst().metricFilterCount());
        close();
        open();
        write("ERROR one");
        assertEquals(Map.of("10:00", "1.0x1.0 None"), minutes("errors"));
        filters.deleteMetricFilter(r -> r.logGroupName(GROUP).filterName("errors"));
        write("ERROR two");
        assertEquals(Map.of("10:00", "1.0x1.0 None"), minutes("errors"));
        assertEquals(0, logs.describeLogGroups().logGroups().getFirst().metricFilterCount());
    }

    @Test
    void theValueOfAFieldIsTakenAndTheDefaultWhereNothingMatches() {
        logs.createLogGroup(r -> r.logGroupName(GROUP));
        put(
                "latency",
                "{ $.latency = * }",
                to ->
                        to.metricValue("$.latency")
                                .defaultValue(0.0)
                                .unit(StandardUnit.MILLISECONDS));
        put("bytes", "[..., status = 2*, bytes]", to -> to.metricValue("$bytes"));
        write("{\"latency\": 12.5}");
        write("{\"latency\": \"7\"}");
        write("{\"latency\": \"slow\"}"); // matches, and is no number
        clock.move(Duration.ofMinutes(1));
        write("something else");
        write("GET / 200 1500");
        write("GET / 404 20");
        assertEquals(
                Map.of("10:00", "2.0x19.5 Milliseconds", "10:01", "3.0x0.0 Milliseconds"),
                minutes("latency"));
        assertEquals(Map.of("10:01", "1.0x1500.0 None"), minutes("bytes"));
    }

    @Test
    void dimensionsAreTheValuesOfFields() {
        logs.createLogGroup(r -> r.logGroupName(GROUP));
        put(
                "requests",
                "{ $.status = 5* }",
                to -> to.dimensions(Map.of("Status", "$.status", "Path", "$.request.path")));
        write("{\"status\": 500, \"request\": {\"path\": \"/a\"}}");
        write("{\"status\": 503, \"request\": {\"path\": \"/a\"}}");
        write("{\"status\": 503, \"request\": {\"path\": \"/a\"}}");
        write("{\"status\": 503}"); // has not all of them
        Dimension path = Dimension.builder().name("Path").value("/a").build();
        assertEquals(
                Map.of("10:00", "2.0x2.0 None"),
                minutes("requests", path, Dimension.builder().name("Status").value("503").build()));
        assertEquals(
                2,
                metrics.listMetrics(r -> r.namespace("Mine")).metrics().stream()
                        .map(Metric::dimensions)
                        .distinct()
                        .count());
    }

    @Test
    void filtersAreListedByNameInPages() {
        logs.createLogGroup(r -> r.logGroupName(GROUP));
        put("b", "B", _ -> {});
        put("a", "A", _ -> {});
        put("c", "%C%", _ -> {});
        put("a", "AA", _ -> {}); // again: it is replaced
        assertEquals(
                List.of("a AA", "b B", "c %C%"),
                filters.describeMetricFiltersPaginator(r -> r.limit(2)).metricFilters().stream()
                        .map(each -> each.filterName() + " " + each.filterPattern())
                        .toList());
        assertEquals(
                List.of("c"),
                names(
                        filters.describeMetricFilters(
                                        r -> r.logGroupName(GROUP).filterNamePrefix("c"))
                                .metricFilters()));
        assertEquals(
                List.of("b"),
                names(
                        filters.describeMetricFilters(
                                        r -> r.metricNamespace("Mine").metricName("b"))
                                .metricFilters()));
    }

    private static List<String> names(List<MetricFilter> found) {
        return found.stream().map(MetricFilter::filterName).toList();
    }

    @Test
    void aPatternCanBeTried() {
        var matches =
                filters.testMetricFilter(r ->
                                r.filterPattern("[level=ERROR, code > 400, text]")
                                        .logEventMessages(
                                                "ERROR 404 not there",
                                                "ERROR 400 bad",
                                                "INFO 500 x"))
                        .matches();
        assertEquals(1, matches.size());
        assertEquals(1, matches.getFirst().eventNumber());
        assertEquals(
                Map.of("$level", "ERROR", "$code", "404", "$text", "not there"),
                matches.getFirst().extractedValues());
    }

    private static String refusal(Executable call) {
        return assertThrows(InvalidParameterException.class, call).awsErrorDetails().errorMessage();
    }

    @Test
    void whatIsWrongIsSaidInAwssWords() {
        logs.createLogGroup(r -> r.logGroupName(GROUP));
        assertEquals("Invalid character(s) in term ':'", refusal(() -> put("x", "a:b", _ -> {})));
        assertEquals(
                "Invalid metric filter pattern: An operator such as = is expected at its end",
                refusal(() -> put("x", "{ $.a }", _ -> {})));
        assertEquals(
                "Invalid filter pattern: An operator such as = is expected at its end",
                refusal(() ->
                        logs.filterLogEvents(r -> r.logGroupName(GROUP).filterPattern("{ $.a }"))));
        assertEquals(
                "Invalid metric transformation: dimensions and default value are mutually exclusive"
                        + " properties",
                refusal(() ->
                        put(
                                "x",
                                "{ $.a = 1 }",
                                to -> to.dimensions(Map.of("A", "$.a")).defaultValue(0.0))));
        assertEquals(
                "The specified filter pattern does not support dimensions",
                refusal(() -> put("x", "a", to -> to.dimensions(Map.of("A", "$.a")))));
        assertEquals(
                "Invalid metric transformation: dimension value must be valid selector",
                refusal(() -> put("x", "{ $.a = 1 }", to -> to.dimensions(Map.of("A", "VPC")))));
        assertEquals(
                "Invalid metric transformation: metricValue length must be a number, or a field of"
                        + " the pattern such as $.latency or $bytes",
                refusal(() -> put("x", "[length]", to -> to.metricValue("length"))));
        assertThrows(
                ResourceNotFoundException.class,
                () -> filters.deleteMetricFilter(r -> r.logGroupName(GROUP).filterName("none")));
    }

    @Test
    void fiveFiltersOfAGroupCanHaveExpressions() {
        logs.createLogGroup(r -> r.logGroupName(GROUP));
        IntStream.range(0, 5).forEach(i -> put("f" + i, "%a%", _ -> {}));
        put("f4", "%b%", _ -> {});
        assertThrows(LimitExceededException.class, () -> put("f5", "%a%", _ -> {}));
        put("plain", "a", _ -> {});
    }
}
