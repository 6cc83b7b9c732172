package io.dormouse.endpoint;

import static io.dormouse.endpoint.ControlPlane.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;

/// The platform ends in each phase and begins again: it ends in the same place.
@Timeout(60)
class RestartTest {
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

    private void assertServes(String config) {
        assertEquals(config, plane.await("e", EndpointStatus.IN_SERVICE).endpointConfigName());
        assertTrue(plane.routes.current().route("e").isPresent());
        assertEquals(1, plane.platform.groups.stream().filter(each -> !each.draining).count());
    }

    @Test
    void killedWhileAModelIsPrepared() {
        platform.dieWhenPreparing();
        plane.endpoint("e");
        await("a preparation", () -> platform.prepared.get() == 1);
        plane.restart();
        assertServes("c");
        assertEquals(List.of("CREATING", "IN_SERVICE"), plane.told("e"));
    }

    @Test
    void killedBeforeTheGroupIsMade() {
        platform.dieWhenGrouping();
        plane.endpoint("e");
        await("a preparation", () -> platform.prepared.get() == 1);
        plane.restart();
        assertServes("c");
    }

    @Test
    void killedBetweenPublishingAndCommit() {
        platform.grouping = new CountDownLatch(1);
        plane.endpoint("e");
        await("a preparation", () -> platform.prepared.get() == 1);
        plane.store.close();
        platform.grouping.countDown();
        await("a group", () -> platform.groups.size() == 1);
        plane.restart();
        assertServes("c");
    }

    @Test
    void anInterruptedPreparationIsNoFailure() {
        platform.preparing = new CountDownLatch(1);
        plane.endpoint("e");
        await("a preparation", () -> platform.prepared.get() == 1);
        plane.endpoints.close();
        assertEquals(EndpointStatus.CREATING, plane.describe("e").endpointStatus());
        platform.preparing = new CountDownLatch(0);
        plane.restart();
        assertServes("c");
    }

    @Test
    void killedInService() {
        plane.endpoint("e");
        plane.await("e", EndpointStatus.IN_SERVICE);
        plane.restart();
        // start() has returned: it can be invoked at once.
        assertTrue(plane.routes.current().route("e").isPresent());
        assertEquals(1, platform.prepared.get());
        assertServes("c");
    }

    @Test
    void killedInAnUpdate() {
        plane.endpoint("e");
        plane.await("e", EndpointStatus.IN_SERVICE);
        plane.config("c2", "m", 4096, 8);
        platform.dieWhenPreparing();
        plane.endpoints.updateEndpoint(r -> r.endpointName("e").endpointConfigName("c2"));
        await("a preparation", () -> platform.prepared.get() == 2);
        platform.preparing = new CountDownLatch(1);
        plane.restart();
        // The old configuration answers while the new one is prepared.
        await("the old group", () -> plane.routes.current().route("e").isPresent());
        assertEquals(5, plane.routed("e").group().stats().maxConcurrency());
        assertEquals(EndpointStatus.UPDATING, plane.describe("e").endpointStatus());
        platform.preparing.countDown();
        plane.await("e", EndpointStatus.IN_SERVICE);
        assertEquals(8, plane.routed("e").group().stats().maxConcurrency());
        assertServes("c2");
    }

    @Test
    void killedWhileItDrains() {
        platform.idle = false;
        plane.endpoint("e");
        plane.await("e", EndpointStatus.IN_SERVICE);
        plane.endpoints.deleteEndpoint(r -> r.endpointName("e"));
        await("draining", () -> platform.groups.getFirst().draining);
        plane.restart();
        plane.awaitGone("e");
        assertTrue(plane.routes.current().route("e").isEmpty());
    }

    @Test
    void whatCannotBeServedAgainIsOutOfServiceAndCanBeDeletedOrUpdated() throws Exception {
        plane.endpoint("e");
        plane.await("e", EndpointStatus.IN_SERVICE);
        // Where it had been laid out is lost, and so is the artifact.
        plane.platform.moveTo(Files.createDirectory(folder.resolve("elsewhere")));
        platform.failure = "no such object";
        plane.restart();
        var lost = plane.await("e", EndpointStatus.OUT_OF_SERVICE);
        assertEquals("no such object", lost.failureReason());
        platform.failure = "";
        plane.endpoints.updateEndpoint(r -> r.endpointName("e").endpointConfigName("c"));
        assertServes("c");
    }
}
