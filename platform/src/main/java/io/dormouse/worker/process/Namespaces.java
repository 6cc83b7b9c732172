package io.dormouse.worker.process;

import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.instance.PlatformNetwork;
import io.dormouse.worker.instance.Spawned;
import io.dormouse.worker.instance.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Walls that the platform makes itself, which takes root.
///
/// A worker has a file system, processes, a network (none, not even loopback) and shared memory of
/// its own. It sees the system's programs and what its installation reads, all read-only; an empty
/// `/tmp` of limited size; its model in `/opt/ml`, which for a generic worker appears there when it
/// is given one. It has no capabilities and cannot get any.
///
/// Nearly all of it is made once ([Antechamber]) and lies ready: a start copies the mounts, adds
/// three or four, and spawns. So it costs well below a millisecond, where another program that
/// makes all of it anew, each time and before the worker's own program is even read, costs ten.
final class Namespaces implements Walls {
    private static final Path SCRATCH = Path.of("/tmp");
    private static final Path MODEL = Path.of("/opt/ml/model");
    private static final Path PREPARED = Path.of("/opt/ml/prepared");
    static final Path FUNCTION = Path.of("/var/task");
    private static final long READ_ONLY =
            Syscalls.MS_RDONLY | Syscalls.MS_NOSUID | Syscalls.MS_NODEV;
    private static final long SECURE = Syscalls.MS_NOSUID | Syscalls.MS_NODEV;

    /// Groups that nobody has: far above those of users, and of what containers map.
    private static final int FIRST_GROUP = 0x60000000;

    private static final int GROUPS = 0x10000000;

    private final SocketSpawner sockets;
    private final Antechamber antechamber;
    private final String scratchOptions;

    /// Counted by the antechamber's thread, from where another platform's count does not come soon.
    private int births = (int) (ProcessHandle.current().pid() % 0x10000) << 12;

    /// What lies below the scratch space and so cannot lie ready below it.
    private final List<Path> inScratch;

    /// Makes what lies ready, and tries it.
    ///
    /// @param place a folder that no worker needs
    /// @param readable files and folders that workers read, beside the system's
    /// @param scratchMb what a worker may write to `/tmp`; counts as its memory, too
    /// @throws IOException where this process may not make namespaces, or the kernel is too old
    Namespaces(SocketSpawner sockets, Path place, List<Path> readable, int scratchMb)
            throws IOException {
        this.sockets = sockets;
        this.scratchOptions = "mode=1777,nr_inodes=65536,size=" + scratchMb + "m";
        this.inScratch = readable.stream().filter(each -> each.startsWith(SCRATCH)).toList();
        List<Path> ready = readable.stream().filter(each -> !each.startsWith(SCRATCH)).toList();
        this.antechamber =
                new Antechamber(place, ready, List.of(SCRATCH, MODEL, PREPARED, FUNCTION));
        try {
            rehearse();
        } catch (IOException e) {
            antechamber.close();
            throw e;
        }
    }

    private void rehearse() throws IOException {
        List<String> look = List.of("/bin/sh", "-c", "test -r /proc/self/status && exit 0");
        Spawned trial = born(look, Map.of(), Spawner.Wiring.EXCHANGE, List.of(), Optional.empty());
        int code = trial.exit().join();
        trial.hangUp();
        trial.log().close();
        if (code != 0) {
            throw new IOException("a trial ended with exit code " + code);
        }
    }

    @Override
    public Sight sight(PreparedModel model) {
        if (model.kind() == PreparedModel.Kind.FUNCTION) {
            return new Sight(FUNCTION, Optional.empty());
        }
        return new Sight(MODEL, model.prepared().map(_ -> PREPARED));
    }

    @Override
    public Path socket(Path folder) {
        return RunFolder.socket(SCRATCH);
    }

    /// Seen through the worker's own root: no folder of the machine is open to it for writing.
    @Override
    public Path socket(Spawned worker, Path folder) {
        return RunFolder.socket(Path.of("/proc/" + worker.pid() + "/root" + SCRATCH));
    }

    @Override
    public boolean oneSocket() {
        return true;
    }

    @Override
    public String scratch() {
        return scratchOptions;
    }

    @Override
    public String kind() {
        return "namespaces";
    }

    /// A copy of a folder of the machine, and where a worker is to see it.
    private record Tree(int descriptor, Path at, boolean isFolder) {}

