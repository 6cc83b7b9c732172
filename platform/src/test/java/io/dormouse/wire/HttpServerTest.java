package io.dormouse.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What arrives on the port byte by byte: framing that tries to smuggle, breaks off or stalls.
class HttpServerTest {
    /// Answers with the request as it saw it.
    private static final Handler ECHO =
            exchange -> {
                byte[] body = exchange.body().readAllBytes();
                exchange.answer(
                        200,
                        Map.of("Content-Type", "text/plain"),
                        (exchange.method()
                                        + " "
                                        + exchange.path()
                                        + "?"
                                        + exchange.query()
                                        + " "
                                        + body.length
                                        + " "
                                        + exchange.header("host").orElse(""))
                                .getBytes(StandardCharsets.UTF_8));
            };

    private static HttpServer server(Handler handler, Duration idle) throws IOException {
        return new HttpServer(
                new HttpServer.Settings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        idle,
                        Duration.ofSeconds(10),
                        16 * 1024),
                handler);
    }

    private static HttpServer server() throws IOException {
        return server(ECHO, Duration.ofSeconds(20));
    }

    /// Sends bytes and reads until the server closes.
    private static String talk(HttpServer server, String sent) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(15_000);
            OutputStream out = socket.getOutputStream();
            out.write(sent.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String post(String headers, String body) {
        return "POST /a HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n\r\n" + body;
    }

    @Test
    void keysArriveAsTheyWereSent() throws IOException {
        try (HttpServer server = server()) {
            for (String path :
                    new String[] {"//a//b", "/b/./../c", "/b/a%2Fb%E2%82%AC+", "/b/;x=1"}) {
                String answer =
                        talk(
                                server,
                                "GET "
                                        + path
                                        + "?a=%2F HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
                assertTrue(answer.contains("GET " + path + "?a=%2F 0 h"), path + ": " + answer);
            }
        }
    }

    @Test
    void aRequestWithTwoLengthsIsRefused() throws IOException {
        try (HttpServer server = server()) {
            String both =
                    talk(
                            server,
                            post(
                                    "Content-Length: 6\r\nTransfer-Encoding: chunked",
                                    "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"));
            assertTrue(both.startsWith("HTTP/1.1 400"), both);
            assertTrue(both.contains("x-amzn-RequestId: "), both);
            assertFalse(both.contains("smuggled"), both);
            String twice =
                    talk(
                            server,
                            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
            assertTrue(twice.startsWith("HTTP/1.1 400"), twice);
        }
    }

    @Test
    void aBrokenChunkIsRefusedAndTheNextRequestServed() throws IOException {
        try (HttpServer server = server()) {
            String answer =
                    talk(
                            server,
                            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
            String extended =
                    talk(
                            server,
                            post(
                                    "Connection: close\r\nTransfer-Encoding: chunked",
                                    "5;chunk-signature=abc\r\nhello\r\n0;chunk-signature=d\r\n\r\n"));
            assertTrue(extended.contains("POST /a? 5 h"), extended);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (HttpServer server = server()) {
            String answers =
                    talk(
                            server,
                            "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                                    + "GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertTrue(answers.indexOf("POST /1? 3") > 0, answers);
            assertTrue(answers.indexOf("GET /2? 0") > answers.indexOf("POST /1? 3"), answers);
        }
    }

    @Test
    void headersThatAreTooLargeAreRefused() throws IOException {
        try (HttpServer server = server()) {
            String answer =
                    talk(
                            server,
                            "GET / HTTP/1.1\r\nHost: h\r\nX-Long: "
                                    + "x".repeat(20_000)
                                    + "\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 431"), answer);
            assertTrue(answer.contains("x-amzn-RequestId: "), answer);
        }
    }

    @Test
    void aHalfSentRequestTimesOut() throws IOException {
        try (HttpServer server = server(ECHO, Duration.ofMillis(500))) {
            assertFalse(talk(server, "POST /a HTT").startsWith("HTTP/1.1 200"));
            String body =
                    talk(server, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
            assertTrue(body.startsWith("HTTP/1.1 408"), body);
        }
    }

    @Test
    void anAnswerMayTakeLongerThanASilentConnection() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Handler slow =
                exchange -> {
                    try {
                        assertFalse(never.await(1500, TimeUnit.MILLISECONDS));
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    ECHO.handle(exchange);
                };
        try (HttpServer server = server(slow, Duration.ofMillis(500))) {
            String answer =
                    talk(server, "GET /slow HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        }
    }

    @Test
    void continueIsSaidWhenTheBodyIsRead() throws IOException {
        try (HttpServer server = server();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(
                    "PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            assertEquals("HTTP/1.1 100 Continue", in.readLine());
            out.write("hello".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertEquals("", in.readLine());
            assertEquals("HTTP/1.1 200 OK", in.readLine());
        }
    }

    @Test
    void headAndNotModifiedHaveNoBodyAndKeepTheLength() throws IOException {
        Handler handler =
                exchange -> {
                    int status = exchange.path().equals("/304") ? 304 : 200;
                    exchange.answer(status, Map.of("ETag", "\"e\""), OptionalLong.of(7)).close();
                };
        try (HttpServer server = server(handler, Duration.ofSeconds(20))) {
            String head = talk(server, "HEAD /k HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertTrue(head.startsWith("HTTP/1.1 200"), head);
            assertTrue(head.toLowerCase(java.util.Locale.ROOT).contains("content-length: 7"), head);
            assertTrue(head.endsWith("\r\n\r\n"), head);
            String not = talk(server, "GET /304 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertTrue(not.startsWith("HTTP/1.1 304"), not);
            assertTrue(not.endsWith("\r\n\r\n"), not);
        }
    }

    @Test
    void anAnswerThatBreaksOffDoesNotLookWhole() throws IOException {
        Handler breaking =
                exchange -> {
                    OutputStream out = exchange.answer(200, Map.of(), OptionalLong.empty());
                    out.write(new byte[100]);
                    out.flush();
                    throw new IllegalStateException("broke off");
                };
        try (HttpServer server = server(breaking, Duration.ofSeconds(20))) {
            String answer = talk(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
            assertFalse(answer.endsWith("0\r\n\r\n"), "ends as a whole answer does");
        }
    }

    @Test
    void http2InClearTextIsServed() throws Exception {
        try (HttpServer server = server();
                HttpClient client =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://localhost:" + server.port() + "/h2"))
                                    .POST(HttpRequest.BodyPublishers.ofString("abc"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals("POST /h2? 3 localhost:" + server.port(), answer.body());
            HttpResponse<String> second =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://localhost:" + server.port() + "/h2"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, second.version());
        }
    }

    @Test
    void closingWaitsForWhatIsUnderWay() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Handler held =
                exchange -> {
                    entered.countDown();
                    try {
                        assertTrue(release.await(20, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    ECHO.handle(exchange);
                };
        HttpServer server = server(held, Duration.ofSeconds(20));
        CompletableFuture<String> answer =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return talk(
                                server,
                                "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
        assertTrue(entered.await(10, TimeUnit.SECONDS));
        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        release.countDown();
        assertTrue(answer.get(15, TimeUnit.SECONDS).startsWith("HTTP/1.1 200"), answer.get());
        closed.get(15, TimeUnit.SECONDS);
    }

    @Test
    void closingDoesNotWaitForSilentConnections() throws Exception {
        HttpServer server = server();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', socket.getInputStream().read());
            long start = System.nanoTime();
            server.close();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, "took " + took);
            socket.getInputStream().readAllBytes();
        }
    }
}
