package io.dormouse.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Starts a platform as a process of its own and returns when it answers.
public final class DetachedStart {
    private static final long READY_WITHIN_MILLIS = 60_000;
    private static final int LINES = 15;

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
            long before = Files.exists(log) ? Files.size(log) : 0;
            List<String> command = new ArrayList<>(apart());
            command.addAll(launcher());
            command.addAll(List.of("start", "--data", data.toString()));
            command.addAll(arguments);
            Process process =
                    new ProcessBuilder(command)
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .redirectErrorStream(true)
                            .start();
            return await(process, log, before);
        } catch (IOException e) {
            throw new Failed("Cannot start a platform on " + data + ": " + e.getMessage(), e);
        }
    }

    /// A session of its own, so that neither Ctrl-C nor the terminal's end reaches the platform.
    private static List<String> apart() {
        return Stream.of("/usr/bin/setsid", "/usr/bin/nohup")
                .filter(program -> Files.isExecutable(Path.of(program)))
                .limit(1)
                .toList();
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

    private RunningPlatform await(Process process, Path log, long before) throws IOException {
        long deadline = System.nanoTime() + READY_WITHIN_MILLIS * 1_000_000;
        while (System.nanoTime() < deadline) {
            Optional<RunningPlatform> platform = RunningPlatform.of(data);
            if (platform.isPresent() && RunningPlatform.answers(platform.get().endpoint())) {
                return platform.get();
            }
            if (!process.isAlive()) {
                throw new Failed("The platform ended at its start:\n" + tail(log, before));
            }
            pause();
        }
        process.destroy();
        throw new Failed("The platform did not answer within a minute:\n" + tail(log, before));
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("Interrupted while the platform started", e);
        }
    }

    /// The end of what this start has written.
    private static String tail(Path log, long before) throws IOException {
        byte[] bytes = Files.readAllBytes(log);
        int from = (int) Math.min(before, bytes.length);
        List<String> lines =
                new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }
}
