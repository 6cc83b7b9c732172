package io.dormouse.worker;

import java.util.List;
import java.util.Set;

/// Starts instances and runs programs on one technology. Held by a conformance kit that the tests
/// of every launcher subclass.
public interface Launcher extends AutoCloseable {
    /// What this launcher can do here and now; what it cannot, it says once, and goes on without.
    Set<Capability> can();

    /// Starts an instance for a model and returns when it is ready, or when a request may be
    /// written to it at once (its first answer is then the sign of readiness).
    ///
    /// @param steps where each step of the start is stamped
    /// @throws StartFailed with a sentence for the owner of the model
    Instance start(InstanceSpec spec, Steps steps) throws StartFailed;

    /// Starts a generic instance without a model, for the warm pool.
    ///
    /// @throws StartFailed where this launcher has none: see [Capability#WARM]
    Instance warm(WarmSpec spec) throws StartFailed;

    /// Runs a program to its end.
    Execution run(RunSpec spec, LogSink log) throws StartFailed;

    /// An owner needs no more instances: those of its that sleep are ended.
    default void forget(String owner) {}

    /// Instances and executions left by an earlier life of the platform: to be adopted or ended.
    List<Instance> found();

    @Override
    void close();

    /// What launchers differ in.
    enum Capability {
        /// Generic instances that take a model later.
        WARM,
        /// Memory held by the kernel; without it a watchdog looks.
        MEMORY_LIMIT,
        /// CPU share held by the kernel.
        CPU_LIMIT,
        /// A network, a file system and processes of its own.
        ISOLATION,
        /// Instances can be paused instead of stopped.
        PAUSE
    }
}
