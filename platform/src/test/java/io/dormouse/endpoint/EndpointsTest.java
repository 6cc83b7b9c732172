package io.dormouse.endpoint;

import static io.dormouse.endpoint.ControlPlane.ARN;
import static io.dormouse.endpoint.ControlPlane.await;
import static io.dormouse.endpoint.ControlPlane.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Shapes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DesiredWeightAndCapacity;
import software.amazon.awssdk.services.sagemaker.model.EndpointSortKey;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.OrderKey;
import software.amazon.awssdk.services.sagemaker.model.Tag;

@Timeout(60)
class EndpointsTest {
    @TempDir Path folder;
    private ControlPlane plane;
    private Platform platform;

    @BeforeEach
    void open() {
        plane = new ControlPlane(folder);
        platform = plane.platform;
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    @Test
    void itComesIntoServiceAndTellsWhatItServes() {
        plane.endpoint("Churn");
        DescribeEndpointResponse found = plane.await("Churn", EndpointStatus.IN_SERVICE);
        assertEquals(ARN + "endpoint/churn", found.endpointArn());
        assertEquals("c", found.endpointConfigName());
        assertEquals(plane.now, found.creationTime());
        var variant = found.productionVariants().getFirst();
        assertEquals("AllTraffic", variant.variantName());
        assertEquals(1f, variant.currentWeight());
        assertEquals(1f, variant.desiredWeight());
        assertEquals(0, variant.currentInstanceCount());
        assertEquals(2048, variant.currentServerlessConfig().memorySizeInMB());
        assertEquals(variant.currentServerlessConfig(), variant.desiredServerlessConfig());
        assertEquals(ControlPlane.IMAGE, variant.deployedImages().getFirst().specifiedImage());
        platform.groups.getFirst().instances = 2;
        assertEquals(
                2, plane.describe("churn").productionVariants().getFirst().currentInstanceCount());
        assertEquals(5, plane.routed("Churn").group().stats().maxConcurrency());
        assertEquals(List.of("CREATING", "IN_SERVICE"), plane.told("Churn"));
        assertEquals(plane.now.toEpochMilli(), plane.lastEvent().get("CreationTime").asLong());
    }

    @Test
    void whatIsAbsentIsLeftOut() {
        plane.endpoint("e");
        DescribeEndpointResponse found = plane.await("e", EndpointStatus.IN_SERVICE);
        Set<String> members = new TreeSet<>();
        Shapes.write(found, Shapes.Form.JSON)
                .properties()
                .forEach(each -> members.add(each.getKey()));
        assertEquals(
                Set.of(
                        "CreationTime",
                        "EndpointArn",
                        "EndpointConfigName",
                        "EndpointName",
                        "EndpointStatus",
                        "LastModifiedTime",
                        "ProductionVariants"),
                members);
    }

    @Test
    void whileItIsCreatedItTellsWhatIsPendingAndTakesNoOrders() {
        platform.preparing = new CountDownLatch(1);
        plane.endpoint("e");
        await("a preparation", () -> platform.prepared.get() == 1);
        DescribeEndpointResponse creating = plane.describe("e");
        assertEquals(EndpointStatus.CREATING, creating.endpointStatus());
        assertFalse(creating.hasProductionVariants());
        var pending = creating.pendingDeploymentSummary().productionVariants().getFirst();
        assertEquals(5, pending.desiredServerlessConfig().maxConcurrency());
        assertEquals(
                "downloading " + ControlPlane.ARTIFACT,
                pending.variantStatus().getFirst().statusMessage());
        assertEquals(Optional.empty(), plane.routes.current().route("e"));
        String busy = "Cannot update in-progress endpoint \"" + ARN + "endpoint/e\".";
        assertEquals(
                busy,
                refusal(() ->
                        plane.endpoints.updateEndpoint(
                                r -> r.endpointName("e").endpointConfigName("c"))));
        assertEquals(busy, refusal(() -> plane.endpoints.deleteEndpoint(r -> r.endpointName("e"))));
        assertEquals(
                busy,
                refusal(() ->
                        plane.endpoints.updateEndpointWeightsAndCapacities(r ->
                                r.endpointName("e").desiredWeightsAndCapacities(resize(3, null)))));
        platform.preparing.countDown();
        plane.await("e", EndpointStatus.IN_SERVICE);
    }

    private static DesiredWeightAndCapacity.Builder desired(String variant) {
        return DesiredWeightAndCapacity.builder().variantName(variant);
    }

    private static DesiredWeightAndCapacity resize(Integer max, @Nullable Integer provisioned) {
        return DesiredWeightAndCapacity.builder()
                .variantName("AllTraffic")
                .serverlessUpdateConfig(
                        s -> s.maxConcurrency(max).provisionedConcurrency(provisioned))
                .build();
    }

    @Test
    void sentencesThatClientsLookFor() {
        assertEquals(
                "Could not find endpoint \"" + ARN + "endpoint/nope\".",
                refusal(() -> plane.describe("Nope")));
        assertEquals(
                "Could not find endpoint \"" + ARN + "endpoint/nope\".",
                refusal(() -> plane.endpoints.deleteEndpoint(r -> r.endpointName("nope"))));
        assertEquals(
                "Could not find endpoint configuration \"" + ARN + "endpoint-config/none\".",
                refusal(() ->
                        plane.endpoints.createEndpoint(
                                r -> r.endpointName("x").endpointConfigName("none"))));
        plane.endpoint("Churn");
        assertEquals(
                "Cannot create already existing endpoint \"" + ARN + "endpoint/churn\".",
                refusal(() ->
                        plane.endpoints.createEndpoint(
                                r -> r.endpointName("churn").endpointConfigName("c"))));
        plane.models.deleteModel(r -> r.modelName("m"));
        assertEquals(
                "Could not find model \"" + ARN + "model/m\".",
                refusal(() ->
                        plane.endpoints.createEndpoint(
                                r -> r.endpointName("x").endpointConfigName("c"))));
    }

    @Test
    void aModelThatCannotBeServedFailsTheEndpoint() {
        platform.failure = "The artifact is not a gzip archive";
        plane.endpoint("e");
        DescribeEndpointResponse failed = plane.await("e", EndpointStatus.FAILED);
        assertEquals("The artifact is not a gzip archive", failed.failureReason());
        assertEquals("c", failed.endpointConfigName());
        assertTrue(
                refusal(() ->
                                plane.endpoints.updateEndpoint(
                                        r -> r.endpointName("e").endpointConfigName("c")))
                        .startsWith("Cannot update endpoint"));
        assertEquals(List.of("CREATING", "FAILED"), plane.told("e"));
        plane.endpoints.deleteEndpoint(r -> r.endpointName("e"));
        plane.awaitGone("e");
    }

    @Test
    void aModelThatDoesNotFitIsRefusedWithTheSizeThatItNeeds() {
        platform.peakBytes = 2000 * Platform.MB;
        plane.endpoint("e");
        String reason = plane.await("e", EndpointStatus.FAILED).failureReason();
        assertEquals(
                "The model needs 2200 MB of memory (2000 MB measured, and a tenth more to be"
                        + " safe), and MemorySizeInMB is 2048: set it to 3072 or more.",
                reason);
        platform.peakBytes = 7000 * Platform.MB;
        plane.endpoints.createEndpoint(r -> r.endpointName("f").endpointConfigName("c"));
        assertTrue(
                plane.await("f", EndpointStatus.FAILED)
                        .failureReason()
                        .endsWith("which is more than the largest serverless size."));
    }

    @Test
    void aRunningEndpointNeedsNeitherItsModelNorItsConfiguration() {
        plane.endpoint("e");
        plane.await("e", EndpointStatus.IN_SERVICE);
        plane.models.deleteModel(r -> r.modelName("m"));
        plane.configs.deleteEndpointConfig(r -> r.endpointConfigName("c"));
        plane.objects.clear();
        platform.failure = "the artifact is gone";
        plane.restart();
        assertEquals(EndpointStatus.IN_SERVICE, plane.describe("e").endpointStatus());
        assertEquals(5, plane.routed("e").group().stats().maxConcurrency());
        plane.endpoints.deleteEndpoint(r -> r.endpointName("e"));
        plane.awaitGone("e");
        assertTrue(refusal(() -> plane.describe("e")).startsWith("Could not find endpoint"));
    }

    @Test
    void anUpdateSwitchesWhenTheNewGroupIsThere() {
        plane.endpoint("e");
        plane.await("e", EndpointStatus.IN_SERVICE);
        Platform.Group old = platform.groups.getFirst();
        plane.config("c2", "m", 4096, 8);
        platform.preparing = new CountDownLatch(1);
        plane.now = plane.now.plusSeconds(60);
        plane.endpoints.updateEndpoint(r ->
                r.endpointName("e")
                        .endpointConfigName("c2")
                        .deploymentConfig(
                                d -> d.autoRollbackConfiguration(a -> a.alarms(List.of()))));
        await("a second preparation", () -> platform.prepared.get() == 2);
        DescribeEndpointResponse updating = plane.describe("e");
        assertEquals(EndpointStatus.UPDATING, updating.endpointStatus());
        assertEquals("c", updating.endpointConfigName());
        assertEquals("c2", updating.pendingDeploymentSummary().endpointConfigName());
        assertEquals(plane.now, updating.pendingDeploymentSummary().startTime());
        assertSame(old, plane.routed("e").group());
        platform.preparing.countDown();
        DescribeEndpointResponse now = plane.await("e", EndpointStatus.IN_SERVICE);
        assertEquals("c2", now.endpointConfigName());
        assertNull(now.pendingDeploymentSummary());
        assertTrue(now.lastDeploymentConfig() != null);
        assertEquals(
                4096,
                now.productionVariants().getFirst().currentServerlessConfig().memorySizeInMB());
        Platform.Group next = platform.groups.getLast();
        assertSame(next, plane.routed("e").group());
        assertEquals(8, next.spec.maxConcurrency());
        await("the old group's end", () -> old.closed && old.draining);
        assertFalse(next.draining);
        assertEquals(List.of("CREATING", "IN_SERVICE", "UPDATING", "IN_SERVICE"), plane.told("e"));
    }

    @Test
    void aFailedUpdateStaysOnTheOldConfiguration() {
        plane.endpoint("e");
        plane.await("e", EndpointStatus.IN_SERVICE);
        Platform.Group old = platform.groups.getFirst();
        plane.config("c2", "m", 1024, 8);
        platform.peakBytes = 1500 * Platform.MB;
        plane.endpoints.updateEndpoint(r -> r.endpointName("e").endpointConfigName("c2"));
        DescribeEndpointResponse now = plane.await("e", EndpointStatus.IN_SERVICE);
        assertEquals("c", now.endpointConfigName());
        assertTrue(now.failureReason().contains("set it to 2048 or more"), now.failureReason());
        assertSame(old, plane.routed("e").group());
        assertFalse(old.draining);
        platform.peakBytes = 0;
        plane.endpoints.updateEndpoint(r -> r.endpointName("e").endpointConfigName("c2"));
        await("c2", () -> plane.describe("e").endpointConfigName().equals("c2"));
        assertNull(plane.describe("e").failureReason());
    }

    @Test
    void concurrencyAndWeightChangeWithoutNewInstances() {
        plane.endpoint("e");
        plane.await("e", EndpointStatus.IN_SERVICE);
        Platform.Group group = platform.groups.getFirst();
        DesiredWeightAndCapacity desired = resize(20, 3).toBuilder().desiredWeight(0.5f).build();
        plane.endpoints.updateEndpointWeightsAndCapacities(
                r -> r.endpointName("e").desiredWeightsAndCapacities(desired));
        var now = plane.await("e", EndpointStatus.IN_SERVICE).productionVariants().getFirst();
        assertEquals(20, now.currentServerlessConfig().maxConcurrency());
        assertEquals(3, now.currentServerlessConfig().provisionedConcurrency());
        assertEquals(0.5f, now.currentWeight());
        assertEquals(List.of(group), platform.groups);
        assertEquals(20, group.max);
        assertEquals(3, group.min);
        assertEquals(3, plane.routed("e").provisionedConcurrency());
        plane.restart();
        assertEquals(20, plane.routed("e").group().stats().maxConcurrency());
        assertTrue(
                refusal(() ->
                                plane.endpoints.updateEndpointWeightsAndCapacities(r ->
                                        r.endpointName("e")
                                                .desiredWeightsAndCapacities(resize(2, null))))
                        .startsWith("ProvisionedConcurrency 3 is greater than MaxConcurrency 2"));
        assertTrue(
                refusal(() ->
                                plane.endpoints.updateEndpointWeightsAndCapacities(r ->
                                        r.endpointName("e")
                                                .desiredWeightsAndCapacities(
                                                        desired("Other").build())))
                        .startsWith("Could not find variant \"Other\""));
        assertTrue(
                refusal(() ->
                                plane.endpoints.updateEndpointWeightsAndCapacities(r ->
                                        r.endpointName("e")
                                                .desiredWeightsAndCapacities(
                                                        desired("AllTraffic")
                                                                .desiredInstanceCount(2)
                                                                .build())))
                        .startsWith("DesiredInstanceCount is not supported"));
    }

    @Test
    void anUpdateMayRetainTheWeight() {
        plane.endpoint("e");
        plane.await("e", EndpointStatus.IN_SERVICE);
        plane.endpoints.updateEndpointWeightsAndCapacities(r ->
                r.endpointName("e")
                        .desiredWeightsAndCapacities(
                                desired("AllTraffic").desiredWeight(0.25f).build()));
        plane.await("e", EndpointStatus.IN_SERVICE);
        plane.config("c2", "m", 4096, 8);
        plane.endpoints.updateEndpoint(
                r -> r.endpointName("e").endpointConfigName("c2").retainAllVariantProperties(true));
        var now = plane.await("e", EndpointStatus.IN_SERVICE).productionVariants().getFirst();
        assertEquals(0.25f, now.currentWeight());
        assertEquals(8, now.currentServerlessConfig().maxConcurrency());
    }

    @Test
    void aDeletedEndpointAnswersWhatItHasBegun() {
        platform.idle = false;
        plane.endpoint("e", tag("team", "sleep"));
        plane.await("e", EndpointStatus.IN_SERVICE);
        plane.endpoints.deleteEndpoint(r -> r.endpointName("e"));
        Platform.Group group = platform.groups.getFirst();
        await("draining", () -> group.draining);
        assertEquals(EndpointStatus.DELETING, plane.describe("e").endpointStatus());
        assertEquals(Optional.empty(), plane.routes.current().route("e"));
        assertFalse(group.closed);
        assertTrue(
                refusal(() -> plane.endpoints.deleteEndpoint(r -> r.endpointName("e")))
                        .startsWith("Cannot update in-progress endpoint"));
        assertEquals(List.of(), plane.gone);
        group.drained.complete(null);
        plane.awaitGone("e");
        assertEquals(List.of("e"), plane.gone);
        assertTrue(group.closed);
        assertTrue(plane.tags.of(ARN + "endpoint/e").isEmpty());
        assertEquals(List.of("CREATING", "IN_SERVICE", "DELETING", "DELETED"), plane.told("e"));
    }

    @Test
    void tagsSetWhatAwsHasNoFieldFor() {
        assertTrue(
                refusal(() -> plane.endpoint("x", tag("dormouse:idle-seconds", "soon")))
                        .startsWith("Tag dormouse:idle-seconds must be a whole number"));
        plane.endpoints.createEndpoint(r ->
                r.endpointName("e").endpointConfigName("c").tags(tag("dormouse:queue-max", "7")));
        plane.await("e", EndpointStatus.IN_SERVICE);
        assertEquals(7, platform.groups.getLast().spec.tuning().queueMax());
        String arn = ARN + "endpoint/e";
        plane.tagging.addTags(r -> r.resourceArn(arn).tags(tag("dormouse:idle-seconds", "30")));
        await(
                "the new setting",
                () ->
                        platform.groups
                                .getLast()
                                .spec
                                .tuning()
                                .idle()
                                .equals(Optional.of(Duration.ofSeconds(30))));
        await("its route", () -> plane.routed("e").group().equals(platform.groups.getLast()));
        assertTrue(
                refusal(() ->
                                plane.tagging.addTags(r ->
                                        r.resourceArn(arn).tags(tag("dormouse:queue-max", "-1"))))
                        .startsWith("Tag dormouse:queue-max"));
        assertEquals("7", plane.tags.of(arn).get("dormouse:queue-max"));
        plane.tagging.deleteTags(r -> r.resourceArn(arn).tagKeys("dormouse:queue-max"));
        await("AWS's queue", () -> platform.groups.getLast().spec.tuning().queueMax() == 0);
        assertEquals(EndpointStatus.IN_SERVICE, plane.describe("e").endpointStatus());
    }

    @Test
    void listsFilterSortAndPage() {
        plane.endpoint("e00");
        for (int i = 1; i < 12; i++) {
            String name = "e%02d".formatted(i);
            plane.now = plane.now.plusSeconds(1);
            plane.endpoints.createEndpoint(r -> r.endpointName(name).endpointConfigName("c"));
        }
        plane.await("e11", EndpointStatus.IN_SERVICE);
        var first = plane.endpoints.listEndpoints();
        assertEquals(10, first.endpoints().size());
        assertEquals("e11", first.endpoints().getFirst().endpointName());
        var second = plane.endpoints.listEndpoints(r -> r.nextToken(first.nextToken()));
        assertEquals(2, second.endpoints().size());
        assertNull(second.nextToken());
        var named =
                plane.endpoints.listEndpoints(r ->
                        r.sortBy(EndpointSortKey.NAME)
                                .sortOrder(OrderKey.ASCENDING)
                                .nameContains("E0"));
        assertEquals("e00", named.endpoints().getFirst().endpointName());
        assertEquals(10, named.endpoints().size());
        for (int i = 0; i < 12; i++) {
            plane.await("e%02d".formatted(i), EndpointStatus.IN_SERVICE);
        }
        assertEquals(
                12,
                plane
                        .endpoints
                        .listEndpointsPaginator(
                                r -> r.statusEquals(EndpointStatus.IN_SERVICE).maxResults(5))
                        .endpoints()
                        .stream()
                        .count());
        assertTrue(
                plane.endpoints
                        .listEndpoints(r -> r.statusEquals(EndpointStatus.FAILED))
                        .endpoints()
                        .isEmpty());
    }
}
