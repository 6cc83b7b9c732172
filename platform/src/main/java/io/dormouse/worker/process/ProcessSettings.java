package io.dormouse.worker.process;

import java.nio.file.Path;
import java.time.Duration;

/// How the process launcher works.
///
/// @param run the folder for what lives as long as an instance; one launcher's alone
/// @param healthy how long an instance may take to become ready: 3 minutes on SageMaker
/// @param closeGrace what an instance that was asked to end may still take
/// @param stopGrace from SIGTERM to SIGKILL for a job: 120 s on SageMaker
public record ProcessSettings(Path run, Duration healthy, Duration closeGrace, Duration stopGrace) {
    public static ProcessSettings in(Path run) {
        return new ProcessSettings(
                run, Duration.ofMinutes(3), Duration.ofSeconds(2), Duration.ofSeconds(120));
    }
}
