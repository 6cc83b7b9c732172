package io.dormouse.modelserver.onnx;

import static io.dormouse.modelserver.OnnxFile.ANY;
import static io.dormouse.modelserver.onnx.Asking.ask;
import static io.dormouse.modelserver.onnx.Asking.json;
import static io.dormouse.modelserver.onnx.Asking.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.modelserver.Load;
import io.dormouse.modelserver.Models;
import io.dormouse.modelserver.OnnxFile;
import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.Steps;
import io.dormouse.modelserver.Unloadable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What goes into a model and comes out of it, in every format and type.
class OnnxPredictorTest {
    @TempDir Path folder;

    private OnnxPredictor load(OnnxFile model) throws IOException, Unloadable {
        return Asking.load(model, folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[[1,2,3,4]]",
                "[1,2,3,4]",
                "{\"instances\":[[1,2,3,4]]}",
                "{\"instances\":[1,2,3,4]}",
                "{\"instances\":[{\"x\":[1,2,3,4]}]}",
                "{\"inputs\":[[1,2,3,4]]}",
                "{\"inputs\":{\"x\":[[1,2,3,4]]}}",
                "{\"inputs\":{\"x\":[1,2,3,4]}}",
                "{\"x\":[[1.0,2e0,30e-1,4]]}",
            })
    void oneRowMayComeInEveryForm(String body) throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.linear())) {
            assertEquals("{\"predictions\":[[4.5,12.0]]}", json(model, body));
        }
    }

    @Test
    void aBatchKeepsItsOrder() throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.linear())) {
            StringBuilder csv = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 3000; i++) {
                csv.append(i).append(",0,0,0\r\n");
                expected.append(i + 0.5f).append(",-1.0\n");
            }
            assertEquals(expected.toString(), ask(model, "text/csv", "text/csv", csv.toString()));
        }
    }

    @Test
    void csvMayHaveNamesQuotesAndMissingValues() throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.echo(OnnxFile.FLOAT, ANY, 3))) {
            String csv = "a,\"b,\"\"c\",d\n\n1 , \"2\",\n-1.5e1,nan,3";
            assertEquals(
                    "{\"predictions\":[[1.0,2.0,null],[-15.0,null,3.0]]}",
                    ask(model, "text/csv; header=present", "", csv));
        }
    }

    @Test
    void aWrongInputIsNamedWithWhatWasExpectedAndWhatCame() throws IOException, Unloadable {
        try (OnnxPredictor model = load(Models.linear())) {
            assertEquals(
                    "input 'x' (float of shape [any, 4]): 4 columns are expected, 3 came",
                    refusal(model, "text/csv", "1,2,3", 400));
            assertEquals(
                    "input 'x' (float of shape [any, 4]): the shape [2, 3] came",
                    refusal(model, "application/json", "[[1,2,3],[4,5,6]]", 400));
            assertEquals(
                    "input 'x' (float of shape [any, 4]): its rows are not equally long, 4 and 3"
                            + " values came",
                    refusal(model, "application/json", "[[1,2,3,4],[4,5,6]]", 400));
            assertEquals(
                    "input 'x' (float of shape [any, 4]): the string 'a' came",
                    refusal(model, "application/json", "[[1,2,3,\"a\"]]", 400));
            assertEquals(
                    "row 2 of the CSV has 3 columns, the rows before it 4",
                    refusal(model, "text/csv", "1,2,3,4\n1,2,3", 400));
            assertEquals(
                    "row 2, column 3 of the CSV: input 'x' (float of shape [any, 4]): 'x' came",
                    refusal(model, "text/csv", "1,2,3,4\n1,2,x,4", 400));
            assertEquals(
                    "row 1, column 1 of the CSV: input 'x' (float of shape [any, 4]): 'f1' came; if"
                            + " the first row holds names, say text/csv; header=present",
                    refusal(model, "text/csv", "f1,f2,f3,f4\n1,2,3,4", 400));
            assertEquals(
                    "the body's member 'data' is neither 'instances' nor 'inputs' nor an input of"
                            + " the model, which are: input 'x' (float of shape [any, 4])",
                    refusal(model, "application/json", "{\"data\":[[1,2,3,4]]}", 400));
            assertEquals(
                    "the model has no input 'z'; it expects input 'x' (float of shape [any, 4])",
                    refusal(model, "application/json", "{\"inputs\":{\"z\":[[1,2,3,4]]}}", 400));
            assertEquals(
                    "input 'x' (float of shape [any, 4]) is missing in the body",
                    refusal(model, "application/json", "{}", 400));
            assertEquals(
                    "input 'x' (float of shape [any, 4]): its arrays are not nested equally deep"
                            + " everywhere",
                    refusal(model, "application/json", "[[1,2,[3],4]]", 400));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json| ",
                "application/json|{",
                "application/json|[]",
                "application/json|[[]]",
                "application/json|{\"instances\":[]}",
                "application/json|{\"instances\":{\"x\":[[1,2,3,4]]}}",
                "application/json|[[1,2,3,4]] trailing",
                "application/json|[[1,2,3,{}]]",
                "application/json|\"text\"",
                "text/csv|''",
                "text/csv|\"1,2",
                "application/x-npy|1,2,3,4",
            })
    void brokenBodiesAreRefused(String type, String body) throws IOException, Unloadable {
        try (OnnxPredictor model = load(Models.linear())) {
            refusal(model, type, body == null ? "" : body, 400);
        }
    }

    @Test
    void formatsThatAreNotSpokenAreNamed() throws IOException, Unloadable {
        try (OnnxPredictor model = load(Models.linear())) {
            assertEquals(
                    "Content-Type is 'image/png', this model understands application/json,"
                            + " application/jsonlines, text/csv, application/x-npy",
                    refusal(model, "image/png", "x", 415));
            Refusal refusal =
                    assertThrows(
                            Refusal.class,
                            () -> ask(model, "text/csv", "image/png, text/html", "1,2,3,4"));
            assertEquals(406, refusal.status());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|[[1.5,-2.0]]",
                "11|[[0.1,-2.0]]",
                "6|[[2147483647,-2]]",
                "7|[[9007199254740993,-2]]",
                "2|[[0,255]]",
                "9|[[true,false]]",
                "8|[[\"a,\\\"b\",\"é\"]]",
            })
    void everyTypeComesBackAsItWent(int type, String rows) throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.echo(type, ANY, 2))) {
            assertEquals("{\"predictions\":" + rows + "}", json(model, rows));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6|[[2147483648]]|input 'x' (int32 of shape [any, 1]): the number 2147483648 came",
                "7|[[1.5]]|input 'x' (int64 of shape [any, 1]): the number 1.5 came",
                "2|[[256]]|input 'x' (uint8 of shape [any, 1]): the number 256 came",
                "9|[[2]]|input 'x' (bool of shape [any, 1]): the number 2 came",
                "7|[[null]]|input 'x' (int64 of shape [any, 1]): a missing value came",
            })
    void valuesThatDoNotFitTheirTypeAreRefused(int type, String rows, String sentence)
            throws IOException, Unloadable {
        try (OnnxPredictor model = load(Models.echo(type, ANY, 1))) {
            assertEquals(sentence, refusal(model, "application/json", rows, 400));
        }
    }

    @Test
    void csvRowsFillInputsOfMoreDimensions() throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.echo(OnnxFile.FLOAT, ANY, 2, 2))) {
            assertEquals(
                    "{\"predictions\":[[[1.0,2.0],[3.0,4.0]],[[5.0,6.0],[7.0,8.0]]]}",
                    ask(model, "text/csv", "", "1,2,3,4\n5,6,7,8\n"));
            assertEquals("1.0,2.0,3.0,4.0\n", ask(model, "text/csv", "text/csv", "1,2,3,4"));
        }
    }

    @Test
    void aClassifierAnswersLabelsAndProbabilities() throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.classifier())) {
            assertEquals(
                    "{\"outputs\":{\"output_label\":[1],\"output_probability\":["
                            + "{\"0\":0.26894143,\"1\":0.7310586}]}}",
                    json(model, "[[1,9]]"));
            String csv = ask(model, "text/csv", "text/csv", "5,0\n-5,0\n");
            List<String> rows = csv.lines().toList();
            assertEquals("1", rows.get(0).substring(0, 1));
            assertEquals("0", rows.get(1).substring(0, 1));
            String[] first = rows.get(0).split(",", -1);
            assertEquals(3, first.length, csv);
            assertEquals(1, Float.parseFloat(first[1]) + Float.parseFloat(first[2]), 1e-6);
            assertEquals(true, Float.parseFloat(first[2]) > 0.99, csv);
        }
    }

    @Test
    void aModelOfColumnsTakesTablesAndRowsByName() throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.columns())) {
            String sums = "{\"predictions\":[[3.0],[7.0]]}";
            assertEquals(sums, ask(model, "text/csv", "", "1,2\n3,4\n"));
            assertEquals(sums, json(model, "[{\"a\":1,\"b\":2},{\"b\":4,\"a\":3}]"));
            assertEquals(sums, json(model, "{\"inputs\":{\"a\":[1,3],\"b\":[[2],[4]]}}"));
            assertEquals(
                    "the model has 2 inputs, name each of them: input 'a' (float of shape [any, 1]),"
                            + " input 'b' (float of shape [any, 1])",
                    refusal(model, "application/json", "[[1,2]]", 400));
            assertEquals(
                    "row 1 has 1 values; the model expects one for each of input 'a' (float of shape"
                            + " [any, 1]), input 'b' (float of shape [any, 1])",
                    refusal(model, "application/json", "[{\"a\":1,\"b\":2},{\"a\":1}]", 400));
            assertEquals(
                    "row 1 of the CSV has 3 columns, the model expects 2",
                    refusal(model, "text/csv", "1,2,3", 400));
            assertEquals(
                    "inputs 'a' and 'b' must be equally long in 'n': 3 and 2 came",
                    refusal(
                            model,
                            "application/json",
                            "{\"a\":[[1],[2],[3]],\"b\":[[1],[2]]}",
                            400));
        }
    }

    @Test
    void whatOnlyTheGraphKnowsIsRefusedAsAnyInputThatDoesNotFit() throws Exception {
        try (OnnxPredictor model = load(Models.embeddings())) {
            assertEquals("{\"predictions\":[[4.0,5.0],[12.0,13.0]]}", json(model, "[2,1]"));
            String token = refusal(model, "application/json", "[0,7]", 400);
            assertTrue(token.startsWith("the model refused the input: "), token);
            assertTrue(token.contains("idx=7 must be within the inclusive range [-3,2]"), token);
            String length = refusal(model, "application/json", "[0,0,0,0,0]", 400);
            assertTrue(length.contains("4 by 5"), length);
        }
        try (OnnxPredictor model = load(Models.batchesOfThree())) {
            String batch = refusal(model, "text/csv", "1,2,3,4", 400);
            assertTrue(batch.contains("MatMul dimension mismatch"), batch);
        }
        try (OnnxPredictor model = load(Models.numerals())) {
            IllegalStateException failed =
                    assertThrows(IllegalStateException.class, () -> json(model, "[[\"one\"]]"));
            assertTrue(String.valueOf(failed.getMessage()).contains("Cast"), failed.toString());
        }
    }

    @Test
    void requestsAtOnceDoNotMix() throws Exception {
        try (OnnxPredictor model = load(Models.linear());
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                int row = i;
                calls.add(() ->
                        json(model, "[[" + row + ",0,0,0]]")
                                .equals("{\"predictions\":[[" + row + ".5,-1.0]]}"));
            }
            for (Future<Boolean> answer : threads.invokeAll(calls)) {
                assertEquals(true, answer.get());
            }
        }
    }

    @Test
    void theModelMayLieOneFolderDeeperAndHaveAnotherName() throws IOException, Unloadable, Refusal {
        Files.createDirectories(folder.resolve("export"));
        Files.write(folder.resolve("export/churn.onnx"), Models.linear().bytes());
        Load load = new Load("onnx", folder.toFile(), Optional.empty(), Map.of());
        try (OnnxPredictor model = OnnxPredictor.load(load, 1, new Steps())) {
            assertEquals("{\"predictions\":[[4.5,12.0]]}", json(model, "[[1,2,3,4]]"));
        }
        Files.write(folder.resolve("export/other.onnx"), Models.linear().bytes());
        Unloadable refused =
                assertThrows(Unloadable.class, () -> OnnxPredictor.load(load, 1, new Steps()));
        assertEquals(
                "the model's archive must hold model.onnx, or one file that ends in .onnx; it holds"
                        + " churn.onnx, other.onnx",
                refused.getMessage());
    }

    @Test
    void brokenModelsAreRefusedWithAReason() throws IOException {
        Load load = new Load("onnx", folder.toFile(), Optional.empty(), Map.of());
        byte[] whole = Models.linear().bytes();
        List<byte[]> broken =
                List.of(
                        new byte[0],
                        "PK\3\4 a zip archive".getBytes(StandardCharsets.ISO_8859_1),
                        "<html></html>".getBytes(StandardCharsets.ISO_8859_1),
                        Arrays.copyOf(whole, whole.length / 2),
                        new OnnxFile()
                                .input("x", OnnxFile.FLOAT, ANY, 4)
                                .output("y", OnnxFile.FLOAT, ANY, 4)
                                .node("NoSuchOperator", List.of("x"), List.of("y"))
                                .bytes());
        List<String> reasons = new ArrayList<>();
        for (byte[] file : broken) {
            Files.write(folder.resolve("model.onnx"), file);
            Unloadable refused =
                    assertThrows(Unloadable.class, () -> OnnxPredictor.load(load, 1, new Steps()));
            reasons.add(refused.getMessage());
        }
        assertEquals("the file model.onnx is empty", reasons.get(0));
        assertEquals(
                true,
                reasons.get(1).startsWith("the file model.onnx is no ONNX model"),
                reasons.get(1));
        assertEquals(
                true,
                reasons.get(2).startsWith("the file model.onnx is no ONNX model"),
                reasons.get(2));
        assertEquals(true, reasons.get(4).contains("NoSuchOperator"), reasons.get(4));
    }

    @Test
    void weightsMayLieBesideTheModelAndNowhereElse() throws IOException, Unloadable, Refusal {
        byte[] ones = new byte[16];
        ByteBuffer.wrap(ones).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(2);
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.write(model.resolve("w.bin"), ones);
        Files.write(folder.resolve("secret.bin"), ones);
        Files.createSymbolicLink(model.resolve("link.bin"), folder.resolve("secret.bin"));
        Load load = new Load("onnx", model.toFile(), Optional.empty(), Map.of());
        external("w.bin").into(model);
        try (OnnxPredictor beside = OnnxPredictor.load(load, 1, new Steps())) {
            assertEquals("{\"predictions\":[[1.0,2.0,0.0,0.0]]}", json(beside, "[[0,0,0,0]]"));
        }
        for (String elsewhere :
                List.of("../secret.bin", folder.resolve("secret.bin").toString(), "link.bin")) {
            external(elsewhere).into(model);
            assertThrows(
                    Unloadable.class, () -> OnnxPredictor.load(load, 1, new Steps()), elsewhere);
        }
    }

    private static OnnxFile external(String file) {
        return new OnnxFile()
                .input("x", OnnxFile.FLOAT, ANY, 4)
                .output("y", OnnxFile.FLOAT, ANY, 4)
                .weightsIn(file, "w", 4)
                .node("Add", List.of("x", "w"), List.of("y"));
    }
}
