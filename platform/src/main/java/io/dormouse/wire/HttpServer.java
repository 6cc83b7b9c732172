package io.dormouse.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one port: HTTP/1.1 and HTTP/2 in clear text, a virtual thread for each request.
///
/// [#close] stops accepting, lets the requests that are under way finish within [Settings#drain],
/// and ends.
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /// The acceptor, the selector, and one to spare for either.
    private static final int SYSTEM_THREADS = 3;

    private final Server server;
    private final ServerConnector connector;
    private final Adapter adapter;
    private final Duration drain;

    /// Limits of the server.
    ///
    /// @param address where to listen; port 0 takes a free one
    /// @param idle how long a connection may be silent, between requests or inside one: a half-sent
    ///   request is answered 408 after it
    /// @param drain how long [#close] waits for requests under way
    /// @param headerBytesMax bytes of a request's line and headers together, else 431
    public record Settings(
            InetSocketAddress address, Duration idle, Duration drain, int headerBytesMax) {
        public static Settings at(InetSocketAddress address) {
            return new Settings(address, Duration.ofSeconds(30), Duration.ofSeconds(30), 32 * 1024);
        }
    }

    /// Starts listening.
    ///
    /// @throws IOException where the port is taken, saying which
    public HttpServer(Settings settings, Handler handler) throws IOException {
        drain = settings.drain();
        server = new Server(threads());
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setUriCompliance(UriCompliance.UNSAFE);
        // Else "charset=UTF-8" comes in as "charset=utf-8", and no signature over it is right.
        http.setHeaderCacheCaseSensitive(true);
        http.setRequestHeaderSize(settings.headerBytesMax());
        connector =
                new ServerConnector(
                        server,
                        1,
                        1,
                        new HttpConnectionFactory(http),
                        new HTTP2CServerConnectionFactory(http));
        connector.setHost(settings.address().getHostString());
        connector.setPort(settings.address().getPort());
        connector.setIdleTimeout(settings.idle().toMillis());
        // The default of a second answers 500 to a request that is still being sent at the end.
        connector.setShutdownIdleTimeout(settings.drain().toMillis());
        server.addConnector(connector);
        server.setStopTimeout(settings.drain().toMillis());
        server.setErrorHandler(new NoHttp());
        adapter = new Adapter(handler);
        server.setHandler(adapter);
        start();
    }

    /// A virtual thread for each request; the acceptor and the selector on threads of the system,
    /// since a selector that parks goes through two pollers on its way back, at each request.
    private static QueuedThreadPool threads() {
        // With a queue of ours: Jetty's own asks the platform's MBean server how long a cache line
        // is,
        // and that one is a third of a platform's start.
        QueuedThreadPool threads =
                new QueuedThreadPool(
                        SYSTEM_THREADS,
                        SYSTEM_THREADS,
                        (int) Duration.ofMinutes(1).toMillis(),
                        new LinkedBlockingQueue<>());
        threads.setReservedThreads(0);
        threads.setName("http");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        return threads;
    }

    private void start() throws IOException {
        try {
            server.start();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("The HTTP server does not start: " + e.getMessage(), e);
        }
    }

    /// The port that it listens on.
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            var accepting = connector.shutdown();
            adapter.drain(drain);
            // What is left is silent: connections that clients keep for their next request.
            connector.getConnectedEndPoints().forEach(EndPoint::close);
            accepting.get(1, TimeUnit.SECONDS);
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("The HTTP server did not stop cleanly", e);
        }
    }

    /// For what is no HTTP and never reaches a handler: a status, and nothing of our inside.
    private static final class NoHttp extends ErrorHandler {
        NoHttp() {
            setShowStacks(false);
            setShowCauses(false);
            setShowOrigin(false);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback)
                throws Exception {
            response.getHeaders().put("x-amzn-RequestId", UUID.randomUUID().toString());
            return super.handle(request, response, callback);
        }
    }

    private static final class Adapter extends org.eclipse.jetty.server.Handler.Abstract {
        private final Handler handler;

        /// Guards the two fields below.
        private final Object lock = new Object();

        private int underWay;

        private boolean isDraining;

        Adapter(Handler handler) {
            this.handler = handler;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            // The connection may be silent for as long as the answer is being made; what waits for
            // bytes of the client still times out.
            request.addIdleTimeoutListener(_ -> false);
            JettyExchange exchange = new JettyExchange(request, response);
            try {
                if (enter(request)) {
                    handler.handle(exchange);
                } else {
                    unavailable(exchange);
                }
                exchange.discardRest();
                callback.succeeded();
            } catch (IOException | RuntimeException e) {
                fail(exchange, response, callback, e);
            }
            return true;
        }

        /// Counts a request until its answer is out; false where no new one is taken any more.
        private boolean enter(Request request) {
            synchronized (lock) {
                if (isDraining) {
                    return false;
                }
                underWay++;
            }
            Request.addCompletionListener(
                    request,
                    _ -> {
                        synchronized (lock) {
                            underWay--;
                            lock.notifyAll();
                        }
                    });
            return true;
        }

        /// Waits until no request is under way, but not longer than this.
        void drain(Duration longest) throws InterruptedException {
            long end = System.nanoTime() + longest.toNanos();
            synchronized (lock) {
                isDraining = true;
                long left = longest.toMillis();
                while (underWay > 0 && left > 0) {
                    lock.wait(left);
                    left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                }
            }
        }

        private static void unavailable(Exchange exchange) throws IOException {
            exchange.answer(
                    503,
                    Map.of("Content-Type", "text/plain", "Connection", "close"),
                    "The platform is stopping".getBytes(StandardCharsets.UTF_8));
        }

        /// A handler answers its own errors; what arrives here is a client that is gone, a body
        /// that is no HTTP, or a defect.
        private static void fail(
                JettyExchange exchange, Response response, Callback callback, Exception failure) {
            if (!(failure instanceof IOException) && !(failure instanceof HttpException)) {
                LOG.error("{} failed", exchange, failure);
            }
            if (response.isCommitted()) {
                callback.failed(failure);
                return;
            }
            int status = status(failure);
            try {
                exchange.answer(
                        status,
                        Map.of("Content-Type", "text/plain", "Connection", "close"),
                        String.valueOf(failure.getMessage()).getBytes(StandardCharsets.UTF_8));
                callback.succeeded();
            } catch (IOException e) {
                callback.failed(e);
            }
        }

        private static int status(Throwable failure) {
            return switch (failure) {
                case Exchange.TooLarge _ -> 413;
                case HttpException http -> http.getCode();
                case TimeoutException _ -> 408;
                default -> failure.getCause() == null ? 500 : status(failure.getCause());
            };
        }
    }
}
