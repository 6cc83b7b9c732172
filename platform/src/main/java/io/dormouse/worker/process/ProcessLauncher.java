package io.dormouse.worker.process;

import io.dormouse.worker.Capacity;
import io.dormouse.worker.Execution;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.Network;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import io.dormouse.worker.WarmSpec;
import io.dormouse.worker.instance.Limit;
import io.dormouse.worker.instance.LinkBroken;
import io.dormouse.worker.instance.Links;
import io.dormouse.worker.instance.LogLines;
import io.dormouse.worker.instance.PlatformNetwork;
import io.dormouse.worker.instance.Spawned;
import io.dormouse.worker.instance.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// Starts instances and programs as processes of this machine.
///
/// Nothing lies on the way from [#start] to the spawn that could be done before or after it.
public final class ProcessLauncher implements Launcher {
    private static final long MB = 1024L * 1024L;

    /// AWS gives one core for each 1,769 MB.
    private static final double MB_PER_CORE = 1769;

    /// A built-in model server keeps its connections.
    private static final Duration ALWAYS = Duration.ofDays(365);

    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /// Threads of a worker: its virtual machine's own, ONNX Runtime's, a slot's each.
    private static final int WORKER_TASKS_MAX = 256;

    private final CompletableFuture<Installation> installation;
    private final ProcessSettings settings;
    private final LogSink notices;
    private final Machine machine;
    private final CompletableFuture<Walls> walls;
    private final PythonParents parents;
    private volatile boolean closed;
    private final SecureRandom random = new SecureRandom();
    private final ScheduledThreadPoolExecutor clock;
    private final Set<Instance> running = ConcurrentHashMap.newKeySet();
    private final ProgramLaunches programs;

    /// Ends what an earlier life left in the folder for running instances.
    ///
    /// @param installation of the model server; a start waits for it
    /// @param notices the platform's own log: what this launcher cannot do here, and what generic
    ///   instances say
    /// @throws IOException when the folder for running instances cannot be made
    public ProcessLauncher(
            CompletableFuture<Installation> installation, ProcessSettings settings, LogSink notices)
            throws IOException {
        this(installation, settings, Place.HERE, Optional.empty(), notices);
    }

    /// The same, which counts in the machine's ledger what it keeps running by itself.
    public ProcessLauncher(
            CompletableFuture<Installation> installation,
            ProcessSettings settings,
            Capacity capacity,
            LogSink notices)
            throws IOException {
        this(installation, settings, Place.HERE, Optional.of(capacity), notices);
    }

