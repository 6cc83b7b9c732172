package io.dormouse.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatch.model.Datapoint;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.DimensionFilter;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricStatisticsRequest;
import software.amazon.awssdk.services.cloudwatch.model.InvalidParameterCombinationException;
import software.amazon.awssdk.services.cloudwatch.model.InvalidParameterValueException;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataResult;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.RecentlyActive;
import software.amazon.awssdk.services.cloudwatch.model.ScanBy;
import software.amazon.awssdk.services.cloudwatch.model.StandardUnit;
import software.amazon.awssdk.services.cloudwatch.model.StatusCode;

class MetricDataTest {
    private static final Map<String, String> CHURN =
            Map.of("EndpointName", "churn", "VariantName", "AllTraffic");

    @TempDir Path folder;
    private final Clock clock = new Clock();
    private Store store;
    private MetricData metrics;

    @BeforeEach
    void open() {
        store = Store.open(folder, clock, List.of(MetricData.SCHEMA));
        metrics = new MetricData(store, clock);
    }

    @AfterEach
    void close() {
        metrics.close();
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private void put(MetricDatum.Builder... data) {
        metrics.putMetricData(request ->
                request.namespace("Mine")
                        .metricData(Arrays.stream(data).map(MetricDatum.Builder::build).toList()));
    }

    private static MetricDatum.Builder datum(String name) {
        return MetricDatum.builder().metricName(name);
    }

    private List<Datapoint> statistics(UnaryOperator<GetMetricStatisticsRequest.Builder> change) {
        Instant now = clock.instant();
        return metrics.getMetricStatistics(
                        change.apply(
                                        GetMetricStatisticsRequest.builder()
                                                .namespace("Mine")
                                                .metricName("Speed")
                                                .startTime(now.minus(Duration.ofHours(1)))
                                                .endTime(now.plusSeconds(60))
                                                .period(3660))
                                .build())
                .datapoints();
    }

    private MetricDataQuery query(String id, String metric, String stat, int period) {
        return MetricDataQuery.builder()
                .id(id)
                .metricStat(each ->
                        each.metric(m -> m.namespace("Mine").metricName(metric))
                                .period(period)
                                .stat(stat))
                .build();
    }

    private GetMetricDataRequest.Builder lastHour(MetricDataQuery... queries) {
        return GetMetricDataRequest.builder()
                .startTime(clock.instant().minus(Duration.ofHours(1)))
                .endTime(clock.instant().plusSeconds(60))
                .metricDataQueries(queries);
    }

    @Test
    void whatThePlatformRecordsIsReadAtOnceAndAfterARestart() {
        Meters meters = metrics.meters();
        IntStream.rangeClosed(1, 100)
                .forEach(i ->
                        meters.record("AWS/SageMaker", "ModelLatency", CHURN, i, "Microseconds"));
        UnaryOperator<GetMetricStatisticsRequest.Builder> latency =
                request ->
                        request.namespace("AWS/SageMaker")
                                .metricName("ModelLatency")
                                .dimensions(
                                        // Another order than it was recorded in.
                                        Dimension.builder()
                                                .name("VariantName")
                                                .value("AllTraffic")
                                                .build(),
                                        Dimension.builder()
                                                .name("EndpointName")
                                                .value("churn")
                                                .build())
                                .unit(StandardUnit.MICROSECONDS)
                                .statisticsWithStrings(
                                        "Average", "Sum", "Minimum", "Maximum", "SampleCount")
                                .extendedStatistics("p50", "p99");
        Datapoint point = statistics(latency).getFirst();
        assertEquals(100, point.sampleCount());
        assertEquals(50.5, point.average());
        assertEquals(5050, point.sum());
        assertEquals(1, point.minimum());
        assertEquals(100, point.maximum());
        assertEquals(50, percentile(point, "p50"), 0.5);
        assertEquals(99, percentile(point, "p99"), 0.99);
        assertEquals(StandardUnit.MICROSECONDS, point.unit());

        meters.record("AWS/SageMaker", "ModelLatency", CHURN, 200, "Microseconds");
        reopen();
        assertEquals(101, statistics(latency).getFirst().sampleCount());
        assertEquals(List.of(), statistics(r -> latency.apply(r).unit(StandardUnit.SECONDS)));
    }

    private static double percentile(Datapoint point, String name) {
        return Objects.requireNonNull(point.extendedStatistics().get(name), name);
    }

    @Test
    void percentilesAreWithinOnePercentOfTheExactOnes() {
        Random random = new Random(42);
        double[] values =
                random.doubles(20_000).map(u -> Math.exp(8 + 3 * (u - 0.5) * (1 + u))).toArray();
        for (double value : values) {
            metrics.meters().record("Mine", "Speed", Map.of(), value, "None");
            if (random.nextInt(100) == 0) {
                clock.move(Duration.ofSeconds(1));
            }
        }
        Arrays.sort(values);
        Datapoint point =
                statistics(request ->
                                request.extendedStatistics(
                                        "p0", "p50", "p90", "p99", "p99.9", "p100"))
                        .getFirst();
        Map.of("p50", 0.5, "p90", 0.9, "p99", 0.99, "p99.9", 0.999)
                .forEach((name, part) -> {
                    double exact = values[(int) Math.ceil(part * values.length) - 1];
                    double found = percentile(point, name);
                    assertEquals(exact, found, exact * 0.01, name);
                });
        assertEquals(values[0], percentile(point, "p0"), values[0] * 0.01);
        double last = values[values.length - 1];
        assertEquals(last, percentile(point, "p100"), last * 0.01);
    }

    @Test
    void valuesCountsAndStatisticSetsAddUp() {
        put(
                datum("Speed").value(1.0),
                datum("Speed").values(2.0, 4.0).counts(3.0, 1.0),
                datum("Speed")
                        .statisticValues(
                                s -> s.sampleCount(2.0).sum(30.0).minimum(10.0).maximum(20.0)));
        reopen();
        Datapoint point =
                statistics(r ->
                                r.statisticsWithStrings("SampleCount", "Sum", "Maximum")
                                        .extendedStatistics("p50"))
                        .getFirst();
        assertEquals(7, point.sampleCount());
        assertEquals(41, point.sum());
        assertEquals(20, point.maximum());
        assertFalse(point.hasExtendedStatistics(), "a statistic set hides its values");
    }

    @Test
    void unitsAreKeptApart() {
        put(
                datum("Speed").value(1.0).unit(StandardUnit.SECONDS),
                datum("Speed").value(1000.0).unit(StandardUnit.MILLISECONDS));
        List<Datapoint> both = statistics(r -> r.statisticsWithStrings("Sum"));
        assertEquals(
                List.of("Milliseconds", "Seconds"),
                both.stream().map(Datapoint::unitAsString).sorted().toList());
        List<Datapoint> one =
                statistics(r -> r.statisticsWithStrings("Sum").unit(StandardUnit.SECONDS));
        assertEquals(List.of(1.0), one.stream().map(Datapoint::sum).toList());
    }

    @Test
    void periodsBeginAtTheStartRoundedToAMinute() {
        Instant now = clock.instant();
        put(
                datum("Speed").value(1.0).timestamp(now.minusSeconds(600)),
                datum("Speed").value(2.0).timestamp(now.minusSeconds(301)),
                datum("Speed").value(4.0).timestamp(now.minusSeconds(299)));
        List<Datapoint> points =
                statistics(r ->
                        r.statisticsWithStrings("Sum")
                                .startTime(now.minusSeconds(570))
                                .endTime(now)
                                .period(300));
        // 570 s ago is 9:50:30: the first period begins at 9:50:00.
        assertEquals(
                List.of(now.minusSeconds(600), now.minusSeconds(300)),
                points.stream().map(Datapoint::timestamp).toList().stream().distinct().toList());
        assertEquals(List.of(3.0, 4.0), points.stream().map(Datapoint::sum).toList());
    }

    @Test
    void severalQueriesComeInPages() {
        for (int i = 0; i < 5; i++) {
            put(datum("Speed").value(i + 1.0), datum("Heat").value(10.0 * (i + 1)));
            clock.move(Duration.ofMinutes(1));
        }
        GetMetricDataRequest.Builder request =
                lastHour(
                                query("speed", "Speed", "Sum", 60),
                                query("none", "Nothing", "Sum", 60),
                                query("heat", "Heat", "p90", 60))
                        .maxDatapoints(3);
        var first = metrics.getMetricData(request.build());
        MetricDataResult speed = first.metricDataResults().getFirst();
        assertEquals(List.of(5.0, 4.0, 3.0), speed.values(), "newest first");
        assertEquals(StatusCode.PARTIAL_DATA, speed.statusCode());
        var all =
                metrics.getMetricDataPaginator(request.build()).metricDataResults().stream()
                        .toList();
        assertEquals(List.of(5.0, 4.0, 3.0, 2.0, 1.0), values(all, "speed"));
        assertEquals(5, values(all, "heat").size());
        assertEquals(List.of(), values(all, "none"));
        var ascending =
                metrics.getMetricData(
                        request.scanBy(ScanBy.TIMESTAMP_ASCENDING).maxDatapoints(100).build());
        assertEquals(
                List.of(1.0, 2.0, 3.0, 4.0, 5.0),
                ascending.metricDataResults().getFirst().values());
        assertEquals(StatusCode.COMPLETE, ascending.metricDataResults().getFirst().statusCode());
        assertNull(ascending.nextToken());
    }

    private static List<Double> values(List<MetricDataResult> results, String id) {
        return results.stream()
                .filter(each -> each.id().equals(id))
                .flatMap(each -> each.values().stream())
                .toList();
    }

    @Test
    void pointsGrowCoarserWithAgeAndGoAtTheEnd() {
        Instant start = clock.instant();
        for (int i = 0; i < 120; i++) {
            metrics.meters().record("Mine", "Speed", Map.of(), i, "None");
            clock.move(Duration.ofSeconds(1));
        }
        metrics.age();
        assertEquals(120, bySecond(start), "seconds are kept for three hours");
        clock.move(Duration.ofHours(4));
        ageAll();
        assertEquals(2, bySecond(start), "then minutes");
        clock.move(Duration.ofDays(16));
        ageAll();
        assertEquals(1, bySecond(start), "then five minutes");
        Datapoint whole =
                statistics(r ->
                                r.startTime(start)
                                        .endTime(start.plusSeconds(300))
                                        .period(300)
                                        .statisticsWithStrings("SampleCount", "Sum")
                                        .extendedStatistics("p50"))
                        .getFirst();
        assertEquals(120, whole.sampleCount());
        assertEquals(119 * 60, whole.sum());
        assertEquals(59, percentile(whole, "p50"), 0.59);
        clock.move(Duration.ofDays(456));
        ageAll();
        ageAll();
        assertEquals(0, bySecond(start));
    }

    private void ageAll() {
        while (metrics.age()) {
            // The rest.
        }
    }

    private int bySecond(Instant start) {
        return statistics(r ->
                        r.startTime(start)
                                .endTime(start.plusSeconds(120))
                                .period(1)
                                .statisticsWithStrings("Sum"))
                .size();
    }

    @Test
    void metricsAreListedByWhatTheyHave() {
        Meters meters = metrics.meters();
        meters.record("AWS/SageMaker", "Invocations", CHURN, 1, "None");
        clock.move(Duration.ofHours(4));
        put(datum("Speed").value(1.0));
        assertEquals(2, metrics.listMetrics().metrics().size());
        assertEquals(
                List.of("Speed"),
                metrics.listMetrics(r -> r.recentlyActive(RecentlyActive.PT3_H)).metrics().stream()
                        .map(each -> each.metricName())
                        .toList());
        assertEquals(
                1,
                metrics.listMetrics(r -> r.dimensions(has("EndpointName").build()))
                        .metrics()
                        .size());
        assertEquals(
                0,
                metrics.listMetrics(r -> r.dimensions(has("EndpointName").value("other").build()))
                        .metrics()
                        .size());
        assertEquals(
                "AWS/SageMaker",
                metrics.listMetrics(r -> r.namespace("AWS/SageMaker").metricName("Invocations"))
                        .metrics()
                        .getFirst()
                        .namespace());
    }

    private static DimensionFilter.Builder has(String name) {
        return DimensionFilter.builder().name(name);
    }

    @Test
    void aListIsPaged() {
        for (int i = 0; i < 501; i++) {
            metrics.meters().record("Mine", "M" + i, Map.of(), 1, "None");
        }
        assertEquals(500, metrics.listMetrics().metrics().size());
        assertEquals(501, metrics.listMetricsPaginator().metrics().stream().distinct().count());
    }

    @Test
    void badInputIsRefusedByNameAndNothingOfItKept() {
        refused(
                "InvalidParameterValue",
                "MetricData.member.2.Value",
                () -> put(datum("Speed").value(1.0), datum("Speed").value(Double.NaN)));
        assertTrue(metrics.listMetrics().metrics().isEmpty());
        refused(
                "InvalidParameterCombination",
                "mutually exclusive",
                () -> put(datum("Speed").value(1.0).values(1.0)));
        refused(
                "InvalidParameterValue",
                "same size",
                () -> put(datum("Speed").values(1.0, 2.0).counts(1.0)));
        refused(
                "InvalidParameterValue",
                "two weeks",
                () ->
                        put(
                                datum("Speed")
                                        .value(1.0)
                                        .timestamp(clock.instant().minusSeconds(15 * 86400))));
        refused(
                "InvalidParameterValue",
                "Unit",
                () -> put(datum("Speed").value(1.0).unit("Miles")));
        refused("MissingParameter", "MetricName", () -> put(MetricDatum.builder().value(1.0)));
        refused(
                "InvalidParameterValue",
                "Namespace",
                () ->
                        metrics.putMetricData(r ->
                                r.namespace("AWS/SageMaker")
                                        .metricData(datum("Speed").value(1.0).build())));
        refused(
                "ValidationError",
                "'e1'",
                () ->
                        metrics.getMetricData(
                                lastHour(
                                                MetricDataQuery.builder()
                                                        .id("e1")
                                                        .expression("m1*2")
                                                        .build())
                                        .build()));
        refused(
                "ValidationError",
                "tm99",
                () -> metrics.getMetricData(lastHour(query("a", "Speed", "tm99", 60)).build()));
        refused(
                "ValidationError",
                "Period",
                () -> metrics.getMetricData(lastHour(query("a", "Speed", "Sum", 61)).build()));
    }

    @Test
    void statisticsSayWhatTheyCannotAnswer() {
        var tooMany =
                assertThrows(
                        InvalidParameterCombinationException.class,
                        () ->
                                statistics(r ->
                                        r.statisticsWithStrings("Sum")
                                                .period(1)
                                                .startTime(clock.instant().minusSeconds(2880))
                                                .endTime(clock.instant())));
        assertTrue(
                tooMany.awsErrorDetails()
                        .errorMessage()
                        .startsWith(
                                "You have requested up to 2,880 datapoints, which exceeds the"
                                        + " limit of 1,440."));
        assertThrows(InvalidParameterCombinationException.class, () -> statistics(r -> r));
        assertThrows(
                InvalidParameterValueException.class,
                () -> statistics(r -> r.extendedStatistics("tm99")));
    }

    private static void refused(String code, String part, Runnable call) {
        var error = assertThrows(AwsServiceException.class, call::run);
        assertEquals(code, error.awsErrorDetails().errorCode());
        String message = error.awsErrorDetails().errorMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void recordingFromManyThreadsWhileReadingLosesNothing() throws InterruptedException {
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] =
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; i < 5000; i++) {
                                    metrics.meters().record("Mine", "Speed", Map.of(), 1, "None");
                                }
                            });
        }
        for (int i = 0; i < 20; i++) {
            statistics(r -> r.statisticsWithStrings("Sum"));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(20_000, statistics(r -> r.statisticsWithStrings("Sum")).getFirst().sum());
    }
}
