package io.dormouse.metrics.alarm;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;

/// What an alarm's state should be, by its data points: M of N, and what missing ones count as.
///
/// More points are looked at than the alarm has periods. Where N of them are there, the newest N
/// decide and nothing is filled in; otherwise all that are there count and what lacks is filled in,
/// as few times as possible. See [how missing data is
/// treated](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
final class Evaluation {
    /// Points looked at beyond the alarm's periods; AWS's own tables look at five for three.
    static final int EXTRA = 2;

    /// One period's value.
    ///
    /// @param age 1 for the newest period
    record Point(Instant at, double value, int age) {}

    /// A decision with its reason.
    ///
    /// @param state empty to stay in the present one
    record Verdict(Optional<StateValue> state, String reason, List<Point> used) {
        Verdict {
            used = List.copyOf(used);
        }
    }

    private final MetricAlarm alarm;
    private final int periods;
    private final int needed;
    private final List<Point> real;

    /// @param real of the last N + [#EXTRA] periods, oldest first, without those that are missing
    Evaluation(MetricAlarm alarm, List<Point> real) {
        this.alarm = alarm;
        periods = alarm.evaluationPeriods();
        needed = alarm.datapointsToAlarm() == null ? periods : alarm.datapointsToAlarm();
        this.real = real.subList(Math.max(0, real.size() - periods), real.size());
    }

    Verdict verdict() {
        long breaching = real.stream().filter(this::isBreaching).count();
        int missing = periods - real.size();
        String treatment = alarm.treatMissingData() == null ? "missing" : alarm.treatMissingData();
        if (missing == 0) {
            return to(breaching >= needed, 0, treatment);
        }
        return switch (treatment) {
            case "breaching" -> to(breaching + missing >= needed, missing, treatment);
            case "notBreaching" -> to(breaching >= needed, missing, treatment);
            default -> ofRealOnes(breaching, missing, treatment);
        };
    }

    /// Missing points say nothing.
    private Verdict ofRealOnes(long breaching, int missing, String treatment) {
        boolean ignored = treatment.equals("ignore");
        if (real.isEmpty() && !ignored) {
            return new Verdict(
                    Optional.of(StateValue.INSUFFICIENT_DATA),
                    "Insufficient Data: "
                            + missing
                            + (missing == 1
                                    ? " datapoint was unknown."
                                    : " datapoints were unknown."),
                    real);
        }
        if (breaching >= needed || (!ignored && isAlarmingThoughFew())) {
            return to(true, 0, treatment);
        }
        boolean someAreRight = breaching < real.size();
        return someAreRight ? to(false, 0, treatment) : new Verdict(Optional.empty(), "", real);
    }

    /// All that is there breaches, and the oldest of it within the periods is old enough that, had
    /// it gone on, the alarm would have gone off.
    private boolean isAlarmingThoughFew() {
        return real.stream().allMatch(this::isBreaching)
                && real.stream()
                        .filter(each -> each.age() <= periods)
                        .anyMatch(each -> each.age() >= needed);
    }

    private Verdict to(boolean alarms, int filled, String treatment) {
        StateValue state = alarms ? StateValue.ALARM : StateValue.OK;
        return new Verdict(
                Optional.of(state),
                new Reasons(alarm, needed, periods, this::isBreaching)
                        .crossed(real, alarms, filled, treatment),
                real);
    }

    private boolean isBreaching(Point point) {
        return breaches(alarm.comparisonOperator(), point.value(), alarm.threshold());
    }

    private static boolean breaches(ComparisonOperator operator, double value, double threshold) {
        return switch (operator) {
            case GREATER_THAN_OR_EQUAL_TO_THRESHOLD -> value >= threshold;
            case GREATER_THAN_THRESHOLD -> value > threshold;
            case LESS_THAN_THRESHOLD -> value < threshold;
            case LESS_THAN_OR_EQUAL_TO_THRESHOLD -> value <= threshold;
            default -> throw new IllegalStateException("checked when put: " + operator);
        };
    }
}
