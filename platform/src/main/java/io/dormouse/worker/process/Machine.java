package io.dormouse.worker.process;

import io.dormouse.worker.LogSink;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.instance.Limit;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What this machine offers to run commands with: limits, sandboxes, a folder. What it cannot offer
/// is said once, loudly, when the platform starts.
final class Machine implements AutoCloseable {
    /// A command to be run.
    ///
    /// @param folder where it runs
    /// @param environment all of it
    record Command(
            List<String> words,
            Map<String, String> environment,
            Path folder,
            Spawner.Wiring wiring) {}

    private static final long MB = 1024L * 1024L;

    private final RunFolder folder;
    private final LogSink notices;
    private final Limits limits;
    private final Spawner pipes = new PipeSpawner();
    private final Spawner sandboxed = new SandboxSpawner(pipes);
    private final CompletableFuture<Spawner> workers;
    private final CompletableFuture<Optional<Sandbox>> sandbox;

    /// Ends what an earlier life left here.
    Machine(Path run, ProcessSettings.Isolation isolation, Place place, LogSink notices)
            throws IOException {
        this.notices = notices;
        this.folder = new RunFolder(run);
        int left = folder.sweep();
        if (left > 0) {
            notices.line("ended " + left + " processes that an earlier platform left");
        }
        this.limits = limits(place.proc(), notices);
        this.workers =
                CompletableFuture.supplyAsync(
                        () -> workers(notices),
                        work -> Thread.ofVirtual().name("spawn-trial").start(work));
        // In the background: the trial takes milliseconds, and the first use of the JDK's process
        // classes a hundred.
        this.sandbox =
                CompletableFuture.supplyAsync(
                        () -> sandbox(isolation, place.path(), notices),
                        work -> Thread.ofVirtual().name("sandbox-trial").start(work));
    }

    private Spawner workers(LogSink notices) {
        try {
            return new SocketSpawner(folder.spawnSocket());
        } catch (IOException e) {
            notices.line(
                    "WARNING: workers start with pipes, a millisecond or two later and with four threads each: "
                            + e.getMessage());
            return pipes;
        }
    }

    private Limits limits(Path proc, LogSink notices) {
        Optional<CgroupPlaces> places = CgroupPlaces.find(proc, "dormouse-" + folder.name());
        if (places.isEmpty()) {
            notices.line(
                    "WARNING: no control groups can be made here. Memory limits are held by a watchdog that looks"
                            + " every 50 ms and can be outrun; CPU shares and process counts are not limited.");
            return new Watchdog();
        }
        var groups = new ControlGroups(places.get());
        groups.sweep();
        if (places.get().cpu().isEmpty()) {
            notices.line(
                    "WARNING: CPU shares cannot be limited here: the cpu controller is not ours.");
        }
        return groups;
    }

    private static Optional<Sandbox> sandbox(
            ProcessSettings.Isolation isolation, String path, LogSink notices) {
        if (isolation == ProcessSettings.Isolation.NONE) {
            return Optional.empty();
        }
        Optional<Sandbox> found = Sandbox.find(path);
        if (found.isEmpty()) {
            notices.line(
                    "WARNING: neither bubblewrap (bwrap) nor util-linux's unshare is installed and allowed to make namespaces. Jobs run as"
                            + " plain processes: with the network, the files and the rights of this platform's user.");
        }
        return found;
    }

    RunFolder folder() {
        return folder;
    }

    Limits limits() {
        return limits;
    }

    /// Empty where there is none, or none is wanted.
    Optional<Sandbox> sandbox() {
        return sandbox.join();
    }

    /// What starts workers; waits for its trial where the platform has just started.
    Spawner workers() {
        return workers.join();
    }

    /// Puts up what is to stand around workers, the cheapest that can be had here.
    ///
    /// @param readable files and folders that workers read, beside the system's
    Walls walls(ProcessSettings settings, List<Path> readable) {
        Walls none = new Open(workers(), folder.path());
        boolean all = settings.isolation() == ProcessSettings.Isolation.ALL;
        if (!all && settings.isolation() != ProcessSettings.Isolation.BUBBLEWRAP) {
            return none;
        }
        String why = all ? "sockets cannot be handed on here" : "by setting";
        if (all && workers() instanceof SocketSpawner sockets) {
            try {
                return new Namespaces(sockets, folder.path(), readable, settings.scratchMb());
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
            }
        }
        if (sandbox().isPresent()) {
            notices.line(
                    "Instances are isolated by "
                            + sandbox().get().kind()
                            + ", which adds several milliseconds to each start, as namespaces cannot be made directly ("
                            + why
                            + ").");
            return new Bubble(
                    sandbox().get(),
                    sandboxed,
                    readable,
                    settings.models(),
                    folder.path(),
                    settings.scratchMb());
        }
        notices.line(
                "WARNING: instances are not isolated. They run as plain processes: with the"
                        + " network, the files and the rights of this platform's user. ("
                        + why
                        + "; neither bubblewrap nor util-linux's unshare is installed and allowed.)");
        return none;
    }

    /// Starts a job's program as it is.
    Spawned spawnProgram(Command command) throws StartFailed {
        return spawn(pipes, command);
    }

    /// Starts a program that is wrapped in a sandbox.
    Spawned spawnSandbox(Command command) throws StartFailed {
        return spawn(sandboxed, command);
    }

    private static Spawned spawn(Spawner spawner, Command command) throws StartFailed {
        try {
            return spawner.spawn(
                    command.words(), command.environment(), command.folder(), command.wiring());
        } catch (IOException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM,
                    "cannot start %s: %s".formatted(command.words().getFirst(), e.getMessage()),
                    e);
        }
    }

    /// Puts a process under its limits and notes that it is ours; ends it where that fails.
    Limit hold(String id, Spawned process, int memoryMb, int tasksMax) throws StartFailed {
        try {
            folder.note(id, process.pid());
            return admitted(limits.open(id, memoryMb * MB, tasksMax), process);
        } catch (IOException | UncheckedIOException e) {
            abandon(process);
            folder.forget(id);
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "no limits can be set for " + id + ": " + e, e);
        }
    }

    private static Limit admitted(Limit limit, Spawned process) throws IOException {
        try {
            limit.admit(process);
            return limit;
        } catch (IOException e) {
            limit.close();
            throw e;
        }
    }

    /// Ends one that nobody will speak to, and closes what leads to it.
    private static void abandon(Spawned process) {
        process.kill();
        try (InputStream _ = process.log()) {
            process.hangUp();
        } catch (IOException e) {
            // It has ended.
        }
    }

    @Override
    public void close() {
        if (workers.join() instanceof SocketSpawner sockets) {
            sockets.close();
        }
        limits.close();
    }
}
