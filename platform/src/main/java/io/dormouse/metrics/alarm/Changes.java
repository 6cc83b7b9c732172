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
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatch.model.HistoryItemType;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Puts alarms into states. A change of state, its line of the history, its event of the change
/// feed and what its topics and its webhook are to be told are kept at once.
final class Changes implements Courier, AutoCloseable {
    private static final String SOURCE = "aws.cloudwatch";
    private static final String EVENT = "CloudWatch Alarm State Change";
    private static final Duration PAUSE_MAX = Duration.ofMinutes(5);

    private final AlarmRecords records;
    private final Supplier<SnsClient> sns;
    private final InstantSource clock;
    private final Webhooks webhooks = new Webhooks();
    private final Outbox outbox;
    private final Parents parents;

    Changes(AlarmRecords records, Supplier<SnsClient> sns, InstantSource clock, Alarms alarms) {
        this.records = records;
        this.sns = sns;
        this.clock = clock;
        this.outbox = new Outbox(records.store, "alarm", clock, alarms, this);
        this.parents = new Parents(records, this, clock, alarms);
    }

    Parents parents() {
        return parents;
    }

    /// An alarm with another state, and the alarms above it with theirs; nothing is told where it
    /// is the one that it has.
    ///
    /// @param data StateReasonData; empty for none
    /// @param now when it changes
    void to(Tx tx, Alarm alarm, StateValue value, String reason, String data, Instant now) {
        parents.release(tx, now);
        Alarm before = records.find(tx, alarm.arn()).orElse(alarm);
        boolean isNew = before.state().value() != value;
        Instant since = isNew ? now : before.state().since();
        Alarm after =
                before.in(
                        new Alarm.State(
                                value,
                                reason,
                                Optional.of(data).filter(text -> !text.isEmpty()),
                                now,
                                since));
        if (isNew && after instanceof Alarm.Composite composite) {
            after = parents.begun(tx, composite, now);
        }
        records.keep(tx, after, now);
        if (isNew) {
            tell(tx, before, after, now);
            parents.follow(tx, after, now);
        }
    }

    private void tell(Tx tx, Alarm before, Alarm after, Instant now) {
        StateValue old = before.state().value();
        records.remember(
                tx,
                after,
                HistoryItemType.STATE_UPDATE,
                "Alarm updated from " + old + " to " + after.state().value(),
                AlarmJson.update(before, after),
                now);
        tx.append(SOURCE, EVENT, after.arn(), AlarmJson.event(before, after));
        boolean isHeldBack =
                after instanceof Alarm.Composite composite
                        && composite.suppression() != Suppression.NONE;
        if (!isHeldBack) {
            act(tx, after, old, now);
        }
    }

    /// Does what an alarm's state asks for.
    ///
    /// @param old the state before
    void act(Tx tx, Alarm alarm, StateValue old, Instant now) {
        if (!alarm.isEnabled()) {
            return;
        }
        alarm.actions(alarm.state().value()).forEach(topic -> tell(tx, topic, alarm, old));
        Webhooks.of(records.tags.of(tx, alarm.arn()))
                .ifPresent(url ->
                        outbox.add(
                                tx,
                                parcel(alarm, url, AlarmJson.hook(alarm, old, now))
                                        .put("webhook", true)
                                        .toString()));
    }

    private static ObjectNode parcel(Alarm alarm, String to, String message) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("alarm", alarm.arn())
                .put("topic", to)
                .put("message", message)
                .put("updated", alarm.state().updated().toEpochMilli());
    }

    private void tell(Tx tx, String topic, Alarm alarm, StateValue old) {
        String[] arn = alarm.arn().split(":", 7);
        String subject =
                String.format(
                        Locale.ROOT,
                        "%s: \"%s\" in %s",
                        alarm.state().value(),
                        alarm.name(),
                        arn[3]);
        outbox.add(
                tx,
                parcel(alarm, topic, AlarmJson.message(alarm, old))
                        .put("subject", subject.substring(0, Math.min(100, subject.length())))
                        .toString());
    }

    /// Does what is due and sends what is kept; to be called after a transaction.
    void look() {
        parents.look();
        outbox.look();
    }

    @Override
    public Outcome deliver(Parcel parcel) throws InterruptedException {
        JsonNode tree = JsonMapper.shared().readTree(parcel.body());
        return tree.path("webhook").asBoolean(false) ? toUrl(tree, parcel) : toTopic(tree, parcel);
    }

    private Outcome toTopic(JsonNode tree, Parcel parcel) {
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

    private Outcome toUrl(JsonNode tree, Parcel parcel) throws InterruptedException {
        Webhooks.Result result =
                webhooks.post(
                        tree.get("topic").asString(),
                        tree.get("message").asString(),
                        parcel.seq() + "-" + tree.get("updated").asLong());
        if (!result.isFinal() && parcel.attempts() + 1 < Webhooks.TRIES_MAX) {
            return new Outcome.Later(Courier.pause(parcel.attempts(), PAUSE_MAX));
        }
        remember(tree, result.error());
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
        parents.close();
        outbox.close();
        webhooks.close();
    }
}
