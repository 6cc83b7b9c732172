package io.dormouse.worker.process;

import io.dormouse.worker.instance.Limit;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Limits held by the kernel: a control group for each instance.
///
/// Pages of a mapped file are charged to the group that touched them first, so what instances share
/// counts once.
final class ControlGroups implements Limits {
    /// Short, so that a small share is handed out in small pieces and not in one long stall.
    private static final long CPU_PERIOD_MICROS = 20_000;

    private static final long CPU_QUOTA_MICROS_MIN = 1000;

    /// Sixteen times the usual 1024, of version 1.
    private static final int CPU_SHARES = 16 * 1024;

    /// Sixteen times the usual 100, of version 2.
    private static final int CPU_WEIGHT = 1600;

    private static final long SWEEP_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    private static final long SWEEP_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final CgroupPlaces places;

    ControlGroups(CgroupPlaces places) {
        this.places = places;
        places.cpu().ifPresent(tree -> weigh(tree, places.unified()));
    }

    /// On a busy machine a group counts as one task against every task outside: without weight, all
    /// instances together would get what one background program gets.
    private static void weigh(Path tree, boolean unified) {
        try {
            if (unified) {
                write(tree, "cpu.weight", CPU_WEIGHT);
            } else {
                write(tree, "cpu.shares", CPU_SHARES);
            }
        } catch (IOException e) {
            // Then they have the usual weight.
        }
    }

    @Override
    public Limit open(String id, long memoryBytes, int tasksMax) throws IOException {
        var group = new Group(id);
        try {
            for (Path tree : places.trees().toList()) {
                Files.createDirectories(tree.resolve(id));
            }
            group.limitMemory(memoryBytes);
            if (places.pids().isPresent()) {
                write(places.pids().get().resolve(id), "pids.max", tasksMax);
            }
            return group;
        } catch (IOException | UncheckedIOException e) {
            group.close();
            throw e;
        }
    }

    /// Ends every process in groups that an earlier life left, and removes them.
    void sweep() {
        for (Path tree : places.trees().toList()) {
            try (Stream<Path> left = Files.list(tree)) {
                left.filter(Files::isDirectory)
                        .filter(folder -> !folder.endsWith("platform"))
                        .forEach(ControlGroups::remove);
            } catch (IOException e) {
                // Gone with whoever made it.
            }
        }
    }

    @Override
    public boolean byKernel() {
        return true;
    }

    @Override
    public String kind() {
        return "control groups, version " + (places.unified() ? 2 : 1);
    }

    @Override
    public boolean sharesCpu() {
        return places.cpu().isPresent();
    }

    /// Removes our own folders, unless something in them still ends.
    @Override
    public void close() {
        for (Path tree : places.trees().toList()) {
            try {
                Files.deleteIfExists(tree);
            } catch (IOException e) {
                // The next start finds and sweeps it.
            }
        }
    }

    private static void write(Path group, String file, Object value) throws IOException {
        // Without CREATE and TRUNCATE, which these files do not know.
        Files.write(
                group.resolve(file),
                value.toString().getBytes(StandardCharsets.US_ASCII),
                StandardOpenOption.WRITE);
    }

    private static String read(Path group, String file) {
        try {
            return Files.readString(group.resolve(file));
        } catch (IOException e) {
            return "";
        }
    }

