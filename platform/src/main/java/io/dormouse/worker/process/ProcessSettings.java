package io.dormouse.worker.process;

import java.nio.file.Path;
import java.time.Duration;

/// How the process launcher works.
///
/// @param run the folder for what lives as long as an instance; one launcher's alone
/// @param healthy how long an instance may take to become ready: 3 minutes on SageMaker
/// @param closeGrace what an instance that was asked to end may still take
/// @param stopGrace from SIGTERM to SIGKILL for a job: 120 s on SageMaker
/// @param isolation what is isolated, where that can be had
/// @param models where models are laid out
/// @param parentIdle how long a Python environment's libraries stay loaded when nothing uses them
/// @param scratchMb what an isolated instance may write to `/tmp`, MB: 512, as on Lambda
public record ProcessSettings(
        Path run,
        Path models,
        Duration healthy,
        Duration closeGrace,
        Duration stopGrace,
        Isolation isolation,
        int scratchMb,
        Duration parentIdle) {
    /// With an hour for a Python environment's libraries.
    public ProcessSettings(
            Path run,
            Path models,
            Duration healthy,
            Duration closeGrace,
            Duration stopGrace,
            Isolation isolation,
            int scratchMb) {
        this(
                run,
                models,
                healthy,
                closeGrace,
                stopGrace,
                isolation,
                scratchMb,
                Duration.ofHours(1));
    }

    /// What is isolated.
    public enum Isolation {
        /// Nothing.
        NONE,
        /// Jobs, which run programs of their owners.
        JOBS,
        /// Jobs and instances: instances by namespaces that the platform makes itself, else as
        /// below.
        ALL,
        /// Jobs and instances, both by bubblewrap.
        BUBBLEWRAP
    }

    /// As on SageMaker.
    public static ProcessSettings in(Path run, Path models) {
        return new ProcessSettings(
                run,
                models,
                Duration.ofMinutes(3),
                Duration.ofSeconds(2),
                Duration.ofSeconds(120),
                Isolation.ALL,
                512);
    }

    /// The same with another isolation.
    public ProcessSettings isolating(Isolation other) {
        return new ProcessSettings(
                run, models, healthy, closeGrace, stopGrace, other, scratchMb, parentIdle);
    }
}
