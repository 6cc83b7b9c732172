package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.applicationautoscaling.model.MetricType;
import software.amazon.awssdk.services.applicationautoscaling.model.PolicyType;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableDimension;
import software.amazon.awssdk.services.applicationautoscaling.model.ServiceNamespace;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DesiredWeightAndCapacity;

/// Provisioned concurrency and Application Auto Scaling: told by boto3, by a clock that is moved;
/// and kept through `kill -9`.
class ScalingTest {
    private static final Path MODEL =
            PlatformProcess.ROOT.resolve("modelserver/src/test/resources/xgboost/old-binary.json");
    private static final String NAME = "steady";
    private static final String RESOURCE = "endpoint/" + NAME + "/variant/AllTraffic";
    private static final ScalableDimension DIMENSION =
            ScalableDimension.SAGEMAKER_VARIANT_DESIRED_PROVISIONED_CONCURRENCY;

    @Test
    void boto3ScalesByLoadAndBySchedule(@TempDir Path folder)
            throws IOException, InterruptedException {
        try (PlatformProcess platform = PlatformProcess.startEphemeral(folder)) {
            String told =
                    Python.installed().script("scaling.py", platform.endpoint(), MODEL.toString());
            assertTrue(told.contains("scaled, "), told);
        }
    }

    @Test
    void whatWasAskedForSurvivesAKill(@TempDir Path data) throws Exception {
        String before;
        try (PlatformProcess platform = PlatformProcess.start(data);
                Clients clients = Clients.of(platform);
                ApplicationAutoScalingClient scaling =
                        platform.client(ApplicationAutoScalingClient.builder())) {
            clients.s3().createBucket(r -> r.bucket(NAME));
            clients.s3()
                    .putObject(r -> r.bucket(NAME).key("model.json"), RequestBody.fromFile(MODEL));
            Serving.createModel(
                    clients.sageMaker(),
                    NAME,
                    "example/sagemaker-xgboost:1",
                    "s3://" + NAME + "/model.json");
            Serving.deploy(clients.sageMaker(), NAME, 1024, 4);
            provision(clients.sageMaker(), 1);
            ask(scaling);
            before = asked(scaling);
            platform.kill();
        }
        try (PlatformProcess platform = PlatformProcess.start(data);
                Clients clients = Clients.of(platform);
                ApplicationAutoScalingClient scaling =
                        platform.client(ApplicationAutoScalingClient.builder())) {
            assertEquals(before, asked(scaling));
            // What the new minimum had begun is done by now, or is yet.
            PlatformProcess.waiter(clients.sageMaker())
                    .waitUntilEndpointInService(r -> r.endpointName(NAME));
            assertEquals(2, provisioned(clients.sageMaker()));
        }
    }

    private static void provision(SageMakerClient sageMaker, int provisioned) {
        sageMaker.updateEndpointWeightsAndCapacities(r ->
                r.endpointName(NAME)
                        .desiredWeightsAndCapacities(
                                DesiredWeightAndCapacity.builder()
                                        .variantName("AllTraffic")
                                        .serverlessUpdateConfig(
                                                s -> s.provisionedConcurrency(provisioned))
                                        .build()));
        PlatformProcess.waiter(sageMaker).waitUntilEndpointInService(r -> r.endpointName(NAME));
    }

    private static int provisioned(SageMakerClient sageMaker) {
        return sageMaker
                .describeEndpoint(r -> r.endpointName(NAME))
                .productionVariants()
                .getFirst()
                .currentServerlessConfig()
                .provisionedConcurrency();
    }

    private static void ask(ApplicationAutoScalingClient scaling) {
        scaling.registerScalableTarget(r ->
                r.serviceNamespace(ServiceNamespace.SAGEMAKER)
                        .resourceId(RESOURCE)
                        .scalableDimension(DIMENSION)
                        .minCapacity(2)
                        .maxCapacity(3));
        scaling.putScalingPolicy(r ->
                r.policyName("track")
                        .serviceNamespace(ServiceNamespace.SAGEMAKER)
                        .resourceId(RESOURCE)
                        .scalableDimension(DIMENSION)
                        .policyType(PolicyType.TARGET_TRACKING_SCALING)
                        .targetTrackingScalingPolicyConfiguration(c ->
                                c.targetValue(0.5)
                                        .predefinedMetricSpecification(m ->
                                                m.predefinedMetricType(
                                                        MetricType
                                                                .SAGE_MAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION))));
        scaling.putScheduledAction(r ->
                r.scheduledActionName("mornings")
                        .serviceNamespace(ServiceNamespace.SAGEMAKER)
                        .resourceId(RESOURCE)
                        .scalableDimension(DIMENSION)
                        .schedule("cron(0 8 ? * MON-FRI *)")
                        .timezone("Europe/Berlin")
                        .scalableTargetAction(a -> a.minCapacity(3)));
    }

    /// All of it, as it is shown.
    private static String asked(ApplicationAutoScalingClient scaling) {
        return scaling.describeScalableTargets(r -> r.serviceNamespace(ServiceNamespace.SAGEMAKER))
                        .scalableTargets()
                + "\n"
                + scaling.describeScalingPolicies(
                                r -> r.serviceNamespace(ServiceNamespace.SAGEMAKER))
                        .scalingPolicies()
                + "\n"
                + scaling.describeScheduledActions(
                                r -> r.serviceNamespace(ServiceNamespace.SAGEMAKER))
                        .scheduledActions();
    }
}
