package io.dormouse.modelserver;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/// A Unix domain socket for more than one slot: one thread for each connection that is served, of
/// which there is one more than slots.
///
/// Apart from [Main], since linking this class loads the channels that a start on descriptors does
/// without.
final class SocketTransport {
    /// Connections that may wait: a connect to a full backlog fails at once, so it is above any
    /// concurrency.
    private static final int BACKLOG = 1024;

    private final Arguments arguments;
    private final ModelServer server;
    private final ServerSocketChannel listener;

    private SocketTransport(Arguments arguments, ModelServer server, ServerSocketChannel listener) {
        this.arguments = arguments;
        this.server = server;
        this.listener = listener;
    }

    /// Returns when descriptor 0 has ended and no invocation is under way.
    static void run(Arguments arguments, Steps steps, ModelServer server) throws IOException {
        File path = arguments.socket();
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Bound under another name: a socket's file appears before anyone listens behind it.
            File unborn = new File(path.getPath() + ".new");
            listener.bind(UnixDomainSocketAddress.of(unborn.getPath()), BACKLOG);
            if (!unborn.renameTo(path)) {
                throw new IOException("can't rename " + unborn + " to " + path);
            }
            steps.reach(Step.SOCKET);
            SocketTransport transport = new SocketTransport(arguments, server, listener);
            for (int i = 0; i <= arguments.slots(); i++) {
                Thread.ofPlatform().daemon().name("slot-" + i).start(transport::acceptForEver);
            }
            awaitEnd(System.in);
            server.finish(arguments.slots());
        } finally {
            if (!path.delete() && path.exists()) {
                System.err.println("modelserver: left behind " + path);
            }
        }
    }

    private static void awaitEnd(InputStream lifeline) throws IOException {
        byte[] sink = new byte[64];
        while (lifeline.read(sink) >= 0) {
            // What arrives here means nothing.
        }
    }

    private void acceptForEver() {
        try {
            while (true) {
                try (SocketChannel connection = listener.accept()) {
                    serve(connection);
                }
                if (server.failed()) {
                    System.exit(Main.UNLOADABLE);
                }
            }
        } catch (IOException e) {
            if (listener.isOpen()) {
                throw new UncheckedIOException(e);
            }
        } catch (Error e) {
            // Out of memory, or a broken library: a fresh worker serves better than what is left of
            // this one.
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private void serve(SocketChannel connection) {
        InputStream in = Channels.newInputStream(connection);
        OutputStream out = Channels.newOutputStream(connection);
        try {
            new HttpConnection(in, out, server, arguments.payloadMax()).serve();
        } catch (IOException e) {
            System.err.println("modelserver: a connection broke: " + ModelServer.oneLine(e));
        }
    }
}
