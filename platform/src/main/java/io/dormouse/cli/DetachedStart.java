package io.dormouse.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Starts a platform as a process of its own and returns when it answers.
public final class DetachedStart {
    private static final long READY_WITHIN_MILLIS = 60_000;

    private final Path data;
    private final List<String> arguments;

    /// A platform on `data`, started with these further arguments of `start`.
    public DetachedStart(Path data, List<String> arguments) {
        this.data = data;
        this.arguments = List.copyOf(arguments);
    }

    /// Starts it.
    ///
    /// @throws Failed where it ends or does not answer, with the end of its log
    public RunningPlatform start() {
        Path log = data.resolve("platform.log");
        try {
            Files.createDirectories(data);
            RunningPlatform.of(data)
                    .ifPresent(running -> {
                        throw new Failed(
                                "A platform runs on "
                                        + data
                                        + " already, at "
                                        + running.endpoint()
                                        + ": ./dormouse stop ends it");
                    });
            List<String> command = new ArrayList<>(launcher());
            command.addAll(List.of("start", "--data", data.toString()));
            command.addAll(arguments);
            Process process =
                    new ProcessBuilder(command)
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .redirectErrorStream(true)
                            .start();
            return await(process, log);
        } catch (IOException e) {
            throw new Failed("Cannot start a platform on " + data + ": " + e.getMessage(), e);
        }
    }

    /// The script that started this command, or this very JVM where there was none.
    private static List<String> launcher() {
        String script = System.getenv("DORMOUSE_LAUNCHER");
        if (script != null && Files.isExecutable(Path.of(script))) {
            return List.of(script);
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.dormouse.app.Main");
    }

    private RunningPlatform await(Process process, Path log) throws IOException {
        long deadline = System.nanoTime() + READY_WITHIN_MILLIS * 1_000_000;
        while (System.nanoTime() < deadline) {
            Optional<RunningPlatform> platform = RunningPlatform.of(data);
            if (platform.isPresent() && RunningPlatform.answers(platform.get().endpoint())) {
                return platform.get();
            }
            if (!process.isAlive()) {
                throw new Failed("The platform ended at its start:\n" + tail(log));
            }
            pause();
        }
        process.destroy();
        throw new Failed("The platform did not answer within a minute:\n" + tail(log));
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("Interrupted while the platform started", e);
        }
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }
}
