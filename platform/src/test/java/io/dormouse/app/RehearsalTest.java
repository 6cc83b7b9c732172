package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.timing.ClockAlarms;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.PoolSettings;
import io.dormouse.worker.WarmSpec;
import io.dormouse.worker.process.Installation;
import io.dormouse.worker.process.ModelServer;
import io.dormouse.worker.process.ProcessLauncher;
import io.dormouse.worker.process.ProcessSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a platform does behind its start: real starts and answers, and nothing of them stays.
class RehearsalTest {
    @TempDir private Path folder;

    @Test
    void itWakesAnswersAndLeavesNothing() throws Exception {
        Path jar = Path.of("../modelserver/target/modelserver-0.1.0-all.jar");
        assumeTrue(Files.exists(jar), "the model server is not packaged: run ./build");
        Queue<String> said = new ConcurrentLinkedQueue<>();
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        CompletableFuture<Installation> installation =
                ModelServer.install(
                        java,
                        jar.toAbsolutePath(),
                        Path.of("target/installed").toAbsolutePath(),
                        said::add);
        Path model = installation.get(2, TimeUnit.MINUTES).warm();
        Map<String, Double> measured = new ConcurrentHashMap<>();
        Capacity capacity = new Capacity(4096, 2);
        MovableClock clock = new MovableClock();
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder));
                ProcessLauncher launcher =
                        new ProcessLauncher(
                                installation,
                                ProcessSettings.in(folder.resolve("run"), folder),
                                said::add);
                ClockAlarms alarms = new ClockAlarms(clock)) {
            new Rehearsal(
                            launcher,
                            capacity,
                            clock,
                            alarms,
                            PoolSettings.forCores(2),
                            (_, name, _, value, _) -> measured.merge(name, value, Double::sum))
                    .run(platform.endpoint(), model, new WarmSpec(128));

            assertEquals(301, measured.get("Invocations"), said.toString());
            assertEquals(0, measured.get("Invocation5XXErrors"), said.toString());
            assertTrue(measured.getOrDefault("ModelSetupTime", 0.0) > 0, measured.toString());
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!capacity.usage().byOwner().isEmpty()) {
                assertTrue(System.nanoTime() < end, capacity.usage().toString());
                Thread.onSpinWait();
            }
        }
    }
}
