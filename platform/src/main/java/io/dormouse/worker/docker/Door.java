package io.dormouse.worker.docker;

import io.dormouse.worker.instance.Links;
import io.dormouse.worker.instance.NetworkVisit;
import io.dormouse.worker.instance.PlatformNetwork;
import io.dormouse.worker.instance.Syscalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/// The way to a container's port 8080.
sealed interface Door extends Links.Dial, AutoCloseable {
    /// The port of SageMaker's contract.
    int PORT = 8080;

    InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @Override
    void close();

    /// Through the container's own network, which has nothing but a loopback address: the socket is
    /// made in there by a thread that enters it. It takes root, and an engine of this machine.
    final class Inside implements Door {
        private static final int CLOSED = -1;

        private int network;

        private Inside(int network) {
            this.network = network;
        }

        /// Opens the network of a container.
        ///
        /// @throws IOException where this process may not, or the container is not of this machine
        static Inside of(Container container) throws IOException {
            Path process = Path.of("/proc", String.valueOf(container.pid()));
            // Elsewhere another process may have the number.
            if (!Files.readString(process.resolve("cgroup")).contains(container.id())) {
                throw new IOException("the container's process is not one of this machine");
            }
            return new Inside(Syscalls.open(process.resolve("ns/net").toString()));
        }

        @Override
        public SocketChannel connected() throws IOException {
            return Links.Dial.connected(entered(), new InetSocketAddress(LOOPBACK, PORT));
        }

        private synchronized SocketChannel entered() throws IOException {
            requireOpen();
            return NetworkVisit.to(network, () -> SocketChannel.open(StandardProtocolFamily.INET));
        }

        /// Lets the container reach the platform, on the loopback port of the same number.
        synchronized PlatformNetwork platform(InetSocketAddress platform) throws IOException {
            requireOpen();
            return PlatformNetwork.in(network, platform);
        }

        private void requireOpen() throws IOException {
            if (network == CLOSED) {
                throw new IOException("the container has ended");
            }
        }

        @Override
        public synchronized void close() {
            if (network != CLOSED) {
                Syscalls.close(network);
                network = CLOSED;
            }
        }
    }

    /// Through a port of this machine's loopback address that the engine forwards.
    ///
    /// @param port of this machine
    record Published(int port) implements Door {
        static Published of(Container container) throws IOException {
            JsonNode ports = container.inspected().path("NetworkSettings").path("Ports");
            int port = ports.path(PORT + "/tcp").path(0).path("HostPort").asInt(0);
            if (port == 0) {
                throw new IOException("the engine forwards no port to the container");
            }
            return new Published(port);
        }

        @Override
        public SocketChannel connected() throws IOException {
            return Links.Dial.connected(
                    SocketChannel.open(StandardProtocolFamily.INET),
                    new InetSocketAddress(LOOPBACK, port));
        }

        @Override
        public void close() {}
    }
}
