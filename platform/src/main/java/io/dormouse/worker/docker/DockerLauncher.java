package io.dormouse.worker.docker;

import io.dormouse.timing.Alarms;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.ContainerImages;
import io.dormouse.worker.Execution;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import io.dormouse.worker.WarmSpec;
import io.dormouse.worker.instance.Links;
import io.dormouse.worker.instance.LogLines;
import io.dormouse.worker.instance.ProgramProcess;
import io.dormouse.worker.instance.WorkerProcess;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/// Starts instances and programs as containers of a Docker Engine.
public final class DockerLauncher implements Launcher {
    /// How long an idle connection is used again: what servers keep theirs for begins at 2 s.
    private static final Duration REUSE = Duration.ofSeconds(1);

    /// What waking takes, before it was measured.
    private static final long WAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final DockerSettings settings;
    private final LogSink notices;
    private final ScheduledThreadPoolExecutor clock;
    private final Engine engine;
    private final DockerImages images;
    private final Doors doors;
    private final Leftovers leftovers;
    private final Sleepers sleepers;
    private final CompletableFuture<Void> swept;
    private final SecureRandom random = new SecureRandom();

    /// Those that start, serve or sleep.
    private final Set<WorkerProcess> living = ConcurrentHashMap.newKeySet();

    private final Set<ProgramProcess> programs = ConcurrentHashMap.newKeySet();
    private final AtomicLong wakeNanos = new AtomicLong(WAKE_NANOS);

    /// Ends, behind this, what an earlier life left running.
    ///
    /// @param capacity where containers that sleep are counted
    /// @param time by which they sleep
    /// @param notices the platform's own log
    public DockerLauncher(
            DockerSettings settings,
            Capacity capacity,
            InstantSource time,
            Alarms alarms,
            LogSink notices) {
        this(settings, capacity, time, alarms, notices, Doors.canBeInside());
    }

    /// @param inside whether containers are reached from inside their networks, where the engine is
    ///   of this machine
    DockerLauncher(
            DockerSettings settings,
            Capacity capacity,
            InstantSource time,
            Alarms alarms,
            LogSink notices,
            boolean inside) {
        this.settings = settings;
        this.notices = notices;
        this.clock =
                new ScheduledThreadPoolExecutor(
                        1,
                        work ->
                                Thread.ofPlatform()
                                        .daemon()
                                        .name("engine-patience")
                                        .unstarted(work));
        clock.setRemoveOnCancelPolicy(true);
        this.engine = new Engine(EngineAddress.of(settings.environment()), clock);
        this.images =
                new DockerImages(
                        engine, settings.images(), new RegistryKeys(settings.environment()));
        this.doors = new Doors(engine, notices, inside && engine.address().local());
        this.leftovers = new Leftovers(engine, settings);
        this.sleepers = new Sleepers(capacity, time, alarms, settings.asleepMax());
        this.swept =
                CompletableFuture.runAsync(
                        this::sweep, work -> Thread.ofVirtual().name("containers").start(work));
    }

    private void sweep() {
        try {
            int left = leftovers.sweep();
            if (left > 0) {
                notices.line("ended " + left + " containers that an earlier platform left");
            }
        } catch (IOException e) {
            notices.line("WARNING: containers that an earlier platform left may run on: " + e);
        }
    }

    /// The images that it runs.
    public ContainerImages images() {
        return images;
    }

    @Override
    public Set<Capability> can() {
        Set<Capability> can = EnumSet.noneOf(Capability.class);
        try {
            JsonNode info = engine.info();
            if (info.path("MemoryLimit").asBoolean(false)) {
                can.add(Capability.MEMORY_LIMIT);
            }
            if (info.path("CpuCfsQuota").asBoolean(false)) {
                can.add(Capability.CPU_LIMIT);
            }
            if (doors.areInside()) {
                can.add(Capability.ISOLATION);
            }
            if (!info.path("CgroupDriver").asString("none").equals("none")) {
                can.add(Capability.PAUSE);
            }
        } catch (IOException e) {
            // There is no engine: nothing can be done here and now.
        }
        return can;
    }

    @Override
    public Instance start(InstanceSpec spec, Steps steps) throws StartFailed {
        Optional<Instance> awake = wake(spec, steps);
        if (awake.isPresent()) {
            return awake.get();
        }
        String image = images.local(spec.model().image());
        swept.join();
        long begun = System.nanoTime();
        Doors.Opened opened;
        try {
            leftovers.mark();
            opened = opened(image, spec);
        } catch (IOException e) {
            throw failed(spec.model().image(), e);
        }
        steps.ended("spawn");
        return served(opened, spec, steps, begun);
    }

    private Doors.Opened opened(String image, InstanceSpec spec) throws IOException, StartFailed {
        try {
            return doors.open(network -> created(image, spec, network));
        } catch (EngineFailed e) {
            if (!e.isMissing()) {
                throw e;
            }
            // It was there when the endpoint was made, and somebody has tidied up since.
            images.fetch(spec.model().image(), spec.log());
            return doors.open(network -> created(image, spec, network));
        }
    }

    private Container created(String image, InstanceSpec spec, String network) throws IOException {
        var body = new ContainerBody(settings, network).serving(image, spec);
        return Container.start(engine, newId("i-"), body, Container.Use.SERVES);
    }

