package io.dormouse.autoscaling;

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
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingPolicy;

/// What this room keeps: targets, and by their key the policies, actions and activities of each.
public final class ScalingRecords {
    /// AWS tells of six weeks.
    private static final Duration ACTIVITIES_KEPT = Duration.ofDays(42);

    final Records<Target> targets;
    final Records<ScalingPolicy> policies;
    final Records<Action> actions;
    final Records<Activity> activities;
    final Tags tags;
    final Store store;

    public ScalingRecords(Store store, Tags tags) {
        this.store = store;
        this.tags = tags;
        targets = new Records<>(store, "scalable-target", Target.CODEC);
        policies = new Records<>(store, "scaling-policy", Codec.shape(ScalingPolicy::builder));
        actions = new Records<>(store, "scheduled-action", Action.CODEC);
        activities = new Records<>(store, "scaling-activity", Activity.CODEC);
    }

    /// The target of a variant.
    ///
    /// @throws software.amazon.awssdk.services.applicationautoscaling.model.ObjectNotFoundException
    ///   where the variant is not registered
    Entry<Target> required(Query query, VariantId id) {
        return targets.get(query, id.key()).orElseThrow(() -> ScalingErrors.notRegistered(id));
    }

    List<Entry<ScalingPolicy>> policies(Query query, VariantId id) {
        return of(policies.all(query), id.key());
    }

    List<Entry<Action>> actions(Query query, VariantId id) {
        return of(actions.all(query), id.key());
    }

    /// What is being changed; empty where nothing is.
    Optional<Entry<Activity>> underWay(Query query, VariantId id) {
        return of(activities.all(query), id.key()).stream()
                .filter(each -> each.body().isUnderWay())
                .findFirst();
    }

    private static <T> List<Entry<T>> of(List<Entry<T>> all, String parent) {
        return all.stream().filter(each -> each.parent().equals(parent)).toList();
    }

    /// Adds an activity, and forgets those that are too old.
    void add(Tx tx, VariantId id, Activity activity, Instant now) {
        activities.insert(
                tx, Entry.of(activity.shape().activityId(), now, activity).within(id.key()));
        for (Entry<Activity> each : activities.all(tx)) {
            if (each.created().isBefore(now.minus(ACTIVITIES_KEPT))) {
                activities.delete(tx, each.name());
            }
        }
    }

    /// Removes a target with all that was asked for it; what was done stays to be read.
    void remove(Tx tx, Entry<Target> target) {
        VariantId id = target.body().id();
        policies(tx, id).forEach(each -> policies.delete(tx, each.name()));
        actions(tx, id).forEach(each -> actions.delete(tx, each.name()));
        tags.removeAll(tx, target.body().shape().scalableTargetARN());
        targets.delete(tx, target.name());
    }

    /// An endpoint is deleted: its variants are deregistered, [as AWS does
    /// it](https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html).
    public void endpointGone(Tx tx, String endpoint) {
        for (Entry<Target> each : targets.all(tx)) {
            if (each.body().id().endpoint().equalsIgnoreCase(endpoint)) {
                remove(tx, each);
            }
        }
    }
}
