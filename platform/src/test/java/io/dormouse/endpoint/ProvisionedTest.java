package io.dormouse.endpoint;

import static io.dormouse.endpoint.ControlPlane.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.worker.StartFailed;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DesiredWeightAndCapacity;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;

/// An endpoint is in service when what it has provisioned is ready, and not before.
@Timeout(60)
class ProvisionedTest {
    @TempDir Path folder;
    private ControlPlane plane;
    private Platform platform;

    @BeforeEach
    void open() {
        plane = new ControlPlane(folder);
        platform = plane.platform;
        plane.model("m");
        plane.configs.createEndpointConfig(
                r -> r.endpointConfigName("c").productionVariants(variant(2)));
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private static ProductionVariant variant(int provisioned) {
        return ProductionVariant.builder()
                .variantName("AllTraffic")
                .modelName("m")
                .serverlessConfig(s ->
                        s.memorySizeInMB(2048)
                                .maxConcurrency(5)
                                .provisionedConcurrency(provisioned))
                .build();
    }

    private void create() {
        plane.endpoints.createEndpoint(r -> r.endpointName("e").endpointConfigName("c"));
    }

    private void provision(int provisioned) {
        plane.endpoints.updateEndpointWeightsAndCapacities(r ->
                r.endpointName("e")
                        .desiredWeightsAndCapacities(
                                DesiredWeightAndCapacity.builder()
                                        .variantName("AllTraffic")
                                        .serverlessUpdateConfig(
                                                s -> s.provisionedConcurrency(provisioned))
                                        .build()));
    }

    private static StartFailed full() {
        return new StartFailed(StartFailed.Cause.CAPACITY, "No memory is left");
    }

    @Test
    void inServiceWaitsForWhatIsProvisioned() {
        platform.ready = new CompletableFuture<>();
        create();
        await("a group", () -> platform.groups.size() == 1);
        assertEquals(EndpointStatus.CREATING, plane.describe("e").endpointStatus());
        assertEquals(Optional.empty(), plane.routes.current().route("e"));
        platform.ready.complete(null);
        plane.await("e", EndpointStatus.IN_SERVICE);
        assertEquals(2, plane.routed("e").provisionedConcurrency());
    }

    @Test
    void whatCannotBeProvisionedFailsTheEndpointAndLeavesNothing() {
        platform.ready = CompletableFuture.failedFuture(full());
        create();
        assertEquals("No memory is left", plane.await("e", EndpointStatus.FAILED).failureReason());
        assertTrue(platform.groups.getFirst().closed);
    }

    @Test
    void moreIsCurrentWhenItIsReady() {
        create();
        plane.await("e", EndpointStatus.IN_SERVICE);
        Platform.Group group = platform.groups.getFirst();
        group.ready = new CompletableFuture<>();
        provision(4);
        await("the new floor", () -> group.min == 4);
        var variant = plane.describe("e").productionVariants().getFirst();
        assertEquals(EndpointStatus.UPDATING, plane.describe("e").endpointStatus());
        assertEquals(2, variant.currentServerlessConfig().provisionedConcurrency());
        assertEquals(4, variant.desiredServerlessConfig().provisionedConcurrency());
        group.ready.complete(null);
        variant = plane.await("e", EndpointStatus.IN_SERVICE).productionVariants().getFirst();
        assertEquals(4, variant.currentServerlessConfig().provisionedConcurrency());
        assertEquals(1, platform.groups.size(), "what runs goes on");
    }

    @Test
    void moreThanThereIsRoomForLeavesItAsItWas() {
        create();
        plane.await("e", EndpointStatus.IN_SERVICE);
        Platform.Group group = platform.groups.getFirst();
        group.ready = CompletableFuture.failedFuture(full());
        provision(5);
        DescribeEndpointResponse now = plane.await("e", EndpointStatus.IN_SERVICE);
        assertEquals("No memory is left", now.failureReason());
        assertEquals(
                2,
                now.productionVariants()
                        .getFirst()
                        .currentServerlessConfig()
                        .provisionedConcurrency());
        assertEquals(2, group.min);
        assertEquals(2, plane.routed("e").provisionedConcurrency());
    }

    @Test
    void aRestartServesAtOnce() {
        create();
        plane.await("e", EndpointStatus.IN_SERVICE);
        platform.ready = new CompletableFuture<>();
        plane.restart();
        // start() has returned: requests are answered while the provisioned ones come up again.
        assertTrue(plane.routes.current().route("e").isPresent());
        assertEquals(2, platform.groups.getFirst().min);
    }
}
