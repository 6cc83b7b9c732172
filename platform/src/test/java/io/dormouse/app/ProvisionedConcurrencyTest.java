package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Serving;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Provisioned concurrency as a user sees it, with workers that are processes.
@Timeout(120)
class ProvisionedConcurrencyTest {
    @TempDir private Path folder;

    @BeforeEach
    void needsTheModelServer() {
        assumeTrue(TestPlatform.hasModelServer(), "the model server is not packaged: run ./build");
    }

    private static Set<ProcessHandle> workers() {
        return ProcessHandle.current()
                .children()
                .filter(each -> each.info().commandLine().orElse("").contains("modelserver"))
                .collect(Collectors.toSet());
    }

    @Test
    void twoAreReadyBeforeTheFirstRequestAndTheThirdAtOnceSpillsOver() throws Exception {
        try (var endpoint = new ProvisionedEndpoint(TestPlatform.settings(folder))) {
            endpoint.create(5, 2);
            assertEquals(2, endpoint.ready(), "in service means that they are ready");
            assertEquals(
                    2, endpoint.describe().productionVariants().getFirst().currentInstanceCount());
            assertEquals(2, endpoint.current().provisionedConcurrency());

            List<ProvisionedEndpoint.Held> held = endpoint.hold(2);
            assertEquals(2, endpoint.stats().path("instances").asInt(), "no start for these");
            assertEquals(0, endpoint.sum("ServerlessProvisionedConcurrencySpilloverInvocations"));
            held.addAll(endpoint.hold(1));
            assertEquals(3, endpoint.stats().path("instances").asInt());
            for (ProvisionedEndpoint.Held each : held) {
                assertEquals("HTTP/1.1 200 OK", each.finish());
            }
            assertEquals(1, endpoint.sum("ServerlessProvisionedConcurrencySpilloverInvocations"));
            assertEquals(2, endpoint.sum("ServerlessProvisionedConcurrencyInvocations"));
            assertEquals(1 + 2 + 2, endpoint.sum("ServerlessProvisionedConcurrencyExecutions"));
            assertEquals(0.5 + 1 + 1, endpoint.sum("ServerlessProvisionedConcurrencyUtilization"));
            assertEquals(3, endpoint.sum("Invocations"));

            // A day without a request: what spilled over goes, what is provisioned stays.
            endpoint.advance(86_400);
            Serving.await("two are left", () -> endpoint.stats().path("instances").asInt() == 2);
            endpoint.advance(86_400);
            assertEquals(2, endpoint.ready());
        }
    }

    @Test
    void oneThatIsKilledIsReplacedWithoutARequest() throws Exception {
        Set<ProcessHandle> others = workers();
        try (var endpoint = new ProvisionedEndpoint(TestPlatform.settings(folder))) {
            endpoint.create(5, 2);
            Set<ProcessHandle> ours = workers();
            ours.removeAll(others);
            assertEquals(2, ours.size());
            ours.iterator().next().destroyForcibly();
            Serving.await("it is missed", () -> endpoint.page("starts").path("starts").size() == 3);
            Serving.await("it is replaced", () -> endpoint.ready() == 2);
            assertTrue(
                    endpoint.page("decisions").toString().contains("ended by signal 9"),
                    endpoint.page("decisions").toString());
        }
    }

    @Test
    void itChangesUnderLoadWithoutLosingARequest() throws Exception {
        try (var endpoint = new ProvisionedEndpoint(TestPlatform.settings(folder));
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            endpoint.create(5, 1);
            String answer = endpoint.invoke();
            AtomicBoolean over = new AtomicBoolean();
            List<Future<Integer>> answered = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answered.add(
                        callers.submit(() -> {
                            int count = 0;
                            while (!over.get()) {
                                assertEquals(answer, endpoint.invoke());
                                count++;
                            }
                            return count;
                        }));
            }
            for (int provisioned : new int[] {3, 1, 4, 2}) {
                endpoint.provision(provisioned);
                endpoint.awaitInService();
                assertEquals(provisioned, endpoint.current().provisionedConcurrency());
                assertTrue(endpoint.ready() >= provisioned, endpoint.stats().toString());
            }
            over.set(true);
            for (Future<Integer> each : answered) {
                assertTrue(each.get() > 0);
            }
        }
    }

    @Test
    void itIsThereAgainAfterARestartWithoutARequest() throws Exception {
        TestPlatform.SettingsBuilder lasting = TestPlatform.settings(folder).lasting();
        try (var endpoint = new ProvisionedEndpoint(lasting)) {
            endpoint.create(5, 2);
        }
        try (var endpoint = new ProvisionedEndpoint(lasting)) {
            Serving.await("both are ready again", () -> endpoint.ready() == 2);
            assertEquals(2, endpoint.current().provisionedConcurrency());
            endpoint.invoke();
            assertEquals(2, endpoint.page("starts").path("starts").size());
        }
    }
}
