package io.dormouse.events;

import io.dormouse.store.Entry;
import io.dormouse.timing.Schedule;
import io.dormouse.timing.Timetable;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import software.amazon.awssdk.services.scheduler.model.ActionAfterCompletion;
import software.amazon.awssdk.services.scheduler.model.GetScheduleResponse;
import software.amazon.awssdk.services.scheduler.model.ScheduleState;
import software.amazon.awssdk.services.scheduler.model.Target;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The times of Scheduler's schedules: at each, their target is told.
final class ScheduleTimes implements Timers.Source {
    private final EventRecords records;
    private final Dispatch dispatch;

    ScheduleTimes(EventRecords records, Dispatch dispatch) {
        this.records = records;
        this.dispatch = dispatch;
    }

    /// When a schedule acts.
    ///
    /// @throws IllegalArgumentException where its expression is none
    static Timetable times(GetScheduleResponse schedule) {
        Optional<Instant> start = Optional.ofNullable(schedule.startDate());
        return new Timetable(
                Schedule.parse(
                        schedule.scheduleExpression(),
                        ZoneId.of(schedule.scheduleExpressionTimezone()),
                        schedule.creationDate(),
                        start),
                start,
                Optional.ofNullable(schedule.endDate()));
    }

    /// What a target gets, before what is known at its time is put in.
    static String input(Target target) {
        return Optional.ofNullable(target.input()).orElse("{}");
    }

    private Stream<Entry<Timed<GetScheduleResponse>>> enabled() {
        return records.schedules.all().stream()
                .filter(each -> each.body().shape().state() == ScheduleState.ENABLED);
    }

    @Override
    public Optional<Instant> next() {
        return enabled()
                .flatMap(each -> times(each.body().shape()).next(each.body().done()).stream())
                .min(Instant::compareTo);
    }

    @Override
    public void act(Instant now) {
        enabled()
                .forEach(entry ->
                        times(entry.body().shape())
                                .due(entry.body().done(), now)
                                .ifPresent(at -> act(entry.name(), at)));
    }

    private void act(String name, Instant at) {
        records.store.write(tx -> {
            Optional<Entry<Timed<GetScheduleResponse>>> entry = records.schedules.get(tx, name);
            if (entry.isEmpty() || !entry.get().body().done().isBefore(at)) {
                return false;
            }
            GetScheduleResponse schedule = entry.get().body().shape();
            dispatch.deliveries().add(tx, List.of(order(schedule, at)));
            boolean isOver = times(schedule).next(at).isEmpty();
            boolean goes =
                    isOver && schedule.actionAfterCompletion() == ActionAfterCompletion.DELETE;
            return goes
                    ? records.schedules.delete(tx, name)
                    : records.schedules.update(
                            tx,
                            entry.get().now("", entry.get().modified(), new Timed<>(schedule, at)));
        });
        dispatch.deliveries().look();
    }

    private Order order(GetScheduleResponse schedule, Instant at) {
        Target target = schedule.target();
        String input =
                input(target)
                        .replace("<aws.scheduler.schedule-arn>", schedule.arn())
                        .replace("<aws.scheduler.scheduled-time>", at.toString())
                        .replace(
                                "<aws.scheduler.execution-id>",
                                UUID.randomUUID().toString().replace("-", "").substring(16));
        var retry = Optional.ofNullable(target.retryPolicy());
        return new Order(
                schedule.arn(),
                target.arn(),
                Destination.of(target.arn()) instanceof Destination.Bus
                        ? event(target, input, at)
                        : input,
                input,
                Optional.ofNullable(target.sqsParameters())
                        .map(each -> each.messageGroupId())
                        .orElse(""),
                Order.Policy.of(
                        retry.map(each -> each.maximumRetryAttempts()),
                        retry.map(each -> each.maximumEventAgeInSeconds()),
                        Optional.ofNullable(target.deadLetterConfig()).map(each -> each.arn())),
                0);
    }

    private String event(Target target, String input, Instant at) {
        JsonNode detail = JsonMapper.shared().readTree(input);
        return Event.of(
                        dispatch.owner(),
                        target.eventBridgeParameters().source(),
                        target.eventBridgeParameters().detailType(),
                        at,
                        List.of(),
                        detail.isObject() ? detail : JsonNodeFactory.instance.objectNode())
                .toString();
    }
}
