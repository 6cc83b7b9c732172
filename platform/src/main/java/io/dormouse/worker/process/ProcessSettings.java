package io.dormouse.worker.process;

import java.nio.file.Path;
import java.time.Duration;

/// How the process launcher works.
///
/// @param run the folder for what lives as long as an instance; one launcher's alone
/// @param healthy how long an instance may take to become ready: 3 minutes on SageMaker
/// @param closeGrace what an instance that was asked to end may still take
/// @param stopGrace from SIGTERM to SIGKILL for a job: 120 s on SageMaker
/// @param isolation what runs in a sandbox, where sandboxes can be made
/// @param models where models are laid out: what a sandboxed generic instance may read, since it
///   does not know yet which will be its own
public record ProcessSettings(
        Path run,
        Path models,
        Duration healthy,
        Duration closeGrace,
        Duration stopGrace,
        Isolation isolation) {
    /// What runs in a sandbox.
    public enum Isolation {
        /// Nothing.
        NONE,
        /// Jobs, which run programs of their owners.
        JOBS,
        /// Jobs and instances. Adds the making of the namespaces to each start, and the built-in
        /// model servers run no program of a model's owner, hence not the default.
        ALL
    }

    /// As on SageMaker.
    public static ProcessSettings in(Path run, Path models) {
        return new ProcessSettings(
                run,
                models,
                Duration.ofMinutes(3),
                Duration.ofSeconds(2),
                Duration.ofSeconds(120),
                Isolation.JOBS);
    }
}
