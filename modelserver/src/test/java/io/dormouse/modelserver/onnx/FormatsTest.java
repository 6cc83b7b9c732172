package io.dormouse.modelserver.onnx;

import static io.dormouse.modelserver.OnnxFile.ANY;
import static io.dormouse.modelserver.onnx.Asking.ask;
import static io.dormouse.modelserver.onnx.Asking.bytes;
import static io.dormouse.modelserver.onnx.Asking.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.modelserver.Models;
import io.dormouse.modelserver.OnnxFile;
import io.dormouse.modelserver.Predictor;
import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.Unloadable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Lines of JSON, and arrays of NumPy, to a model and back.
class FormatsTest {
    @TempDir Path folder;

    private OnnxPredictor load(OnnxFile model) throws IOException, Unloadable {
        return Asking.load(model, folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1,2,3,4]~[5,6,7,8]",
                "[1,2,3,4]~~ [5,6,~7,8] ~",
                "{\"x\":[1,2,3,4]}~{\"x\":[5,6,7,8]}~",
                "{\"features\":[1,2,3,4]}~{\"features\":[5,6,7,8]}",
            })
    void aRowMayComeOnEachLine(String body) throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.linear())) {
            String lines = body.replace('~', '\n');
            assertEquals(
                    "[4.5,12.0]\n[12.5,28.0]\n",
                    ask(model, "application/jsonlines", "application/jsonlines", lines));
            assertEquals(
                    "{\"predictions\":[[4.5,12.0],[12.5,28.0]]}",
                    ask(model, "application/jsonlines; charset=utf-8", "", lines));
        }
    }

    @Test
    void manyLinesKeepTheirOrder() throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.linear())) {
            StringBuilder lines = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 3000; i++) {
                lines.append('[').append(i).append(",0,0,0]\n");
                expected.append('[').append(i + 0.5f).append(",-1.0]\n");
            }
            String type = "application/jsonlines";
            assertEquals(expected.toString(), ask(model, type, type, lines.toString()));
        }
    }

    @Test
    void linesThatDoNotFitAreRefused() throws IOException, Unloadable {
        String type = "application/jsonlines";
        try (OnnxPredictor model = load(Models.linear())) {
            assertEquals(
                    "input 'x' (float of shape [any, 4]): its rows are not equally long, 4 and 3"
                            + " values came",
                    refusal(model, type, "[1,2,3,4]\n[5,6,7]", 400));
            assertEquals(
                    "there is no row in the body; the model expects input 'x' (float of shape [any,"
                            + " 4])",
                    refusal(model, type, "\n", 400));
            refusal(model, type, "[1,2,3,4]\n[5,6", 400);
            refusal(model, type, "[1,2,3,4]\n,", 400);
        }
        try (OnnxPredictor model = load(Models.columns())) {
            assertEquals(
                    "row 1 has 1 values; the model expects one for each of input 'a' (float of shape"
                            + " [any, 1]), input 'b' (float of shape [any, 1])",
                    refusal(model, type, "{\"a\":1,\"b\":2}\n{\"a\":1}", 400));
        }
    }

    @Test
    void eachLineOfAnAnswerHasAllOutputs() throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.classifier())) {
            List<String> lines =
                    ask(model, "text/csv", "application/jsonlines", "1,9\n-1,9\n").lines().toList();
            assertEquals(
                    List.of(
                            "{\"output_label\":1,\"output_probability\":"
                                    + "{\"0\":0.26894143,\"1\":0.7310586}}",
                            "{\"output_label\":0,\"output_probability\":"
                                    + "{\"0\":0.7310586,\"1\":0.26894143}}"),
                    lines);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|<f4|[[1.5,-2.0]]",
                "11|<f8|[[0.1,-2.0]]",
                "6|<i4|[[2147483647,-2]]",
                "7|<i8|[[9007199254740993,-2]]",
                "2|!u1|[[0,255]]",
                "9|!b1|[[true,false]]",
            })
    void anArrayOfNumPyComesBackAsItWent(int type, String descr, String rows)
            throws IOException, Unloadable, Refusal {
        try (OnnxPredictor model = load(Models.echo(type, ANY, 2))) {
            byte[] array =
                    bytes(
                            model,
                            "application/json",
                            "application/x-npy",
                            rows.getBytes(StandardCharsets.UTF_8));
            String header = new String(array, 10, 118, StandardCharsets.ISO_8859_1);
            assertEquals(
                    "{'descr': '%s', 'fortran_order': False, 'shape': (1, 2), }"
                            .formatted(descr.replace('!', '|')),
                    header.strip());
            assertEquals(
                    "{\"predictions\":" + rows + "}", ask(model, "application/x-npy", "", array));
        }
    }

    @Test
    void arraysOfNumPyHaveTheShapeOfTheOutput() throws IOException, Unloadable, Refusal {
        byte[] body = "[0,1]".getBytes(StandardCharsets.UTF_8);
        try (OnnxPredictor model = load(Models.echo(OnnxFile.FLOAT, ANY))) {
            byte[] array = bytes(model, "application/json", "application/x-npy", body);
            assertTrue(new String(array, StandardCharsets.ISO_8859_1).contains("'shape': (2,), }"));
            assertEquals(128 + 2 * Float.BYTES, array.length);
        }
    }

    @Test
    void whatIsNoOneArrayOfNumbersIsNotAnsweredAsOne() throws IOException, Unloadable {
        try (OnnxPredictor model = load(Models.classifier())) {
            assertEquals(
                    "application/x-npy holds one array of numbers, and the model has the outputs"
                            + " output_label, output_probability: accept application/json",
                    unacceptable(model, "1,9"));
        }
        try (OnnxPredictor model = load(Models.echo(OnnxFile.STRING, ANY, 2))) {
            assertEquals(
                    "application/x-npy holds one array of numbers, and the model's output 'y' is no"
                            + " array of numbers: accept application/json",
                    unacceptable(model, "a,b"));
        }
    }

    private static String unacceptable(Predictor model, String csv) {
        Refusal refusal =
                assertThrows(Refusal.class, () -> ask(model, "text/csv", "application/x-npy", csv));
        assertEquals(406, refusal.status());
        return refusal.getMessage();
    }

    @Test
    void arraysOfNumPyAreTaken() throws IOException, Unloadable, Refusal {
        byte[] array = npy("<f8", "(2, 4)", 64);
        ByteBuffer values = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 8; i++) {
            values.putDouble(array.length - 64 + 8 * i, i);
        }
        try (OnnxPredictor model = load(Models.linear())) {
            assertEquals(
                    "{\"predictions\":[[2.5,8.0],[10.5,24.0]]}",
                    ask(model, "application/x-npy", "application/json", array));
            byte[] cut = Arrays.copyOf(array, array.length - 1);
            assertThrows(Refusal.class, () -> ask(model, "application/x-npy", "", cut));
            byte[] wrong = npy("<c8", "(2, 4)", 64);
            assertThrows(Refusal.class, () -> ask(model, "application/x-npy", "", wrong));
        }
    }

    private static byte[] npy(String type, String shape, int bytes) {
        String text =
                "{'descr': '"
                        + type
                        + "', 'fortran_order': False, 'shape': "
                        + shape
                        + ", }                    \n";
        ByteBuffer array =
                ByteBuffer.allocate(10 + text.length() + bytes).order(ByteOrder.LITTLE_ENDIAN);
        array.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        array.putShort((short) text.length()).put(text.getBytes(StandardCharsets.ISO_8859_1));
        return array.array();
    }
}
