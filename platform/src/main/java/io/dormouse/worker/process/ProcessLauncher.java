package io.dormouse.worker.process;

import io.dormouse.worker.Execution;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import io.dormouse.worker.WarmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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

    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final CompletableFuture<Installation> installation;
    private final ProcessSettings settings;
    private final LogSink notices;
    private final Spawner spawner = new PipeSpawner();
    private final Limits limits = new Watchdog();
    private final SecureRandom random = new SecureRandom();
    private final ScheduledThreadPoolExecutor clock;
    private final Set<Instance> running = ConcurrentHashMap.newKeySet();
    private final Set<ProgramProcess> programs = ConcurrentHashMap.newKeySet();

    /// @param installation of the model server; a start waits for it
    /// @param notices the platform's own log: what this launcher cannot do here, and what generic
    ///   instances say
    /// @throws IOException when the folder for running instances cannot be made
    public ProcessLauncher(
            CompletableFuture<Installation> installation, ProcessSettings settings, LogSink notices)
            throws IOException {
        this.installation = installation;
        this.settings = settings;
        this.notices = notices;
        this.clock = new ScheduledThreadPoolExecutor(1, ProcessLauncher::daemon);
        clock.setRemoveOnCancelPolicy(true);
        Files.createDirectories(settings.run());
    }

    private static Thread daemon(Runnable work) {
        return Thread.ofPlatform().daemon().name("patience").unstarted(work);
    }

    @Override
    public Set<Capability> can() {
        return EnumSet.of(Capability.WARM);
    }

    @Override
    public Instance start(InstanceSpec spec, Steps steps) throws StartFailed {
        PreparedModel model = spec.model();
        requireServable(spec);
        List<String> what = new ArrayList<>();
        what.addAll(List.of("--kind", model.kind().argument()));
        what.addAll(List.of("--model", model.folder().toString()));
        model.prepared().ifPresent(folder -> what.addAll(List.of("--prepared", folder.toString())));
        int threads = threads(spec.memoryMb());
        if (threads > 1) {
            what.addAll(List.of("--threads", String.valueOf(threads)));
        }
        Heap heap = Heap.of(model.kind(), spec.memoryMb());
        Map<String, String> environment = WorkerEnvironment.of(spec.environment());
        return spec.slots() == 1
                ? spawn(heap, what, environment, spec.owner(), spec.memoryMb(), spec.log(), steps)
                : listening(heap, what, environment, spec, steps);
    }

    private static int threads(int memoryMb) {
        int share = (int) (memoryMb / MB_PER_CORE);
        return Math.max(1, Math.min(share, Runtime.getRuntime().availableProcessors()));
    }

    private static void requireServable(InstanceSpec spec) throws StartFailed {
        PreparedModel model = spec.model();
        switch (model.kind()) {
            case ONNX, XGBOOST -> {
                long needed = (model.peakBytes() + MB - 1) / MB;
                if (needed > spec.memoryMb()) {
                    throw new StartFailed(
                            StartFailed.Cause.MEMORY,
                            "the model needs %d MB and the endpoint has %d MB: choose a larger MemorySizeInMB"
                                    .formatted(needed, spec.memoryMb()));
                }
            }
            case PYTHON, CONTAINER ->
                    throw new StartFailed(
                            StartFailed.Cause.PLATFORM,
                            "the process launcher cannot run the image " + model.image());
        }
    }

    @Override
    public Instance warm(WarmSpec spec) throws StartFailed {
        Installation server = installed();
        List<String> what = List.of("--warm", server.warm().toString());
        Map<String, String> environment = WorkerEnvironment.of(Map.of());
        Steps steps = new Steps();
        return spawn(Heap.GENERIC, what, environment, "", spec.memoryMb(), notices, steps);
    }

    private WorkerProcess spawn(
            Heap heap,
            List<String> what,
            Map<String, String> environment,
            String owner,
            int memoryMb,
            LogSink sink,
            Steps steps)
            throws StartFailed {
        List<String> command = command(heap, List.of("--stdio"), what);
        String id = newId("i-");
        Spawned process =
                spawnProcess(command, environment, settings.run(), Spawner.Wiring.EXCHANGE);
        steps.ended("spawn");
        Links links = new Links.One(process);
        return assembled(id, process, links, owner, memoryMb, sink, steps);
    }

    private WorkerProcess listening(
            Heap heap,
            List<String> what,
            Map<String, String> environment,
            InstanceSpec spec,
            Steps steps)
            throws StartFailed {
        String id = newId("i-");
        Path socket = settings.run().resolve(id + ".sock");
        what.addAll(List.of("--slots", String.valueOf(spec.slots())));
        List<String> command = command(heap, List.of("--listen", socket.toString()), what);
        Spawned process =
                spawnProcess(command, environment, settings.run(), Spawner.Wiring.LIFELINE);
        steps.ended("spawn");
        Links.Socket links = new Links.Socket(socket, process);
        WorkerProcess instance =
                assembled(id, process, links, spec.owner(), spec.memoryMb(), spec.log(), steps);
        var _ = instance.ending().whenComplete((_, _) -> delete(socket));
        awaitSocket(instance, links, socket);
        return instance;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Swept at the next start.
        }
    }

    private void awaitSocket(WorkerProcess instance, Links.Socket links, Path socket)
            throws StartFailed {
        long deadline = System.nanoTime() + settings.healthy().toNanos();
        while (true) {
            if (Files.exists(socket)) {
                try {
                    links.give(links.connect());
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
            String id,
            Spawned process,
            Links links,
            String owner,
            int memoryMb,
            LogSink sink,
            Steps steps) {
        Limits.Limit limit = limits.open(id, memoryMb * MB);
        limit.admit(process);
        LogLines log = new LogLines(process.log(), sink);
        var parts =
                new WorkerProcess.Parts(
                        id, process, links, log, limit, clock, settings.closeGrace());
        var instance = new WorkerProcess(parts, owner, memoryMb, steps);
        running.add(instance);
        var _ = instance.ending().whenComplete((_, _) -> running.remove(instance));
        return instance;
    }

    private List<String> command(Heap heap, List<String> transport, List<String> what)
            throws StartFailed {
        Installation server = installed();
        List<String> command = new ArrayList<>();
        command.add(server.java().toString());
        command.addAll(server.arguments());
        command.addAll(heap.flags());
        command.add(server.main());
        command.addAll(transport);
        command.addAll(what);
        command.add("--spawned");
        command.add(String.valueOf(System.nanoTime()));
        return command;
    }

    private Spawned spawnProcess(
            List<String> command,
            Map<String, String> environment,
            Path folder,
            Spawner.Wiring wiring)
            throws StartFailed {
        try {
            return spawner.spawn(command, environment, folder, wiring);
        } catch (IOException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM,
                    "cannot start %s: %s".formatted(command.getFirst(), e.getMessage()),
                    e);
        }
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
        Map<String, String> environment = new HashMap<>(spec.environment());
        environment.put("DORMOUSE_ML_ROOT", spec.root().toString());
        Spawned process =
                spawnProcess(spec.command(), environment, spec.root(), Spawner.Wiring.LIFELINE);
        Limits.Limit limit = limits.open(newId("j-"), spec.memoryMb() * MB);
        limit.admit(process);
        limit.limitCpu(spec.cores());
        LogLines log = new LogLines(process.log(), sink);
        var program =
                new ProgramProcess(
                        process, log, limit, clock, spec.timeout(), settings.stopGrace());
        programs.add(program);
        var _ = program.result().whenComplete((_, _) -> programs.remove(program));
        return program;
    }

    @Override
    public List<Instance> found() {
        return List.of();
    }

    @Override
    public void close() {
        running.forEach(Instance::close);
        programs.forEach(ProgramProcess::kill);
        limits.close();
    }
}
