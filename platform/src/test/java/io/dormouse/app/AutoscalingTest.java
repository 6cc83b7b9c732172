package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Serving;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.applicationautoscaling.model.MetricType;
import software.amazon.awssdk.services.applicationautoscaling.model.ObjectNotFoundException;
import software.amazon.awssdk.services.applicationautoscaling.model.PolicyType;
import software.amazon.awssdk.services.applicationautoscaling.model.PutScalingPolicyResponse;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableDimension;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableTarget;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingActivity;
import software.amazon.awssdk.services.applicationautoscaling.model.ServiceNamespace;

/// A whole platform whose provisioned concurrency follows the load and the clock, which is moved.
@Timeout(120)
class AutoscalingTest {
    private static final String RESOURCE =
            "endpoint/" + ProvisionedEndpoint.NAME + "/variant/AllTraffic";
    private static final ScalableDimension DIMENSION =
            ScalableDimension.SAGEMAKER_VARIANT_DESIRED_PROVISIONED_CONCURRENCY;

    @TempDir private Path folder;

    @BeforeEach
    void needsTheModelServer() {
        assumeTrue(TestPlatform.hasModelServer(), "the model server is not packaged: run ./build");
    }

    private static void register(ProvisionedEndpoint endpoint, int min, int max) {
        endpoint.scaling.registerScalableTarget(r ->
                r.serviceNamespace(ServiceNamespace.SAGEMAKER)
                        .resourceId(RESOURCE)
                        .scalableDimension(DIMENSION)
                        .minCapacity(min)
                        .maxCapacity(max));
    }

    private static PutScalingPolicyResponse track(ProvisionedEndpoint endpoint, double target) {
        return endpoint.scaling.putScalingPolicy(r ->
                r.policyName("track")
                        .serviceNamespace(ServiceNamespace.SAGEMAKER)
                        .resourceId(RESOURCE)
                        .scalableDimension(DIMENSION)
                        .policyType(PolicyType.TARGET_TRACKING_SCALING)
                        .targetTrackingScalingPolicyConfiguration(c ->
                                c.targetValue(target)
                                        .scaleInCooldown(120)
                                        .predefinedMetricSpecification(m ->
                                                m.predefinedMetricType(
                                                        MetricType
                                                                .SAGE_MAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION))));
    }

    private static void schedule(
            ProvisionedEndpoint endpoint, String name, String schedule, int min, int max) {
        endpoint.scaling.putScheduledAction(r ->
                r.scheduledActionName(name)
                        .serviceNamespace(ServiceNamespace.SAGEMAKER)
                        .resourceId(RESOURCE)
                        .scalableDimension(DIMENSION)
                        .schedule(schedule)
                        .scalableTargetAction(a -> a.minCapacity(min).maxCapacity(max)));
    }

    private static List<ScalableTarget> targets(ProvisionedEndpoint endpoint) {
        return endpoint.scaling
                .describeScalableTargets(r -> r.serviceNamespace(ServiceNamespace.SAGEMAKER))
                .scalableTargets();
    }

    private static ScalableTarget target(ProvisionedEndpoint endpoint) {
        return targets(endpoint).getFirst();
    }

    /// The newest first.
    private static List<ScalingActivity> activities(ProvisionedEndpoint endpoint) {
        return endpoint.scaling
                .describeScalingActivities(r -> r.serviceNamespace(ServiceNamespace.SAGEMAKER))
                .scalingActivities();
    }

    private static void awaitProvisioned(ProvisionedEndpoint endpoint, int provisioned) {
        Serving.await(
                provisioned + " provisioned",
                () -> endpoint.current().provisionedConcurrency() == provisioned);
        assertTrue(endpoint.ready() >= provisioned, endpoint.stats().toString());
    }

    @Test
    void loadScalesOutAndSilenceScalesIn() throws Exception {
        try (var endpoint = new ProvisionedEndpoint(TestPlatform.settings(folder))) {
            endpoint.create(4, 1);
            register(endpoint, 1, 3);
            PutScalingPolicyResponse policy = track(endpoint, 0.5);
            assertEquals(2, policy.alarms().size());
            endpoint.nextMinute();
            for (int minute = 0; minute < 2; minute++) {
                endpoint.invoke();
                endpoint.nextMinute();
            }
            assertEquals(1, endpoint.current().provisionedConcurrency(), "not before 3 minutes");
            endpoint.invoke();
            endpoint.nextMinute();
            awaitProvisioned(endpoint, 2);
            ScalingActivity out = activities(endpoint).getFirst();
            assertEquals("Setting desired provisioned concurrency to 2.", out.description());
            assertEquals(
                    "monitor alarm "
                            + policy.alarms().getFirst().alarmName()
                            + " in state ALARM triggered policy track",
                    out.cause());
            assertEquals("Successful", out.statusCodeAsString());
            assertEquals(
                    "Successfully set desired provisioned concurrency to 2. Change successfully"
                            + " fulfilled by sagemaker.",
                    out.statusMessage());
            assertTrue(out.details().contains("1.00 is above the target 0.500"), out.details());

            // The last minute of the load is the fifteenth before this one: not all are silent yet.
            endpoint.advance(14 * 60);
            assertEquals(1, activities(endpoint).size());
            endpoint.advance(60);
            awaitProvisioned(endpoint, 1);
            ScalingActivity in = activities(endpoint).getFirst();
            assertTrue(in.cause().contains("-AlarmLow-"), in.cause());
            assertEquals("Setting desired provisioned concurrency to 1.", in.description());
            endpoint.advance(3600);
            assertEquals(2, activities(endpoint).size(), "it stays at its minimum");
        }
    }

