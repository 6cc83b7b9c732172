package io.dormouse.metrics.alarm;

import io.dormouse.aws.Caller;
import io.dormouse.store.Codec;
import io.dormouse.store.Entry;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.services.cloudwatch.model.AlarmHistoryItem;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.HistoryItemType;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;

/// The alarms that there are, by ARN, and what has happened to them.
final class AlarmRecords {
    /// As long as CloudWatch keeps it.
    private static final Duration HISTORY = Duration.ofDays(30);

    private static final Codec<AlarmHistoryItem> HISTORY_CODEC =
            Codec.shape(AlarmHistoryItem::builder);

    final Store store;
    final Tags tags;
    private final Records<MetricAlarm> metric;

    /// Their status says what holds back their actions; empty where nothing does.
    private final Records<CompositeAlarm> composite;

    /// Each with the alarm's ARN as its parent: it outlives the alarm.
    final Records<AlarmHistoryItem> history;

    private final AtomicLong count = new AtomicLong();

    AlarmRecords(Store store, Tags tags) {
        this.store = store;
        this.tags = tags;
        metric = new Records<>(store, "alarm", Codec.shape(MetricAlarm::builder));
        composite = new Records<>(store, "alarm-composite", Codec.shape(CompositeAlarm::builder));
        history = new Records<>(store, "alarm-history", HISTORY_CODEC);
    }

    /// The ARN of an alarm, or what all of them begin with.
    static String arn(String name) {
        return Caller.current().resource("cloudwatch", "alarm:" + name);
    }

    Optional<Alarm> find(Query query, String arn) {
        Optional<Alarm> found = metric.get(query, arn).map(each -> new Alarm.OfMetric(each.body()));
        return found.isPresent()
                ? found
                : composite.get(query, arn).map(each -> new Alarm.Composite(each.body()));
    }

    void keep(Tx tx, Alarm alarm, Instant now) {
        switch (alarm) {
            case Alarm.OfMetric(MetricAlarm shape) ->
                    keep(tx, metric, Entry.of(alarm.arn(), now, shape));
            case Alarm.Composite each ->
                    keep(
                            tx,
                            composite,
                            Entry.of(alarm.arn(), now, each.shape())
                                    .now(each.suppression().value().orElse(""), now, each.shape()));
        }
    }

    /// A new one has no data at first; one that was there keeps its state.
    ///
    /// @param given tags of a new one
    /// @return the alarm as it is now
    Alarm put(Tx tx, Alarm asked, Map<String, String> given, Instant now) {
        Optional<Alarm> old = find(tx, asked.arn());
        if (old.isPresent() && old.get().type() != asked.type()) {
            throw AlarmInput.invalid(
                    "There is an alarm "
                            + asked.name()
                            + " of another type already: AlarmName must be unique");
        }
        Alarm alarm = asked.in(old.map(Alarm::state).orElseGet(() -> Alarm.State.initial(now)));
        keep(tx, alarm, now);
        if (old.isEmpty()) {
            tags.put(tx, alarm.arn(), given);
        }
        configured(tx, alarm, old.isEmpty() ? "Create" : "Update", now);
        return alarm;
    }

    /// Remembers that an alarm was configured.
    ///
    /// @param type `Create`, `Update` or `Delete`
    void configured(Tx tx, Alarm alarm, String type, Instant now) {
        remember(
                tx,
                alarm,
                HistoryItemType.CONFIGURATION_UPDATE,
                "Alarm \"" + alarm.name() + "\" " + type.toLowerCase(Locale.ROOT) + "d",
                AlarmJson.configured(type, alarm),
                now);
    }

    private static <T> void keep(Tx tx, Records<T> records, Entry<T> entry) {
        if (!records.update(tx, entry)) {
            records.insert(tx, entry);
        }
    }

    void delete(Tx tx, Alarm alarm) {
        switch (alarm) {
            case Alarm.OfMetric _ -> metric.delete(tx, alarm.arn());
            case Alarm.Composite _ -> composite.delete(tx, alarm.arn());
        }
        tags.removeAll(tx, alarm.arn());
    }

    List<Alarm.OfMetric> ofMetrics(Query query) {
        return metric.all(query).stream().map(each -> new Alarm.OfMetric(each.body())).toList();
    }

    List<Alarm.Composite> composites(Query query) {
        return composite.all(query).stream().map(each -> new Alarm.Composite(each.body())).toList();
    }

    /// Those whose actions are held back.
    List<Alarm.Composite> suppressed(Query query) {
        return query
                .list(
                        "SELECT name FROM record WHERE kind = 'alarm-composite' AND status <> ''",
                        row -> row.text(1))
                .stream()
                .flatMap(arn -> composite.get(query, arn).stream())
                .map(each -> new Alarm.Composite(each.body()))
                .toList();
    }

    void remember(
            Tx tx, Alarm alarm, HistoryItemType type, String summary, String data, Instant now) {
        AlarmHistoryItem item =
                AlarmHistoryItem.builder()
                        .alarmName(alarm.name())
                        .alarmType(alarm.type())
                        .timestamp(now)
                        .historyItemType(type)
                        .historySummary(summary)
                        .historyData(data)
                        .build();
        // What happens within one millisecond stays in its order.
        String name = String.format("%020d-%s", count.getAndIncrement(), UUID.randomUUID());
        history.insert(tx, Entry.of(name, now, item).within(alarm.arn()));
    }

    /// What its newest change of state says; empty where it is forgotten.
    Optional<String> lastUpdate(Query query, Alarm alarm) {
        return query
                .list(
                        "SELECT body FROM record WHERE kind = 'alarm-history' AND parent = ?"
                                + " ORDER BY created DESC, name DESC LIMIT 100",
                        row -> HISTORY_CODEC.read().apply(row.text(1)),
                        alarm.arn())
                .stream()
                .filter(each -> each.historyItemType() == HistoryItemType.STATE_UPDATE)
                .map(AlarmHistoryItem::historyData)
                .findFirst();
    }

    /// Writes only where there is something to forget: a platform at rest leaves the disk alone.
    void forgetOld(Instant now) {
        Instant oldest = now.minus(HISTORY);
        boolean isOld =
                !store.read(query ->
                                query.list(
                                        "SELECT name FROM record WHERE kind = 'alarm-history'"
                                                + " AND created < ? LIMIT 1",
                                        row -> row.text(1),
                                        oldest))
                        .isEmpty();
        if (isOld) {
            store.write(tx ->
                    tx.update(
                            "DELETE FROM record WHERE kind = 'alarm-history' AND created < ?",
                            oldest));
        }
    }
}
