package io.dormouse.worker.process;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.LauncherConformance;
import io.dormouse.worker.LogSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

class ProcessLauncherTest extends LauncherConformance {
    /// The strange worker in place of the model server.
    static Installation strange() {
        return new Installation(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        Path.of("target/test-classes").toAbsolutePath().toString()),
                StrangeWorker.class.getName(),
                Path.of("/"),
                StrangeWorker.class.getName(),
                "strange",
                List.of(
                        Path.of(System.getProperty("java.home")),
                        Path.of("target/test-classes").toAbsolutePath()));
    }

    protected ProcessSettings.Isolation isolation() {
        return ProcessSettings.Isolation.NONE;
    }

    @Override
    protected Launcher launcher(Path run, LogSink notices) throws IOException {
        return launcher(run, isolation(), notices);
    }

    static Launcher launcher(Path run, ProcessSettings.Isolation isolation, LogSink notices)
            throws IOException {
        return new ProcessLauncher(
                CompletableFuture.completedFuture(strange()),
                new ProcessSettings(
                        run,
                        run.resolveSibling("models"),
                        Duration.ofSeconds(20),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        isolation,
                        16),
                notices);
    }
}
