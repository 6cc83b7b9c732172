package io.dormouse.app;

import io.dormouse.metrics.LogWriter;
import io.dormouse.metrics.Meters;
import io.dormouse.timing.Alarms;
import io.dormouse.timing.ClockAlarms;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.ContainerImages;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.Launchers;
import io.dormouse.worker.Models;
import io.dormouse.worker.PoolSettings;
import io.dormouse.worker.Pools;
import io.dormouse.worker.PythonEnvironments;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.WarmPool;
import io.dormouse.worker.WarmSpec;
import io.dormouse.worker.model.ModelStore;
import io.dormouse.worker.process.Installation;
import io.dormouse.worker.process.ModelServer;
import io.dormouse.worker.process.ProcessLauncher;
import io.dormouse.worker.process.ProcessPreparation;
import io.dormouse.worker.process.ProcessSettings;
import io.dormouse.worker.python.Environments;
import io.dormouse.worker.python.Installer;
import io.dormouse.worker.python.PythonPreparation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3Client;

/// What runs models and jobs on this machine: the process launcher, the ledger, the warm pool, the
/// pools, and the models laid out.
final class Workers implements AutoCloseable {
    /// What a generic worker may take while it waits, MB: it holds a runtime and no model.
    private static final int WARM_MB = 128;

    /// Cores are promised half as often again as there are: a job that takes them all must leave
    /// endpoints something to start with, and the kernel shares them out.
    private static final double CORES_PROMISED = 1.5;

    private static final System.Logger LOG = System.getLogger("dormouse.worker");

    private final Machine machine = Machine.here();
    private final CompletableFuture<Installation> installation;
    private final MovableClock clock;
    private final ProcessLauncher launcher;
    private final ClockAlarms alarms;
    private final Capacity capacity;
    private final WarmPool warm;
    private final Pools pools;
    private final PythonEnvironments environments;
    private final ModelStore models;
    private final LazyDocker docker;
    private final Launcher all;

    /// @param roles lets programs of models' owners speak to the platform
    Workers(Settings settings, MovableClock clock, S3Client s3, LogWriter logs, RoleAccess roles)
            throws IOException {
        this.clock = clock;
        installation =
                ModelServer.install(
                        java(),
                        settings.programs().resolve("modelserver.jar"),
                        settings.cache(),
                        line -> LOG.log(System.Logger.Level.DEBUG, line));
        capacity = new Capacity(machine.memoryMb(), machine.cores() * CORES_PROMISED);
        launcher =
                new ProcessLauncher(
                        installation,
                        ProcessSettings.in(
                                        settings.data().resolve("run"),
                                        settings.data().resolve("models"))
                                .isolating(settings.isolation()),
                        capacity,
                        Workers::notice);
        launcher.found().forEach(io.dormouse.worker.Instance::close);
        alarms = new ClockAlarms(clock);
        clock.onMove(alarms::recheck);
        docker = new LazyDocker(settings, capacity, clock, alarms(), Workers::notice);
        all = new Launchers(launcher, docker);
        warm =
                new WarmPool(
                        launcher,
                        capacity,
                        clock,
                        alarms,
                        new WarmSpec(WARM_MB),
                        settings.warmPool());
        pools =
                new Pools(
                        all,
                        capacity,
                        warm,
                        clock,
                        alarms,
                        logs,
                        PoolSettings.forCores(machine.cores()));
        environments =
                new Environments(
                        settings.data().resolve("environments"),
                        settings.python(),
                        System.getenv().getOrDefault("PATH", ""),
                        new Installer(launcher, System.getenv(), machine.memoryMb() / 2));
        models =
                new ModelStore(
                        settings.data().resolve("models"),
                        s3,
                        preparation(settings, roles),
                        docker,
                        clock);
        warm.fill();
        keepInstalled(installation, settings.cache(), clock);
    }

    private PythonPreparation preparation(Settings settings, RoleAccess roles) {
        int most = machine.memoryMb() / 2;
        return new PythonPreparation(
                new ProcessPreparation(launcher, most),
                environments,
                settings.data().resolve("environments"),
                launcher,
                most,
                roles,
                launcher::preload);
    }

    /// Once a day, as long as this platform runs.
    private void keepInstalled(
            CompletableFuture<Installation> installation, Path cache, MovableClock clock) {
        alarms().at(
                        clock.instant().plus(Duration.ofDays(1)),
                        () -> {
                            try {
                                ModelServer.inUse(installation.join(), cache);
                            } catch (IOException | CompletionException e) {
                                LOG.log(System.Logger.Level.DEBUG, "Not marked as in use", e);
                            }
                            keepInstalled(installation, cache, clock);
                        });
    }

    /// Once a day, models that nobody has served for a while go.
    ///
    /// @param used the folders of those that are served
    void keepSwept(Supplier<Set<Path>> used) {
        alarms().at(
                        clock.instant().plus(Duration.ofDays(1)),
                        () -> {
                            try {
                                models.sweep(used.get());
                            } catch (IOException e) {
                                LOG.log(System.Logger.Level.WARNING, "Models are not swept", e);
                            }
                            keepSwept(used);
                        });
    }

    private static void notice(String line) {
        LOG.log(System.Logger.Level.INFO, line);
    }

    /// This JVM's own `java`.
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    Machine machine() {
        return machine;
    }

    Launcher launcher() {
        return all;
    }

    /// Images that run in containers.
    ContainerImages images() {
        return docker;
    }

    /// Why an image cannot be served; empty where it can.
    Optional<String> imageTrouble(String image) {
        return models.trouble(image);
    }

    String isolation() {
        return launcher.isolation();
    }

    String limits() {
        return launcher.limits();
    }

    Capacity capacity() {
        return capacity;
    }

    /// Invokes a model of its own, so that the first client's invocation is not this platform's
    /// first: behind the start, and while nobody waits.
    ///
    /// @param here where the platform answers
    /// @param scratch takes what is measured
    void rehearse(URI here, Meters scratch) {
        try {
            new Rehearsal(
                            launcher,
                            capacity,
                            clock,
                            alarms,
                            PoolSettings.forCores(machine.cores()),
                            scratch)
                    .run(here, installation.join().warm(), new WarmSpec(WARM_MB));
        } catch (CompletionException e) {
            LOG.log(System.Logger.Level.DEBUG, "Nothing is installed to rehearse with", e);
        }
    }

    /// Alarms by the platform's clock, for tasks that may take a while.
    Alarms alarms() {
        return (due, task) -> alarms.at(due, () -> Thread.startVirtualThread(task));
    }

    WarmPool warm() {
        return warm;
    }

    Pools pools() {
        return pools;
    }

    /// Python for programs of owners.
    PythonEnvironments environments() {
        return environments;
    }

    Models models() {
        return models;
    }

    @Override
    public void close() {
        warm.close();
        alarms.close();
        all.close();
    }
}
