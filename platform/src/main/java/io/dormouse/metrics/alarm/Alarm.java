package io.dormouse.metrics.alarm;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;

/// What alarms have in common, whether they watch a metric or other alarms.
sealed interface Alarm {
    SdkPojo shape();

    AlarmType type();

    /// What every shape of an alarm has.
    Traits traits();

    /// This alarm in another state.
    Alarm in(State state);

    /// This alarm with its actions on or off.
    Alarm switched(boolean on, Instant now);

    /// What every alarm has, whatever AWS's type for it.
    ///
    /// @param configured when it was put, switched or changed last
    /// @param actions what is to be told when it comes into a state
    record Traits(
            String arn,
            String name,
            Optional<String> description,
            Instant configured,
            boolean isEnabled,
            Map<StateValue, List<String>> actions,
            State state) {}

    default String arn() {
        return traits().arn();
    }

    default String name() {
        return traits().name();
    }

    default Optional<String> description() {
        return traits().description();
    }

    default Instant configured() {
        return traits().configured();
    }

    default boolean isEnabled() {
        return traits().isEnabled();
    }

    default List<String> actions(StateValue state) {
        return traits().actions().getOrDefault(state, List.of());
    }

    default State state() {
        return traits().state();
    }

    /// The ARN of an alarm of the same account and Region.
    ///
    /// @param nameOrArn as it is written
    default String sibling(String nameOrArn) {
        String own = arn();
        return nameOrArn.startsWith("arn:")
                ? nameOrArn
                : own.substring(0, own.length() - name().length()) + nameOrArn;
    }

    /// A state, and why.
    ///
    /// @param data JSON; empty for none
    /// @param updated when it was found
    /// @param since when the alarm came into it
    record State(
            StateValue value,
            String reason,
            Optional<String> data,
            Instant updated,
            Instant since) {
        static final String CREATED = "Unchecked: Initial alarm creation";

        /// That of an alarm that nobody has looked at yet.
        static State initial(Instant now) {
            return new State(StateValue.INSUFFICIENT_DATA, CREATED, Optional.empty(), now, now);
        }
    }

    /// One that watches a metric, or several by an expression.
    ///
    /// @param shape the alarm, its ARN and its state among the rest
    record OfMetric(MetricAlarm shape) implements Alarm {
        @Override
        public AlarmType type() {
            return AlarmType.METRIC_ALARM;
        }

        @Override
        public Traits traits() {
            return new Traits(
                    shape.alarmArn(),
                    shape.alarmName(),
                    Optional.ofNullable(shape.alarmDescription()),
                    shape.alarmConfigurationUpdatedTimestamp(),
                    Boolean.TRUE.equals(shape.actionsEnabled()),
                    Map.of(
                            StateValue.OK, shape.okActions(),
                            StateValue.ALARM, shape.alarmActions(),
                            StateValue.INSUFFICIENT_DATA, shape.insufficientDataActions()),
                    new State(
                            shape.stateValue(),
                            shape.stateReason(),
                            Optional.ofNullable(shape.stateReasonData()),
                            shape.stateUpdatedTimestamp(),
                            shape.stateTransitionedTimestamp()));
        }

        @Override
        public OfMetric in(State state) {
            return new OfMetric(
                    shape.toBuilder()
                            .stateValue(state.value())
                            .stateReason(state.reason())
                            .stateReasonData(data(state))
                            .stateUpdatedTimestamp(state.updated())
                            .stateTransitionedTimestamp(state.since())
                            .build());
        }

        @Override
        public OfMetric switched(boolean on, Instant now) {
            return new OfMetric(
                    shape.toBuilder()
                            .actionsEnabled(on)
                            .alarmConfigurationUpdatedTimestamp(now)
                            .build());
        }
    }

    /// One that goes by other alarms.
    ///
    /// @param shape the alarm, its ARN and its state among the rest
    record Composite(CompositeAlarm shape) implements Alarm {
        @Override
        public AlarmType type() {
            return AlarmType.COMPOSITE_ALARM;
        }

        @Override
        public Traits traits() {
            return new Traits(
                    shape.alarmArn(),
                    shape.alarmName(),
                    Optional.ofNullable(shape.alarmDescription()),
                    shape.alarmConfigurationUpdatedTimestamp(),
                    Boolean.TRUE.equals(shape.actionsEnabled()),
                    Map.of(
                            StateValue.OK, shape.okActions(),
                            StateValue.ALARM, shape.alarmActions(),
                            StateValue.INSUFFICIENT_DATA, shape.insufficientDataActions()),
                    new State(
                            shape.stateValue(),
                            shape.stateReason(),
                            Optional.ofNullable(shape.stateReasonData()),
                            shape.stateUpdatedTimestamp(),
                            shape.stateTransitionedTimestamp()));
        }

        @Override
        public Composite in(State state) {
            return new Composite(
                    shape.toBuilder()
                            .stateValue(state.value())
                            .stateReason(state.reason())
                            .stateReasonData(data(state))
                            .stateUpdatedTimestamp(state.updated())
                            .stateTransitionedTimestamp(state.since())
                            .build());
        }

        @Override
        public Composite switched(boolean on, Instant now) {
            return new Composite(
                    shape.toBuilder()
                            .actionsEnabled(on)
                            .alarmConfigurationUpdatedTimestamp(now)
                            .build());
        }

        AlarmRule rule() {
            return AlarmRule.of(shape.alarmRule());
        }

        /// The ARNs of the alarms in its rule.
        List<String> children() {
            return rule().children().stream().map(this::sibling).toList();
        }

        /// The ARN of the alarm that may hold back its actions.
        Optional<String> suppressor() {
            return Optional.ofNullable(shape.actionsSuppressor()).map(this::sibling);
        }

        /// Whether it goes by another alarm.
        boolean dependsOn(String arn) {
            return children().contains(arn) || suppressor().equals(Optional.of(arn));
        }

        Suppression suppression() {
            return Suppression.of(shape.actionsSuppressedByAsString());
        }

        /// This alarm with its actions held back by something, or by nothing.
        Composite suppressed(Suppression by) {
            return new Composite(
                    shape.toBuilder()
                            .actionsSuppressedBy(by.value().orElse(null))
                            .actionsSuppressedReason(by.reason().orElse(null))
                            .build());
        }
    }

    private static @Nullable String data(State state) {
        return state.data().orElse(null);
    }
}
