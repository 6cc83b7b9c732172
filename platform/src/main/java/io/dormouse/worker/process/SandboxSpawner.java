package io.dormouse.worker.process;

import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Starts sandboxed commands, on one thread that lives as long as the platform: the kernel ends a
/// sandbox together with the *thread* that started it.
final class SandboxSpawner implements Spawner {
    private final Spawner spawner;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    work -> Thread.ofPlatform().daemon().name("sandbox-spawner").unstarted(work));

    SandboxSpawner(Spawner spawner) {
        this.spawner = spawner;
    }

    @Override
    public Spawned spawn(
            List<String> command, Map<String, String> environment, Path directory, Wiring wiring)
            throws IOException {
        try {
            return CompletableFuture.supplyAsync(
                            () -> spawnHere(command, environment, directory, wiring), thread)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException cause) {
                throw new IOException(cause.getMessage(), cause);
            }
            throw e;
        }
    }

    private Spawned spawnHere(
            List<String> command, Map<String, String> environment, Path directory, Wiring wiring) {
        try {
            return new Sandboxed(spawner.spawn(command, environment, directory, wiring));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean oneSocket() {
        return spawner.oneSocket();
    }

    /// A process behind two of bubblewrap's: the one that we started, and the first of its
    /// namespace.
    private record Sandboxed(Spawned outer) implements Spawned {
        @Override
        public long pid() {
            return outer.pid();
        }

        @Override
        public OutputStream requests() {
            return outer.requests();
        }

        @Override
        public InputStream answers() {
            return outer.answers();
        }

        @Override
        public InputStream log() {
            return outer.log();
        }

        @Override
        public CompletableFuture<Integer> exit() {
            return outer.exit();
        }

        @Override
        public void hangUp() throws IOException {
            outer.hangUp();
        }

        /// Bubblewrap itself would end at once and take the program with it.
        @Override
        public void terminate() {
            ProcessTree.children(outer.pid()).stream()
                    .flatMap(first -> ProcessTree.children(first).stream())
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .forEach(ProcessHandle::destroy);
        }

        @Override
        public void kill() {
            outer.kill();
        }
    }
}
