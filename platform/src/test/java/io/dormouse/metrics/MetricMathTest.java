package io.dormouse.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.ScanBy;

/// Expressions over two metrics: `a` is 1, 2, 4 in three minutes, `b` is 10, missing, 0.
class MetricMathTest {
    @TempDir private Path folder;
    private final Clock clock = new Clock();
    private Store store;
    private MetricData metrics;

    @BeforeEach
    void open() {
        store = Store.open(folder, clock, List.of(MetricData.SCHEMA));
        metrics = new MetricData(store, clock);
        put("A", 3, 1);
        put("A", 2, 2);
        put("A", 1, 4);
        put("B", 3, 10);
        put("B", 1, 0);
    }

    @AfterEach
    void close() {
        metrics.close();
        store.close();
    }

    private void put(String name, int minutesAgo, double value) {
        Instant at = clock.instant().minus(Duration.ofMinutes(minutesAgo));
        metrics.putMetricData(r ->
                r.namespace("Mine")
                        .metricData(
                                MetricDatum.builder()
                                        .metricName(name)
                                        .value(value)
                                        .timestamp(at)
                                        .build()));
    }

    private static MetricDataQuery metric(String id, String name) {
        return MetricDataQuery.builder()
                .id(id)
                .returnData(false)
                .metricStat(s ->
                        s.metric(m -> m.namespace("Mine").metricName(name)).period(60).stat("Sum"))
                .build();
    }

    private String answer(String expression) {
        return metrics.getMetricData(r ->
                        r.startTime(clock.instant().minus(Duration.ofMinutes(3)))
                                .endTime(clock.instant())
                                .scanBy(ScanBy.TIMESTAMP_ASCENDING)
                                .metricDataQueries(
                                        metric("a", "A"),
                                        metric("b", "B"),
                                        MetricDataQuery.builder()
                                                .id("e1")
                                                .expression(expression)
                                                .build()))
                .metricDataResults()
                .getFirst()
                .values()
                .toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a + 2 * a ^ 2; [3.0, 10.0, 36.0]",
                "(a - 1) * -2; [-0.0, -2.0, -6.0]",
                "a + b; [11.0, 4.0]",
                "a / b; [0.1]",
                "a >= 2; [0.0, 1.0, 1.0]",
                "a > 1 AND a < 4; [0.0, 1.0, 0.0]",
                "SUM([a, b]); [11.0, 2.0, 4.0]",
                "AVG(METRICS()); [5.5, 2.0, 2.0]",
                "a / MAX(a); [0.25, 0.5, 1.0]",
                "a * 0 + MIN(a); [1.0, 1.0, 1.0]",
                "RATE(a) * 60; [1.0, 2.0]",
                "FILL(b, 7); [10.0, 7.0, 0.0]",
                "FILL(b, REPEAT); [10.0, 10.0, 0.0]",
                "FILL(b, LINEAR); [10.0, 5.0, 0.0]",
                "IF(a > 1, a); [2.0, 4.0]",
                "IF(a > 1, a, 9); [9.0, 2.0, 4.0]",
            })
    void anExpressionGivesTheValuesThatAwsWouldGive(String expression, String values) {
        assertEquals(values, answer(expression));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a +; ends",
                "a ? 1; position 1",
                "c + 1; no query",
                "e1 + 1; needs itself",
                "SUM(a); one time series",
                "MEDIAN(a); MEDIAN",
                "(a; Expected",
            })
    void whatIsWrongIsNamed(String expression, String named) {
        AwsServiceException refused =
                assertThrows(AwsServiceException.class, () -> answer(expression));
        assertEquals("ValidationError", refused.awsErrorDetails().errorCode());
        assertTrue(
                String.valueOf(refused.getMessage()).contains(named.replace("''", "'")),
                refused.getMessage());
    }

    @Test
    void anExpressionIsPagedLikeAMetric() {
        assertEquals(
                2,
                metrics
                        .getMetricDataPaginator(r ->
                                r.startTime(clock.instant().minus(Duration.ofMinutes(3)))
                                        .endTime(clock.instant())
                                        .maxDatapoints(2)
                                        .metricDataQueries(
                                                metric("a", "A"),
                                                MetricDataQuery.builder()
                                                        .id("e1")
                                                        .expression("a * 2")
                                                        .build()))
                        .stream()
                        .count());
    }
}
