package io.dormouse.worker.process;

import io.dormouse.worker.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A file system, a network (none) and processes of its own for a program, made by bubblewrap.
///
/// The program sees the system's programs and libraries and what it was told that it may read, all
/// read-only; an empty `/tmp`; and its `/opt/ml`. It has no capabilities, cannot get any, and ends
/// with the platform.
final class Sandbox {
    /// What a program needs of the system. The rest, `/home` and `/var` above all, is not there.
    private static final Set<String> SYSTEM =
            Set.of("usr", "etc", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix");

    private static final String RESOLVER = "/run/systemd/resolve";

    private static final int TRIAL_SECONDS_MAX = 10;

    private final List<String> base;

    private Sandbox(List<String> base) {
        this.base = base;
    }

    /// Tries whether sandboxes can be made here.
    ///
    /// @return empty where bubblewrap is not installed or may not make namespaces
    static Optional<Sandbox> find(String path) {
        return Stream.of(path.split(":", -1))
                .map(folder -> Path.of(folder, "bwrap"))
                .filter(Files::isExecutable)
                .findFirst()
                .flatMap(Sandbox::tried);
    }

    private static Optional<Sandbox> tried(Path bubblewrap) {
        try {
            var sandbox = new Sandbox(base(bubblewrap));
            var command = new ArrayList<>(sandbox.base);
            command.addAll(List.of("--", "/bin/sh", "-c", "exit 0"));
            Process trial =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            boolean ended = trial.waitFor(TRIAL_SECONDS_MAX, TimeUnit.SECONDS);
            trial.destroyForcibly();
            return ended && trial.exitValue() == 0 ? Optional.of(sandbox) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static List<String> base(Path bubblewrap) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(bubblewrap.toString());
        for (String namespace : List.of("net", "pid", "ipc", "uts")) {
            words.add("--unshare-" + namespace);
        }
        words.addAll(List.of("--die-with-parent", "--new-session", "--cap-drop", "ALL"));
        try (Stream<Path> top = Files.list(Path.of("/"))) {
            for (Path each : top.sorted().toList()) {
                if (!SYSTEM.contains(each.getFileName().toString())) {
                    continue;
                }
                if (Files.isSymbolicLink(each)) {
                    String target = Files.readSymbolicLink(each).toString();
                    words.addAll(List.of("--symlink", target, each.toString()));
                } else {
                    words.addAll(List.of("--ro-bind", each.toString(), each.toString()));
                }
            }
        }
        for (String secret : List.of("/etc/shadow", "/etc/gshadow")) {
            if (Files.exists(Path.of(secret))) {
                words.addAll(List.of("--ro-bind", "/dev/null", secret));
            }
        }
        words.addAll(List.of("--proc", "/proc"));
        // The kernel lets their owner, root, write them, and asks for no capability.
        for (String each : List.of("sys", "sysrq-trigger", "irq", "bus")) {
            words.addAll(List.of("--ro-bind-try", "/proc/" + each, "/proc/" + each));
        }
        words.addAll(List.of("--dev", "/dev", "--tmpfs", "/tmp"));
        return List.copyOf(words);
    }

    /// The beginning of a command, in a network that is there or one of its own.
    private List<String> in(Optional<String> entered) {
        List<String> words = new ArrayList<>(base);
        if (entered.isPresent()) {
            words.remove("--unshare-net");
            words.addAll(0, List.of("nsenter", "--net=" + entered.get(), "--"));
        }
        return words;
    }

    /// The command that runs a command inside.
    ///
    /// @param readable files and folders that it may read, under their own names
    /// @param root what it may write: there under its own name, and as `/opt/ml`
    /// @param network what of it the program reaches
    /// @param entered the network that it is to be in, as a file; empty for one of its own
    List<String> around(
            List<String> command,
            List<Path> readable,
            Path root,
            Network network,
            Optional<String> entered) {
        List<String> words = in(entered);
        switch (network) {
            case Network.None _, Network.Platform _ -> {}
            case Network.Open _ -> {
                words.remove("--unshare-net");
                // Often a link to where a service keeps it.
                words.addAll(List.of("--ro-bind-try", RESOLVER, RESOLVER));
            }
        }
        for (Path each : readable) {
            words.addAll(List.of("--ro-bind-try", each.toString(), each.toString()));
        }
        words.addAll(List.of("--bind", root.toString(), root.toString()));
        words.addAll(List.of("--bind", root.toString(), "/opt/ml", "--chdir", "/opt/ml", "--"));
        words.addAll(command);
        return words;
    }

    /// The same for a worker, which writes nothing but its socket and its scratch space, and knows
    /// nothing of the machine's accounts.
    ///
    /// @param places what it reads under another name
    /// @param socket the socket's folder, where it has one
    /// @param preload what the loader puts before all its libraries
    /// @param entered the network that it is to be in, as a file; empty for one of its own
    List<String> aroundWorker(
            List<String> command,
            List<Path> readable,
            Map<Path, Path> places,
            Optional<Path> socket,
            Optional<String> preload,
            Optional<String> entered,
            int scratchMb) {
        List<String> words = in(entered);
        words.addAll(List.of("--tmpfs", "/etc"));
        for (Path each : Antechamber.settings()) {
            words.addAll(List.of("--ro-bind-try", each.toString(), each.toString()));
        }
        words.addAll(List.of("--size", String.valueOf(scratchMb * 1024L * 1024L)));
        words.addAll(List.of("--tmpfs", "/tmp"));
        for (Path each : readable) {
            words.addAll(List.of("--ro-bind-try", each.toString(), each.toString()));
        }
        places.forEach(
                (at, from) -> words.addAll(List.of("--ro-bind", from.toString(), at.toString())));
        socket.ifPresent(
                folder -> words.addAll(List.of("--bind", folder.toString(), folder.toString())));
        preload.ifPresent(
                library -> words.addAll(List.of("--setenv", WorkerEnvironment.PRELOAD, library)));
        words.addAll(List.of("--remount-ro", "/etc", "--remount-ro", "/"));
        words.addAll(List.of("--chdir", "/tmp", "--"));
        words.addAll(command);
        return words;
    }
}
