package io.dormouse.modelserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A worker with more than one slot, on a Unix domain socket.
class ListenTest {
    @TempDir Path folder;

    /// Not in the temporary folder: the path of a socket may have some hundred bytes only.
    private File socket = new File("");

    @BeforeEach
    void name() throws IOException {
        Path place = Files.createTempDirectory("dm");
        socket = place.resolve("s").toFile();
    }

    @AfterEach
    void forget() throws IOException {
        Files.deleteIfExists(socket.toPath());
        Files.delete(socket.toPath().resolveSibling(""));
    }

    private Worker start(int slots) throws IOException {
        Path model = Models.linear().into(folder);
        Worker worker =
                Worker.start(
                        "--listen",
                        socket.getPath(),
                        "--slots",
                        String.valueOf(slots),
                        "--kind",
                        "onnx",
                        "--model",
                        model.toString());
        worker.awaitSocket(socket);
        return worker;
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket.toPath()));
    }

    private static HttpClient http(SocketChannel channel) {
        return new HttpClient(Channels.newInputStream(channel), Channels.newOutputStream(channel));
    }

    @Test
    void moreConnectionsThanSlotsAreAllAnswered() throws Exception {
        try (Worker _ = start(2);
                ExecutorService threads = Executors.newFixedThreadPool(40)) {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                calls.add(() -> {
                    try (SocketChannel channel = connect()) {
                        return http(channel).invoke("text/csv", "1,2,3,4").body();
                    }
                });
            }
            for (Future<String> answer : threads.invokeAll(calls)) {
                assertEquals("{\"predictions\":[[4.5,12.0]]}", answer.get());
            }
        }
    }

    @Test
    void pingIsAnsweredWhileEverySlotIsTaken() throws IOException {
        try (Worker _ = start(1);
                SocketChannel busy = connect();
                SocketChannel control = connect()) {
            HttpClient slow = http(busy);
            slow.send(
                    "POST /invocations HTTP/1.1\r\nContent-Type: text/csv\r\nContent-Length: 7\r\n\r\n");
            assertEquals(200, http(control).get("/ping").status());
            slow.send("1,2,3,4");
            assertEquals(200, slow.reply().status());
        }
    }

    @Test
    void aConnectionThatBreaksTakesNoSlotWithIt() throws IOException {
        try (Worker _ = start(1)) {
            for (int i = 0; i < 5; i++) {
                try (SocketChannel channel = connect()) {
                    http(channel)
                            .write("/invocations", "", "half".getBytes(StandardCharsets.UTF_8));
                }
                try (SocketChannel channel = connect()) {
                    http(channel)
                            .send("POST /invocations HTTP/1.1\r\nContent-Length: 100\r\n\r\nx");
                }
            }
            try (SocketChannel channel = connect()) {
                assertEquals(200, http(channel).invoke("text/csv", "1,2,3,4").status());
            }
        }
    }

    @Test
    void endsAndTakesItsSocketAwayWhenItsInputEnds() throws IOException {
        try (Worker worker = start(1)) {
            worker.process().getOutputStream().close();
            assertEquals(0, worker.exitCode());
            assertFalse(socket.exists());
        }
    }

    @Test
    void anInvocationUnderWayIsFinishedBeforeTheEnd() throws IOException {
        try (Worker worker = start(1);
                SocketChannel channel = connect()) {
            HttpClient http = http(channel);
            http.send(
                    "POST /invocations HTTP/1.1\r\nContent-Type: text/csv\r\nContent-Length: 7\r\n\r\n");
            try (SocketChannel control = connect()) {
                // Its head has been read when the first stamp of an invocation is there.
                HttpClient other = http(control);
                while (!other.get("/steps").body().contains("\"request\"")) {
                    Thread.onSpinWait();
                }
            }
            worker.process().getOutputStream().close();
            http.send("1,2,3,4");
            assertEquals("{\"predictions\":[[4.5,12.0]]}", http.reply().body());
            assertEquals(0, worker.exitCode());
        }
    }

    @Test
    void aKilledWorkerIsSeenByItsClient() throws IOException {
        try (Worker worker = start(1);
                SocketChannel channel = connect()) {
            HttpClient http = http(channel);
            assertEquals(200, http.invoke("text/csv", "1,2,3,4").status());
            worker.process().destroyForcibly();
            IOException broken = null;
            try {
                http.get("/ping");
            } catch (IOException e) {
                broken = e;
            }
            assertTrue(broken != null);
        }
    }
}