    private Instance served(Doors.Opened opened, InstanceSpec spec, Steps steps, long begun)
            throws StartFailed {
        Container container = opened.container();
        Links.Socket links = new Links.Socket(opened.door(), container, REUSE);
        LogLines log = new LogLines(container.log(), spec.log());
        var parts =
                new WorkerProcess.Parts(
                        container.name(),
                        container,
                        Foreign.INSTANCE,
                        links,
                        log,
                        new ContainerLimit(engine, container),
                        clock,
                        settings.healthy(),
                        settings.closeGrace());
        var process = new WorkerProcess(parts, spec.owner(), spec.memoryMb(), steps);
        living.add(process);
        var _ =
                process.ending()
                        .whenComplete((_, _) -> {
                            living.remove(process);
                            opened.door().close();
                        });
        try {
            new Readiness(process, links, clock, settings.healthy()).await(steps);
        } catch (StartFailed e) {
            throw explained(e, log);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        var one = new RunningContainer(process, container, links, log, took);
        var _ = process.ending().whenComplete((_, _) -> sleepers.ended(one));
        return instance(one, spec);
    }

    private Instance instance(RunningContainer one, InstanceSpec spec) {
        return new ContainerInstance(one, each -> sleeps(each, spec));
    }

    /// The last line of its log, where it does not say the same already.
    private static StartFailed explained(StartFailed failure, LogLines log) {
        String last = log.lastLine().getNow("");
        boolean said = last.isBlank() || failure.getMessage().contains(last);
        return said || failure.reason() != StartFailed.Cause.BROKEN
                ? failure
                : new StartFailed(
                        failure.reason(),
                        failure.getMessage() + "; the last line of its log: " + last,
                        failure);
    }

    private static StartFailed failed(String image, IOException e) {
        return new StartFailed(
                StartFailed.Cause.PLATFORM,
                "the image %s cannot be started: %s".formatted(image, e.getMessage()),
                e);
    }

    // Sleeping

    private Optional<Instance> wake(InstanceSpec spec, Steps steps) {
        Optional<RunningContainer> found = sleepers.take(Sleepers.Kind.of(spec));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        long begun = System.nanoTime();
        try {
            found.get().wake(spec.log());
        } catch (IOException e) {
            found.get().end();
            return Optional.empty();
        }
        long nanos = System.nanoTime() - begun;
        wakeNanos.updateAndGet(before -> before + (nanos - before) / 4);
        steps.ended(Steps.WAKE);
        return Optional.of(instance(found.get(), spec));
    }

    /// Puts one to sleep, where waking it is faster than a start and there is room to keep it.
    private boolean sleeps(RunningContainer one, InstanceSpec spec) {
        boolean faster = one.startTook().toNanos() > 2 * wakeNanos.get();
        if (!faster || settings.asleepMax().isZero() || !can().contains(Capability.PAUSE)) {
            return false;
        }
        Sleepers.Kind kind = Sleepers.Kind.of(spec);
        Optional<Capacity.Reservation> room = sleepers.room(kind, one.process().memoryBytes());
        if (room.isEmpty()) {
            return false;
        }
        try {
            one.sleep();
            if (sleepers.add(kind, one, room.get())) {
                return true;
            }
            one.wake(spec.log());
        } catch (IOException e) {
            // It ends instead.
        }
        room.get().close();
        return false;
    }

    @Override
    public void forget(String owner) {
        sleepers.forget(owner);
    }

    // Programs

    @Override
    public Instance warm(WarmSpec spec) throws StartFailed {
        throw new StartFailed(
                StartFailed.Cause.PLATFORM, "a container has its model from the start");
    }

    @Override
    public Execution run(RunSpec spec, LogSink log) throws StartFailed {
        String name = spec.image().map(RunSpec.Image::name).orElse("");
        String image = images.local(name);
        swept.join();
        try {
            leftovers.mark();
            var body = new ContainerBody(settings, Doors.NONE).running(image, spec);
            Container container = Container.start(engine, newId("j-"), body, Container.Use.RUNS);
            var limit = new ContainerLimit(engine, container);
            doors.platform(container, spec.network(), log);
            var program =
                    new ProgramProcess(
                            container,
                            new LogLines(container.log(), log),
                            limit,
                            clock,
                            spec.timeout(),
                            settings.stopGrace());
            programs.add(program);
            var _ = program.result().whenComplete((_, _) -> programs.remove(program));
            return program;
        } catch (IOException e) {
            throw failed(name, e);
        }
    }

    private String newId(String kind) {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return kind + HexFormat.of().formatHex(bytes);
    }

    /// None: what an earlier life left was ended when this launcher was made.
    @Override
    public List<Instance> found() {
        return List.of();
    }

    /// What has not ended by itself, and what was just being created.
    private void sweepTheRest() {
        try {
            leftovers.sweep();
        } catch (IOException e) {
            notices.line("WARNING: containers run on until the next start: " + e);
        }
    }

    @Override
    public void close() {
        sleepers.close();
        List<CompletableFuture<?>> endings = new ArrayList<>();
        for (WorkerProcess each : living) {
            endings.add(each.ending());
            each.close();
        }
        for (ProgramProcess each : programs) {
            endings.add(each.result());
            each.kill();
        }
        try {
            CompletableFuture.allOf(endings.toArray(CompletableFuture[]::new))
                    .get(settings.closeGrace().plusSeconds(10).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            notices.line("some containers do not end: " + e);
        }
        sweepTheRest();
        clock.shutdown();
    }
}
