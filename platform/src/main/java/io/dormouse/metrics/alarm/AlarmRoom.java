package io.dormouse.metrics.alarm;

import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.timing.Alarms;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.sns.SnsClient;

/// The alarms, what watches them, and what they tell.
public final class AlarmRoom implements AutoCloseable {
    private final Changes changes;
    private final Watch watch;
    private final Object[] operations;

    /// @param store with the tables of [io.dormouse.delivery.Outbox]
    /// @param metrics what alarms watch
    /// @param sns where their actions go
    /// @param alarms by `clock`, whose tasks may take a while
    /// @param monitors alarms that others evaluate, to be listed beside
    public AlarmRoom(
            Store store,
            Tags tags,
            CloudWatchClient metrics,
            Supplier<SnsClient> sns,
            InstantSource clock,
            Alarms alarms,
            Supplier<List<MetricAlarm>> monitors) {
        AlarmRecords records = new AlarmRecords(store, tags);
        changes = new Changes(records, sns, clock, alarms);
        watch = new Watch(records, changes, metrics, clock, alarms);
        operations =
                new Object[] {
                    new MetricAlarms(records, watch, metrics, clock),
                    new AlarmLists(records, monitors),
                    new AlarmStates(records, changes, clock),
                    new CompositeAlarms(records, changes, clock),
                    new AlarmTags(records)
                };
    }

    /// What is served of [CloudWatchClient].
    public Object[] operations() {
        return operations.clone();
    }

    /// Takes up what an earlier life left: alarms to watch, actions not yet done.
    public void start() {
        watch.look();
    }

    @Override
    public void close() {
        watch.close();
        changes.close();
    }
}