    ProcessLauncher(
            CompletableFuture<Installation> installation,
            ProcessSettings settings,
            Place place,
            Optional<Capacity> capacity,
            LogSink notices)
            throws IOException {
        this.installation = installation;
        this.settings = settings;
        this.notices = notices;
        this.clock = new ScheduledThreadPoolExecutor(1, ProcessLauncher::daemon);
        clock.setRemoveOnCancelPolicy(true);
        // Always the first in line: an alarm that becomes the first wakes the thread, and each
        // request sets some that never go off.
        var _ = clock.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.SECONDS);
        this.machine = new Machine(settings.run(), settings.isolation(), place, notices);
        this.programs = new ProgramLaunches(machine, clock, settings.stopGrace());
        this.parents = new PythonParents(machine, capacity, settings.parentIdle(), clock, notices);
        this.walls =
                installation
                        .handle((installed, failed) ->
                                failed == null ? installed.readable() : List.<Path>of())
                        .thenApplyAsync(
                                readable -> closed ? none() : machine.walls(settings, readable),
                                work -> Thread.ofVirtual().name("walls-trial").start(work));
    }

    private Walls none() {
        return new Open(new PipeSpawner(), settings.run());
    }

    private static Thread daemon(Runnable work) {
        return Thread.ofPlatform().daemon().name("patience").unstarted(work);
    }

    @Override
    public Set<Capability> can() {
        Set<Capability> can = EnumSet.of(Capability.WARM);
        if (machine.limits().byKernel()) {
            can.add(Capability.MEMORY_LIMIT);
        }
        if (machine.limits().sharesCpu()) {
            can.add(Capability.CPU_LIMIT);
        }
        if ((walls.isDone() && !(walls() instanceof Open)) || machine.sandbox().isPresent()) {
            can.add(Capability.ISOLATION);
        }
        return can;
    }

    /// How instances are isolated: `namespaces`, `bubblewrap` or `none`; empty while that is tried.
    public String isolation() {
        return walls.isDone() ? walls().kind() : "";
    }

    /// What holds instances in their limits.
    public String limits() {
        return machine.limits().kind();
    }

    @Override
    public Instance start(InstanceSpec spec, Steps steps) throws StartFailed {
        requireServable(spec);
        PreparedModel model = spec.model();
        if (model.kind() == PreparedModel.Kind.PYTHON) {
            return startPython(spec, steps);
        }
        if (model.kind() == PreparedModel.Kind.FUNCTION) {
            return startFunction(spec, steps);
        }
        Installation server = installed();
        Walls.Sight sight = walls().sight(model);
        List<String> what = new ArrayList<>();
        what.addAll(List.of("--kind", model.kind().argument()));
        what.addAll(List.of("--model", sight.model().toString()));
        sight.prepared().ifPresent(folder -> what.addAll(List.of("--prepared", folder.toString())));
        int threads = threads(spec.memoryMb());
        if (threads > 1) {
            what.addAll(List.of("--threads", String.valueOf(threads)));
        }
        what.addAll(List.of("--memory", String.valueOf(spec.memoryMb())));
        Heap heap = Heap.of(model.kind(), spec.memoryMb());
        var worker =
                new Worker(
                        server.command(heap),
                        what,
                        List.of(),
                        Optional.of(model),
                        WorkerEnvironment.of(
                                spec.environment(),
                                model.kind() == PreparedModel.Kind.ONNX
                                        ? server.ahead()
                                        : Optional.empty()),
                        spec.owner(),
                        spec.memoryMb(),
                        spec.log(),
                        spec.network());
        return spec.slots() == 1 ? spawn(worker, steps) : listening(worker, spec.slots(), steps);
    }

    private Instance startPython(InstanceSpec spec, Steps steps) throws StartFailed {
        PythonCommand python = PythonCommand.of(spec, walls());
        Worker worker = python.worker(spec);
        Optional<Instance> forked = forked(python, worker, spec, steps);
        if (forked.isPresent()) {
            return forked.get();
        }
        return spec.slots() == 1 ? spawn(worker, steps) : listening(worker, spec.slots(), steps);
    }

    /// Has the libraries of a Python program loaded, so that its first instance is forked at once.
    /// Returns before they are.
    ///
    /// @param environment what its instances will have, which may say that they are not forked
    public void preload(PreparedModel model, Map<String, String> environment) {
        if (model.kind() == PreparedModel.Kind.PYTHON && PythonParents.possible(walls())) {
            parents.preload(model, environment, walls());
        }
    }

    /// An instance that is forked from its environment's parent, put behind its walls and in its
    /// limits, and only then let go; empty where it is to be started whole. One whose imports are
    /// not known yet is: to see what they are.
    private Optional<Instance> forked(
            PythonCommand python, Worker worker, InstanceSpec spec, Steps steps)
            throws StartFailed {
        if (!PythonParents.possible(walls()) || python.form().imports().isEmpty()) {
            return Optional.empty();
        }
        String id = newId("i-");
        Path folder = spec.slots() == 1 ? settings.run() : socketFolder(id);
        List<String> words = new ArrayList<>();
        if (spec.slots() == 1) {
            words.add("--fd0");
        } else {
            words.addAll(listen(walls().socket(folder), spec.slots()));
        }
        words.addAll(worker.what());
        Offspring child;
        try {
            child = parents.fork(python, walls(), id, !worker.network().equals(Network.NONE));
        } catch (PythonFamily.Whole e) {
            machine.folder().forget(id);
            spec.log().line("[dormouse] started whole, not forked: " + e.getMessage());
            return Optional.empty();
        }
        Path socket = walls().socket(child, folder);
        Links links;
        if (spec.slots() == 1) {
            links = new Links.One(child);
        } else {
            links = new Links.Socket(Links.Dial.of(socket), child, ALWAYS);
            child.isLifeline();
        }
        WorkerProcess instance = assembled(id, child, links, worker, steps);
        try {
            child.furnish(worker, walls());
            child.go(PythonParent.told(words, python.environment(), python.threads()));
        } catch (IOException e) {
            instance.close();
            throw new StartFailed(
                    StartFailed.Cause.BROKEN, "a forked instance was not furnished: " + e, e);
        }
        steps.ended("spawn");
        if (links instanceof Links.Socket sockets) {
            awaitSocket(instance, sockets, socket);
        }
        return Optional.of(instance);
    }

    private static List<String> listen(Path socket, int slots) {
        return List.of("--listen", socket.toString(), "--slots", String.valueOf(slots));
    }

    private Instance startFunction(InstanceSpec spec, Steps steps) throws StartFailed {
        FunctionCommand function = FunctionCommand.of(spec, walls());
        var worker =
                new Worker(
                        function.program(),
                        List.of(),
                        function.readable(),
                        Optional.of(spec.model()),
                        function.environment(),
                        spec.owner(),
                        spec.memoryMb(),
                        spec.log(),
                        spec.network());
        return spawn(worker, steps);
    }

    /// As many as the cores that the memory brings, a part of one counted whole: a start is not
    /// throttled, and AWS shows as many to a function of that size.
    static int threads(int memoryMb) {
        int share = (int) Math.ceil(memoryMb / MB_PER_CORE);
        return Math.max(1, Math.min(share, Runtime.getRuntime().availableProcessors()));
    }

    private static void requireServable(InstanceSpec spec) throws StartFailed {
        PreparedModel model = spec.model();
        switch (model.kind()) {
            case ONNX, XGBOOST, PYTHON, FUNCTION -> {
                long needed = (model.peakBytes() + MB - 1) / MB;
                if (needed > spec.memoryMb()) {
                    throw new StartFailed(
                            StartFailed.Cause.MEMORY,
                            "the model needs %d MB and the endpoint has %d MB: choose a larger MemorySizeInMB"
                                    .formatted(needed, spec.memoryMb()));
                }
            }
            case CONTAINER ->
                    throw new StartFailed(
                            StartFailed.Cause.PLATFORM,
                            "the process launcher cannot run the image " + model.image());
        }
    }

    @Override
    public Instance warm(WarmSpec spec) throws StartFailed {
        Installation server = installed();
        var worker =
                new Worker(
                        server.command(Heap.GENERIC),
                        List.of("--warm", server.warm().toString()),
                        List.of(),
                        Optional.empty(),
                        WorkerEnvironment.of(Map.of()),
                        "",
                        spec.memoryMb(),
                        notices,
                        Network.NONE);
        return spawn(worker, new Steps());
    }

    private WorkerProcess spawn(Worker worker, Steps steps) throws StartFailed {
        List<String> command = worker.command(List.of(walls().oneSocket() ? "--fd0" : "--stdio"));
        Spawned process = spawned(worker, command, Spawner.Wiring.EXCHANGE, Optional.empty());
        steps.ended("spawn");
        return assembled(newId("i-"), process, new Links.One(process), worker, steps);
    }

    private WorkerProcess listening(Worker worker, int slots, Steps steps) throws StartFailed {
        String id = newId("i-");
        Path folder = socketFolder(id);
        Path seen = walls().socket(folder);
        List<String> command = worker.command(listen(seen, slots));
        Spawned process = spawned(worker, command, Spawner.Wiring.LIFELINE, Optional.of(folder));
        steps.ended("spawn");
        Path socket = walls().socket(process, folder);
        Links.Socket links = new Links.Socket(Links.Dial.of(socket), process, ALWAYS);
        WorkerProcess instance = assembled(id, process, links, worker, steps);
        awaitSocket(instance, links, socket);
        return instance;
    }

    private Path socketFolder(String id) throws StartFailed {
        try {
            return machine.folder().socketFolder(id);
        } catch (IOException e) {
            throw new StartFailed(StartFailed.Cause.PLATFORM, "no place for a socket: " + e, e);
        }
    }

    private Spawned spawned(
            Worker worker, List<String> command, Spawner.Wiring wiring, Optional<Path> socket)
            throws StartFailed {
        Optional<PlatformNetwork> network =
                walls() instanceof Open
                        ? Optional.empty()
                        : ProgramLaunches.network(worker.network(), worker.log());
        try {
            Spawned process =
                    walls().spawn(
                                    new Walls.Work(
                                            command,
                                            worker.environment(),
                                            wiring,
                                            worker.model(),
                                            socket,
                                            worker.readable(),
                                            network));
            var _ =
                    process.exit()
                            .whenComplete((_, _) -> network.ifPresent(PlatformNetwork::close));
            return process;
        } catch (IOException e) {
            network.ifPresent(PlatformNetwork::close);
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM,
                    "cannot start %s: %s".formatted(command.getFirst(), e.getMessage()),
                    e);
        }
    }

    /// What stands around workers; waits for its trial where the platform has just started.
    private Walls walls() {
        return walls.join();
    }

    private void awaitSocket(WorkerProcess instance, Links.Socket links, Path socket)
            throws StartFailed {
        long deadline = System.nanoTime() + settings.healthy().toNanos();
        while (true) {
            if (Files.exists(socket)) {
                try {
                    links.give(links.connect());
                    instance.isReady();
                    return;
                } catch (LinkBroken e) {
                    // Bound and not listening yet, or ended meanwhile.
                }
            }
            if (instance.ending().isDone()) {
                throw instance.startFailed();
            }
            if (System.nanoTime() > deadline) {
                instance.close();
                throw new StartFailed(
                        StartFailed.Cause.TIMEOUT,
                        "the model server was not ready within %d s"
                                .formatted(settings.healthy().toSeconds()));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private WorkerProcess assembled(
            String id, Spawned process, Links links, Worker worker, Steps steps)
            throws StartFailed {
        Limit limit = machine.hold(id, process, worker.memoryMb(), WORKER_TASKS_MAX);
        LogLines log = new LogLines(process.log(), worker.log());
        var parts =
                new WorkerProcess.Parts(
                        id,
                        process,
                        new Behind(walls()),
                        links,
                        log,
                        limit,
                        clock,
                        settings.healthy(),
                        settings.closeGrace());
        var instance = new WorkerProcess(parts, worker.owner(), worker.memoryMb(), steps);
        running.add(instance);
        var _ =
                instance.ending()
                        .whenComplete((_, _) -> {
                            running.remove(instance);
                            machine.folder().forget(id);
                        });
        return instance;
    }

    Installation installed() throws StartFailed {
        try {
            return installation.get(settings.healthy().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailed(StartFailed.Cause.PLATFORM, "the platform is stopping", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM,
                    "the model server is not installed: " + e.getMessage(),
                    e);
        }
    }

    private String newId(String kind) {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return kind + HexFormat.of().formatHex(bytes);
    }

    @Override
    public Execution run(RunSpec spec, LogSink sink) throws StartFailed {
        return programs.run(newId("j-"), spec, sink);
    }

    /// None: what an earlier life left holds nothing that is worth adopting, and was ended when
    /// this launcher was made.
    @Override
    public List<Instance> found() {
        return List.of();
    }

    /// Ends every instance and program, and waits for that as long as an instance may take.
    @Override
    public void close() {
        List<CompletableFuture<?>> endings = new ArrayList<>();
        running.forEach(each -> endings.add(each.ending()));
        running.forEach(Instance::close);
        endings.addAll(programs.kill());
        try {
            CompletableFuture.allOf(endings.toArray(CompletableFuture[]::new))
                    .get(settings.closeGrace().plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            notices.line("some instances do not end: " + e);
        }
        parents.close();
        clock.shutdown();
        closed = true;
        if (installation.isDone()) {
            walls().close();
        }
        machine.close();
    }
}
