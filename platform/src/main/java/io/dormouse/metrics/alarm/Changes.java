package io.dormouse.metrics.alarm;

import io.dormouse.aws.AwsError;
import io.dormouse.delivery.Courier;
import io.dormouse.delivery.Outbox;
import io.dormouse.delivery.Parcel;
import io.dormouse.store.Tx;
import io.dormouse.timing.Alarms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatch.model.HistoryItemType;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Puts alarms into states. A change of state, its line of the history, its event of the change
/// feed and what its topics are to be told are kept at once.
final class Changes implements Courier, AutoCloseable {
    private static final String SOURCE = "aws.cloudwatch";
    private static final String EVENT = "CloudWatch Alarm State Change";
    private static final Duration PAUSE_MAX = Duration.ofMinutes(5);

    private final AlarmRecords records;
    private final Supplier<SnsClient> sns;
    private final InstantSource clock;
    private final Outbox outbox;

    Changes(AlarmRecords records, Supplier<SnsClient> sns, InstantSource clock, Alarms alarms) {
        this.records = records;
        this.sns = sns;
        this.clock = clock;
        this.outbox = new Outbox(records.store, "alarm", clock, alarms, this);
    }

    /// An alarm with another state; nothing is told where it is the one that it has.
    ///
    /// @param data StateReasonData; empty for none
    /// @param now when it changes
    void to(Tx tx, MetricAlarm alarm, StateValue state, String reason, String data, Instant now) {
        boolean isNew = alarm.stateValue() != state;
        MetricAlarm after =
                alarm.toBuilder()
                        .stateValue(state)
                        .stateReason(reason)
                        .stateReasonData(data.isEmpty() ? null : data)
                        .stateUpdatedTimestamp(now)
                        .stateTransitionedTimestamp(
                                isNew ? now : alarm.stateTransitionedTimestamp())
                        .build();
        records.keep(tx, after, now);
        if (!isNew) {
            return;
        }
        records.remember(
                tx,
                after,
                HistoryItemType.STATE_UPDATE,
                "Alarm updated from " + alarm.stateValueAsString() + " to " + state,
                AlarmJson.update(alarm, after),
                now);
        tx.append(SOURCE, EVENT, after.alarmArn(), AlarmJson.event(alarm, after));
        if (Boolean.TRUE.equals(after.actionsEnabled())) {
            actions(after).forEach(action -> tell(tx, action, alarm, after));
        }
    }

    private static List<String> actions(MetricAlarm alarm) {
        return switch (alarm.stateValue()) {
            case OK -> alarm.okActions();
            case ALARM -> alarm.alarmActions();
            case INSUFFICIENT_DATA -> alarm.insufficientDataActions();
            case UNKNOWN_TO_SDK_VERSION -> List.of();
        };
    }

    private void tell(Tx tx, String action, MetricAlarm before, MetricAlarm after) {
        String[] arn = after.alarmArn().split(":", 7);
        String subject =
                String.format(
                        Locale.ROOT,
                        "%s: \"%s\" in %s",
                        after.stateValueAsString(),
                        after.alarmName(),
                        arn[3]);
        String parcel =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("alarm", after.alarmArn())
                        .put("topic", action)
                        .put("subject", subject.substring(0, Math.min(100, subject.length())))
                        .put("message", AlarmJson.message(before, after, arn[4], arn[3]))
                        .put("updated", after.stateUpdatedTimestamp().toEpochMilli())
                        .toString();
        outbox.add(tx, parcel);
    }

    /// Sends what is kept; to be called after a transaction.
    void look() {
        outbox.look();
    }

    @Override
    public Outcome deliver(Parcel parcel) {
        JsonNode tree = JsonMapper.shared().readTree(parcel.body());
        String error = "";
        try {
            sns.get()
                    .publish(request ->
                            request.topicArn(tree.get("topic").asString())
                                    .subject(tree.get("subject").asString())
                                    .message(tree.get("message").asString()));
        } catch (AwsServiceException e) {
            if (e.statusCode() >= 500) {
                return new Outcome.Later(Courier.pause(parcel.attempts(), PAUSE_MAX));
            }
            error = AwsError.sentenceOf(e);
        }
        remember(tree, error);
        return Outcome.DONE;
    }

    private void remember(JsonNode parcel, String error) {
        String topic = parcel.get("topic").asString();
        Instant updated = Instant.ofEpochMilli(parcel.get("updated").asLong());
        records.store.write(tx -> {
            records.find(tx, parcel.get("alarm").asString())
                    .ifPresent(alarm ->
                            records.remember(
                                    tx,
                                    alarm,
                                    HistoryItemType.ACTION,
                                    (error.isEmpty()
                                                    ? "Successfully executed action "
                                                    : "Failed to execute action ")
                                            + topic,
                                    AlarmJson.action(
                                            topic,
                                            parcel.get("message").asString(),
                                            updated,
                                            error),
                                    clock.instant()));
            return true;
        });
    }

    @Override
    public void close() {
        outbox.close();
    }
}
