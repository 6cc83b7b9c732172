package io.dormouse.worker.process;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.LauncherConformance;
import io.dormouse.worker.LogSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

class ProcessLauncherTest extends LauncherConformance {
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
                CompletableFuture.completedFuture(StrangeInstallation.of()),
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
