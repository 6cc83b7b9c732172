package io.dormouse.gateway.async;

import io.dormouse.metrics.Meters;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// AWS's metrics of asynchronous endpoints ([the
/// list](https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html)).
final class QueueMetrics {
    private final Meters meters;

    QueueMetrics(Meters meters) {
        this.meters = meters;
    }

    /// @param instances that serve the endpoint now
    void backlog(String endpoint, Backlog.Size size, int instances, Instant now) {
        double age =
                size.oldest()
                        .map(since -> Duration.between(since, now).toMillis() / 1e3)
                        .orElse(0.0);
        record(endpoint, "ApproximateBacklogSize", size.waiting(), "Count");
        record(
                endpoint,
                "ApproximateBacklogSizePerInstance",
                (double) size.waiting() / Math.max(1, instances),
                "Count");
        record(endpoint, "ApproximateAgeOfOldestRequest", age, "Seconds");
        boolean without = size.waiting() > 0 && instances == 0;
        record(endpoint, "HasBacklogWithoutCapacity", without ? 1 : 0, "Count");
    }

    void begun(AsyncRequest request, Instant now) {
        record(request.endpoint(), "TimeInBacklog", since(request, now), "Milliseconds");
    }

    void ended(AsyncRequest request, boolean isAnswered, Instant now) {
        record(request.endpoint(), "InvocationsProcessed", 1, "None");
        record(request.endpoint(), "InvocationFailures", isAnswered ? 0 : 1, "None");
        record(request.endpoint(), "TotalProcessingTime", since(request, now), "Milliseconds");
    }

    private static double since(AsyncRequest request, Instant now) {
        return (double) Duration.between(request.received(), now).toMillis();
    }

    /// One that happened: `ExpiredRequests`, `RequestDownloadFailures`, `NotificationFailures`.
    void happened(String endpoint, String what) {
        record(endpoint, what, 1, "None");
    }

    private void record(String endpoint, String name, double value, String unit) {
        meters.record("AWS/SageMaker", name, Map.of("EndpointName", endpoint), value, unit);
    }
}
