package io.dormouse.app;

import io.dormouse.artifact.Folders;
import io.dormouse.wire.Exchange;
import io.dormouse.wire.Handler;
import io.dormouse.wire.HttpServer;
import io.dormouse.wire.Loopback;
import java.io.IOException;
import java.nio.file.Files;

/// A running platform: one port, and the rooms behind it.
///
/// Started in the order data flows, closed in reverse. An ephemeral platform can be emptied: its
/// rooms are closed, their folder is removed, and new ones are opened behind the same port.
final class Platform implements AutoCloseable {
    private final Settings settings;
    private final MovableClock clock;
    private final HttpServer server;
    private volatile Rooms rooms;

    private Platform(Settings settings, MovableClock clock, Rooms rooms) throws IOException {
        this.settings = settings;
        this.clock = clock;
        this.rooms = rooms;
        Handler handler = this::handle;
        this.server =
                new HttpServer(
                        HttpServer.Settings.at(settings.address()),
                        settings.keys().isEmpty() ? new Loopback(handler) : handler);
    }

    /// Starts one and returns when it answers.
    ///
    /// @throws IOException where the port is taken or the folder cannot be used
    static Platform start(Settings settings) throws IOException {
        MovableClock clock = new MovableClock();
        Rooms rooms = Rooms.open(settings, clock);
        try {
            return new Platform(settings, clock, rooms);
        } catch (IOException | RuntimeException e) {
            rooms.close();
            throw e;
        }
    }

    int port() {
        return server.port();
    }

    private void handle(Exchange exchange) throws IOException {
        if (exchange.path().startsWith("/_dormouse/") || exchange.path().equals("/health")) {
            new OwnPages(settings, clock, rooms, this::reset).handle(exchange);
        } else {
            rooms.handler().handle(exchange);
        }
    }

    /// Empties everything.
    private synchronized void reset() throws IOException {
        rooms.close();
        Folders.delete(settings.data());
        Files.createDirectories(settings.data());
        rooms = Rooms.open(settings, clock);
    }

    @Override
    public void close() {
        server.close();
        rooms.close();
    }
}
