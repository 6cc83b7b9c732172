package io.dormouse.autoscaling;

import io.dormouse.aws.Caller;
import io.dormouse.scaler.TargetTracking;
import io.dormouse.scaler.TargetTracking.Capacity;
import io.dormouse.scaler.TargetTracking.Chosen;
import io.dormouse.scaler.TargetTracking.Past;
import io.dormouse.scaler.TargetTracking.ScaledOut;
import io.dormouse.scaler.TargetTracking.Verdict;
import io.dormouse.store.Entry;
import io.dormouse.store.Tx;
import io.dormouse.timing.Alarms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableTarget;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableTargetAction;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingPolicy;
import software.amazon.awssdk.services.applicationautoscaling.model.SuspendedState;
import software.amazon.awssdk.services.applicationautoscaling.model.TargetTrackingScalingPolicyConfiguration;

/// Does what is asked for. A look at a target goes through four things, and each is left for the
/// next look where it cannot be done now:
///
///     settle      what was begun: is the endpoint in service with it?
///     schedule    actions whose time has come set the limits
///     limit       new limits bring what is provisioned within them, once
///     track       policies compare their metrics with their targets
///
/// Looks are taken one at a time: after each change by a caller, at the time of each scheduled
/// action, and every minute while there is a policy. What they did is kept, so that an end of the
/// platform in their midst costs nothing but time.
final class Scaling implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Scaling.class.getName());

    private final ScalingRecords records;
    private final Variants variants;
    private final Readings readings;
    private final InstantSource clock;
    private final Alarms alarms;
    private final Caller owner;
    private final ReentrantLock lock = new ReentrantLock();
    private Alarms.Alarm next = () -> {};

    /// The minute in which all targets were looked at last.
    private Instant looked = Instant.EPOCH;

    private boolean closed;

    /// @param alarms whose tasks may take a while
    /// @param owner in whose name it scales
    Scaling(
            ScalingRecords records,
            Variants variants,
            Readings readings,
            InstantSource clock,
            Alarms alarms,
            Caller owner) {
        this.records = records;
        this.variants = variants;
        this.readings = readings;
        this.clock = clock;
        this.alarms = alarms;
        this.owner = owner;
    }

    /// Looks at every target now.
    void look() {
        looking(() -> {
            // The time that this look goes by, not that of its end: the next minute is due then.
            looked = clock.instant().truncatedTo(ChronoUnit.MINUTES);
            return records.targets.all().stream().map(each -> each.body().id());
        });
    }

    /// Looks at one target now.
    void look(VariantId id) {
        looking(() -> Stream.of(id));
    }

    /// Something else has become the next thing to be done.
    void plan() {
        looking(Stream::of);
    }

    private void looking(Supplier<Stream<VariantId>> targets) {
        lock.lock();
        try {
            if (!closed) {
                List<VariantId> ids = targets.get().toList();
                owner.call(() -> {
                    ids.forEach(this::attempt);
                    return ids.size();
                });
                setAlarm();
            }
        } finally {
            lock.unlock();
        }
    }

    private void attempt(VariantId id) {
        try {
            step(id);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, id.resource() + " is looked at again", e);
        }
    }

    private void step(VariantId id) {
        Instant now = clock.instant();
        Optional<Variants.Found> found = variants.find(id);
        settle(id, found);
        schedule(id, now);
        Optional<Target> target = records.targets.get(id.key()).map(Entry::body);
        boolean ready = found.isPresent() && found.get().isInService();
        if (target.isEmpty() || !ready || isChanging(id)) {
            return;
        }
        if (target.get().limitsChanged()) {
            limit(target.get(), found.get(), now);
        } else {
            track(target.get(), found.get(), now);
        }
    }

    private boolean isChanging(VariantId id) {
        return records.store.read(query -> records.underWay(query, id)).isPresent();
    }

    // What was begun

    /// Ends what the endpoint has come to, so that whoever asks sees it as it is.
    void settle(VariantId id) {
        settle(id, variants.find(id));
    }

    private void settle(VariantId id, Optional<Variants.Found> found) {
        records.store
                .read(query -> records.underWay(query, id))
                .ifPresent(entry -> {
                    Activity activity = entry.body();
                    outcome(activity, found)
                            .ifPresent(end -> records.store.write(tx -> ended(tx, entry, end)));
                });
    }

    private boolean ended(Tx tx, Entry<Activity> entry, Activity end) {
        return records.activities.update(tx, entry.now("", clock.instant(), end));
    }

    private Optional<Activity> outcome(Activity activity, Optional<Variants.Found> found) {
        if (found.isEmpty()) {
            return Optional.of(activity.failed("The endpoint has been deleted.", clock.instant()));
        }
        Variants.Found now = found.get();
        if (!now.isInService()) {
            return Optional.empty();
        }
        Instant begun = activity.shape().startTime();
        Instant at = now.modified().isBefore(begun) ? begun : now.modified();
        if (now.provisioned() == activity.desired()) {
            return Optional.of(activity.fulfilled(at));
        }
        return Optional.of(
                now.failure().isEmpty()
                        ? activity.overridden(now.provisioned(), at)
                        : activity.failed(now.failure(), at));
    }

    // Scheduled actions

    private record Due(Entry<Action> action, Instant at) {}

    private void schedule(VariantId id, Instant now) {
        List<Entry<Action>> actions = records.store.read(query -> records.actions(query, id));
        actions.stream()
                .flatMap(each -> each.body().due(now).map(at -> new Due(each, at)).stream())
                .sorted(Comparator.comparing(Due::at))
                .forEach(due -> records.store.write(tx -> act(tx, id, due.action(), now)));
    }

    private boolean act(Tx tx, VariantId id, Entry<Action> action, Instant now) {
        Entry<Target> target = records.required(tx, id);
        records.actions.update(tx, action.now("", action.modified(), action.body().done(now)));
        if (!target.body().schedules()) {
            return false;
        }
        ScalableTargetAction wanted = action.body().shape().scalableTargetAction();
        ScalableTarget old = target.body().shape();
        int min = Optional.ofNullable(wanted.minCapacity()).orElse(old.minCapacity());
        int max = Optional.ofNullable(wanted.maxCapacity()).orElse(old.maxCapacity());
        String failure =
                min <= max
                        ? ""
                        : "Minimum capacity " + min + " is greater than maximum capacity " + max;
        String cause =
                "scheduled action name "
                        + action.body().shape().scheduledActionName()
                        + " was triggered";
        records.add(tx, id, Activity.limits(id, inWords(wanted), cause, failure, now), now);
        if (!failure.isEmpty()) {
            return false;
        }
        Target limited =
                target.body().limited(old.toBuilder().minCapacity(min).maxCapacity(max).build());
        return records.targets.update(tx, target.now("", now, limited));
    }

    private static String inWords(ScalableTargetAction action) {
        Optional<String> min =
                Optional.ofNullable(action.minCapacity()).map(each -> "min capacity to " + each);
        Optional<String> max =
                Optional.ofNullable(action.maxCapacity()).map(each -> "max capacity to " + each);
        return String.join(" and ", Stream.concat(min.stream(), max.stream()).toList());
    }

    // Limits

    private static Capacity capacity(Target target, Variants.Found found) {
        // SageMaker knows no provisioned concurrency of 0: a minimum of 0 keeps one.
        int min = Math.max(1, target.shape().minCapacity());
        return new Capacity(found.provisioned(), min, Math.max(min, target.shape().maxCapacity()));
    }

    private void limit(Target target, Variants.Found found, Instant now) {
        Capacity capacity = capacity(target, found);
        int desired = Math.clamp(capacity.current(), capacity.min(), capacity.max());
        if (desired == capacity.current()) {
            records.store.write(tx -> update(tx, target.within(), now));
            return;
        }
        String cause =
                (desired > capacity.current() ? "minimum" : "maximum")
                        + " capacity was set to "
                        + desired;
        apply(target.within(), Activity.scaling(target.id(), desired, cause, "", now), now);
    }

    // Policies

    private void track(Target target, Variants.Found found, Instant now) {
        Capacity capacity = capacity(target, found);
        Map<String, ScalingPolicy> policies = new LinkedHashMap<>();
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        for (Entry<ScalingPolicy> each :
                records.store.read(query -> records.policies(query, target.id()))) {
            Verdict verdict =
                    TargetTracking.decide(
                            policy(each.body()),
                            readings.of(each.body(), found.endpoint(), now),
                            capacity,
                            target.past(),
                            now);
            policies.put(each.body().policyName(), each.body());
            verdicts.put(each.body().policyName(), verdict);
        }
        LOG.log(System.Logger.Level.DEBUG, () -> target.id().resource() + ": " + verdicts);
        Optional<Chosen> chosen = TargetTracking.together(verdicts);
        Optional<ScalingPolicy> by = chosen.map(each -> policies.get(each.policy()));
        if (by.isPresent()) {
            follow(target, by.get(), chosen.get().verdict(), capacity.current(), now);
        }
    }

    private void follow(
            Target target, ScalingPolicy policy, Verdict verdict, int current, Instant now) {
        SuspendedState suspended = target.shape().suspendedState();
        switch (verdict) {
            case TargetTracking.ScaleOut out -> {
                if (!suspended.dynamicScalingOutSuspended()) {
                    // A step out ends the cooldown of the last step in.
                    ScaledOut last = new ScaledOut(now, current);
                    Past past = new Past(Optional.of(last), Optional.empty());
                    Activity activity = because(policy, Monitor.HIGH, out.to(), out.reason(), now);
                    apply(target.scaled(past), activity, now);
                }
            }
            case TargetTracking.ScaleIn in -> {
                if (!suspended.dynamicScalingInSuspended()) {
                    Past past = new Past(target.past().out(), Optional.of(now));
                    Activity activity = because(policy, Monitor.LOW, in.to(), in.reason(), now);
                    apply(target.scaled(past), activity, now);
                }
            }
            case TargetTracking.Stay _ -> throw new IllegalStateException("nothing was chosen");
        }
    }

    private static TargetTracking.Policy policy(ScalingPolicy shape) {
        TargetTrackingScalingPolicyConfiguration asked =
                shape.targetTrackingScalingPolicyConfiguration();
        return new TargetTracking.Policy(
                asked.targetValue(),
                seconds(Optional.ofNullable(asked.scaleOutCooldown())),
                seconds(Optional.ofNullable(asked.scaleInCooldown())),
                !Boolean.TRUE.equals(asked.disableScaleIn()));
    }

    /// None is AWS's default for everything but instances.
    private static Duration seconds(Optional<Integer> cooldown) {
        return Duration.ofSeconds(cooldown.orElse(0));
    }

    private static Activity because(
            ScalingPolicy policy, Monitor monitor, int desired, String reason, Instant now) {
        String cause =
                "monitor alarm "
                        + monitor.alarm(policy)
                        + " in state ALARM triggered policy "
                        + policy.policyName();
        return Activity.scaling(VariantId.kept(policy.resourceId()), desired, cause, reason, now);
    }

    // Doing it

    /// What is done is written down first: an end of the platform between the two is found by the
    /// next look, which compares it with the endpoint.
    private void apply(Target target, Activity activity, Instant now) {
        VariantId id = target.id();
        records.store.write(tx -> {
            records.add(tx, id, activity, now);
            return update(tx, target, now);
        });
        try {
            variants.provision(id, activity.desired());
        } catch (AwsServiceException e) {
            String reason = e.awsErrorDetails().errorMessage();
            records.store.write(tx ->
                    records.activities
                            .get(tx, activity.shape().activityId())
                            .map(entry -> ended(tx, entry, activity.failed(reason, now))));
        }
    }

    private boolean update(Tx tx, Target target, Instant now) {
        return records.targets
                .get(tx, target.id().key())
                .map(entry -> records.targets.update(tx, entry.now("", now, target)))
                .orElse(false);
    }

    // The next look

    private void setAlarm() {
        next.cancel();
        Instant soon = clock.instant().plusSeconds(1);
        Stream<Instant> actions =
                records.actions.all().stream()
                        .flatMap(each -> each.body().next(each.body().done()).stream())
                        // Only one that could not be acted on is overdue: it is tried again.
                        .map(each -> each.isBefore(soon) ? soon : each);
        Stream<Instant> minute =
                isBusy() ? Stream.of(looked.plus(TargetTracking.PERIOD)) : Stream.empty();
        Stream.concat(actions, minute)
                .min(Comparator.naturalOrder())
                .ifPresent(at -> next = alarms.at(at, this::look));
    }

    /// Whether there is something to look at every minute.
    private boolean isBusy() {
        return !records.policies.all().isEmpty()
                || records.targets.all().stream().anyMatch(each -> each.body().limitsChanged())
                || records.activities.all().stream().anyMatch(each -> each.body().isUnderWay());
    }

    /// Looks no more.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            next.cancel();
        } finally {
            lock.unlock();
        }
    }
}
