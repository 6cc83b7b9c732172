package io.dormouse.modelserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Preparing a model at its deployment, in a process of its own, and serving what came of it.
class PrepareTest {
    @TempDir Path folder;

    private Path prepared() {
        return folder.resolve("prepared");
    }

    private Properties prepare(Path model, String... options) throws IOException {
        Files.createDirectories(prepared());
        try (Worker program = program(model, options)) {
            assertEquals(0, program.exitCode(), program.log());
        }
        return facts();
    }

    private Worker program(Path model, String... options) throws IOException {
        return Worker.run(
                Prepare.class,
                Stream.concat(
                                Stream.of(
                                        "--model",
                                        model.toString(),
                                        "--into",
                                        prepared().toString()),
                                Stream.of(options))
                        .toArray(String[]::new));
    }

    private Properties facts() throws IOException {
        Properties facts = new Properties();
        try (InputStream in = Files.newInputStream(prepared().resolve(Prepared.FILE))) {
            facts.load(in);
        }
        return facts;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(prepared())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private Worker serve(Path model) throws IOException {
        return Worker.start(
                "--stdio",
                "--kind",
                "onnx",
                "--model",
                model.toString(),
                "--prepared",
                prepared().toString());
    }

    @Test
    void everyFormOfALargerModelIsMeasuredAndOneIsKept() throws IOException {
        int width = 400;
        Path model = Models.layers(width).into(folder.resolve("model"));
        Properties facts = prepare(model);
        assertTrue(
                facts.getProperty("reason")
                        .matches(
                                "cheapest for 5 calls: the original, .*; optimised once, weights not"
                                        + " packed: .*"),
                facts.getProperty("reason"));
        assertEquals(
                "[{\"name\":\"x\",\"type\":\"float\",\"shape\":[-1,400]}]",
                facts.getProperty("inputs"));
        assertEquals(
                "[{\"name\":\"y\",\"type\":\"float\",\"shape\":[-1,400]}]",
                facts.getProperty("outputs"));
        assertTrue(Long.parseLong(facts.getProperty("peak_bytes")) > 10_000_000);
        boolean optimized = Boolean.parseBoolean(facts.getProperty("optimized"));
        assertEquals(
                optimized
                        ? List.of("m.bin", "m.onnx", "prepared.properties")
                        : List.of("prepared.properties"),
                files());
        String row = "0.5,".repeat(width - 1) + "1";
        try (Worker original = Worker.serve(model);
                Worker chosen = serve(model)) {
            String[] expected = values(original.http().invoke("text/csv", "text/csv", row));
            String[] answer = values(chosen.http().invoke("text/csv", "text/csv", row));
            assertEquals(expected.length, answer.length);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(Float.parseFloat(expected[i]), Float.parseFloat(answer[i]), 1e-3);
            }
        }
    }

    @Test
    void aBusyWorkerPacksItsWeightsBesideItsRequests() throws IOException {
        Path model = Models.layers(400).into(folder.resolve("model"));
        packsAfter(model, 3);
        String row = "0.5,".repeat(399) + "1";
        try (Worker worker = serve(model)) {
            String[] before = values(worker.http().invoke("text/csv", "text/csv", row));
            worker.http().invoke("text/csv", row);
            assertFalse(worker.http().get("/steps").body().contains("packed"));
            worker.http().invoke("text/csv", row);
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (!worker.http().get("/steps").body().contains("\"packed\"")) {
                assertTrue(System.nanoTime() < deadline, "it never packed its weights");
                assertEquals(200, worker.http().invoke("text/csv", row).status());
            }
            String[] after = values(worker.http().invoke("text/csv", "text/csv", row));
            assertEquals(before.length, after.length);
            for (int i = 0; i < before.length; i++) {
                assertEquals(Float.parseFloat(before[i]), Float.parseFloat(after[i]), 1e-3);
            }
        }
    }

    @Test
    void weightsStayAsTheyAreWhereThereIsNoRoomForBoth() throws IOException {
        Path model = Models.layers(400).into(folder.resolve("model"));
        packsAfter(model, 1);
        String row = "0.5,".repeat(399) + "1";
        try (Worker worker =
                Worker.start(
                        "--stdio",
                        "--kind",
                        "onnx",
                        "--model",
                        model.toString(),
                        "--prepared",
                        prepared().toString(),
                        "--memory",
                        "99")) {
            for (int i = 0; i < 50; i++) {
                assertEquals(200, worker.http().invoke("text/csv", row).status());
            }
            assertFalse(worker.http().get("/steps").body().contains("packed"));
        }
    }

    /// Prepares the model as one whose weights are worth packing, whatever was measured: 100 MB.
    private void packsAfter(Path model, int calls) throws IOException {
        Properties facts = prepare(model, "--quick");
        facts.setProperty("pack_after_calls", String.valueOf(calls));
        facts.setProperty("pack_peak_bytes", String.valueOf(100 << 20));
        try (OutputStream out = Files.newOutputStream(prepared().resolve(Prepared.FILE))) {
            facts.store(out, null);
        }
    }

    private static String[] values(HttpClient.Reply reply) {
        assertEquals(200, reply.status(), reply.body());
        return reply.body().strip().split(",", -1);
    }

    @Test
    void aSmallModelIsOptimisedAndServedFromItsMappedForm() throws IOException {
        Path model = Models.linear().into(folder.resolve("model"));
        Properties facts = prepare(model);
        assertEquals("true", facts.getProperty("optimized"));
        assertEquals("none", facts.getProperty("packing"));
        assertTrue(Double.parseDouble(facts.getProperty("first_answer_ms")) > 0);
        try (Worker worker = serve(model)) {
            assertEquals(
                    "{\"predictions\":[[4.5,12.0]]}",
                    worker.http().invoke("text/csv", "1,2,3,4").body());
        }
    }

