package io.dormouse.autoscaling;

import io.dormouse.scaler.TargetTracking;
import io.dormouse.store.Entry;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoublePredicate;
import software.amazon.awssdk.services.applicationautoscaling.model.Alarm;
import software.amazon.awssdk.services.applicationautoscaling.model.CustomizedMetricSpecification;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingPolicy;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;

/// The alarms that AWS makes for target tracking policies, as CloudWatch's list shows them: made of
/// the policies and their metrics each time that somebody asks, and kept nowhere.
final class MonitorAlarms {
    private final ScalingRecords records;
    private final Variants variants;
    private final Readings readings;
    private final InstantSource clock;

    MonitorAlarms(
            ScalingRecords records, Variants variants, Readings readings, InstantSource clock) {
        this.records = records;
        this.variants = variants;
        this.readings = readings;
        this.clock = clock;
    }

    List<MetricAlarm> list() {
        Instant now = clock.instant();
        List<MetricAlarm> alarms = new ArrayList<>();
        for (Entry<ScalingPolicy> entry : records.policies.all()) {
            ScalingPolicy policy = entry.body();
            VariantId id = VariantId.kept(policy.resourceId());
            String endpoint =
                    variants.find(id).map(Variants.Found::endpoint).orElseGet(id::endpoint);
            List<OptionalDouble> periods = readings.of(policy, endpoint, now);
            for (Alarm each : policy.alarms()) {
                alarms.add(alarm(policy, each, endpoint, periods, now));
            }
        }
        return alarms;
    }

    private static MetricAlarm alarm(
            ScalingPolicy policy,
            Alarm alarm,
            String endpoint,
            List<OptionalDouble> periods,
            Instant now) {
        boolean isHigh = alarm.alarmName().equals(Monitor.HIGH.alarm(policy));
        double target = policy.targetTrackingScalingPolicyConfiguration().targetValue();
        double threshold = isHigh ? target : target * TargetTracking.LOW_SHARE;
        int count = isHigh ? TargetTracking.HIGH_PERIODS : TargetTracking.LOW_PERIODS;
        List<OptionalDouble> last = periods.subList(periods.size() - count, periods.size());
        StateValue state = state(last, value -> isHigh ? value > threshold : value < threshold);
        MetricAlarm.Builder shape =
                MetricAlarm.builder()
                        .alarmName(alarm.alarmName())
                        .alarmArn(alarm.alarmARN())
                        .alarmDescription(
                                "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy "
                                        + policy.policyARN()
                                        + ".")
                        .alarmConfigurationUpdatedTimestamp(policy.creationTime())
                        .actionsEnabled(true)
                        .alarmActions(policy.policyARN())
                        .okActions(List.of())
                        .insufficientDataActions(List.of())
                        .stateValue(state)
                        .stateReason("Evaluated by Application Auto Scaling.")
                        .stateUpdatedTimestamp(now.truncatedTo(ChronoUnit.MINUTES))
                        .period((int) TargetTracking.PERIOD.toSeconds())
                        .evaluationPeriods(count)
                        .threshold(threshold)
                        .comparisonOperator(
                                isHigh
                                        ? ComparisonOperator.GREATER_THAN_THRESHOLD
                                        : ComparisonOperator.LESS_THAN_THRESHOLD);
        return metric(shape, policy, endpoint).build();
    }

    private static StateValue state(List<OptionalDouble> periods, DoublePredicate breaches) {
        if (periods.stream().noneMatch(OptionalDouble::isPresent)) {
            return StateValue.INSUFFICIENT_DATA;
        }
        boolean all =
                periods.stream()
                        .allMatch(each -> each.isPresent() && breaches.test(each.getAsDouble()));
        return all ? StateValue.ALARM : StateValue.OK;
    }

    private static MetricAlarm.Builder metric(
            MetricAlarm.Builder alarm, ScalingPolicy policy, String endpoint) {
        CustomizedMetricSpecification customized =
                policy.targetTrackingScalingPolicyConfiguration().customizedMetricSpecification();
        if (customized == null) {
            String variant = VariantId.kept(policy.resourceId()).variant();
            return alarm.namespace(Readings.NAMESPACE)
                    .metricName(Readings.UTILIZATION)
                    .statistic("Average")
                    .dimensions(
                            Readings.dimension("EndpointName", endpoint),
                            Readings.dimension("VariantName", variant));
        }
        List<Dimension> dimensions =
                customized.dimensions().stream()
                        .map(each -> Readings.dimension(each.name(), each.value()))
                        .toList();
        return alarm.namespace(customized.namespace())
                .metricName(customized.metricName())
                .statistic(customized.statisticAsString())
                .unit(customized.unit())
                .dimensions(dimensions);
    }
}
