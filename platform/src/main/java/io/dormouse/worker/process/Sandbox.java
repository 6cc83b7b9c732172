package io.dormouse.worker.process;

import io.dormouse.worker.Network;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A file system, a network (none) and processes of its own for a program, made by bubblewrap, or
/// where that is not installed by a script with util-linux's `unshare` that takes its options.
///
/// The program sees the system's programs and libraries and what it was told that it may read, all
/// read-only; an empty `/tmp`; and its `/opt/ml`. It has no capabilities, cannot get any, and ends
/// with the platform.
final class Sandbox {
    /// What a program needs of the system. The rest, `/home` and `/var` above all, is not there.
    private static final Set<String> SYSTEM =
            Set.of("usr", "etc", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix");

    private static final List<String> NAMESPACES = List.of("net", "pid", "ipc", "uts");
    private static final String RESOLVER = "/run/systemd/resolve";

    private static final int TRIAL_SECONDS_MAX = 10;

    /// What makes it.
    ///
    /// @param kind its name
    /// @param words that it is called with, up to the options of what is to be seen
    /// @param ownNetwork the one of them that makes a network
    private record Maker(String kind, List<String> words, String ownNetwork) {}

    /// Variables by which the loader, the C library or a shell would run somebody's code, or
    /// somebody's programs, where the sandbox is made and not inside.
    private static final Pattern INSIDE_ALONE =
            Pattern.compile(
                    "LD_.*|BASH.*|SHELLOPTS|ENV|PS4|PATH|GLIBC_.*|GCONV_PATH|GETCONF_DIR|LOCPATH"
                            + "|NLSPATH|MALLOC_.*|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS"
                            + "|RESOLV_HOST_CONF|NIS_PATH|TMPDIR|TZDIR");

    private final Maker maker;
    private final List<String> base;

    private Sandbox(Maker maker) throws IOException {
        this.maker = maker;
        this.base = Stream.concat(maker.words().stream(), system().stream()).toList();
    }

    /// Tries whether sandboxes can be made here.
    ///
    /// @return empty where neither bubblewrap nor util-linux is there and may make namespaces
    static Optional<Sandbox> find(String path) {
        return program(path, "bwrap")
                .map(Sandbox::bubblewrap)
                .flatMap(Sandbox::tried)
                .or(() -> program(path, "unshare").map(Sandbox::unshare).flatMap(Sandbox::tried));
    }

    private static Optional<Path> program(String path, String name) {
        return Stream.of(path.split(":", -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Maker bubblewrap(Path program) {
        List<String> words = new ArrayList<>(List.of(program.toString()));
        NAMESPACES.forEach(each -> words.add("--unshare-" + each));
        words.addAll(List.of("--die-with-parent", "--new-session", "--cap-drop", "ALL"));
        return new Maker("bubblewrap", words, "--unshare-net");
    }

    private static Maker unshare(Path program) {
        boolean root = "root".equals(System.getProperty("user.name"));
        List<String> words = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        words.add(program.toString());
        NAMESPACES.forEach(each -> words.add("--" + each));
        words.addAll(List.of("--mount", "--kill-child"));
        if (!root) {
            words.addAll(List.of("--user", "--map-root-user"));
        }
        words.addAll(List.of("--", "/bin/sh", "-c", script(), root ? "root" : "user"));
        return new Maker("unshare", words, "--net");
    }

    private static String script() {
        try (InputStream script = Sandbox.class.getResourceAsStream("sandbox.sh")) {
            return new String(
                    Objects.requireNonNull(script, "this jar has no sandbox.sh").readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Sandbox> tried(Maker maker) {
        try {
            var sandbox = new Sandbox(maker);
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

    /// What makes it: `bubblewrap` or `unshare`.
    String kind() {
        return maker.kind();
    }

    /// The options by which a program sees the system, and not its secrets.
    private static List<String> system() throws IOException {
        List<String> words = new ArrayList<>();
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
            words.remove(maker.ownNetwork());
            words.addAll(0, List.of("nsenter", "--net=" + entered.get(), "--"));
        }
        return words;
    }

    /// A command that sets inside what must not be set outside: that is taken out of the
    /// environment of what makes the sandbox.
    static List<String> setting(Map<String, String> environment, List<String> command) {
        List<String> words = new ArrayList<>();
        environment.forEach((name, value) -> {
            if (INSIDE_ALONE.matcher(name).matches()) {
                words.add(name + "=" + value);
            }
        });
        if (words.isEmpty()) {
            return command;
        }
        environment.keySet().removeIf(name -> INSIDE_ALONE.matcher(name).matches());
        words.addFirst("/usr/bin/env");
        words.addAll(command);
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
                words.remove(maker.ownNetwork());
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
    /// @param entered the network that it is to be in, as a file; empty for one of its own
    List<String> aroundWorker(
            List<String> command,
            List<Path> readable,
            Map<Path, Path> places,
            Optional<Path> socket,
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
        words.addAll(List.of("--remount-ro", "/etc", "--remount-ro", "/"));
        words.addAll(List.of("--chdir", "/tmp", "--"));
        words.addAll(command);
        return words;
    }
}
