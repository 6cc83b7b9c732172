package io.dormouse.modelserver;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A worker process, started as the platform starts it.
public final class Worker implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;
    private static final Path NO_HOME = Path.of("/nonexistent");

    private final Process process;
    private final HttpClient http;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Thread logReader;

    private Worker(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.environment().put("HOME", NO_HOME.toString());
        builder.environment().putAll(environment);
        process = builder.start();
        http = new HttpClient(process.getInputStream(), process.getOutputStream());
        logReader = Thread.ofVirtual().start(this::readLog);
    }

    private void readLog() {
        try (var reader = process.errorReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                log.add(line);
            }
        } catch (IOException _) {
            // The test is over and the process was ended.
        }
    }

    /// From the classes under test, on descriptors 0 and 1.
    public static Worker start(String... arguments) throws IOException {
        return start(List.of(), arguments);
    }

    public static Worker start(List<String> jvmFlags, String... arguments) throws IOException {
        return start(Main.class, jvmFlags, arguments);
    }

    /// Another program of this jar.
    public static Worker run(Class<?> program, String... arguments) throws IOException {
        return start(program, List.of(), arguments);
    }

    private static Worker start(Class<?> program, List<String> jvmFlags, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Xmx64m",
                        "--enable-native-access=ALL-UNNAMED"));
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return new Worker(command, Map.of());
    }

    /// With the command line that an installation gives.
    public static Worker exec(List<String> command) throws IOException {
        return new Worker(command, Map.of());
    }

    /// The same, with variables of its own.
    public static Worker exec(List<String> command, Map<String, String> environment)
            throws IOException {
        return new Worker(command, environment);
    }

    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /// Serves the model in this folder on descriptors 0 and 1.
    public static Worker serve(Path model) throws IOException {
        return start("--stdio", "--kind", "onnx", "--model", model.toString());
    }

    public HttpClient http() {
        return http;
    }

    public Process process() {
        return process;
    }

    /// What it wrote to standard error, once it has ended.
    public String log() {
        try {
            logReader.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return String.join("\n", log);
    }

    /// Waits for it to end by itself.
    public int exitCode() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the worker has not ended; it said: " + log);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    /// Waits until the worker listens on this socket.
    public void awaitSocket(File socket) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!socket.exists()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("the worker does not listen; it said: " + log);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
