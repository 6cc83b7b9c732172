package io.dormouse.worker.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/// A process that another one of ours forked. It reads its requests from a connection, and its exit
/// code comes from its parent.
final class Offspring implements Spawned {
    private final long pid;
    private final SocketChannel requests;
    private final InputStream in;
    private final OutputStream out;
    private final InputStream log;
    private final CompletableFuture<Integer> exit;

    /// @param pid as the machine counts
    /// @param exit completes with the exit code
    Offspring(long pid, SocketChannel requests, InputStream log, CompletableFuture<Integer> exit) {
        this.pid = pid;
        this.requests = requests;
        this.in = Channels.newInputStream(requests);
        this.out = new SocketSpawner.OneWay(requests);
        this.log = log;
        this.exit = exit;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public OutputStream requests() {
        return out;
    }

    @Override
    public InputStream answers() {
        return in;
    }

    @Override
    public InputStream log() {
        return log;
    }

    @Override
    public CompletableFuture<Integer> exit() {
        return exit;
    }

    @Override
    public void hangUp() throws IOException {
        requests.close();
    }

    @Override
    public void terminate() {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }

    @Override
    public void kill() {
        if (!exit.isDone()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /// What stands around it is ready: it may open its model.
    void go() throws IOException {
        out.write("go\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        out.flush();
    }
}
