package io.dormouse.function;

import io.dormouse.metrics.Meters;
import java.util.Map;

/// Lambda's metrics of one function, in `AWS/Lambda` ([the
/// list](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html)).
record Traffic(Meters meters, String function) {
    void invoked(boolean isError) {
        record("Invocations", 1, "Count");
        record("Errors", isError ? 1 : 0, "Count");
        record("Throttles", 0, "Count");
    }

    void throttled() {
        record("Throttles", 1, "Count");
    }

    void took(long nanos) {
        record("Duration", nanos / 1e6, "Milliseconds");
    }

    void concurrent(int count) {
        record("ConcurrentExecutions", count, "Count");
    }

    private void record(String name, double value, String unit) {
        meters.record("AWS/Lambda", name, Map.of("FunctionName", function), value, unit);
    }
}
