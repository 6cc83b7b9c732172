package io.dormouse.modelserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A worker as a process of its own, through its life.
class WorkerTest {
    @TempDir Path folder;

    @Test
    void answersARequestThatWaitedForIt() throws IOException {
        try (Worker worker = Worker.serve(Models.linear().into(folder))) {
            HttpClient.Reply reply = worker.http().invoke("text/csv", "1,2,3,4\n");
            assertEquals(200, reply.status(), reply.body());
            assertEquals("{\"predictions\":[[4.5,12.0]]}", reply.body());
            assertEquals("application/json", reply.header("Content-Type"));
            HttpClient.Reply second =
                    worker.http().invoke("text/csv", "text/csv", "0,0,0,0\n1,0,0,0");
            assertEquals("0.5,-1.0\n1.5,-1.0\n", second.body());
            assertEquals(200, worker.http().get("/ping").status());
        }
    }

    @Test
    void endsWhenItsInputEnds() throws IOException {
        try (Worker worker = Worker.serve(Models.linear().into(folder))) {
            assertEquals(200, worker.http().get("/ping").status());
            worker.process().getOutputStream().close();
            assertEquals(0, worker.exitCode());
        }
    }

    @Test
    void saysWhyAFileIsNoModel() throws IOException {
        Files.writeString(folder.resolve("model.onnx"), "this is a shopping list");
        try (Worker worker = Worker.serve(folder)) {
            assertEquals(3, worker.exitCode());
            String last = worker.log().lines().toList().getLast();
            assertTrue(last.startsWith("cannot load: the file model.onnx is no ONNX model"), last);
        }
    }

    @Test
    void saysWhatAFolderWithoutModelHolds() throws IOException {
        Files.writeString(folder.resolve("weights.txt"), "1");
        try (Worker worker = Worker.serve(folder)) {
            assertEquals(3, worker.exitCode());
            assertTrue(worker.log().endsWith("it holds weights.txt"), worker.log());
        }
    }

    @Test
    void stampsTheStepsOfItsStartOnOneClock() throws IOException {
        Path model = Models.linear().into(folder);
        String now = String.valueOf(System.nanoTime());
        try (Worker worker =
                Worker.start(
                        "--stdio",
                        "--kind",
                        "onnx",
                        "--model",
                        model.toString(),
                        "--spawned",
                        now)) {
            String steps = worker.http().invoke("text/csv", "1,2,3,4").header("X-Dormouse-Steps");
            long before = 0;
            String[] stamps = steps.split(",", -1);
            assertEquals(8, stamps.length, steps);
            for (String stamp : stamps) {
                long at = Long.parseLong(stamp.substring(stamp.indexOf('=') + 1));
                assertTrue(at >= before, steps);
                before = at;
            }
            assertTrue(steps.startsWith("spawned=" + now + ",main="), steps);
            assertTrue(before <= System.nanoTime(), steps);
            HttpClient.Reply second = worker.http().invoke("text/csv", "1,2,3,4");
            assertFalse(second.headers().containsKey("X-Dormouse-Steps"));
            assertTrue(worker.http().get("/steps").body().startsWith("{\"spawned\":" + now));
        }
    }
}
