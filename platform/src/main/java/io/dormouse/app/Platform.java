package io.dormouse.app;

import io.dormouse.artifact.Folders;
import io.dormouse.function.UrlFront;
import io.dormouse.wire.Exchange;
import io.dormouse.wire.Handler;
import io.dormouse.wire.HttpServer;
import io.dormouse.wire.Loopback;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// A running platform: one port, and the rooms behind it.
///
/// Started in the order data flows, closed in reverse; the server is made beside the rooms, which
/// saves a fifth of the start, and its first requests wait for them. An ephemeral platform can be
/// emptied: its rooms are closed, their folder is removed, and new ones are opened behind the same
/// port.
final class Platform implements AutoCloseable {
    private final Settings settings;
    private final MovableClock clock = new MovableClock();
    private final HttpServer server;
    private final CompletableFuture<URI> address = new CompletableFuture<>();

    /// Completed before the first request is answered.
    private volatile CompletableFuture<Rooms> rooms = new CompletableFuture<>();

    private Platform(Settings settings) throws IOException {
        this.settings = settings;
        Handler open = this::handle;
        Handler handler = settings.keys().isEmpty() ? new Loopback(open, this::foreign) : open;
        FutureTask<HttpServer> serving = new FutureTask<>(() -> listening(handler));
        Thread.ofPlatform().name("http-server").start(serving);
        try {
            rooms.complete(Rooms.open(settings, clock, address::join));
        } catch (IOException | RuntimeException e) {
            rooms.completeExceptionally(e);
            closeWhatStarted(serving);
            throw e;
        }
        try {
            server = started(serving);
        } catch (IOException | RuntimeException e) {
            rooms.join().close();
            throw e;
        }
    }

    /// Starts one and returns when it answers.
    ///
    /// @throws IOException where the port is taken or the folder cannot be used
    static Platform start(Settings settings) throws IOException {
        return new Platform(settings);
    }

    /// Once in a process: what it leaves is the process's.
    void rehearse() {
        rooms.join().rehearse(endpoint());
    }

    /// Whoever starts beside it may wait for its address.
    private HttpServer listening(Handler handler) throws IOException {
        try {
            HttpServer made = new HttpServer(HttpServer.Settings.at(settings.address()), handler);
            address.complete(endpoint(settings, made.port()));
            return made;
        } catch (IOException | RuntimeException e) {
            address.completeExceptionally(e);
            throw e;
        }
    }

    private static HttpServer started(FutureTask<HttpServer> serving) throws IOException {
        try {
            return serving.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("The start was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static void closeWhatStarted(FutureTask<HttpServer> serving) {
        try {
            started(serving).close();
        } catch (IOException | RuntimeException e) {
            // It did not start either: what the rooms have to say comes first.
        }
    }

    int port() {
        return server.port();
    }

    /// `http://127.0.0.1:4600`.
    URI endpoint() {
        return address.join();
    }

    private static URI endpoint(Settings settings, int port) {
        String host = settings.address().getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }

    private void handle(Exchange exchange) throws IOException {
        Rooms now = rooms.join();
        if (UrlFront.takes(exchange)) {
            now.functionUrls().handle(exchange);
        } else if (exchange.path().startsWith("/_dormouse/") || exchange.path().equals("/health")) {
            new OwnPages(settings, clock, now, this::reset).handle(exchange);
        } else {
            now.handler().handle(exchange);
        }
    }

    /// Never our own pages: objects alone.
    private boolean foreign(Exchange exchange) throws IOException {
        return rooms.join().foreign().handle(exchange);
    }

    /// Empties everything.
    private synchronized void reset() throws IOException {
        rooms.join().close();
        Folders.delete(settings.data());
        Files.createDirectories(settings.data());
        rooms = CompletableFuture.completedFuture(Rooms.open(settings, clock, address::join));
    }

    @Override
    public void close() {
        server.close();
        rooms.join().close();
    }
}
