package io.dormouse.autoscaling;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.store.Entry;
import io.dormouse.store.Tx;
import io.dormouse.timing.Schedule;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.applicationautoscaling.model.DeleteScheduledActionRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.DeleteScheduledActionResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.DescribeScheduledActionsRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.DescribeScheduledActionsResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.PutScheduledActionRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.PutScheduledActionResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableTargetAction;
import software.amazon.awssdk.services.applicationautoscaling.model.ScheduledAction;

/// Scheduled actions: at which times a target gets which limits.
///
/// AWS page:
/// [PutScheduledAction](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html).
public final class ScheduledActions implements ApplicationAutoScalingClient {
    private static final int ACTIONS_MAX = 200;

    private final ScalingRecords records;
    private final Scaling scaling;
    private final InstantSource clock;

    ScheduledActions(ScalingRecords records, Scaling scaling, InstantSource clock) {
        this.records = records;
        this.scaling = scaling;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public PutScheduledActionResponse putScheduledAction(PutScheduledActionRequest request) {
        VariantId id =
                VariantId.of(
                        request.serviceNamespaceAsString(),
                        request.resourceId(),
                        request.scalableDimensionAsString());
        Instant now = clock.instant();
        records.store.write(tx -> put(tx, id, request, now));
        scaling.plan();
        return PutScheduledActionResponse.builder().build();
    }

    private boolean put(Tx tx, VariantId id, PutScheduledActionRequest request, Instant now) {
        records.required(tx, id);
        String key = id.key(request.scheduledActionName());
        Optional<Entry<Action>> old = records.actions.get(tx, key);
        ScheduledAction.Builder shape =
                old.map(each -> each.body().shape().toBuilder())
                        .orElseGet(() -> unscheduled(id, request, now));
        Optional.ofNullable(request.schedule()).ifPresent(shape::schedule);
        Optional.ofNullable(request.timezone()).ifPresent(shape::timezone);
        Optional.ofNullable(request.scalableTargetAction()).ifPresent(shape::scalableTargetAction);
        // As AWS says: times that are not given again are deleted.
        shape.startTime(request.startTime()).endTime(request.endTime());
        Action action = new Action(shape.build(), now);
        check(action, now);
        if (old.isPresent()) {
            return records.actions.update(tx, old.get().now("", now, action));
        }
        if (records.actions(tx, id).size() >= ACTIONS_MAX) {
            throw ScalingErrors.tooMany(ACTIONS_MAX, "scheduled actions of the scalable target");
        }
        return records.actions.insert(tx, Entry.of(key, now, action).within(id.key()));
    }

    private static ScheduledAction.Builder unscheduled(
            VariantId id, PutScheduledActionRequest request, Instant now) {
        String arn =
                Caller.current()
                        .resource(
                                "autoscaling",
                                "scheduledAction:"
                                        + UUID.randomUUID()
                                        + ":resource/sagemaker/"
                                        + id.resource()
                                        + ":scheduledActionName/"
                                        + request.scheduledActionName());
        return ScheduledAction.builder()
                .scheduledActionName(request.scheduledActionName())
                .scheduledActionARN(arn)
                .serviceNamespace(VariantId.NAMESPACE)
                .resourceId(request.resourceId())
                .scalableDimension(VariantId.DIMENSION)
                .creationTime(now);
    }

    private static void check(Action action, Instant now) {
        ScheduledAction shape = action.shape();
        Optional<ScalableTargetAction> limits = Optional.ofNullable(shape.scalableTargetAction());
        Optional<Integer> min = limits.map(ScalableTargetAction::minCapacity);
        Optional<Integer> max = limits.map(ScalableTargetAction::maxCapacity);
        if (shape.schedule() == null || (min.isEmpty() && max.isEmpty())) {
            throw AwsError.VALIDATION.of(
                    "Schedule, and ScalableTargetAction with MinCapacity, MaxCapacity or both, are"
                            + " required to create a scheduled action");
        }
        ScalableTargets.checkOrder(min.orElse(0), max.orElse(Integer.MAX_VALUE));
        if (shape.endTime() != null) {
            boolean late = shape.startTime() == null || shape.endTime().isAfter(shape.startTime());
            if (!late || !shape.endTime().isAfter(now)) {
                throw AwsError.VALIDATION.of(
                        "EndTime "
                                + shape.endTime()
                                + " must be after StartTime and in the future");
            }
        }
        try {
            Optional.ofNullable(shape.timezone()).ifPresent(ZoneId::of);
            Schedule schedule = action.schedule();
            if (action.next(now).isEmpty()) {
                throw new IllegalArgumentException(
                        "Schedule "
                                + shape.schedule()
                                + (schedule instanceof Schedule.At
                                        ? " is in the past"
                                        : " has no time between StartTime and EndTime"));
            }
        } catch (DateTimeException e) {
            throw AwsError.VALIDATION.of(
                    "Timezone "
                            + shape.timezone()
                            + " is not known: give an IANA name such as Europe/Berlin");
        } catch (IllegalArgumentException e) {
            throw AwsError.VALIDATION.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public DescribeScheduledActionsResponse describeScheduledActions(
            DescribeScheduledActionsRequest request) {
        VariantId.Filter filter =
                VariantId.filter(
                        request.serviceNamespaceAsString(),
                        request.resourceId(),
                        request.scalableDimensionAsString());
        List<String> names = request.scheduledActionNames();
        List<Entry<Action>> all =
                records.actions.all().stream()
                        .filter(each -> filter.takes(each.parent()))
                        .filter(each ->
                                names.isEmpty()
                                        || names.contains(each.body().shape().scheduledActionName())
                                        || names.contains(each.body().shape().scheduledActionARN()))
                        .toList();
        Slice<Entry<Action>> page =
                Slice.of(
                        all,
                        Entry::name,
                        request.maxResults(),
                        ScalableTargets.PAGE_MAX,
                        request.nextToken());
        return DescribeScheduledActionsResponse.builder()
                .scheduledActions(page.items().stream().map(each -> each.body().shape()).toList())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public DeleteScheduledActionResponse deleteScheduledAction(
            DeleteScheduledActionRequest request) {
        VariantId id =
                VariantId.of(
                        request.serviceNamespaceAsString(),
                        request.resourceId(),
                        request.scalableDimensionAsString());
        boolean found =
                records.store.write(
                        tx -> records.actions.delete(tx, id.key(request.scheduledActionName())));
        if (!found) {
            throw ScalingErrors.none(
                    "scheduled action", id, "scheduled action name", request.scheduledActionName());
        }
        scaling.plan();
        return DeleteScheduledActionResponse.builder().build();
    }
}
