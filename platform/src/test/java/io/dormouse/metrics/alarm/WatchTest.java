package io.dormouse.metrics.alarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.delivery.Outbox;
import io.dormouse.metrics.MetricData;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.timing.Alarms;
import io.dormouse.timing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.cloudwatch.model.AlarmHistoryItem;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.HistoryItemType;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricAlarmRequest;
import software.amazon.awssdk.services.cloudwatch.model.ScanBy;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;

/// When alarms are looked at, and that looking alone writes nothing.
class WatchTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir private Path folder;
    private final ManualTime time = new ManualTime();

    /// What is due, held back while the clock is moved over several minutes in one step.
    private Optional<Runnable> due = Optional.empty();

    private Store store;
    private MetricData metrics;
    private AlarmRoom room;
    private MetricAlarms alarms;
    private AlarmLists lists;

    @BeforeEach
    void open() {
        store = Store.open(folder, time, List.of(MetricData.SCHEMA, Outbox.SCHEMA));
        metrics = new MetricData(store, time);
        Alarms held =
                (_, task) -> {
                    due = Optional.of(task);
                    return () -> due = Optional.empty();
                };
        room =
                new AlarmRoom(
                        store,
                        new Tags(store),
                        metrics,
                        () -> {
                            throw new IllegalStateException("nobody is to be told");
                        },
                        time,
                        held,
                        List::of);
        alarms = (MetricAlarms) room.operations()[0];
        lists = (AlarmLists) room.operations()[1];
    }

    @AfterEach
    void close() {
        room.close();
        metrics.close();
        store.close();
    }

    private void look() {
        due.orElseThrow().run();
    }

    /// Whether it is done while nobody else can write.
    private boolean writesNothing(Runnable task) {
        return store.write(_ -> {
            try {
                return Thread.startVirtualThread(task).join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static PutMetricAlarmRequest quick(String treatment) {
        return PutMetricAlarmRequest.builder()
                .alarmName("quick")
                .namespace("Mine")
                .metricName("Speed")
                .statistic(Statistic.MAXIMUM)
                .period(60)
                .evaluationPeriods(1)
                .threshold(10.0)
                .comparisonOperator(ComparisonOperator.GREATER_THAN_THRESHOLD)
                .treatMissingData(treatment)
                .build();
    }

    private void measured(Instant at, double value) {
        metrics.putMetricData(r ->
                r.namespace("Mine")
                        .metricData(
                                MetricDatum.builder()
                                        .metricName("Speed")
                                        .value(value)
                                        .timestamp(at)
                                        .build()));
    }

    private List<AlarmHistoryItem> moves() {
        return lists.describeAlarmHistory(r ->
                        r.historyItemType(HistoryItemType.STATE_UPDATE)
                                .scanBy(ScanBy.TIMESTAMP_ASCENDING))
                .alarmHistoryItems();
    }

    @Test
    void aPlatformWithoutAlarmsWritesNothingAndSetsNoClock() {
        assertTrue(writesNothing(room::start));
        assertTrue(due.isEmpty());
    }

    @Test
    void anAlarmThatStaysAsItIsWritesNothing() {
        alarms.putMetricAlarm(quick("missing"));
        time.pass(MINUTE);
        assertTrue(writesNothing(this::look));
        assertEquals(List.of(), moves());
        assertTrue(due.isPresent());
    }

    @Test
    void eachMinuteThatTheClockWasMovedOverIsLookedAt() {
        Instant start = time.instant();
        alarms.putMetricAlarm(quick("notBreaching"));
        measured(start.plusSeconds(3 * 60), 42);
        measured(start.plusSeconds(4 * 60), 1);
        measured(start.plusSeconds(6 * 60), 42);
        measured(start.plusSeconds(7 * 60), 1);
        time.pass(Duration.ofMinutes(10));
        look();
        assertEquals(
                List.of(
                        "Alarm updated from OK to ALARM at PT4M",
                        "Alarm updated from ALARM to OK at PT5M",
                        "Alarm updated from OK to ALARM at PT7M",
                        "Alarm updated from ALARM to OK at PT8M"),
                moves().stream()
                        .skip(1) // to OK, when it was put
                        .map(each ->
                                each.historySummary()
                                        + " at "
                                        + Duration.between(start, each.timestamp()))
                        .toList());
    }

    @Test
    void whatIsOlderThanThirtyDaysIsForgotten() {
        alarms.putMetricAlarm(quick("missing"));
        time.pass(DAY.multipliedBy(30));
        look();
        assertEquals(
                1,
                lists.describeAlarmHistory(r -> r.alarmName("quick")).alarmHistoryItems().size());
        time.pass(MINUTE);
        look();
        assertEquals(
                List.of(),
                lists.describeAlarmHistory(r -> r.alarmName("quick")).alarmHistoryItems());
    }
}
