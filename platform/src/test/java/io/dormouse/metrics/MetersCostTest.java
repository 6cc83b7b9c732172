package io.dormouse.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetersCostTest {
    private static final int CALLS = 1_000_000;

    /// Says what a recorded value costs; what it costs depends on the machine, so that only the
    /// count is asserted.
    @Test
    void recordingIsCheap(@TempDir Path folder) {
        InstantSource clock = InstantSource.system();
        try (Store store = Store.open(folder, clock, List.of(MetricData.SCHEMA));
                MetricData metrics = new MetricData(store, clock)) {
            Map<String, String> dimensions =
                    Map.of("EndpointName", "churn", "VariantName", "AllTraffic");
            Meters meters = metrics.meters();
            var start = clock.instant();
            long nanos = 0;
            for (int round = 0; round < 3; round++) {
                long before = System.nanoTime();
                for (int i = 0; i < CALLS; i++) {
                    meters.record(
                            "AWS/SageMaker", "ModelLatency", dimensions, i % 5000, "Microseconds");
                }
                nanos = System.nanoTime() - before;
            }
            System.out.println("Meters.record: " + nanos / CALLS + " ns a call");
            double count =
                    metrics.getMetricStatistics(r ->
                                    r.namespace("AWS/SageMaker")
                                            .metricName("ModelLatency")
                                            .dimensions(
                                                    new Metric("", "", dimensions)
                                                            .shape()
                                                            .dimensions())
                                            .startTime(start.minus(Duration.ofMinutes(1)))
                                            .endTime(clock.instant().plusSeconds(60))
                                            .period(3600)
                                            .statisticsWithStrings("SampleCount"))
                            .datapoints()
                            .getFirst()
                            .sampleCount();
            assertEquals(3.0 * CALLS, count);
        }
    }
}
