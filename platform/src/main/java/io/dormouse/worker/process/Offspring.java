package io.dormouse.worker.process;

import io.dormouse.worker.Network;
import io.dormouse.worker.instance.PlatformNetwork;
import io.dormouse.worker.instance.Spawned;
import io.dormouse.worker.instance.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
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

    /// It answers elsewhere: when it has ended, nothing lies on this connection that anybody would
    /// read.
    void isLifeline() {
        var _ = exit.whenComplete((_, _) -> closeQuietly());
    }

    private void closeQuietly() {
        try {
            requests.close();
        } catch (IOException e) {
            // The other end has gone.
        }
    }

    /// Puts around it what is its own: its model, what it reads, and its way to the platform in the
    /// network that it has made for itself.
    void furnish(Worker worker, Walls walls) throws IOException {
        if (worker.network() instanceof Network.Platform(InetSocketAddress platform)
                && walls instanceof Namespaces) {
            PlatformNetwork network = reached(platform);
            var _ = exit.whenComplete((_, _) -> network.close());
        }
        walls.show(this, worker.model().orElseThrow(), worker.readable());
    }

    private PlatformNetwork reached(InetSocketAddress platform) throws IOException {
        int network = Syscalls.open("/proc/" + pid + "/ns/net");
        try {
            return PlatformNetwork.raised(network, platform);
        } finally {
            Syscalls.close(network);
        }
    }

    /// What stands around it is ready: it may open its model.
    ///
    /// @param told a line: what it is
    void go(String told) throws IOException {
        out.write((told + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
