package io.dormouse.events;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.aws.Shapes;
import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ActionAfterCompletion;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleResponse;
import software.amazon.awssdk.services.scheduler.model.DeleteScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.DeleteScheduleResponse;
import software.amazon.awssdk.services.scheduler.model.GetScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.GetScheduleResponse;
import software.amazon.awssdk.services.scheduler.model.ListSchedulesRequest;
import software.amazon.awssdk.services.scheduler.model.ListSchedulesResponse;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;
import software.amazon.awssdk.services.scheduler.model.ScheduleState;
import software.amazon.awssdk.services.scheduler.model.ScheduleSummary;
import software.amazon.awssdk.services.scheduler.model.Target;
import software.amazon.awssdk.services.scheduler.model.UpdateScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.UpdateScheduleResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// EventBridge Scheduler's schedules, in the group `default`. A flexible time window is used at its
/// beginning.
///
/// AWS page:
/// [CreateSchedule](https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html).
public final class Schedules implements SchedulerClient {
    private static final String GROUP = "default";

    private final EventRecords records;
    private final Told.Calls calls;
    private final Timers timers;
    private final InstantSource clock;

    Schedules(EventRecords records, Told.Calls calls, Timers timers, InstantSource clock) {
        this.records = records;
        this.calls = calls;
        this.timers = timers;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public CreateScheduleResponse createSchedule(CreateScheduleRequest request) {
        checkGroup(request.groupName());
        Instant now = clock.instant();
        GetScheduleResponse schedule =
                complete(Shapes.like(GetScheduleResponse.builder(), request), now, now);
        check(schedule, now);
        boolean made =
                records.store.write(tx ->
                        records.schedules.insert(
                                tx, Entry.of(request.name(), now, new Timed<>(schedule, now))));
        if (!made) {
            throw ConflictException.builder()
                    .message("Schedule " + request.name() + " already exists.")
                    .build();
        }
        timers.plan();
        return CreateScheduleResponse.builder().scheduleArn(schedule.arn()).build();
    }

    private static GetScheduleResponse complete(
            GetScheduleResponse.Builder schedule, Instant created, Instant modified) {
        GetScheduleResponse given = schedule.build();
        return schedule.groupName(GROUP)
                .arn(Caller.current().resource("scheduler", "schedule/default/" + given.name()))
                .state(Optional.ofNullable(given.state()).orElse(ScheduleState.ENABLED))
                .scheduleExpressionTimezone(
                        Optional.ofNullable(given.scheduleExpressionTimezone()).orElse("UTC"))
                .actionAfterCompletion(
                        Optional.ofNullable(given.actionAfterCompletion())
                                .orElse(ActionAfterCompletion.NONE))
                .creationDate(created)
                .lastModificationDate(modified)
                .build();
    }

    private void check(GetScheduleResponse schedule, Instant now) {
        try {
            if (ScheduleTimes.times(schedule).next(now).isEmpty()) {
                throw AwsError.VALIDATION.of(
                        "Invalid Schedule Expression "
                                + schedule.scheduleExpression()
                                + ". It has no time in the future between StartDate and EndDate.");
            }
        } catch (DateTimeException e) {
            throw AwsError.VALIDATION.of(
                    "Provided ScheduleExpressionTimezone is not valid: give an IANA name such as"
                            + " Europe/Berlin.");
        } catch (IllegalArgumentException e) {
            throw AwsError.VALIDATION.of(
                    "Invalid Schedule Expression "
                            + schedule.scheduleExpression()
                            + ". "
                            + e.getMessage());
        }
        if (schedule.kmsKeyArn() != null) {
            throw AwsError.VALIDATION.of("KmsKeyArn is not served here: leave it out.");
        }
        checkTarget(schedule.target());
    }

    private void checkTarget(Target target) {
        RuleTargets.check(target.arn(), calls);
        Optional.ofNullable(target.deadLetterConfig())
                .map(letters -> letters.arn())
                .ifPresent(RuleTargets::checkQueue);
        Destination destination = Destination.of(target.arn());
        if (destination instanceof Destination.LogGroup) {
            throw AwsError.VALIDATION.of(
                    "A log group is no target of a schedule: use a rule of EventBridge.");
        }
        if (destination instanceof Destination.Bus && target.eventBridgeParameters() == null) {
            throw AwsError.VALIDATION.of(
                    "EventBridgeParameters with DetailType and Source are required for an event"
                            + " bus.");
        }
        if (destination instanceof Destination.Call) {
            try {
                JsonMapper.shared().readTree(ScheduleTimes.input(target));
            } catch (JacksonException e) {
                throw AwsError.VALIDATION.of(
                        "Target's Input is no JSON: " + e.getOriginalMessage());
            }
        }
    }

    private static void checkGroup(@Nullable String group) {
        if (group != null && !group.equals(GROUP)) {
            throw ResourceNotFoundException.builder()
                    .message("Schedule group " + group + " does not exist.")
                    .build();
        }
    }

    private Entry<Timed<GetScheduleResponse>> required(Query query, String name) {
        return records.schedules.get(query, name).orElseThrow(() -> missing(name));
    }

    private static AwsServiceException missing(String name) {
        return ResourceNotFoundException.builder()
                .message("Schedule " + name + " does not exist.")
                .build();
    }

    @Override
    public GetScheduleResponse getSchedule(GetScheduleRequest request) {
        checkGroup(request.groupName());
        return records.store.read(query -> required(query, request.name())).body().shape();
    }

    /// What is not given again goes back to its default, as AWS says.
    @Override
    public UpdateScheduleResponse updateSchedule(UpdateScheduleRequest request) {
        checkGroup(request.groupName());
        Instant now = clock.instant();
        String arn =
                records.store.write(tx -> {
                    Entry<Timed<GetScheduleResponse>> entry = required(tx, request.name());
                    GetScheduleResponse schedule =
                            complete(
                                    Shapes.like(GetScheduleResponse.builder(), request),
                                    entry.created(),
                                    now);
                    check(schedule, now);
                    records.schedules.update(tx, entry.now("", now, new Timed<>(schedule, now)));
                    return schedule.arn();
                });
        timers.plan();
        return UpdateScheduleResponse.builder().scheduleArn(arn).build();
    }

    @Override
    public DeleteScheduleResponse deleteSchedule(DeleteScheduleRequest request) {
        checkGroup(request.groupName());
        if (!records.store.write(tx -> records.schedules.delete(tx, request.name()))) {
            throw missing(request.name());
        }
        timers.plan();
        return DeleteScheduleResponse.builder().build();
    }

    @Override
    public ListSchedulesResponse listSchedules(ListSchedulesRequest request) {
        checkGroup(request.groupName());
        Page<Timed<GetScheduleResponse>> page =
                EventRecords.page(
                        records.schedules,
                        Optional.empty(),
                        Optional.ofNullable(request.namePrefix()).orElse(""),
                        request.maxResults(),
                        request.nextToken());
        return ListSchedulesResponse.builder()
                .schedules(
                        page.items().stream()
                                .map(Timed::shape)
                                .filter(each ->
                                        request.state() == null || each.state() == request.state())
                                .map(Schedules::summary)
                                .toList())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    private static ScheduleSummary summary(GetScheduleResponse schedule) {
        return ScheduleSummary.builder()
                .arn(schedule.arn())
                .name(schedule.name())
                .groupName(schedule.groupName())
                .state(schedule.state())
                .creationDate(schedule.creationDate())
                .lastModificationDate(schedule.lastModificationDate())
                .target(t -> t.arn(schedule.target().arn()))
                .build();
    }
}
