package io.dormouse.worker.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.worker.LogSink;
import io.dormouse.worker.instance.LogLines;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The model server's jar, and its installation on this machine: native library unpacked, AOT cache
/// recorded, once for each version.
public final class ModelServer {
    private static final int INSTALL_MINUTES_MAX = 5;

    private ModelServer() {}

    /// Installs it in the background, or finds it installed. A virtual machine's start long where
    /// it is.
    ///
    /// @param java the binary that installs, and starts workers
    /// @param jar the model server with all that it needs
    /// @param cache where installations are kept; may be shared by platforms of one user
    /// @param notices what failed and is only slower for it
    public static CompletableFuture<Installation> install(
            Path java, Path jar, Path cache, LogSink notices) {
        var installation = new CompletableFuture<Installation>();
        Thread.ofVirtual()
                .name("install-model-server")
                .start(() -> {
                    try {
                        installation.complete(installed(java, jar, cache, notices));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        installation.completeExceptionally(e);
                    } catch (IOException | RuntimeException e) {
                        installation.completeExceptionally(e);
                    }
                });
        return installation;
    }

    /// Marks an installation as in use: another version's installing takes away what nobody has
    /// used for a week, so a platform that runs for long says it each day.
    public static void inUse(Installation installation, Path cache) throws IOException {
        for (Path folder : installation.readable()) {
            if (folder.startsWith(cache) && Files.isDirectory(folder)) {
                Files.delete(Files.createTempFile(folder, "used-", ""));
            }
        }
    }

    private static Installation installed(Path java, Path jar, Path cache, LogSink notices)
            throws IOException, InterruptedException {
        Files.createDirectories(cache);
        var note = new InstallNote(java, jar, cache);
        Optional<Path> before = note.read();
        if (before.isPresent()) {
            Installation found = Installation.read(before.get(), jar);
            if (Files.isExecutable(found.java())) {
                inUse(found, cache);
                return found;
            }
        }
        Path folder = installedBy(java, jar, cache, notices);
        note.write(folder);
        return Installation.read(folder, jar);
    }

    private static Path installedBy(Path java, Path jar, Path cache, LogSink notices)
            throws IOException, InterruptedException {
        List<String> command =
                List.of(
                        java.toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        jar.toString(),
                        "io.dormouse.modelserver.Install",
                        "--into",
                        cache.toString());
        // It looks for a C compiler.
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "/usr/bin:/bin");
        Spawned process =
                new PipeSpawner()
                        .spawn(
                                command,
                                WorkerEnvironment.of(Map.of("PATH", path)),
                                cache,
                                Spawner.Wiring.EXCHANGE);
        process.requests().close();
        LogLines log = new LogLines(process.log(), notices);
        String folder = new String(process.answers().readAllBytes(), UTF_8).strip();
        try {
            int code = process.exit().get(INSTALL_MINUTES_MAX, TimeUnit.MINUTES);
            if (code != 0 || folder.isEmpty()) {
                throw new IOException(
                        "the model server's installation ended with exit code %d: %s"
                                .formatted(code, log.lastLine().join()));
            }
        } catch (ExecutionException | TimeoutException e) {
            process.kill();
            throw new IOException("the model server's installation does not end", e);
        }
        return Path.of(folder);
    }
}