    private static void kill(Path group) {
        try {
            write(group, "cgroup.kill", 1);
        } catch (IOException e) {
            // Version 1, or an old version 2: one by one.
            read(group, "cgroup.procs")
                    .lines()
                    .map(Long::valueOf)
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }

    /// Ends what is inside until the folder can go.
    private static void remove(Path group) {
        long deadline = System.nanoTime() + SWEEP_NANOS_MAX;
        while (Files.exists(group) && System.nanoTime() < deadline) {
            kill(group);
            try {
                Files.delete(group);
            } catch (IOException e) {
                LockSupport.parkNanos(SWEEP_PERIOD_NANOS);
            }
        }
    }

    private final class Group implements Limit {
        private final String id;
        private final Path memory;
        private final AtomicBoolean open = new AtomicBoolean(true);
        private volatile Spawned process = Gone.INSTANCE;
        private volatile boolean wasOutOfMemory;

        Group(String id) {
            this.id = id;
            this.memory = places.memory().resolve(id);
        }

        @Override
        public void admit(Spawned process) throws IOException {
            this.process = process;
            admit(process.pid());
        }

        /// First the parent, then the children that it has by then: what it starts later is born
        /// inside.
        private void admit(long pid) throws IOException {
            for (Path tree : places.trees().toList()) {
                try {
                    write(tree.resolve(id), "cgroup.procs", pid);
                } catch (IOException e) {
                    if (ProcessTree.beganTicks(pid) != 0) {
                        throw e;
                    }
                    // It has ended already.
                }
            }
            for (long child : ProcessTree.children(pid)) {
                admit(child);
            }
        }

        @Override
        public void limitMemory(long bytes) {
            try {
                if (places.unified()) {
                    write(memory, "memory.max", bytes);
                    writeIfThere("memory.swap.max", 0);
                    writeIfThere("memory.oom.group", 1);
                } else {
                    growThenShrink(bytes);
                    writeIfThere("memory.swappiness", 0);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("no memory limit for " + id, e);
            }
        }

        /// Memory with swap may never be less than memory: which one comes first depends on the
        /// way.
        private void growThenShrink(long bytes) throws IOException {
            writeIfThere("memory.memsw.limit_in_bytes", bytes);
            write(memory, "memory.limit_in_bytes", bytes);
            writeIfThere("memory.memsw.limit_in_bytes", bytes);
        }

        private void writeIfThere(String file, long value) {
            try {
                write(memory, file, value);
            } catch (IOException e) {
                // This kernel has no swap to limit, or none of these settings.
            }
        }

        @Override
        public void limitCpu(double cores) {
            if (places.cpu().isEmpty()) {
                return;
            }
            boolean all = cores >= Runtime.getRuntime().availableProcessors();
            long quota = Math.max(CPU_QUOTA_MICROS_MIN, Math.round(cores * CPU_PERIOD_MICROS));
            Path cpu = places.cpu().get().resolve(id);
            try {
                if (places.unified()) {
                    write(cpu, "cpu.max", (all ? "max" : quota) + " " + CPU_PERIOD_MICROS);
                } else {
                    write(cpu, "cpu.cfs_period_us", CPU_PERIOD_MICROS);
                    write(cpu, "cpu.cfs_quota_us", all ? -1 : quota);
                }
            } catch (IOException e) {
                // The instance has ended and its group with it.
            }
        }

        @Override
        public long memoryBytes() {
            return ProcessTree.residentBytes(process.pid());
        }

        @Override
        public boolean outOfMemory() {
            if (open.get() && !wasOutOfMemory) {
                String file = places.unified() ? "memory.events" : "memory.oom_control";
                List<String> lines = read(memory, file).lines().toList();
                wasOutOfMemory =
                        lines.stream()
                                .anyMatch(line ->
                                        line.startsWith("oom_kill ") && !line.equals("oom_kill 0"));
            }
            return wasOutOfMemory;
        }

        @Override
        public void close() {
            if (!open.getAndSet(false)) {
                return;
            }
            List<Path> left =
                    places.trees()
                            .map(tree -> tree.resolve(id))
                            .filter(group -> !gone(group))
                            .toList();
            if (!left.isEmpty()) {
                Thread.ofVirtual()
                        .name("sweep-" + id)
                        .start(() -> left.forEach(each -> remove(each)));
            }
        }

        private boolean gone(Path group) {
            kill(group);
            try {
                Files.deleteIfExists(group);
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }
}
