package io.dormouse.worker.python;

import io.dormouse.worker.Execution;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.Network;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/// Makes a virtual environment and runs pip in it, as a job: with limits, and where that can be had
/// in a sandbox that writes nothing but the environment. Packages run programs of their makers when
/// they are installed.
public final class Installer {
    private static final Duration INSTALL_MAX = Duration.ofMinutes(30);
    private static final int REASON_MAX = 600;

    /// Of the platform's own environment, what tells pip where packages are and how to get there.
    private static final List<String> PASSED_ON =
            List.of(
                    "HTTP_PROXY",
                    "HTTPS_PROXY",
                    "NO_PROXY",
                    "ALL_PROXY",
                    "SSL_CERT_FILE",
                    "SSL_CERT_DIR",
                    "REQUESTS_CA_BUNDLE",
                    "CURL_CA_BUNDLE");

    private final Launcher launcher;
    private final Map<String, String> environment;
    private final int memoryMb;

    /// @param launcher what runs pip
    /// @param environment the platform's own, of which pip's settings and proxies are passed on
    /// @param memoryMb what an installation may take, MB
    public Installer(Launcher launcher, Map<String, String> environment, int memoryMb) {
        this.launcher = launcher;
        this.environment = Map.copyOf(environment);
        this.memoryMb = memoryMb;
    }

    /// Fills an empty folder.
    void install(Interpreter interpreter, Path requirements, Path place, LogSink progress)
            throws StartFailed, IOException {
        String base = interpreter.program().toString();
        List<String> make = new ArrayList<>(List.of(base, "-m", "venv", "--system-site-packages"));
        if (interpreter.pip()) {
            // Its own is seen from inside, and a copy takes seconds.
            make.add("--without-pip");
        }
        make.add(place.toString());
        run(make, interpreter, requirements, place, Network.NONE, progress);
        seePackages(interpreter, place);
        Path beside = Objects.requireNonNull(requirements.toAbsolutePath().getParent());
        List<String> install =
                List.of(
                        "/bin/sh",
                        "-c",
                        "cd \"$0\" && exec \"$@\"",
                        beside.toString(),
                        place.resolve("bin/python").toString(),
                        "-m",
                        "pip",
                        "install",
                        "--no-input",
                        "--no-cache-dir",
                        "--progress-bar=off",
                        "--disable-pip-version-check",
                        "-r",
                        requirements.toAbsolutePath().toString());
        run(install, interpreter, requirements, place, Network.OPEN, progress);
    }

    /// A virtual environment made from another does not see that one's packages by itself.
    private static void seePackages(Interpreter interpreter, Path place) throws IOException {
        if (interpreter.prefix().equals(interpreter.base())) {
            return;
        }
        Path lib = place.resolve("lib");
        try (Stream<Path> versions = Files.list(lib)) {
            for (Path each : versions.map(version -> version.resolve("site-packages")).toList()) {
                List<String> lines =
                        interpreter.packages().stream().map(Path::toString).distinct().toList();
                Files.write(each.resolve("dormouse-chosen.pth"), lines);
            }
        }
    }

    private void run(
            List<String> command,
            Interpreter interpreter,
            Path requirements,
            Path place,
            Network network,
            LogSink progress)
            throws StartFailed, IOException {
        var errors = new ConcurrentLinkedQueue<String>();
        LogSink log =
                line -> {
                    if (line.startsWith("ERROR:") || line.startsWith("error:")) {
                        errors.add(line.strip());
                    }
                    progress.line(line);
                };
        var variables = new TreeMap<String, String>();
        List<Path> readable = new ArrayList<>(interpreter.readable());
        readable.add(Objects.requireNonNull(requirements.toAbsolutePath().getParent()));
        settings(variables, readable);
        var spec =
                new RunSpec(
                        "environment/" + place.getFileName(),
                        command,
                        place,
                        variables,
                        memoryMb,
                        Runtime.getRuntime().availableProcessors(),
                        INSTALL_MAX,
                        readable,
                        network);
        Execution.Result result = result(launcher.run(spec, log));
        if (result.exitCode() != 0) {
            throw new StartFailed(StartFailed.Cause.MODEL, sentence(result, errors.stream()));
        }
    }

    private String sentence(Execution.Result result, Stream<String> errors) {
        String what = "the packages of requirements.txt cannot be installed: ";
        if (result.timedOut()) {
            return what + "pip was not done within %d minutes".formatted(INSTALL_MAX.toMinutes());
        }
        if (result.outOfMemory()) {
            return what + "pip needed more than %d MB of memory".formatted(memoryMb);
        }
        String said = String.join(" ", errors.toList());
        if (said.isEmpty()) {
            return what + "pip ended with exit code " + result.exitCode();
        }
        return what + (said.length() > REASON_MAX ? said.substring(0, REASON_MAX) : said);
    }

    private static Execution.Result result(Execution execution) throws StartFailed {
        try {
            return execution.result().get();
        } catch (InterruptedException e) {
            execution.stop();
            Thread.currentThread().interrupt();
            throw new StartFailed(StartFailed.Cause.PLATFORM, "the platform is stopping", e);
        } catch (ExecutionException e) {
            throw new StartFailed(StartFailed.Cause.PLATFORM, "pip cannot be run: " + e, e);
        }
    }

    /// What pip is told of the network, its settings and where they lie.
    private void settings(Map<String, String> variables, List<Path> readable) {
        variables.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        variables.put("HOME", "/tmp");
        variables.put("LANG", "C.UTF-8");
        variables.put("PYTHONUNBUFFERED", "1");
        environment.forEach((name, value) -> {
            String upper = name.toUpperCase(java.util.Locale.ROOT);
            if (name.startsWith("PIP_") || PASSED_ON.contains(upper)) {
                variables.put(name, value);
                Stream.of(value.split("[ :]", -1))
                        .filter(each -> each.startsWith("/"))
                        .map(Path::of)
                        .forEach(readable::add);
            }
        });
        ownSettings()
                .ifPresent(file -> {
                    variables.putIfAbsent("PIP_CONFIG_FILE", file.toString());
                    readable.add(file);
                });
    }

    private Optional<Path> ownSettings() {
        String home = environment.getOrDefault("HOME", "");
        return Stream.of(".config/pip/pip.conf", ".pip/pip.conf")
                .filter(_ -> !home.isEmpty())
                .map(name -> Path.of(home, name))
                .filter(Files::isReadable)
                .findFirst();
    }
}
