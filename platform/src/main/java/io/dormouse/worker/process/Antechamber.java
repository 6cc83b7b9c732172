package io.dormouse.worker.process;

import io.dormouse.worker.instance.PlatformNetwork;
import io.dormouse.worker.instance.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// A thread that has left the machine's file system, network and shared memory for good, and stands
/// in an empty place that holds just what every worker sees. What it starts is born there.
///
/// Whatever starts on this thread, a thread of the virtual machine included, would be locked in
/// with it. So nothing runs on it but the calls that make a worker, and it wakes no virtual thread
/// (which might start a carrier): a second thread, an ordinary one, hands it its tasks.
final class Antechamber implements AutoCloseable {
    /// What a worker needs of the system; nothing of users, accounts and services.
    private static final Set<String> SYSTEM =
            Set.of("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix");

    private static final List<String> DEVICES =
            List.of("null", "zero", "full", "random", "urandom");
    private static final List<String> SETTINGS =
            List.of("ld.so.cache", "localtime", "nsswitch.conf", "alternatives");

    private static final long READ_ONLY =
            Syscalls.MS_RDONLY | Syscalls.MS_NOSUID | Syscalls.MS_NODEV;

    /// What runs on the thread.
    interface Task {
        int run() throws IOException;
    }

    private record Outcome(int value, Optional<IOException> failure) {
        static Outcome failed(IOException failure) {
            return new Outcome(-1, Optional.of(failure));
        }
    }

    private final ExecutorService messenger =
            Executors.newSingleThreadExecutor(
                    work -> Thread.ofPlatform().daemon().name("walls").unstarted(work));
    private final BlockingQueue<Task> tasks = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<Outcome> outcomes = new ArrayBlockingQueue<>(1);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("antechamber").unstarted(this::serve);

    /// Descriptors of the namespaces to go back to: these mounts, this empty network, the machine's
    /// processes.
    private int mounts = -1;

    private int network = -1;
    private int processes = -1;

