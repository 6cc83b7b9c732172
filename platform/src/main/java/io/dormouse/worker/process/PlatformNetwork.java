package io.dormouse.worker.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A network with nothing in it but a loopback port, behind which is the platform.
///
/// The port's listener is a socket of *this* process that was made in the other network: a thread
/// enters it, opens the socket and ends. So nothing runs inside that a program could disturb, and
/// no other address, of the machine or beyond, has a route there. The port has the number that the
/// platform has outside, so that the addresses which it gives out (of presigned requests, of
/// queues) hold inside, too.
final class PlatformNetwork implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int BACKLOG = 128;
    private static final int BUFFER_BYTES = 1 << 16;

    /// Waits for the threads that make networks: whoever asks may be a virtual thread, and a thread
    /// in another network must wake none (that might start a carrier, locked in with it).
    private static final ExecutorService MESSENGER =
            Executors.newSingleThreadExecutor(
                    work -> Thread.ofPlatform().daemon().name("network-maker").unstarted(work));

    /// What a thread brought back from the other network.
    private static final class Visit extends Thread {
        private final int port;
        private volatile int descriptor = -1;
        private volatile Optional<ServerSocketChannel> listener = Optional.empty();
        private volatile String failure = "";

        Visit(int port) {
            super("network-visit");
            this.port = port;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                Syscalls.unshare(Syscalls.CLONE_NEWNET);
                descriptor = Syscalls.open("/proc/thread-self/ns/net");
                Syscalls.raiseLoopback();
                ServerSocketChannel made = ServerSocketChannel.open(StandardProtocolFamily.INET);
                listener = Optional.of(made);
                made.bind(new InetSocketAddress(LOOPBACK, port), BACKLOG);
            } catch (IOException | RuntimeException | LinkageError e) {
                failure = String.valueOf(e);
            }
        }
    }

    private final int descriptor;
    private final ServerSocketChannel listener;
    private final InetSocketAddress platform;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private PlatformNetwork(
            int descriptor, ServerSocketChannel listener, InetSocketAddress platform) {
        this.descriptor = descriptor;
        this.listener = listener;
        this.platform = platform;
    }

    /// Makes one.
    ///
    /// @param platform where the platform answers
    /// @throws IOException where this process may not: it takes root, and Linux
    static PlatformNetwork to(InetSocketAddress platform) throws IOException {
        Visit visit =
                CompletableFuture.supplyAsync(() -> visited(platform.getPort()), MESSENGER).join();
        if (!visit.failure.isEmpty() || visit.listener.isEmpty()) {
            if (visit.listener.isPresent()) {
                visit.listener.get().close();
            }
            if (visit.descriptor >= 0) {
                Syscalls.close(visit.descriptor);
            }
            throw new IOException("no network can be made: " + visit.failure);
        }
        var network = new PlatformNetwork(visit.descriptor, visit.listener.get(), platform);
        Thread.ofVirtual().name("platform-network").start(network::accept);
        return network;
    }

    private static Visit visited(int port) {
        Visit visit = new Visit(port);
        visit.start();
        boolean interrupted = false;
        while (visit.isAlive()) {
            try {
                visit.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return visit;
    }

    /// The network as a file, for those who enter it.
    String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor;
    }

    /// The network's descriptor in this process.
    int descriptor() {
        return descriptor;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel inside = listener.accept();
                open.add(inside);
                Thread.ofVirtual().name("platform-call").start(() -> forward(inside));
            } catch (IOException e) {
                // Closed, or a caller that has gone already.
            }
        }
    }

    private void forward(SocketChannel inside) {
        try (inside;
                SocketChannel outside = SocketChannel.open()) {
            open.add(outside);
            outside.connect(platform);
            Thread answers =
                    Thread.ofVirtual().name("platform-answer").start(() -> pump(outside, inside));
            pump(inside, outside);
            answers.join();
            open.remove(outside);
        } catch (IOException e) {
            // The platform is gone, or the network: the caller sees its connection end.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(inside);
        }
    }

    /// One way, to its end, which is handed on.
    private static void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone.
        }
    }

    /// What is inside goes on without the platform; the network itself goes with the last of it.
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // Nothing listens there any more.
        }
        open.forEach(PlatformNetwork::close);
        Syscalls.close(descriptor);
    }
}
