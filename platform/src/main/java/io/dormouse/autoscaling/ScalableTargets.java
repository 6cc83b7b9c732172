package io.dormouse.autoscaling;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.scaler.TargetTracking.Past;
import io.dormouse.store.Entry;
import io.dormouse.store.Tags;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.applicationautoscaling.model.DeregisterScalableTargetRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.DeregisterScalableTargetResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.DescribeScalableTargetsRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.DescribeScalableTargetsResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.ListTagsForResourceRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.ListTagsForResourceResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.RegisterScalableTargetRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.RegisterScalableTargetResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.ResourceNotFoundException;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableTarget;
import software.amazon.awssdk.services.applicationautoscaling.model.SuspendedState;
import software.amazon.awssdk.services.applicationautoscaling.model.TagResourceRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.TagResourceResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.TooManyTagsException;
import software.amazon.awssdk.services.applicationautoscaling.model.UntagResourceRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.UntagResourceResponse;

/// Scalable targets: between which limits a variant's provisioned concurrency may be scaled; and
/// their tags.
///
/// AWS page:
/// [RegisterScalableTarget](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html).
public final class ScalableTargets implements ApplicationAutoScalingClient {
    static final int PAGE_MAX = 50;
    private static final int TARGETS_MAX = 500;
    private static final SuspendedState NOT_SUSPENDED =
            SuspendedState.builder()
                    .dynamicScalingInSuspended(false)
                    .dynamicScalingOutSuspended(false)
                    .scheduledScalingSuspended(false)
                    .build();

    private final ScalingRecords records;
    private final Variants variants;
    private final Scaling scaling;
    private final InstantSource clock;

