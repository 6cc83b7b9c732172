package io.dormouse.worker.process;

import io.dormouse.scaler.Eviction;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.instance.Limit;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The parents that Python instances are forked from: one for each environment whose models were
/// wanted lately. Each is counted in the ledger, goes when the machine needs its memory, and ends
/// when none of its children was there for a while.
final class PythonParents implements Capacity.Evictable, AutoCloseable {
    private static final int MEMORY_MB_MAX = 4096;
    private static final int TASKS_MAX = 1024;

    /// What its libraries read as they are imported, and would not read again in a child.
    private static final List<String> READ_AT_IMPORT =
            List.of(
                    "PYTHON",
                    "OMP_",
                    "GOMP_",
                    "KMP_",
                    "OPENBLAS_",
                    "GOTO_",
                    "MKL_",
                    "BLIS_",
                    "NUMEXPR_",
                    "VECLIB_",
                    "NPY_",
                    "NUMPY_",
                    "SCIPY_",
                    "SKLEARN_",
                    "JOBLIB_",
                    "TORCH_",
                    "PYTORCH_",
                    "XGBOOST_",
                    "MALLOC_",
                    "GLIBC_",
                    "TZ",
                    "LANG",
                    "LC_");

    /// Often set, and of no consequence to what is loaded.
    private static final List<String> HARMLESS =
            List.of("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE");

    /// What every instance is given unless its owner says otherwise.
    private static final Map<String, String> USUAL = WorkerEnvironment.of(Map.of());

    private final Machine machine;
    private final Optional<Capacity> capacity;
    private final Duration idle;
    private final ScheduledExecutorService clock;
    private final LogSink notices;
    private final Map<String, PythonFamily> families = new ConcurrentHashMap<>();
    private final AtomicLong born = new AtomicLong();

    PythonParents(
            Machine machine,
            Optional<Capacity> capacity,
            Duration idle,
            ScheduledExecutorService clock,
            LogSink notices) {
        this.machine = machine;
        this.capacity = capacity;
        this.idle = idle;
        this.clock = clock;
        this.notices = notices;
        capacity.ifPresent(ledger -> ledger.register(this));
    }

    /// Whether instances can be forked behind these walls at all. Behind bubblewrap's, made once,
    /// nothing can be made for a child.
    static boolean possible(Walls walls) {
        return walls instanceof Namespaces || walls instanceof Open;
    }

    /// Forks an instance.
    ///
    /// @param network whether it is to have a network of its own
    /// @throws PythonFamily.Whole where it is to be started whole, and why
    Offspring fork(PythonCommand command, Walls walls, String id, boolean network)
            throws PythonFamily.Whole {
        refuse(command.environment());
        return family(command)
                .fork(
                        id,
                        command.form().imports(),
                        network && walls instanceof Namespaces,
                        imports -> started(command, walls, imports));
    }

    /// Has the libraries of a model loaded, in the background.
    void preload(PreparedModel model, Map<String, String> environment, Walls walls) {
        var nobodys = new InstanceSpec("", model, 1, 1, environment, notices);
        PythonCommand command;
        try {
            command = PythonCommand.of(nobodys, walls);
        } catch (StartFailed e) {
            notices.line("Python libraries are not loaded ahead: " + e.getMessage());
            return;
        }
        Thread.ofVirtual()
                .name("python-preloads")
                .start(() -> {
                    try {
                        refuse(command.environment());
                        family(command)
                                .preload(
                                        command.form().imports(),
                                        imports -> started(command, walls, imports));
                    } catch (PythonFamily.Whole e) {
                        notices.line("Python libraries are not loaded ahead: " + e.getMessage());
                    }
                });
    }

    private static void refuse(Map<String, String> environment) throws PythonFamily.Whole {
        if (environment.getOrDefault("DORMOUSE_FORK", "").equals("off")) {
            throw new PythonFamily.Whole("DORMOUSE_FORK is off");
        }
        for (Map.Entry<String, String> each : environment.entrySet()) {
            String name = each.getKey();
            boolean usual = each.getValue().equals(USUAL.get(name)) || HARMLESS.contains(name);
            if (!usual && READ_AT_IMPORT.stream().anyMatch(name::startsWith)) {
                throw new PythonFamily.Whole(
                        "its environment has "
                                + name
                                + ", which is read when libraries are imported");
            }
        }
    }

    private PythonFamily family(PythonCommand command) {
        return families.computeIfAbsent(
                command.form().environment().key() + "/" + command.form().server().getFileName(),
                key -> new PythonFamily(key, capacity, idle, clock, notices));
    }

    private PythonParent started(PythonCommand command, Walls walls, List<String> imports)
            throws IOException, StartFailed {
        String id = "p-%016x".formatted(born.incrementAndGet());
        Path folder = machine.folder().socketFolder(id);
        try {
            return started(id, folder, command, walls, imports);
        } catch (IOException | StartFailed e) {
            machine.folder().forget(id);
            throw e;
        }
    }

    private PythonParent started(
            String id, Path folder, PythonCommand command, Walls walls, List<String> imports)
            throws IOException, StartFailed {
        List<String> options =
                List.of(
                        "--parent",
                        "--listen",
                        walls.socket(folder).toString(),
                        "--walls",
                        walls.kind(),
                        "--scratch",
                        walls.scratch());
        Map<String, String> environment = WorkerEnvironment.of(Map.of());
        environment.put("PATH", PythonCommand.PATH);
        environment.put("DORMOUSE_WALLS", walls.kind());
        Spawned process =
                walls.spawn(
                        new Walls.Work(
                                Stream.concat(command.program().stream(), options.stream())
                                        .toList(),
                                environment,
                                Spawner.Wiring.LIFELINE,
                                Optional.empty(),
                                Optional.of(folder),
                                command.readable(),
                                Optional.empty()));
        Limit limit = machine.hold(id, process, MEMORY_MB_MAX, TASKS_MAX);
        var _ = process.exit().whenComplete((_, _) -> machine.folder().forget(id));
        try {
            return new PythonParent(
                    process,
                    walls.socket(process, folder),
                    limit,
                    imports,
                    walls instanceof Namespaces,
                    notices);
        } catch (IOException e) {
            process.kill();
            limit.close();
            throw e;
        }
    }

    @Override
    public List<Eviction.Candidate> idle() {
        List<Eviction.Candidate> all = new ArrayList<>();
        families.values().forEach(each -> each.idle().ifPresent(all::add));
        return all;
    }

    @Override
    public void evict(String id, String reason) {
        Optional.ofNullable(families.get(id)).ifPresent(each -> each.evict(reason));
    }

    @Override
    public void close() {
        capacity.ifPresent(ledger -> ledger.unregister(this));
        families.values().forEach(PythonFamily::close);
    }
}
