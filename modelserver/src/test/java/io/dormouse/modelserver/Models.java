package io.dormouse.modelserver;

import static io.dormouse.modelserver.OnnxFile.ANY;
import static io.dormouse.modelserver.OnnxFile.FLOAT;
import static io.dormouse.modelserver.OnnxFile.INT64;
import static io.dormouse.modelserver.OnnxFile.STRING;
import static io.dormouse.modelserver.OnnxFile.attribute;
import static io.dormouse.modelserver.OnnxFile.floats;
import static io.dormouse.modelserver.OnnxFile.integers;

import java.util.List;

/// The models that tests serve.
public final class Models {
    private Models() {}

    /// y = x · [[1,0],[0,1],[1,1],[0,2]] + [0.5, -1], for rows of four.
    public static OnnxFile linear() {
        return new OnnxFile()
                .input("x", FLOAT, ANY, 4)
                .output("y", FLOAT, ANY, 2)
                .weights("w", new long[] {4, 2}, 1, 0, 0, 1, 1, 1, 0, 2)
                .weights("b", new long[] {2}, 0.5f, -1)
                .node("MatMul", List.of("x", "w"), List.of("xw"))
                .node("Add", List.of("xw", "b"), List.of("y"));
    }

    /// Two classes by the sign of the first column, as skl2onnx writes a LogisticRegression with
    /// ZipMap.
    public static OnnxFile classifier() {
        return new OnnxFile()
                .input("float_input", FLOAT, ANY, 2)
                .output("output_label", INT64, ANY)
                .outputMaps("output_probability")
                .node(
                        "ai.onnx.ml",
                        "LinearClassifier",
                        List.of("float_input"),
                        List.of("output_label", "raw"),
                        integers("classlabels_ints", 0, 1),
                        floats("coefficients", -1, 0, 1, 0),
                        floats("intercepts", 0, 0),
                        attribute("multi_class", 0),
                        attribute("post_transform", "LOGISTIC"))
                .node(
                        "ai.onnx.ml",
                        "ZipMap",
                        List.of("raw"),
                        List.of("output_probability"),
                        integers("classlabels_int64s", 0, 1));
    }

    /// The input comes back, whatever its type and shape.
    public static OnnxFile echo(int type, long... shape) {
        return new OnnxFile()
                .input("x", type, shape)
                .output("y", type, shape)
                .node("Identity", List.of("x"), List.of("y"));
    }

    /// sum = a + b, for two columns of numbers.
    public static OnnxFile columns() {
        return new OnnxFile()
                .input("a", FLOAT, ANY, 1)
                .input("b", FLOAT, ANY, 1)
                .output("sum", FLOAT, ANY, 1)
                .node("Add", List.of("a", "b"), List.of("sum"));
    }

    /// The model of generic warm workers, as it lies in the resources: what most networks are made
    /// of, with weights that are large enough to be written as external data.
    public static OnnxFile warm() {
        return new OnnxFile()
                .input("x", FLOAT, ANY, 4)
                .output("y", FLOAT, ANY, 3)
                .weights("w1", new long[] {4, 128}, pattern(4 * 128))
                .weights("b1", new long[] {128}, pattern(128))
                .weights("w2", new long[] {128, 3}, pattern(128 * 3))
                .weights("b2", new long[] {3}, 0, 0.5f, -0.5f)
                .node("MatMul", List.of("x", "w1"), List.of("xw1"))
                .node("Add", List.of("xw1", "b1"), List.of("h"))
                .node("Relu", List.of("h"), List.of("r"))
                .node("MatMul", List.of("r", "w2"), List.of("rw2"))
                .node("Add", List.of("rw2", "b2"), List.of("z"))
                .node("Softmax", List.of("z"), List.of("y"), attribute("axis", 1));
    }

    /// Two square layers of this width.
    public static OnnxFile layers(int width) {
        long[] square = {width, width};
        return new OnnxFile()
                .input("x", FLOAT, ANY, width)
                .output("y", FLOAT, ANY, width)
                .weights("w1", square, pattern(width * width))
                .weights("w2", square, pattern(width * width))
                .node("MatMul", List.of("x", "w1"), List.of("h"))
                .node("Relu", List.of("h"), List.of("r"))
                .node("MatMul", List.of("r", "w2"), List.of("y"));
    }

    /// Takes any number of rows by its declaration, and exactly three by its graph.
    public static OnnxFile batchesOfThree() {
        return new OnnxFile()
                .input("x", FLOAT, ANY, 4)
                .output("y", FLOAT, ANY, 2)
                .weights("w", new long[] {3, 2}, 1, 2, 3, 4, 5, 6)
                .node("Transpose", List.of("x"), List.of("t"))
                .node("MatMul", List.of("t", "w"), List.of("y"));
    }

    /// The rows of a vocabulary of three tokens with two dimensions each, to which as many
    /// positions are added.
    public static OnnxFile embeddings() {
        return new OnnxFile()
                .input("ids", INT64, ANY)
                .output("y", FLOAT, ANY, 2)
                .weights("tokens", new long[] {3, 2}, 0, 1, 2, 3, 4, 5)
                .weights("positions", new long[] {4, 2}, 0, 0, 10, 10, 20, 20, 30, 30)
                .node("Gather", List.of("tokens", "ids"), List.of("t"))
                .node("Shape", List.of("ids"), List.of("n"))
                .list("zero", 0)
                .node("Slice", List.of("positions", "zero", "n"), List.of("p"))
                .node("Add", List.of("t", "p"), List.of("y"));
    }

    /// Numbers of numerals, by an operator that fails for other text.
    public static OnnxFile numerals() {
        return new OnnxFile()
                .input("x", STRING, ANY, 1)
                .output("y", FLOAT, ANY, 1)
                .node("Cast", List.of("x"), List.of("y"), attribute("to", FLOAT));
    }

    /// Weights that are not all alike.
    public static float[] pattern(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (i * 37 % 101 - 50) / 200f;
        }
        return values;
    }
}
