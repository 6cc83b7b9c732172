package io.dormouse.metrics.alarm;

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
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.cloudwatch.model.AlarmHistoryItem;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.HistoryItemType;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;

/// The alarms that there are, by ARN, and what has happened to them.
final class AlarmRecords {
    /// As long as CloudWatch keeps it.
    private static final Duration HISTORY = Duration.ofDays(30);

    final Store store;
    final Tags tags;
    final Records<MetricAlarm> alarms;

    /// Each under the name of a UUID, its parent the alarm's ARN: it outlives the alarm.
    final Records<AlarmHistoryItem> history;

    AlarmRecords(Store store, Tags tags) {
        this.store = store;
        this.tags = tags;
        alarms = new Records<>(store, "alarm", Codec.shape(MetricAlarm::builder));
        history = new Records<>(store, "alarm-history", Codec.shape(AlarmHistoryItem::builder));
    }

    Optional<MetricAlarm> find(Query query, String arn) {
        return alarms.get(query, arn).map(Entry::body);
    }

    void keep(Tx tx, MetricAlarm alarm, Instant now) {
        Entry<MetricAlarm> entry = Entry.of(alarm.alarmArn(), now, alarm);
        if (!alarms.update(tx, entry)) {
            alarms.insert(tx, entry);
        }
    }

    /// Of one Region's alarms, by name.
    List<MetricAlarm> startingWith(Query query, String arn) {
        return alarms.all(query).stream()
                .map(Entry::body)
                .filter(each -> each.alarmArn().startsWith(arn))
                .sorted(java.util.Comparator.comparing(MetricAlarm::alarmName))
                .toList();
    }

    void remember(
            Tx tx,
            MetricAlarm alarm,
            HistoryItemType type,
            String summary,
            String data,
            Instant now) {
        AlarmHistoryItem item =
                AlarmHistoryItem.builder()
                        .alarmName(alarm.alarmName())
                        .alarmType(AlarmType.METRIC_ALARM)
                        .timestamp(now)
                        .historyItemType(type)
                        .historySummary(summary)
                        .historyData(data)
                        .build();
        history.insert(
                tx, Entry.of(UUID.randomUUID().toString(), now, item).within(alarm.alarmArn()));
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
