package io.dormouse.autoscaling;

import io.dormouse.scaler.TargetTracking;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import software.amazon.awssdk.services.applicationautoscaling.model.CustomizedMetricSpecification;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingPolicy;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.Datapoint;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricStatisticsRequest;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;

/// What policies go by: their metrics, minute by minute, read from CloudWatch.
final class Readings {
    static final String NAMESPACE = "AWS/SageMaker";
    static final String UTILIZATION = "ServerlessProvisionedConcurrencyUtilization";

    private static final int PERIOD_SECONDS = (int) TargetTracking.PERIOD.toSeconds();

    private final CloudWatchClient cloudWatch;

    Readings(CloudWatchClient cloudWatch) {
        this.cloudWatch = cloudWatch;
    }

    /// The last whole minutes, oldest first.
    ///
    /// A minute without a request says nothing of a customized metric. Of the utilization it says
    /// that nothing was used: were it not so, an endpoint that is not called any more would keep
    /// what is provisioned for ever. It counts from when the policy was made.
    ///
    /// @param endpoint the name that its metrics are under
    List<OptionalDouble> of(ScalingPolicy policy, String endpoint, Instant now) {
        CustomizedMetricSpecification customized =
                policy.targetTrackingScalingPolicyConfiguration().customizedMetricSpecification();
        Instant end = now.truncatedTo(ChronoUnit.MINUTES);
        Instant start = end.minusSeconds((long) PERIOD_SECONDS * TargetTracking.LOW_PERIODS);
        GetMetricStatisticsRequest.Builder request =
                customized == null
                        ? utilization(endpoint, VariantId.kept(policy.resourceId()).variant())
                        : customized(customized);
        Map<Instant, Double> values = new HashMap<>();
        for (Datapoint each : points(request, start, end)) {
            values.put(each.timestamp(), value(each, request.build().statistics().getFirst()));
        }
        List<OptionalDouble> readings = new ArrayList<>();
        for (Instant at = start; at.isBefore(end); at = at.plusSeconds(PERIOD_SECONDS)) {
            Double value = values.get(at);
            if (value != null) {
                readings.add(OptionalDouble.of(value));
            } else if (customized == null && !at.isBefore(policy.creationTime())) {
                readings.add(OptionalDouble.of(0));
            } else {
                readings.add(OptionalDouble.empty());
            }
        }
        return readings;
    }

    private List<Datapoint> points(
            GetMetricStatisticsRequest.Builder request, Instant start, Instant end) {
        return cloudWatch
                .getMetricStatistics(
                        request.startTime(start).endTime(end).period(PERIOD_SECONDS).build())
                .datapoints();
    }

    private static GetMetricStatisticsRequest.Builder utilization(String endpoint, String variant) {
        return GetMetricStatisticsRequest.builder()
                .namespace(NAMESPACE)
                .metricName(UTILIZATION)
                .dimensions(dimension("EndpointName", endpoint), dimension("VariantName", variant))
                .statistics(Statistic.AVERAGE);
    }

    private static GetMetricStatisticsRequest.Builder customized(
            CustomizedMetricSpecification metric) {
        return GetMetricStatisticsRequest.builder()
                .namespace(metric.namespace())
                .metricName(metric.metricName())
                .dimensions(
                        metric.dimensions().stream()
                                .map(each -> dimension(each.name(), each.value()))
                                .toList())
                .unit(metric.unit())
                .statistics(Statistic.fromValue(metric.statisticAsString()));
    }

    static Dimension dimension(String name, String value) {
        return Dimension.builder().name(name).value(value).build();
    }

    private static double value(Datapoint point, Statistic statistic) {
        return switch (statistic) {
            case SAMPLE_COUNT -> point.sampleCount();
            case AVERAGE -> point.average();
            case SUM -> point.sum();
            case MINIMUM -> point.minimum();
            case MAXIMUM -> point.maximum();
            case UNKNOWN_TO_SDK_VERSION -> throw new IllegalStateException("checked when put");
        };
    }
}
