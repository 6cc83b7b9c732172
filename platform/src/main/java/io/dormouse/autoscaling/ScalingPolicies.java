package io.dormouse.autoscaling;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.store.Entry;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.applicationautoscaling.model.CustomizedMetricSpecification;
import software.amazon.awssdk.services.applicationautoscaling.model.DeleteScalingPolicyRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.DeleteScalingPolicyResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.DescribeScalingPoliciesRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.DescribeScalingPoliciesResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.MetricType;
import software.amazon.awssdk.services.applicationautoscaling.model.PolicyType;
import software.amazon.awssdk.services.applicationautoscaling.model.PutScalingPolicyRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.PutScalingPolicyResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingPolicy;
import software.amazon.awssdk.services.applicationautoscaling.model.TargetTrackingScalingPolicyConfiguration;

/// Scaling policies: which metric is to be kept at which value.
///
/// AWS page:
/// [PutScalingPolicy](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html).
public final class ScalingPolicies implements ApplicationAutoScalingClient {
    private static final int PAGE_MAX = 10;
    private static final int POLICIES_MAX = 50;

    private final ScalingRecords records;
    private final Scaling scaling;
    private final InstantSource clock;

    ScalingPolicies(ScalingRecords records, Scaling scaling, InstantSource clock) {
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
    public PutScalingPolicyResponse putScalingPolicy(PutScalingPolicyRequest request) {
        VariantId id =
                VariantId.of(
                        request.serviceNamespaceAsString(),
                        request.resourceId(),
                        request.scalableDimensionAsString());
        Instant now = clock.instant();
        ScalingPolicy policy = records.store.write(tx -> put(tx, id, request, now));
        scaling.plan();
        return PutScalingPolicyResponse.builder()
                .policyARN(policy.policyARN())
                .alarms(policy.alarms())
                .build();
    }

    private ScalingPolicy put(Tx tx, VariantId id, PutScalingPolicyRequest request, Instant now) {
        records.required(tx, id);
        String key = id.key(request.policyName());
        Optional<Entry<ScalingPolicy>> old = records.policies.get(tx, key);
        checkType(
                Optional.ofNullable(request.policyType())
                        .or(() -> old.map(each -> each.body().policyType())));
        TargetTrackingScalingPolicyConfiguration asked =
                checked(
                        Optional.ofNullable(request.targetTrackingScalingPolicyConfiguration())
                                .or(() -> old.map(ScalingPolicies::configuration)));
        boolean scalesIn = !Boolean.TRUE.equals(asked.disableScaleIn());
        ScalingPolicy.Builder policy =
                old.map(each -> each.body().toBuilder())
                        .orElseGet(() -> unconfigured(id, request, now))
                        .targetTrackingScalingPolicyConfiguration(asked);
        if (old.isEmpty() || scalesIn != scalesIn(old.get())) {
            policy.alarms(Monitor.alarms(id, scalesIn));
        }
        ScalingPolicy made = policy.build();
        if (old.isPresent()) {
            records.policies.update(tx, old.get().now("", now, made));
        } else {
            if (records.policies(tx, id).size() >= POLICIES_MAX) {
                throw ScalingErrors.tooMany(
                        POLICIES_MAX, "scaling policies of the scalable target");
            }
            records.policies.insert(tx, Entry.of(key, now, made).within(id.key()));
        }
        return made;
    }

    private static TargetTrackingScalingPolicyConfiguration configuration(
            Entry<ScalingPolicy> policy) {
        return policy.body().targetTrackingScalingPolicyConfiguration();
    }

    private static boolean scalesIn(Entry<ScalingPolicy> policy) {
        return !Boolean.TRUE.equals(configuration(policy).disableScaleIn());
    }

    private static ScalingPolicy.Builder unconfigured(
            VariantId id, PutScalingPolicyRequest request, Instant now) {
        String arn =
                Caller.current()
                        .resource(
                                "autoscaling",
                                "scalingPolicy:"
                                        + UUID.randomUUID()
                                        + ":resource/sagemaker/"
                                        + id.resource()
                                        + ":policyName/"
                                        + request.policyName());
        return ScalingPolicy.builder()
                .policyARN(arn)
                .policyName(request.policyName())
                .serviceNamespace(VariantId.NAMESPACE)
                .resourceId(request.resourceId())
                .scalableDimension(VariantId.DIMENSION)
                .policyType(PolicyType.TARGET_TRACKING_SCALING)
                .creationTime(now);
    }

    private static void checkType(Optional<PolicyType> type) {
        if (type.isEmpty()) {
            throw AwsError.VALIDATION.of("PolicyType is required to create a scaling policy");
        }
        switch (type.get()) {
            case TARGET_TRACKING_SCALING -> {}
            case STEP_SCALING ->
                    throw AwsError.VALIDATION.of(
                            "StepScaling policies are not supported by this platform: use"
                                    + " TargetTrackingScaling");
            case PREDICTIVE_SCALING, UNKNOWN_TO_SDK_VERSION ->
                    throw AwsError.VALIDATION.of(
                            type.get() + " is not supported for service namespace sagemaker");
        }
    }

    private static TargetTrackingScalingPolicyConfiguration checked(
            Optional<TargetTrackingScalingPolicyConfiguration> given) {
        TargetTrackingScalingPolicyConfiguration asked =
                given.orElseThrow(() ->
                        AwsError.VALIDATION.of(
                                "TargetTrackingScalingPolicyConfiguration is required for policy"
                                        + " type TargetTrackingScaling"));
        if (!(asked.targetValue() > 0) || asked.targetValue().isInfinite()) {
            throw AwsError.VALIDATION.of(
                    "TargetValue " + asked.targetValue() + " must be greater than 0");
        }
        checkCooldown("ScaleOutCooldown", Optional.ofNullable(asked.scaleOutCooldown()));
        checkCooldown("ScaleInCooldown", Optional.ofNullable(asked.scaleInCooldown()));
        boolean predefined = asked.predefinedMetricSpecification() != null;
        boolean customized = asked.customizedMetricSpecification() != null;
        if (predefined == customized) {
            throw AwsError.VALIDATION.of(
                    "Give one of PredefinedMetricSpecification and CustomizedMetricSpecification");
        }
        if (predefined) {
            checkPredefined(asked);
        } else {
            checkCustomized(asked.customizedMetricSpecification());
        }
        return asked;
    }

    private static void checkCooldown(String name, Optional<Integer> seconds) {
        if (seconds.orElse(0) < 0) {
            throw AwsError.VALIDATION.of(
                    name + " " + seconds.orElse(0) + " must be at least 0 seconds");
        }
    }

    private static void checkPredefined(TargetTrackingScalingPolicyConfiguration asked) {
        var metric = asked.predefinedMetricSpecification();
        if (metric.predefinedMetricType()
                != MetricType.SAGE_MAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION) {
            throw AwsError.VALIDATION.of(
                    "PredefinedMetricType "
                            + metric.predefinedMetricTypeAsString()
                            + " is not valid for scalable dimension "
                            + VariantId.DIMENSION
                            + ": use SageMakerVariantProvisionedConcurrencyUtilization");
        }
        if (metric.resourceLabel() != null) {
            throw AwsError.VALIDATION.of(
                    "ResourceLabel is only valid for ALBRequestCountPerTarget");
        }
    }

    private static void checkCustomized(CustomizedMetricSpecification metric) {
        if (!metric.metrics().isEmpty()) {
            throw AwsError.VALIDATION.of(
                    "CustomizedMetricSpecification.Metrics (metric math) is not supported by this"
                            + " platform: give MetricName, Namespace and Statistic");
        }
        if (metric.metricName() == null
                || metric.namespace() == null
                || metric.statistic() == null) {
            throw AwsError.VALIDATION.of(
                    "CustomizedMetricSpecification needs MetricName, Namespace and Statistic");
        }
    }

    @Override
    public DescribeScalingPoliciesResponse describeScalingPolicies(
            DescribeScalingPoliciesRequest request) {
        VariantId.Filter filter =
                VariantId.filter(
                        request.serviceNamespaceAsString(),
                        request.resourceId(),
                        request.scalableDimensionAsString());
        List<String> names = request.policyNames();
        List<Entry<ScalingPolicy>> all =
                records.policies.all().stream()
                        .filter(each -> filter.takes(each.parent()))
                        .filter(each ->
                                names.isEmpty()
                                        || names.contains(each.body().policyName())
                                        || names.contains(each.body().policyARN()))
                        .toList();
        Slice<Entry<ScalingPolicy>> page =
                Slice.of(all, Entry::name, request.maxResults(), PAGE_MAX, request.nextToken());
        return DescribeScalingPoliciesResponse.builder()
                .scalingPolicies(page.items().stream().map(Entry::body).toList())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public DeleteScalingPolicyResponse deleteScalingPolicy(DeleteScalingPolicyRequest request) {
        VariantId id =
                VariantId.of(
                        request.serviceNamespaceAsString(),
                        request.resourceId(),
                        request.scalableDimensionAsString());
        boolean found =
                records.store.write(
                        tx -> records.policies.delete(tx, id.key(request.policyName())));
        if (!found) {
            throw ScalingErrors.none("scaling policy", id, "policy name", request.policyName());
        }
        scaling.plan();
        return DeleteScalingPolicyResponse.builder().build();
    }
}
