package io.dormouse.metrics.alarm;

import io.dormouse.metrics.alarm.Alarm.Composite;
import io.dormouse.metrics.alarm.Suppression.Times;
import io.dormouse.store.Query;
import io.dormouse.store.Tx;
import io.dormouse.timing.Alarms;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;

/// Composite alarms follow the alarms in their rules, in the transaction of the change; what holds
/// back their actions ends by the clock.
final class Parents {
    private final AlarmRecords records;
    private final Changes changes;
    private final InstantSource clock;
    private final Alarms alarms;

    // Guarded by this.
    private Alarms.Alarm next = () -> {};
    private boolean closed;

    Parents(AlarmRecords records, Changes changes, InstantSource clock, Alarms alarms) {
        this.records = records;
        this.changes = changes;
        this.clock = clock;
        this.alarms = alarms;
    }

    /// An alarm has come into another state.
    void follow(Tx tx, Alarm child, Instant now) {
        for (Composite each : records.composites(tx)) {
            if (each.children().contains(child.arn())) {
                StateValue value = asked(tx, each);
                if (each.state().value() != value) {
                    String reason =
                            child.arn() + " transitioned to " + AlarmJson.reached(child.state());
                    changes.to(tx, each, value, reason, AlarmJson.triggers(List.of(child)), now);
                }
            }
            if (each.suppressor().equals(Optional.of(child.arn()))) {
                records.find(tx, each.arn()).ifPresent(fresh -> step(tx, (Composite) fresh, now));
            }
        }
    }

    /// The state that the rule of a composite alarm asks for.
    StateValue asked(Query query, Composite alarm) {
        boolean holds =
                alarm.rule()
                        .holds(child ->
                                records.find(query, alarm.sibling(child))
                                        .map(each -> each.state().value())
                                        .orElse(StateValue.INSUFFICIENT_DATA));
        return holds ? StateValue.ALARM : StateValue.OK;
    }

    /// A composite alarm was put: it comes into its state at once.
    ///
    /// @param what what happened to it
    void begin(Tx tx, Composite alarm, String what, Instant now) {
        StateValue value = asked(tx, alarm);
        List<Alarm> children =
                alarm.children().stream().flatMap(arn -> records.find(tx, arn).stream()).toList();
        String reason = alarm.arn() + " was " + what + " evaluates to " + value;
        changes.to(tx, alarm, value, reason, AlarmJson.triggers(children), now);
    }

    /// A composite alarm that has just come into its state, with what holds back its actions.
    Composite begun(Query query, Composite alarm, Instant now) {
        return alarm.suppressed(
                times(query, alarm)
                        .map(times -> Suppression.begin(times, now))
                        .orElse(Suppression.NONE));
    }

    private Optional<Times> times(Query query, Composite alarm) {
        return alarm.suppressor()
                .flatMap(arn -> records.find(query, arn))
                .map(Alarm::state)
                .map(suppressor ->
                        new Times(
                                alarm.state().since(),
                                suppressor.value() == StateValue.ALARM,
                                suppressor.since(),
                                seconds(alarm.shape().actionsSuppressorWaitPeriod()),
                                seconds(alarm.shape().actionsSuppressorExtensionPeriod())));
    }

    private static int seconds(Integer period) {
        return Objects.requireNonNullElse(period, 0);
    }

    private void step(Tx tx, Composite alarm, Instant now) {
        Suppression old = alarm.suppression();
        Suppression by =
                times(tx, alarm).map(times -> old.next(times, now)).orElse(Suppression.NONE);
        if (by != old) {
            Composite after = alarm.suppressed(by);
            records.keep(tx, after, now);
            if (by == Suppression.NONE) {
                changes.act(tx, after, before(tx, after), now);
            }
        }
    }

    private StateValue before(Query query, Composite alarm) {
        return records.lastUpdate(query, alarm)
                .map(AlarmJson::oldState)
                .orElse(StateValue.INSUFFICIENT_DATA);
    }

    /// Does the actions that nothing holds back any more.
    void release(Tx tx, Instant now) {
        records.suppressed(tx).forEach(each -> step(tx, each, now));
    }

    /// Does what is due, and comes back when more is; to be called after a transaction.
    ///
    /// @return whether something was done
    synchronized boolean look() {
        next.cancel();
        Instant now = clock.instant();
        Optional<Instant> due = due();
        boolean isDue = due.isPresent() && !due.get().isAfter(now);
        if (isDue && !closed) {
            records.store.write(tx -> {
                release(tx, now);
                return now;
            });
            due = due();
        }
        if (!closed) {
            due.ifPresent(at -> next = alarms.at(at, changes::look));
        }
        return isDue;
    }

    private Optional<Instant> due() {
        return records.store.read(query ->
                records.suppressed(query).stream()
                        .flatMap(each ->
                                times(query, each).flatMap(each.suppression()::due).stream())
                        .min(Instant::compareTo));
    }

    synchronized void close() {
        closed = true;
        next.cancel();
    }
}
