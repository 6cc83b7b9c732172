package io.dormouse.worker.instance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// A network with nothing in it but a loopback port, behind which is the platform.
///
/// The port's listener is a socket of *this* process that was made in the other network: a thread
/// enters it, opens the socket and ends. So nothing runs inside that a program could disturb, and
/// no other address, of the machine or beyond, has a route there. The port has the number that the
/// platform has outside, so that the addresses which it gives out (of presigned requests, of
/// queues) hold inside, too.
public final class PlatformNetwork implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int BACKLOG = 128;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /// Where the descriptor would be of a network that is somebody else's.
    private static final int NONE = -1;

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
    public static PlatformNetwork to(InetSocketAddress platform) throws IOException {
        try {
            return NetworkVisit.toNew(
                            () -> {
                                int descriptor = Syscalls.open("/proc/thread-self/ns/net");
                                try {
                                    Syscalls.raiseLoopback();
                                    return new PlatformNetwork(
                                            descriptor, listener(platform.getPort()), platform);
                                } catch (IOException | RuntimeException e) {
                                    Syscalls.close(descriptor);
                                    throw e;
                                }
                            })
                    .begun();
        } catch (IOException e) {
            throw new IOException("no network can be made: " + e.getMessage(), e);
        }
    }

    /// Opens the port in a network that is there and has a loopback address.
    ///
    /// @param network its descriptor, which stays the caller's
    public static PlatformNetwork in(int network, InetSocketAddress platform) throws IOException {
        return NetworkVisit.to(
                        network,
                        () -> new PlatformNetwork(NONE, listener(platform.getPort()), platform))
                .begun();
    }

    /// The same in a network of nobody's yet: it gets its loopback address first.
    public static PlatformNetwork raised(int network, InetSocketAddress platform)
            throws IOException {
        return NetworkVisit.to(
                        network,
                        () -> {
                            Syscalls.raiseLoopback();
                            return new PlatformNetwork(
                                    NONE, listener(platform.getPort()), platform);
                        })
                .begun();
    }

    private static ServerSocketChannel listener(int port) throws IOException {
        ServerSocketChannel made = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
            made.bind(new InetSocketAddress(LOOPBACK, port), BACKLOG);
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    private PlatformNetwork begun() {
        Thread.ofVirtual().name("platform-network").start(this::accept);
        return this;
    }

    /// The network as a file, for those who enter it.
    public String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor;
    }

    /// The network's descriptor in this process.
    public int descriptor() {
        return descriptor;
    }

    /// Where callers come from.
    interface Callers {
        boolean isOpen();

        SocketChannel accept() throws IOException;
    }

    private void accept() {
        Callers callers =
                new Callers() {
                    @Override
                    public boolean isOpen() {
                        return listener.isOpen();
                    }

                    @Override
                    public SocketChannel accept() throws IOException {
                        return listener.accept();
                    }
                };
        accept(
                callers,
                inside -> {
                    open.add(inside);
                    Thread.ofVirtual().name("platform-call").start(() -> forward(inside));
                });
    }

    /// Hands callers on until none can come any more.
    static void accept(Callers callers, Consumer<SocketChannel> on) {
        while (callers.isOpen()) {
            try {
                on.accept(callers.accept());
            } catch (IOException e) {
                // Closed, or a caller that has gone already; or this process has no descriptor
                // left, and would be told so again and again.
                LockSupport.parkNanos(PAUSE_NANOS);
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
        if (descriptor != NONE) {
            Syscalls.close(descriptor);
        }
    }
}
