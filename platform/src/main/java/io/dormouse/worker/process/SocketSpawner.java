package io.dormouse.worker.process;

import io.dormouse.worker.instance.Spawned;
import io.dormouse.worker.instance.Syscalls;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Starts workers with a Unix socket as descriptor 0, for requests and answers, and another as
/// descriptors 1 and 2, for the log.
///
/// A virtual thread that waits for a socket costs nothing, where each pipe takes a platform thread
/// of its own; and the spawn itself has no second program on its way. The socket pairs are made by
/// connecting to a listener of our own: so our ends are channels of the JDK.
final class SocketSpawner implements Spawner, AutoCloseable {
    /// More than a model server of a thousand connections needs.
    static final long DESCRIPTORS_MAX = 4096;

    /// Starts the process itself, as [Libc#spawn] does.
    interface Birth {
        int of(List<String> command, List<String> environment, Path folder, int in, int out)
                throws IOException;
    }

    private final Path path;
    private final ServerSocketChannel listener;

    /// @param path of the listener; for this process alone
    /// @throws IOException when this system has not what it takes
    SocketSpawner(Path path) throws IOException {
        this.path = path;
        Files.deleteIfExists(path);
        this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path), 4);
        try {
            rehearse();
        } catch (IllegalCallerException
                | UnsupportedOperationException
                | LinkageError
                | IOException e) {
            close();
            throw new IOException("cannot spawn with sockets here: " + e, e);
        }
    }

    /// The first spawn links the C functions, which takes longer than a start may.
    private void rehearse() throws IOException {
        List<String> nothing = List.of("/bin/sh", "-c", "exit 0");
        Spawned trial = spawn(nothing, Map.of(), Path.of("/"), Wiring.EXCHANGE);
        int code = trial.exit().join();
        trial.hangUp();
        trial.log().close();
        if (code != 0) {
            throw new IOException("a trial ended with exit code " + code);
        }
    }

    /// Our end and the child's.
    private record Pair(SocketChannel ours, int childs) {}

    private synchronized Pair pair() throws IOException {
        int childs = Libc.connected(path);
        return new Pair(listener.accept(), childs);
    }

    @Override
    public Spawned spawn(
            List<String> command, Map<String, String> environment, Path directory, Wiring wiring)
            throws IOException {
        return spawn(command, environment, directory, wiring, Libc::spawn);
    }

    /// The same, where and how somebody else says.
    Spawned spawn(
            List<String> command,
            Map<String, String> environment,
            Path directory,
            Wiring wiring,
            Birth birth)
            throws IOException {
        List<String> variables =
                environment.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList();
        Pair requests = pair();
        Pair log = pair();
        try {
            int pid = birth.of(command, variables, directory, requests.childs(), log.childs());
            Syscalls.limitDescriptors(pid, DESCRIPTORS_MAX);
            return new Connected(pid, wiring, requests.ours(), log.ours());
        } catch (IOException e) {
            requests.ours().close();
            log.ours().close();
            throw e;
        } finally {
            Libc.close(requests.childs());
            Libc.close(log.childs());
        }
    }

    @Override
    public boolean oneSocket() {
        return true;
    }

    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The next start replaces it.
        }
    }

    /// Closing it closes one way, so that the answer under way still comes.
    static final class OneWay extends FilterOutputStream {
        private final SocketChannel channel;

        OneWay(SocketChannel channel) {
            super(Channels.newOutputStream(channel));
            this.channel = channel;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
        }

        @Override
        public void close() throws IOException {
            if (channel.isOpen()) {
                channel.shutdownOutput();
            }
        }
    }

    private static final class Connected implements Spawned {
        private final int pid;
        private final SocketChannel channel;
        private final OutputStream requests;
        private final InputStream answers;
        private final InputStream log;
        private final ProcessHandle process;
        private final CompletableFuture<Integer> exit;

        Connected(int pid, Wiring wiring, SocketChannel channel, SocketChannel log)
                throws IOException {
            this.pid = pid;
            this.channel = channel;
            this.requests = new OneWay(channel);
            this.answers = Channels.newInputStream(channel);
            this.log = Channels.newInputStream(log);
            // Our own child is there until we reap it.
            this.process =
                    ProcessHandle.of(pid).orElseThrow(() -> new IOException("no process " + pid));
            this.exit = process.onExit().thenApply(_ -> Libc.reaped(pid));
            if (wiring == Wiring.LIFELINE) {
                // Of an exchange its reader closes it: the last answer may still lie there.
                var _ = exit.thenRun(this::closeQuietly);
            }
        }

        private void closeQuietly() {
            try {
                channel.close();
            } catch (IOException e) {
                // The other end has gone.
            }
        }

        @Override
        public long pid() {
            return pid;
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

        @Override
        public void hangUp() throws IOException {
            channel.close();
        }

        @Override
        public void terminate() {
            process.destroy();
        }

        @Override
        public void kill() {
            process.destroyForcibly();
        }
    }
}
