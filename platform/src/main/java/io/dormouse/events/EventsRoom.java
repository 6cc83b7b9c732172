package io.dormouse.events;

import io.dormouse.aws.Caller;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.timing.Alarms;
import java.time.InstantSource;
import java.util.List;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.scheduler.SchedulerClient;

/// The room: what serves EventBridge's and Scheduler's operations, and what dispatches.
public final class EventsRoom implements AutoCloseable {
    private final Dispatch dispatch;
    private final Timers timers;
    private final EventBridgeClient[] operations;
    private final SchedulerClient schedules;

    /// @param told whom targets are reached through
    /// @param alarms by `clock`
    /// @param owner whose events and schedules these are
    public EventsRoom(
            Store store, Tags tags, Told told, InstantSource clock, Alarms alarms, Caller owner) {
        EventRecords records = new EventRecords(store, tags);
        dispatch = new Dispatch(records, told, clock, alarms, owner);
        timers =
                new Timers(
                        clock,
                        alarms,
                        List.of(
                                new RuleTimes(records, dispatch),
                                new ScheduleTimes(records, dispatch)));
        operations =
                new EventBridgeClient[] {
                    new Buses(records, clock),
                    new Rules(records, timers, clock),
                    new RuleTargets(records, told.calls(), clock),
                    new PutEvents(records, dispatch),
                    new EventTags(records)
                };
        schedules = new Schedules(records, told.calls(), timers, clock);
    }

    public EventBridgeClient[] operations() {
        return operations.clone();
    }

    public SchedulerClient schedules() {
        return schedules;
    }

    /// Takes up what an earlier life left, and from then on what comes.
    public void start() {
        dispatch.start();
        timers.plan();
    }

    @Override
    public void close() {
        timers.close();
        dispatch.close();
    }
}
