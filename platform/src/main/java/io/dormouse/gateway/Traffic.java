package io.dormouse.gateway;

import io.dormouse.metrics.Meters;
import io.dormouse.worker.WorkerGroup;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// What is recorded of a variant's invocations: AWS's metrics of serverless endpoints, whole ([the
/// list](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html)).
final class Traffic {
    private static final String SAGEMAKER = "AWS/SageMaker";
    private static final String ENDPOINTS = "/aws/sagemaker/Endpoints";

    /// Memory is asked of the kernel, so at most so often.
    private static final long MEMORY_NANOS = 1_000_000_000;

    private final Map<String, String> dimensions;
    private final int provisioned;
    private final AtomicLong memoryAt = new AtomicLong(System.nanoTime() - MEMORY_NANOS);

    Traffic(String endpoint, Variant variant) {
        this.dimensions = Map.of("EndpointName", endpoint, "VariantName", variant.name());
        this.provisioned = variant.provisionedConcurrency();
    }

    /// An invocation came and got its slot, or did not.
    ///
    /// @param cold whether it needed an instance that was not there: whatever is provisioned was
    ///   busy when it came, be it free by now
    void came(Meters meters, WorkerGroup.Stats stats, boolean cold) {
        record(meters, "Invocations", 1, "None");
        int concurrent = stats.concurrent();
        record(
                meters,
                "ServerlessConcurrentExecutionsUtilization",
                (double) concurrent / stats.maxConcurrency(),
                "None");
        if (provisioned > 0) {
            int held = Math.min(concurrent, provisioned);
            boolean spilled = cold || concurrent > provisioned;
            record(meters, "ServerlessProvisionedConcurrencyExecutions", held, "Count");
            record(
                    meters,
                    "ServerlessProvisionedConcurrencyUtilization",
                    (double) held / provisioned,
                    "None");
            record(meters, "ServerlessProvisionedConcurrencyInvocations", spilled ? 0 : 1, "Count");
            record(
                    meters,
                    "ServerlessProvisionedConcurrencySpilloverInvocations",
                    spilled ? 1 : 0,
                    "Count");
        }
    }

    /// It ended: AWS sends a zero for the error that it was not.
    void ended(Meters meters, boolean callersError, boolean ourError) {
        record(meters, "Invocation4XXErrors", callersError ? 1 : 0, "None");
        record(meters, "Invocation5XXErrors", ourError ? 1 : 0, "None");
    }

    void answered(Meters meters, long modelNanos, long allNanos) {
        record(meters, "ModelLatency", modelNanos / 1e3, "Microseconds");
        record(meters, "OverheadLatency", Math.max(0, allNanos - modelNanos) / 1e3, "Microseconds");
    }

    void setUp(Meters meters, long nanos) {
        record(meters, "ModelSetupTime", nanos / 1e3, "Microseconds");
    }

    /// Records the instance's memory now and then, beside the request.
    void memory(Meters meters, WorkerGroup.Lease lease) {
        long now = System.nanoTime();
        long last = memoryAt.get();
        if (now - last >= MEMORY_NANOS && memoryAt.compareAndSet(last, now)) {
            Thread.startVirtualThread(() -> {
                double percent = lease.memoryPercent();
                if (percent > 0) {
                    meters.record(ENDPOINTS, "MemoryUtilization", dimensions, percent, "Percent");
                }
            });
        }
    }

    private void record(Meters meters, String name, double value, String unit) {
        meters.record(SAGEMAKER, name, dimensions, value, unit);
    }
}
