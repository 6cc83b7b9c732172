package io.dormouse.modelserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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

    @Test
    void repeatsTheCustomAttributesAndGoesOnAfterErrors() throws IOException {
        try (Worker worker = Worker.serve(Models.linear().into(folder))) {
            HttpClient http = worker.http();
            assertEquals(415, http.invoke("image/png", "x").status());
            assertEquals(400, http.invoke("text/csv", "1,2").status());
            assertEquals(404, http.get("/nothing").status());
            assertEquals(405, http.get("/invocations").status());
            assertEquals(409, http.post("/load", "", new byte[0]).status());
            byte[] row = "1,2,3,4".getBytes(StandardCharsets.UTF_8);
            String attributes =
                    "Content-Type: text/csv\r\nX-Amzn-SageMaker-Custom-Attributes: a=1\r\n";
            HttpClient.Reply reply = http.post("/invocations", attributes, row);
            assertEquals("a=1", reply.header("X-Amzn-SageMaker-Custom-Attributes"));
            assertEquals("{\"predictions\":[[4.5,12.0]]}", reply.body());
        }
    }

    @Test
    void aModelThatFailsWhileItRunsAnswers500() throws IOException {
        try (Worker worker = Worker.serve(Models.numerals().into(folder))) {
            assertEquals(200, worker.http().invoke("text/csv", "1\n2\n").status());
            HttpClient.Reply reply = worker.http().invoke("text/csv", "one\n");
            assertEquals(500, reply.status(), reply.body());
            assertTrue(reply.body().contains("Cast"), reply.body());
            assertEquals(200, worker.http().invoke("text/csv", "3\n").status());
        }
    }

    @Test
    void theStepsComeWithAnErrorToo() throws IOException {
        try (Worker worker = Worker.serve(Models.linear().into(folder))) {
            HttpClient.Reply reply = worker.http().invoke("text/csv", "1,2");
            assertEquals(400, reply.status());
            assertTrue(reply.header("X-Dormouse-Steps").contains(",answer="), reply.toString());
        }
    }

    @Test
    void aPayloadAtTheLimitFitsTheHeapOfAnInstalledWorker() throws IOException {
        Path model = Models.echo(OnnxFile.FLOAT, OnnxFile.ANY, 3).into(folder);
        String row = "0.123456,0.234567,0.345678\n";
        int rows = 6_291_456 / row.length();
        try (Worker worker = Worker.serve(model)) {
            String csv = row.repeat(rows);
            String json = "[" + "[0.123456,0.234567,0.345678],".repeat(rows - 40_000) + "[1,2,3]]";
            for (int i = 0; i < 3; i++) {
                HttpClient.Reply reply = worker.http().invoke("text/csv", "text/csv", csv);
                assertEquals(200, reply.status());
                assertEquals(csv, reply.body());
                reply = worker.http().invoke("application/json", json);
                assertEquals(200, reply.status());
                assertEquals(
                        "{\"predictions\":" + json.replace("[1,2,3]", "[1.0,2.0,3.0]") + "}",
                        reply.body());
            }
            assertEquals(200, worker.http().get("/ping").status());
        }
    }

    @Test
    void wrongArgumentsAreNamed() throws IOException {
        try (Worker worker = Worker.start("--stdio", "--modle", "x")) {
            assertEquals(2, worker.exitCode());
            assertEquals("modelserver: unknown option --modle", worker.log());
        }
        try (Worker worker = Worker.start("--stdio", "--kind", "onnx")) {
            assertEquals(2, worker.exitCode());
        }
    }

    @Test
    void treesAreServedWithoutOnnxRuntime() throws IOException {
        Path model = trees();
        try (Worker worker =
                Worker.start("--stdio", "--kind", "xgboost", "--model", model.toString())) {
            HttpClient.Reply reply = worker.http().invoke("text/csv", "0.1,0.2,0.3,4");
            assertEquals(200, reply.status(), reply.body());
            String steps = reply.header("X-Dormouse-Steps");
            assertTrue(steps.startsWith("main=") && !steps.contains("library="), steps);
        }
    }

    private Path trees() throws IOException {
        Path model = Files.createDirectories(folder.resolve("trees"));
        try (InputStream in = Main.class.getResourceAsStream("setup/warm-xgboost.json")) {
            Files.copy(in, model.resolve("xgboost-model"));
        }
        return model;
    }

    @Test
    void aWarmWorkerBecomesItsOneTenant() throws IOException {
        Path tiny = Models.warm().into(folder.resolve("tiny"));
        Path model = Models.linear().into(folder.resolve("model"));
        try (Worker worker = Worker.start("--stdio", "--warm", tiny.toString())) {
            HttpClient http = worker.http();
            assertEquals(200, http.get("/ping").status());
            assertEquals(503, http.invoke("text/csv", "1,2,3,4").status());
            assertEquals(
                    400, http.post("/load", "", "{}".getBytes(StandardCharsets.UTF_8)).status());
            // The invocation does not wait for the load's answer.
            http.write("/load", "", command("onnx", model));
            http.write(
                    "/invocations",
                    "Content-Type: text/csv\r\n",
                    "1,2,3,4".getBytes(StandardCharsets.UTF_8));
            assertEquals(200, http.reply().status());
            HttpClient.Reply reply = http.reply();
            assertEquals("{\"predictions\":[[4.5,12.0]]}", reply.body());
            assertTrue(reply.header("X-Dormouse-Steps").startsWith("spawned="), reply.toString());
            assertEquals(409, http.post("/load", "", command("onnx", model)).status());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theLoadCommandSaysHowManyThreadsAnInferenceHas() throws IOException {
        Path tiny = Models.warm().into(folder.resolve("tiny"));
        Path model = Models.linear().into(folder.resolve("model"));
        try (Worker worker = Worker.start("--stdio", "--warm", tiny.toString())) {
            assertEquals(200, worker.http().get("/ping").status());
            int before = threads(worker);
            String command = "{\"kind\":\"onnx\",\"model\":\"%s\",\"threads\":9}".formatted(model);
            byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
            assertEquals(200, worker.http().post("/load", "", bytes).status());
            assertTrue(threads(worker) >= before + 8, before + " and then " + threads(worker));
        }
    }

    private static int threads(Worker worker) {
        String[] all = new File("/proc/" + worker.process().pid() + "/task").list();
        return all == null ? 0 : all.length;
    }

    @Test
    void aWarmWorkerServesTreesToo() throws IOException {
        Path tiny = Models.warm().into(folder.resolve("tiny"));
        try (Worker worker = Worker.start("--stdio", "--warm", tiny.toString())) {
            assertEquals(
                    200, worker.http().post("/load", "", command("xgboost", trees())).status());
            assertEquals(200, worker.http().invoke("text/csv", "0.1,0.2,0.3,4").status());
        }
    }

    @Test
    void aWarmWorkerThatCanNotLoadSaysWhyAndEnds() throws IOException {
        Path tiny = Models.warm().into(folder.resolve("tiny"));
        Files.writeString(folder.resolve("model.onnx"), "this is a shopping list");
        try (Worker worker = Worker.start("--stdio", "--warm", tiny.toString())) {
            HttpClient.Reply reply = worker.http().post("/load", "", command("onnx", folder));
            assertEquals(400, reply.status());
            assertTrue(
                    reply.body().startsWith("the file model.onnx is no ONNX model"), reply.body());
            assertEquals(3, worker.exitCode());
            assertTrue(worker.log().contains("cannot load: " + reply.body()), worker.log());
        }
    }

    private static byte[] command(String kind, Path model) {
        return ("{\"kind\":\""
                        + kind
                        + "\",\"model\":\""
                        + model
                        + "\",\"environment\":{\"A\":\"b\"}}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