    /// @param place a folder to build it over; only this thread sees that
    /// @param readable what is to be seen of the machine, beside the system
    /// @param empty folders to be mounted over
    /// @throws IOException where this process may not, or the kernel cannot
    Antechamber(Path place, List<Path> readable, List<Path> empty) throws IOException {
        thread.start();
        try {
            run(() -> {
                enter(place, readable, empty);
                return 0;
            });
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void serve() {
        try {
            while (true) {
                Outcome outcome;
                try {
                    outcome = new Outcome(tasks.take().run(), Optional.empty());
                } catch (IOException e) {
                    outcome = Outcome.failed(e);
                } catch (RuntimeException e) {
                    outcome = Outcome.failed(new IOException(e));
                }
                outcomes.put(outcome);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whoever calls may be a virtual thread; the messenger wakes it.
    private int run(Task task) throws IOException {
        Outcome outcome = CompletableFuture.supplyAsync(() -> handed(task), messenger).join();
        if (outcome.failure().isPresent()) {
            IOException failure = outcome.failure().get();
            throw new IOException(failure.getMessage(), failure);
        }
        return outcome.value();
    }

    private Outcome handed(Task task) {
        try {
            tasks.put(task);
            return outcomes.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.failed(new IOException("the platform is stopping", e));
        }
    }

    private void enter(Path place, List<Path> readable, List<Path> empty) throws IOException {
        processes = Syscalls.open("/proc/thread-self/ns/pid");
        Syscalls.unshare(
                Syscalls.CLONE_FS
                        | Syscalls.CLONE_NEWNS
                        | Syscalls.CLONE_NEWUTS
                        | Syscalls.CLONE_NEWIPC
                        | Syscalls.CLONE_NEWNET);
        mounts = Syscalls.open("/proc/thread-self/ns/mnt");
        network = Syscalls.open("/proc/thread-self/ns/net");
        Syscalls.keepMountsPrivate();
        Syscalls.mount("tmpfs", place.toString(), READ_ONLY & ~Syscalls.MS_RDONLY, "mode=755");
        try (Stream<Path> top = Files.list(Path.of("/"))) {
            for (Path each : top.filter(Antechamber::isSystem).toList()) {
                furnish(place, each);
            }
        }
        for (Path each : settings()) {
            furnish(place, each);
        }
        furnish(place, Path.of("/sys/devices/system/cpu"));
        for (String each : DEVICES) {
            Path device = Path.of("/dev", each);
            Path at = inside(place, device);
            Files.createDirectories(at.getParent());
            Files.createFile(at);
            attach(device, at, Syscalls.MS_NOSUID);
        }
        for (Path each : readable) {
            furnish(place, each);
        }
        Files.createDirectories(inside(place, Path.of("/proc")));
        for (Path each : empty) {
            Files.createDirectories(inside(place, each));
        }
        Syscalls.moveInto(place.toString());
        Syscalls.restrict("/", READ_ONLY);
        Syscalls.renouncePrivileges();
    }

    /// Of `/etc` what programs need to be loaded and to tell the time, and where a distribution
    /// keeps the settings of its JDK.
    static List<Path> settings() {
        List<Path> found = new ArrayList<>();
        SETTINGS.forEach(each -> found.add(Path.of("/etc", each)));
        try (Stream<Path> all = Files.list(Path.of("/etc"))) {
            all.filter(each -> each.toString().startsWith("/etc/java")).forEach(found::add);
        } catch (IOException e) {
            // A system without has no such JDK.
        }
        return found;
    }

    private static boolean isSystem(Path top) {
        return SYSTEM.contains(String.valueOf(top.getFileName()));
    }

    private static Path inside(Path place, Path path) {
        return place.resolve(path.toString().substring(1));
    }

    private static void furnish(Path place, Path source) throws IOException {
        Path at = inside(place, source);
        Path parent = at.getParent();
        if (!Files.exists(source) || parent == null) {
            return;
        }
        if (source.startsWith("/usr") && source.getNameCount() > 1) {
            return; // there already
        }
        Files.createDirectories(parent);
        if (Files.isSymbolicLink(source) && source.getNameCount() == 1) {
            Files.createSymbolicLink(at, Files.readSymbolicLink(source));
            return;
        }
        if (Files.isDirectory(source)) {
            Files.createDirectories(at);
        } else if (!Files.exists(at)) {
            Files.createFile(at);
        }
        attach(source, at, READ_ONLY);
    }

    private static void attach(Path source, Path at, long attributes) throws IOException {
        int tree = Syscalls.copied(source.toString(), attributes);
        try {
            Syscalls.attach(tree, at.toString());
        } finally {
            Syscalls.close(tree);
        }
    }

    /// Runs a task in mounts and processes that are a copy of these, for what it starts alone.
    ///
    /// @param reached the network that it is to be in; empty for the one of all, with nothing in it
    int within(Optional<PlatformNetwork> reached, Task task) throws IOException {
        return run(() -> {
            Syscalls.unshare(Syscalls.CLONE_NEWNS | Syscalls.CLONE_NEWPID);
            try {
                if (reached.isPresent()) {
                    Syscalls.enter(reached.get().descriptor(), Syscalls.CLONE_NEWNET);
                }
                return task.run();
            } finally {
                Syscalls.enter(mounts, Syscalls.CLONE_NEWNS);
                Syscalls.enter(processes, Syscalls.CLONE_NEWPID);
                if (reached.isPresent()) {
                    Syscalls.enter(network, Syscalls.CLONE_NEWNET);
                }
            }
        });
    }

    /// Runs a task among the mounts of somebody else.
    void visit(int others, Task task) throws IOException {
        run(() -> {
            Syscalls.enter(others, Syscalls.CLONE_NEWNS);
            try {
                return task.run();
            } finally {
                Syscalls.enter(mounts, Syscalls.CLONE_NEWNS);
            }
        });
    }

    @Override
    public void close() {
        messenger.shutdown();
        thread.interrupt();
        if (mounts >= 0) {
            Syscalls.close(mounts);
            Syscalls.close(network);
            Syscalls.close(processes);
        }
    }
}
