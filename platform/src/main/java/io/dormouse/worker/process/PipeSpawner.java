package io.dormouse.worker.process;

import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Starts processes by the JDK's own means: three pipes. Works everywhere; each pipe costs a
/// platform thread, because a virtual thread that reads a pipe would keep its carrier.
final class PipeSpawner implements Spawner {
    @Override
    public Spawned spawn(
            List<String> command, Map<String, String> environment, Path directory, Wiring wiring)
            throws IOException {
        var builder = new ProcessBuilder(command);
        builder.directory(directory.toFile());
        builder.redirectErrorStream(wiring == Wiring.LIFELINE);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new Piped(builder.start(), wiring);
    }

    private static final class Piped implements Spawned {
        private final Process process;
        private final OutputStream requests;
        private final InputStream answers;
        private final InputStream log;
        private final CompletableFuture<Integer> exit;

        Piped(Process process, Wiring wiring) {
            this.process = process;
            this.exit = process.onExit().thenApply(Process::exitValue);
            if (wiring == Wiring.EXCHANGE) {
                this.requests = new PumpedOutput(process.getOutputStream());
                this.answers = new PumpedInput(process.getInputStream());
                this.log = new PumpedInput(process.getErrorStream());
            } else {
                this.requests = process.getOutputStream();
                this.answers = InputStream.nullInputStream();
                this.log = new PumpedInput(process.getInputStream());
            }
        }

        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public OutputStream requests() {
            return requests;
        }

        @Override
        public InputStream answers() {
            return answers;
        }

        @Override
        public InputStream log() {
            return log;
        }

        @Override
        public CompletableFuture<Integer> exit() {
            return exit;
        }

        /// What it still answers is read away by the reader of its pipe.
        @Override
        public void hangUp() throws IOException {
            requests.close();
        }

        @Override
        public void terminate() {
            // Of the process itself this would close our ends too, and lose its last words.
            process.toHandle().destroy();
        }

        @Override
        public void kill() {
            process.toHandle().destroyForcibly();
        }
    }
}
