package io.dormouse.events;

import io.dormouse.aws.Caller;
import io.dormouse.store.Entry;
import io.dormouse.timing.Schedule;
import io.dormouse.timing.Timetable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.eventbridge.model.DescribeRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.RuleState;
import tools.jackson.databind.node.JsonNodeFactory;

/// The times of rules that have a schedule, in UTC: at each, their targets are told a `Scheduled
/// Event`.
final class RuleTimes implements Timers.Source {
    private final EventRecords records;
    private final Dispatch dispatch;

    RuleTimes(EventRecords records, Dispatch dispatch) {
        this.records = records;
        this.dispatch = dispatch;
    }

    /// A rule's schedule: `rate` or `cron`.
    ///
    /// @param made when the rule was: a rate counts from then
    /// @throws IllegalArgumentException saying what was expected
    static Schedule schedule(String text, Instant made) {
        Schedule schedule = Schedule.parse(text, ZoneOffset.UTC, made, Optional.empty());
        if (schedule instanceof Schedule.At) {
            throw new IllegalArgumentException("a rule has rate(…) or cron(…)");
        }
        return schedule;
    }

    private static Timetable times(Entry<Timed<DescribeRuleResponse>> entry) {
        return new Timetable(
                schedule(entry.body().shape().scheduleExpression(), entry.created()),
                Optional.empty(),
                Optional.empty());
    }

    private Stream<Entry<Timed<DescribeRuleResponse>>> scheduled() {
        return records.rules.all().stream()
                .filter(each -> each.body().shape().scheduleExpression() != null)
                .filter(each -> each.body().shape().state() == RuleState.ENABLED);
    }

    @Override
    public Optional<Instant> next() {
        return scheduled()
                .flatMap(each -> times(each).next(each.body().done()).stream())
                .min(Instant::compareTo);
    }

    @Override
    public void act(Instant now) {
        scheduled()
                .forEach(entry ->
                        times(entry)
                                .due(entry.body().done(), now)
                                .ifPresent(at -> act(entry.name(), at)));
    }

    private void act(String key, Instant at) {
        records.store.write(tx -> {
            Optional<Entry<Timed<DescribeRuleResponse>>> entry = records.rules.get(tx, key);
            if (entry.isEmpty() || !entry.get().body().done().isBefore(at)) {
                return false;
            }
            DescribeRuleResponse rule = entry.get().body().shape();
            Caller owner = dispatch.owner();
            List<Order> orders =
                    dispatch.orders(
                            tx,
                            key,
                            rule,
                            Event.of(
                                    owner,
                                    "aws.events",
                                    "Scheduled Event",
                                    at,
                                    List.of(rule.arn()),
                                    JsonNodeFactory.instance.objectNode()),
                            0);
            dispatch.deliveries().add(tx, orders);
            return records.rules.update(
                    tx, entry.get().now("", entry.get().modified(), new Timed<>(rule, at)));
        });
        dispatch.deliveries().look();
    }
}
