package io.dormouse.worker.process;

import io.dormouse.scaler.Eviction;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The parents that are there: one for each Python environment whose models were wanted lately.
/// Each is counted in the ledger, goes when the machine needs its memory, and ends when none of its
/// children was there for a while.
final class PythonParents implements Capacity.Evictable, AutoCloseable {
    private static final int MEMORY_MB_MAX = 4096;
    private static final int TASKS_MAX = 1024;

    /// Reserved while it loads and is not measured yet.
    private static final int FIRST_MB = 192;

    private static final long MB = 1L << 20;

    private final Machine machine;
    private final Optional<Capacity> capacity;
    private final Duration idle;
    private final ScheduledExecutorService clock;
    private final LogSink notices;
    private final Map<String, Family> families = new HashMap<>();
    private boolean closed;

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

    /// A parent and what is known of its children.
    final class Family {
        private final String key;
        private Optional<PythonParent> parent = Optional.empty();
        private Optional<Capacity.Reservation> room = Optional.empty();
        private final AtomicInteger children = new AtomicInteger();
        private volatile long since = System.nanoTime();
        private boolean unfit;

        private Family(String key) {
            this.key = key;
        }

        /// Its parent, where it has one or can get one now.
        private synchronized Optional<PythonParent> parent(PythonCommand command, Walls walls) {
            if (parent.isPresent() && parent.get().isAlive()) {
                return parent;
            }
            end();
            if (unfit || !reserve(FIRST_MB)) {
                return Optional.empty();
            }
            try {
                PythonParent born = started(command, walls);
                parent = Optional.of(born);
                String said = born.awaitReady();
                reserve((int) Math.ceilDiv(born.memoryBytes(), MB));
                notices.line("a Python parent is ready, process " + born.pid() + ": " + said);
                return parent;
            } catch (IOException | StartFailed e) {
                unfit = true;
                end();
                notices.line(
                        "WARNING: Python instances of this environment are not forked and load their libraries each time: "
                                + e.getMessage());
                return Optional.empty();
            }
        }

        private boolean reserve(int memoryMb) {
            if (capacity.isEmpty()) {
                return true;
            }
            room.ifPresent(Capacity.Reservation::close);
            room = capacity.get().tryReserve("python-parent/" + key, memoryMb, 0);
            return room.isPresent();
        }

        private synchronized void end() {
            parent.ifPresent(PythonParent::close);
            parent = Optional.empty();
            room.ifPresent(Capacity.Reservation::close);
            room = Optional.empty();
        }

        private void childEnded() {
            since = System.nanoTime();
            children.decrementAndGet();
            look();
        }

        /// Ends the parent where it was idle long enough, and looks again later.
        private void look() {
            if (children.get() == 0 && !clock.isShutdown()) {
                var _ = clock.schedule(this::endIfIdle, idle.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        private synchronized void endIfIdle() {
            boolean old = System.nanoTime() - since >= idle.toNanos() - MB;
            if (children.get() == 0 && old && parent.isPresent()) {
                end();
                notices.line("an idle Python parent was ended");
            }
        }
    }

    /// Forks an instance, where that can be done.
    ///
    /// @param words of the model server's command, its transport among them
    Optional<Offspring> fork(PythonCommand command, Walls walls, String id, List<String> words) {
        boolean possible = walls instanceof Namespaces || walls instanceof Open;
        // Asked for by name only: behind namespaces it is not ready for use.
        if (!possible || !command.environment().getOrDefault("DORMOUSE_FORK", "").equals("on")) {
            return Optional.empty();
        }
        Optional<Family> family = family(command.form().environment().key());
        if (family.isEmpty()) {
            return Optional.empty();
        }
        Family found = family.get();
        found.children.incrementAndGet();
        try {
            Optional<PythonParent> parent = found.parent(command, walls);
            if (parent.isPresent()) {
                Offspring child =
                        parent.get().fork(id, words, command.environment(), command.threads());
                var _ = child.exit().whenComplete((_, _) -> found.childEnded());
                return Optional.of(child);
            }
        } catch (IOException e) {
            notices.line("WARNING: a Python instance could not be forked: " + e.getMessage());
        }
        found.childEnded();
        return Optional.empty();
    }

    private synchronized Optional<Family> family(String key) {
        return closed ? Optional.empty() : Optional.of(families.computeIfAbsent(key, Family::new));
    }

    private PythonParent started(PythonCommand command, Walls walls)
            throws IOException, StartFailed {
        String id = "p-" + command.form().environment().key().substring(0, 16);
        Path folder = machine.folder().socketFolder(id);
        try {
            return started(id, folder, command, walls);
        } catch (IOException | StartFailed e) {
            machine.folder().forget(id);
            throw e;
        }
    }

    private PythonParent started(String id, Path folder, PythonCommand command, Walls walls)
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
        List<String> words = PythonCommand.joined(command.program(), options);
        Map<String, String> environment = WorkerEnvironment.of(Map.of());
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("DORMOUSE_WALLS", walls.kind());
        Spawned process =
                walls.spawn(
                        new Walls.Work(
                                words,
                                environment,
                                Spawner.Wiring.LIFELINE,
                                Optional.empty(),
                                Optional.of(folder),
                                command.readable()));
        Limits.Limit limit = machine.hold(id, process, MEMORY_MB_MAX, TASKS_MAX);
        var _ = process.exit().whenComplete((_, _) -> machine.folder().forget(id));
        try {
            return new PythonParent(
                    process,
                    walls.socket(process, folder),
                    limit,
                    command.form().imports(),
                    walls instanceof Namespaces,
                    notices);
        } catch (IOException e) {
            process.kill();
            throw e;
        }
    }

    @Override
    public synchronized List<Eviction.Candidate> idle() {
        long now = System.nanoTime();
        return families.values().stream()
                .filter(each -> each.room.isPresent() && each.children.get() == 0)
                .map(each ->
                        new Eviction.Candidate(
                                "python-parent/" + each.key,
                                each.key,
                                each.room.map(Capacity.Reservation::memoryMb).orElse(0L),
                                Duration.ofNanos(now - each.since),
                                Duration.ofSeconds(1)))
                .toList();
    }

    @Override
    public void evict(String id, String reason) {
        Optional<Family> found;
        synchronized (this) {
            found = Optional.ofNullable(families.get(id));
        }
        found.filter(each -> each.children.get() == 0).ifPresent(Family::end);
    }

    @Override
    public void close() {
        List<Family> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(families.values());
        }
        capacity.ifPresent(ledger -> ledger.unregister(this));
        all.forEach(Family::end);
    }
}