    ScalableTargets(
            ScalingRecords records, Variants variants, Scaling scaling, InstantSource clock) {
        this.records = records;
        this.variants = variants;
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
    public RegisterScalableTargetResponse registerScalableTarget(
            RegisterScalableTargetRequest request) {
        VariantId id =
                VariantId.of(
                        request.serviceNamespaceAsString(),
                        request.resourceId(),
                        request.scalableDimensionAsString());
        Variants.Found found =
                variants.find(id)
                        .orElseThrow(() ->
                                AwsError.VALIDATION.of(
                                        "SageMaker endpoint variant doesn't exist: "
                                                + id.resource()));
        if (found.provisioned() == 0) {
            throw AwsError.VALIDATION.of(
                    "Variant "
                            + id.resource()
                            + " has no ProvisionedConcurrency to be scaled: give its ServerlessConfig"
                            + " one of at least 1 first.");
        }
        Instant now = clock.instant();
        String arn = records.store.write(tx -> put(tx, id, found, request, now));
        scaling.look(id);
        return RegisterScalableTargetResponse.builder().scalableTargetARN(arn).build();
    }

    private String put(
            Tx tx,
            VariantId id,
            Variants.Found found,
            RegisterScalableTargetRequest request,
            Instant now) {
        Optional<Entry<Target>> old = records.targets.get(tx, id.key());
        ScalableTarget shape =
                old.map(each -> each.body().shape())
                        .orElseGet(() -> unlimited(request.resourceId(), now));
        ScalableTarget.Builder limits = shape.toBuilder();
        Optional.ofNullable(request.minCapacity()).ifPresent(limits::minCapacity);
        Optional.ofNullable(request.maxCapacity()).ifPresent(limits::maxCapacity);
        limits.suspendedState(
                suspended(shape.suspendedState(), Optional.ofNullable(request.suspendedState())));
        ScalableTarget limited = limits.build();
        checkLimits(
                Optional.ofNullable(limited.minCapacity()),
                Optional.ofNullable(limited.maxCapacity()),
                found.maxConcurrency());
        if (old.isPresent()) {
            Target changed = old.get().body().limited(limited);
            records.targets.update(tx, old.get().now("", now, changed));
        } else {
            if (records.targets.all(tx).size() >= TARGETS_MAX) {
                throw ScalingErrors.tooMany(TARGETS_MAX, "scalable targets");
            }
            records.targets.insert(
                    tx, Entry.of(id.key(), now, new Target(limited, true, Past.NONE)));
        }
        tag(tx, limited.scalableTargetARN(), request.tags());
        return limited.scalableTargetARN();
    }

    private static ScalableTarget unlimited(String resource, Instant now) {
        Caller caller = Caller.current();
        String id = UUID.randomUUID().toString().replace("-", "");
        return ScalableTarget.builder()
                .serviceNamespace(VariantId.NAMESPACE)
                .resourceId(resource)
                .scalableDimension(VariantId.DIMENSION)
                .roleARN(
                        "arn:aws:iam::"
                                + caller.account()
                                + ":role/aws-service-role/sagemaker.application-autoscaling"
                                + ".amazonaws.com/AWSServiceRoleForApplicationAutoScaling"
                                + "_SageMakerEndpoint")
                .creationTime(now)
                .suspendedState(NOT_SUSPENDED)
                .scalableTargetARN(
                        caller.resource("application-autoscaling", "scalable-target/" + id))
                .build();
    }

    private static SuspendedState suspended(SuspendedState now, Optional<SuspendedState> asked) {
        SuspendedState.Builder state = now.toBuilder();
        asked.ifPresent(given -> {
            Optional.ofNullable(given.dynamicScalingInSuspended())
                    .ifPresent(state::dynamicScalingInSuspended);
            Optional.ofNullable(given.dynamicScalingOutSuspended())
                    .ifPresent(state::dynamicScalingOutSuspended);
            Optional.ofNullable(given.scheduledScalingSuspended())
                    .ifPresent(state::scheduledScalingSuspended);
        });
        return state.build();
    }

    private static void checkLimits(
            Optional<Integer> min, Optional<Integer> max, int maxConcurrency) {
        if (min.isEmpty() || max.isEmpty()) {
            throw AwsError.VALIDATION.of(
                    "MinCapacity and MaxCapacity are required to register a new scalable target");
        }
        checkOrder(min.get(), max.get());
        if (max.get() > maxConcurrency) {
            throw AwsError.VALIDATION.of(
                    "Maximum capacity "
                            + max.get()
                            + " is greater than the variant's MaxConcurrency "
                            + maxConcurrency
                            + ": ProvisionedConcurrency must be less than or equal to it");
        }
    }

    /// A minimum and a maximum that go together.
    static void checkOrder(int min, int max) {
        if (min < 0 || max < 0) {
            throw AwsError.VALIDATION.of("Minimum and maximum capacity must be at least 0");
        }
        if (min > max) {
            throw AwsError.VALIDATION.of("Maximum capacity cannot be less than minimum capacity");
        }
    }

    @Override
    public DescribeScalableTargetsResponse describeScalableTargets(
            DescribeScalableTargetsRequest request) {
        List<String> resources = request.resourceIds();
        boolean ours = VariantId.filter(request.serviceNamespaceAsString(), null, null).any();
        if (request.scalableDimension() != null) {
            String first = resources.isEmpty() ? null : resources.getFirst();
            ours &=
                    VariantId.filter(
                                    request.serviceNamespaceAsString(),
                                    first,
                                    request.scalableDimensionAsString())
                            .any();
        }
        List<ScalableTarget> all =
                ours
                        ? records.targets.all().stream()
                                .map(each -> each.body().shape())
                                .filter(each ->
                                        resources.isEmpty()
                                                || resources.contains(each.resourceId()))
                                .toList()
                        : List.of();
        Slice<ScalableTarget> page =
                Slice.of(
                        all,
                        ScalableTarget::resourceId,
                        request.maxResults(),
                        PAGE_MAX,
                        request.nextToken());
        return DescribeScalableTargetsResponse.builder()
                .scalableTargets(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public DeregisterScalableTargetResponse deregisterScalableTarget(
            DeregisterScalableTargetRequest request) {
        VariantId id =
                VariantId.of(
                        request.serviceNamespaceAsString(),
                        request.resourceId(),
                        request.scalableDimensionAsString());
        records.store.write(tx -> {
            Entry<Target> target =
                    records.targets.get(tx, id.key()).orElseThrow(() -> ScalingErrors.noTarget(id));
            records.remove(tx, target);
            return true;
        });
        scaling.plan();
        return DeregisterScalableTargetResponse.builder().build();
    }

    // Tags

    private void tag(Tx tx, String arn, Map<String, String> tags) {
        int count = records.tags.of(tx, arn).size();
        long added = tags.keySet().stream().filter(key -> !has(tx, arn, key)).count();
        if (count + added > Tags.TAGS_MAX) {
            throw TooManyTagsException.builder()
                    .message("A scalable target can have at most " + Tags.TAGS_MAX + " tags")
                    .resourceName(arn)
                    .build();
        }
        records.tags.put(tx, arn, tags);
    }

    private boolean has(Tx tx, String arn, String key) {
        return records.tags.of(tx, arn).containsKey(key);
    }

    private String known(String arn) {
        boolean known =
                records.targets.all().stream()
                        .anyMatch(each -> each.body().shape().scalableTargetARN().equals(arn));
        if (!known) {
            throw ResourceNotFoundException.builder()
                    .message("Resource not found: " + arn)
                    .resourceName(arn)
                    .build();
        }
        return arn;
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        String arn = known(request.resourceARN());
        return records.store.write(tx -> {
            tag(tx, arn, request.tags());
            return TagResourceResponse.builder().build();
        });
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        String arn = known(request.resourceARN());
        return records.store.write(tx -> {
            records.tags.remove(tx, arn, request.tagKeys());
            return UntagResourceResponse.builder().build();
        });
    }

    @Override
    public ListTagsForResourceResponse listTagsForResource(ListTagsForResourceRequest request) {
        return ListTagsForResourceResponse.builder()
                .tags(records.tags.of(known(request.resourceARN())))
                .build();
    }
}
