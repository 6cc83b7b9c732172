package io.dormouse.worker.process;

import io.dormouse.worker.Fault;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedDeque;

/// The connections to one instance: taken for an exchange and given back.
sealed interface Links {
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

        One(Spawned process) {
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

    /// Connections to a Unix socket, as many as are needed at once; idle ones are used again, the
    /// latest first.
    final class Socket implements Links {
        private final UnixDomainSocketAddress address;
        private final Spawned process;
        private final ConcurrentLinkedDeque<HttpLink> idle = new ConcurrentLinkedDeque<>();
        private volatile boolean closed;

        Socket(Path path, Spawned process) {
            this.address = UnixDomainSocketAddress.of(path);
            this.process = process;
        }

        @Override
        public HttpLink take() throws LinkBroken {
            HttpLink link = idle.pollFirst();
            return link == null ? connect() : link;
        }

        HttpLink connect() throws LinkBroken {
            try {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                try {
                    channel.connect(address);
                } catch (IOException e) {
                    channel.close();
                    throw e;
                }
                return new HttpLink(
                        Channels.newInputStream(channel),
                        Channels.newOutputStream(channel),
                        channel);
            } catch (IOException e) {
                throw new LinkBroken(
                        Fault.Kind.DIED, "the model server takes no connection: " + e, e);
            }
        }

        @Override
        public boolean give(HttpLink link) {
            if (link.spent() || closed) {
                link.close();
            } else {
                idle.addFirst(link);
            }
            return !closed;
        }

        @Override
        public void close() {
            closed = true;
            for (HttpLink link = idle.pollFirst(); link != null; link = idle.pollFirst()) {
                link.close();
            }
            try {
                process.requests().close();
            } catch (IOException e) {
                // The lifeline of a process that has ended.
            }
        }
    }
}