    @Test
    void aModelThatNoMadeUpRequestSuitsIsServedAsItCame() throws IOException {
        Path model = Models.batchesOfThree().into(folder.resolve("model"));
        Properties facts = prepare(model);
        assertEquals("false", facts.getProperty("optimized"));
        assertEquals("model.onnx", facts.getProperty("file"));
        assertTrue(facts.getProperty("reason").startsWith("no made-up request ran"));
        assertEquals(List.of("prepared.properties"), files());
        try (Worker worker = serve(model)) {
            assertEquals(
                    200, worker.http().invoke("text/csv", "1,2,3,4\n1,2,3,4\n1,2,3,4").status());
        }
    }

    @Test
    void whatWasPreparedForAnotherMachineIsLeftAside() throws IOException {
        Path model = Models.linear().into(folder.resolve("model"));
        Properties facts = prepare(model, "--quick");
        facts.setProperty("cpu", "another");
        try (OutputStream out = Files.newOutputStream(prepared().resolve(Prepared.FILE))) {
            facts.store(out, null);
        }
        Files.writeString(prepared().resolve("m.onnx"), "not to be read");
        try (Worker worker = serve(model)) {
            assertEquals(
                    "{\"predictions\":[[4.5,12.0]]}",
                    worker.http().invoke("text/csv", "1,2,3,4").body());
            worker.process().getOutputStream().close();
            assertEquals(0, worker.exitCode());
            assertTrue(worker.log().contains("prepared for another machine"), worker.log());
        }
    }

    private Path trees() throws IOException {
        Path model = Files.createDirectories(folder.resolve("trees"));
        Files.copy(
                Path.of("src/test/resources/xgboost/old-softprob.ubj"),
                model.resolve("xgboost-model"));
        return model;
    }

    private void prepareTrees(Path model) throws IOException {
        Files.createDirectories(prepared());
        try (Worker program =
                Worker.run(
                        Prepare.class,
                        "--kind",
                        "xgboost",
                        "--model",
                        model.toString(),
                        "--into",
                        prepared().toString())) {
            assertEquals(0, program.exitCode(), program.log());
        }
        assertEquals(List.of("model.flat", "prepared.properties"), files());
        assertEquals("model.flat", facts().getProperty("file"));
    }

    private Worker serveTrees(Path model, String... prepared) throws IOException {
        return Worker.start(
                Stream.concat(
                                Stream.of("--stdio", "--kind", "xgboost", "--model", "" + model),
                                Stream.of(prepared))
                        .toArray(String[]::new));
    }

    private static String rows() throws IOException {
        return Files.readString(Path.of("src/test/resources/xgboost/rows.csv"));
    }

    @Test
    void treesAreServedFromTheirFlatFormInEveryKindOfStart() throws IOException {
        Path model = trees();
        prepareTrees(model);
        String expected;
        try (Worker original = serveTrees(model)) {
            expected = original.http().invoke("text/csv", rows()).body();
            assertEquals(rows().lines().count(), expected.lines().count());
        }
        // As long as it was: what answers now is the form.
        Files.write(
                model.resolve("xgboost-model"),
                new byte[(int) Files.size(model.resolve("xgboost-model"))]);
        try (Worker worker = serveTrees(model, "--prepared", prepared().toString())) {
            assertEquals(expected, worker.http().invoke("text/csv", rows()).body());
        }
        Path tiny = Models.warm().into(folder.resolve("tiny"));
        try (Worker worker = Worker.start("--stdio", "--warm", tiny.toString())) {
            String command =
                    "{\"kind\":\"xgboost\",\"model\":\"%s\",\"prepared\":\"%s\"}"
                            .formatted(model, prepared());
            assertEquals(
                    200,
                    worker.http()
                            .post("/load", "", command.getBytes(StandardCharsets.UTF_8))
                            .status());
            assertEquals(expected, worker.http().invoke("text/csv", rows()).body());
        }
    }

    @Test
    void treesWhoseFormIsDamagedAreServedFromTheModel() throws IOException {
        Path model = trees();
        prepareTrees(model);
        Path form = prepared().resolve("model.flat");
        byte[] bytes = Files.readAllBytes(form);
        bytes[bytes.length / 2] ^= 1;
        Files.write(form, bytes);
        try (Worker original = serveTrees(model);
                Worker worker = serveTrees(model, "--prepared", prepared().toString())) {
            assertEquals(
                    original.http().invoke("text/csv", rows()).body(),
                    worker.http().invoke("text/csv", rows()).body());
            worker.process().getOutputStream().close();
            assertEquals(0, worker.exitCode());
            assertTrue(
                    worker.log().contains("model.flat can't be used (is damaged)"), worker.log());
        }
    }

    @Test
    void whatIsNoXgboostModelIsRefused() throws IOException {
        Files.createDirectories(prepared());
        Files.writeString(folder.resolve("xgboost-model"), "this is a shopping list");
        try (Worker program =
                Worker.run(
                        Prepare.class,
                        "--kind",
                        "xgboost",
                        "--model",
                        folder.toString(),
                        "--into",
                        prepared().toString())) {
            assertEquals(3, program.exitCode());
            String last = program.log().lines().toList().getLast();
            assertTrue(last.startsWith("cannot load: xgboost-model: the model file is"), last);
        }
        assertEquals(List.of(), files());
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        Files.createDirectories(prepared());
        Files.writeString(folder.resolve("model.onnx"), "this is a shopping list");
        try (Worker program = program(folder)) {
            assertEquals(3, program.exitCode());
            String last = program.log().lines().toList().getLast();
            assertTrue(last.startsWith("cannot load: the file model.onnx is no ONNX model"), last);
        }
    }
}