    @Test
    void newLimitsBringItWithinThem() throws Exception {
        try (var endpoint = new ProvisionedEndpoint(TestPlatform.settings(folder))) {
            endpoint.create(4, 1);
            register(endpoint, 2, 4);
            awaitProvisioned(endpoint, 2);
            assertEquals("minimum capacity was set to 2", activities(endpoint).getFirst().cause());
            register(endpoint, 1, 1);
            awaitProvisioned(endpoint, 1);
            assertEquals("maximum capacity was set to 1", activities(endpoint).getFirst().cause());

            // What a user sets beside it is theirs to set.
            endpoint.provision(3);
            awaitProvisioned(endpoint, 3);
            endpoint.advance(3600);
            assertEquals(2, activities(endpoint).size());

            endpoint.sageMaker.deleteEndpoint(r -> r.endpointName(ProvisionedEndpoint.NAME));
            Serving.await("deregistered", () -> targets(endpoint).isEmpty());
            assertThrows(ObjectNotFoundException.class, () -> track(endpoint, 0.5));
        }
    }

    @Test
    void aScheduledActionSetsLimitsAtItsTime() throws Exception {
        try (var endpoint = new ProvisionedEndpoint(TestPlatform.settings(folder))) {
            endpoint.create(4, 1);
            register(endpoint, 1, 2);
            Instant now = endpoint.advance(0).truncatedTo(ChronoUnit.SECONDS);
            LocalDateTime inAnHour = LocalDateTime.ofInstant(now.plusSeconds(3600), ZoneOffset.UTC);
            schedule(endpoint, "morning", "at(" + inAnHour + ")", 3, 4);
            schedule(endpoint, "evening", "rate(2 hours)", 1, 1);
            endpoint.advance(3500);
            assertEquals(1, target(endpoint).minCapacity());
            endpoint.advance(200);
            awaitProvisioned(endpoint, 3);
            assertEquals(3, target(endpoint).minCapacity());
            assertEquals(4, target(endpoint).maxCapacity());
            List<ScalingActivity> morning = activities(endpoint);
            assertEquals("minimum capacity was set to 3", morning.getFirst().cause());
            assertEquals("scheduled action name morning was triggered", morning.get(1).cause());
            assertEquals(
                    "Setting min capacity to 3 and max capacity to 4",
                    morning.get(1).description());
            endpoint.advance(3600);
            awaitProvisioned(endpoint, 1);
            assertEquals("maximum capacity was set to 1", activities(endpoint).getFirst().cause());
        }
    }

    @Test
    void aRestartKeepsEverythingAndDoesWhatWasMissed() throws Exception {
        TestPlatform.SettingsBuilder lasting = TestPlatform.settings(folder).lasting();
        Instant soon;
        String before;
        try (var endpoint = new ProvisionedEndpoint(lasting)) {
            endpoint.create(4, 1);
            register(endpoint, 2, 3);
            awaitProvisioned(endpoint, 2);
            track(endpoint, 0.5);
            soon = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.SECONDS);
            schedule(
                    endpoint,
                    "soon",
                    "at(" + LocalDateTime.ofInstant(soon, ZoneOffset.UTC) + ")",
                    3,
                    3);
            assertEquals("Successful", activities(endpoint).getFirst().statusCodeAsString());
            before = kept(endpoint);
        }
        Serving.await("its time has come", () -> Instant.now().isAfter(soon));
        try (var endpoint = new ProvisionedEndpoint(lasting)) {
            awaitProvisioned(endpoint, 3);
            assertEquals(before, kept(endpoint));
            assertEquals(3, target(endpoint).minCapacity());
            assertEquals(
                    List.of(
                            "minimum capacity was set to 3",
                            "scheduled action name soon was triggered",
                            "minimum capacity was set to 2"),
                    activities(endpoint).stream().map(ScalingActivity::cause).toList());
        }
    }

    /// What was asked for, as it is shown.
    private static String kept(ProvisionedEndpoint endpoint) {
        return endpoint.scaling
                        .describeScalingPolicies(
                                r -> r.serviceNamespace(ServiceNamespace.SAGEMAKER))
                        .scalingPolicies()
                + " "
                + endpoint.scaling
                        .describeScheduledActions(
                                r -> r.serviceNamespace(ServiceNamespace.SAGEMAKER))
                        .scheduledActions()
                + " "
                + target(endpoint).scalableTargetARN();
    }
}
