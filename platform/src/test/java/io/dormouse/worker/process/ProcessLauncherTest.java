package io.dormouse.worker.process;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.LauncherConformance;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.Steps;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ProcessLauncherTest extends LauncherConformance {
    protected ProcessSettings.Isolation isolation() {
        return ProcessSettings.Isolation.NONE;
    }

    @Override
    protected Launcher launcher(Path run, LogSink notices) throws IOException {
        return launcher(run, isolation(), place(), notices);
    }

    /// Where the machine's programs are.
    protected Place place() throws IOException {
        return Place.HERE;
    }

    static Launcher launcher(Path run, ProcessSettings.Isolation isolation, LogSink notices)
            throws IOException {
        return launcher(run, isolation, Place.HERE, notices);
    }

    static Launcher launcher(
            Path run, ProcessSettings.Isolation isolation, Place place, LogSink notices)
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
                        16,
                        Duration.ofMillis(200)),
                place,
                Optional.empty(),
                notices);
    }

    @Test
    void whatWouldChangeTheModelServerItselfIsNotTheOwners() throws Exception {
        var instance =
                launcher.start(
                        spec(1, Map.of("MY_MODEL", "7", "JAVA_TOOL_OPTIONS", "-Xint")),
                        new Steps());
        String seen = answer(instance, "environment");
        assertTrue(seen.contains("MY_MODEL=7"), seen);
        assertTrue(seen.contains("ORT_DISABLE_TELEMETRY=1"), seen);
        assertFalse(seen.contains("JAVA_TOOL_OPTIONS"), seen);
    }
}