    @Override
    public Spawned spawn(Work work) throws IOException {
        List<Tree> trees = new ArrayList<>();
        try {
            for (Path each : inScratch) {
                copy(each, each, trees);
            }
            for (Path each : work.readable()) {
                copy(each, each, trees);
            }
            if (work.model().isPresent()) {
                copy(work.model().get(), trees);
            }
            return born(work.command(), work.environment(), work.wiring(), trees, work.network());
        } finally {
            trees.forEach(tree -> Syscalls.close(tree.descriptor()));
        }
    }

    private static void copy(PreparedModel model, List<Tree> to) throws IOException {
        if (model.kind() == PreparedModel.Kind.FUNCTION) {
            copy(model.folder(), FUNCTION, to);
            return;
        }
        copy(model.folder(), MODEL, to);
        if (model.prepared().isPresent()) {
            copy(model.prepared().get(), PREPARED, to);
        }
    }

    private static void copy(Path from, Path at, List<Tree> to) throws IOException {
        int copy = Syscalls.copied(from.toString(), READ_ONLY);
        to.add(new Tree(copy, at, Files.isDirectory(from)));
    }

    private Spawned born(
            List<String> command,
            Map<String, String> environment,
            Spawner.Wiring wiring,
            List<Tree> trees,
            Optional<PlatformNetwork> network)
            throws IOException {
        SocketSpawner.Birth inside =
                (words, variables, folder, in, out) ->
                        antechamber.within(
                                network,
                                () -> {
                                    furnish(trees);
                                    return Libc.spawn(words, variables, folder, in, out);
                                });
        return sockets.spawn(command, environment, SCRATCH, wiring, inside);
    }

    /// In namespaces that are a worker's alone. Only a thread inside could mount a `/proc` of its
    /// processes, and inside there will be none but the worker's own. So it gets the machine's,
    /// which shows what the worker might debug: those of the same group, which is why each has its
    /// own.
    private void furnish(List<Tree> trees) throws IOException {
        Syscalls.join(FIRST_GROUP + births++ % GROUPS);
        Syscalls.mount("proc", "/proc", READ_ONLY | Syscalls.MS_NOEXEC, "hidepid=ptraceable");
        Syscalls.mount("tmpfs", SCRATCH.toString(), SECURE, scratchOptions);
        for (Tree each : trees) {
            if (each.at().startsWith(SCRATCH)) {
                makePlace(each);
            } else if (Files.notExists(each.at())) {
                // An empty folder, which all that are born later see, too.
                Syscalls.allow("/", Syscalls.MS_RDONLY);
                makePlace(each);
                Syscalls.restrict("/", READ_ONLY);
            }
            Syscalls.attach(each.descriptor(), each.at().toString());
        }
    }

    private static void makePlace(Tree tree) throws IOException {
        Files.createDirectories(tree.isFolder() ? tree.at() : tree.at().resolveSibling("."));
        if (!tree.isFolder()) {
            Files.createFile(tree.at());
        }
    }

    @Override
    public Sight show(Spawned worker, PreparedModel model) throws IOException {
        return show(worker, model, List.of());
    }

    /// One that was forked has put its own scratch space over its parent's.
    @Override
    public Sight show(Spawned worker, PreparedModel model, List<Path> readable) throws IOException {
        List<Tree> trees = new ArrayList<>();
        int group = ProcessTree.group(worker.pid());
        int mounts = Syscalls.open("/proc/" + worker.pid() + "/ns/mnt");
        try {
            for (Path each : readable) {
                if (each.startsWith(SCRATCH)) {
                    copy(each, each, trees);
                }
            }
            copy(model, trees);
            antechamber.visit(
                    mounts,
                    () -> {
                        // The scratch space of one that was forked takes files of groups alone
                        // that its user namespace knows, and that is one.
                        Syscalls.join(group);
                        for (Tree each : trees) {
                            if (each.at().startsWith(SCRATCH)) {
                                makePlace(each);
                            }
                            Syscalls.attach(each.descriptor(), each.at().toString());
                        }
                        return 0;
                    });
            return sight(model);
        } finally {
            trees.forEach(tree -> Syscalls.close(tree.descriptor()));
            Syscalls.close(mounts);
        }
    }

    @Override
    public void close() {
        antechamber.close();
    }
}
