package io.dormouse.worker.instance;

import io.dormouse.worker.Fault;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;

/// The connections to one instance: taken for an exchange and given back.
public sealed interface Links {
    HttpLink take() throws LinkBroken;

    /// Gives a connection back.
    ///
    /// @return whether the instance can take another exchange
    boolean give(HttpLink link);

    void close();

    /// The one connection over the process's own descriptors.
    final class One implements Links {
        private final Spawned process;
        private final HttpLink link;
        private boolean busy;
        private boolean closed;

        public One(Spawned process) {
            this.process = process;
            this.link = new HttpLink(process.answers(), process.requests(), process::hangUp);
        }

        @Override
        public synchronized HttpLink take() throws LinkBroken {
            if (closed || link.spent()) {
                throw new LinkBroken(Fault.Kind.DIED, "the model server has ended");
            }
            if (busy) {
                throw new IllegalStateException("an instance of one slot has a request already");
            }
            busy = true;
            return link;
        }

        @Override
        public synchronized boolean give(HttpLink link) {
            busy = false;
            if (closed) {
                link.close();
            }
            return !link.spent();
        }

        /// The answer under way, if there is one, may still be read.
        @Override
        public synchronized void close() {
            closed = true;
            if (!busy) {
                link.close();
                return;
            }
            try {
                process.requests().close();
            } catch (IOException e) {
                // The process has ended.
            }
        }
    }

    /// Makes a new connection to where a model server listens.
    @FunctionalInterface
    interface Dial {
        SocketChannel connected() throws IOException;

        /// To a Unix socket.
        static Dial of(Path path) {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
            return () -> connected(SocketChannel.open(StandardProtocolFamily.UNIX), address);
        }

        /// Connects a socket, which is closed where that fails.
        static SocketChannel connected(SocketChannel channel, SocketAddress to) throws IOException {
            try {
                channel.connect(to);
                return channel;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
    }

    /// Connections to where it listens, as many as are needed at once; idle ones are used again,
    /// the latest first.
    final class Socket implements Links {
        private record Idle(HttpLink link, long since) {}

        private final Dial dial;
        private final Spawned process;
        private final long reuseNanos;
        private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
        private volatile boolean closed;

        /// @param reuse how long an idle connection is used again: a stranger's model server closes
        ///   it sooner or later, without asking whether a request is on its way
        public Socket(Dial dial, Spawned process, Duration reuse) {
            this.dial = dial;
            this.process = process;
            this.reuseNanos = reuse.toNanos();
        }

        @Override
        public HttpLink take() throws LinkBroken {
            long now = System.nanoTime();
            for (Idle each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
                if (now - each.since() <= reuseNanos) {
                    return each.link();
                }
                each.link().close();
            }
            return connect();
        }

        public HttpLink connect() throws LinkBroken {
            try {
                SocketChannel channel = dial.connected();
                return new HttpLink(
                        Channels.newInputStream(channel),
                        Channels.newOutputStream(channel),
                        channel);
            } catch (IOException e) {
                throw new LinkBroken(
                        Fault.Kind.DIED, "the model server takes no connection: " + e, e);
            }
        }

        /// Closes the idle ones: it will not answer for a while.
        public void rest() {
            for (Idle each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
                each.link().close();
            }
        }

        @Override
        public boolean give(HttpLink link) {
            if (link.spent() || closed) {
                link.close();
            } else {
                idle.addFirst(new Idle(link, System.nanoTime()));
            }
            return !closed;
        }

        @Override
        public void close() {
            closed = true;
            rest();
            try {
                process.requests().close();
            } catch (IOException e) {
                // The lifeline of a process that has ended.
            }
        }
    }
}
