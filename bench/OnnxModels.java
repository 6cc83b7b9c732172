import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Models of real architectures with random weights, written as ONNX files: what a model weighs and
/// how long it computes does not depend on what it has learnt.
///
/// Their inputs are small and grown inside the graph, so that a request's text costs nothing.
final class OnnxModels {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    /// A message in protobuf's wire format, its parts written when it is.
    private static final class Message {
        private interface Part {
            void write(OutputStream out) throws IOException;
        }

        private final List<Part> parts = new ArrayList<>();
        private long size;

        Message number(int field, long value) {
            return bytes(concat(varint((long) field << 3), varint(value)));
        }

        Message text(int field, String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            return bytes(concat(varint(((long) field << 3) | 2), varint(bytes.length)))
                    .bytes(bytes);
        }

        Message message(int field, Message value) {
            bytes(concat(varint(((long) field << 3) | 2), varint(value.size)));
            parts.addAll(value.parts);
            size += value.size;
            return this;
        }

        /// Raw data of random floats around zero, made as they are written.
        Message weights(int field, long count, double deviation, long seed) {
            bytes(concat(varint(((long) field << 3) | 2), varint(count * 4)));
            parts.add(out -> random(out, count, deviation, seed));
            size += count * 4;
            return this;
        }

        Message bytes(byte[] value) {
            parts.add(out -> out.write(value));
            size += value.length;
            return this;
        }

        void write(OutputStream out) throws IOException {
            for (Part part : parts) {
                part.write(out);
            }
        }

        private static void random(OutputStream out, long count, double deviation, long seed)
                throws IOException {
            Random random = new Random(seed);
            float spread = (float) (deviation * Math.sqrt(12)); // uniform, of that deviation
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            for (long i = 0; i < count; i++) {
                buffer.putFloat((random.nextFloat() - 0.5f) * spread);
                if (!buffer.hasRemaining() || i == count - 1) {
                    out.write(buffer.array(), 0, buffer.position());
                    buffer.clear();
                }
            }
        }

        private static byte[] varint(long value) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            long left = value;
            while ((left & ~0x7fL) != 0) {
                out.write((int) (left & 0x7f | 0x80));
                left >>>= 7;
            }
            out.write((int) left);
            return out.toByteArray();
        }

        private static byte[] concat(byte[] a, byte[] b) {
            byte[] both = new byte[a.length + b.length];
            System.arraycopy(a, 0, both, 0, a.length);
            System.arraycopy(b, 0, both, a.length, b.length);
            return both;
        }
    }

    private final Message graph = new Message().text(2, "bench");
    private long seed = 1;
    private int names;

    private OnnxModels() {}

    /// A model of a few KB, as scikit-learn's are: four numbers in, three out.
    static String small(Path file) throws IOException {
        OnnxModels model = new OnnxModels();
        String x = model.input("x", FLOAT, -1, 4);
        String hidden = model.node("Relu", model.dense(x, 4, 32));
        model.output(model.node("Softmax", model.dense(hidden, 32, 3)), "y", -1, 3);
        model.write(file);
        return "{\"inputs\":{\"x\":[[5.1,3.5,1.4,0.2]]}}";
    }

    /// One number in, its multiple out: an answer that anyone can check.
    static void multiple(Path file, float factor) throws IOException {
        OnnxModels model = new OnnxModels();
        String x = model.input("x", FLOAT, -1, 1);
        model.output(model.node("Mul", x, model.scalar(factor)), "y", -1, 1);
        model.write(file);
    }

    /// ResNet-50, batch normalisation folded into the convolutions: 100 MB.
    static String resNet50(Path file) throws IOException {
        OnnxModels model = new OnnxModels();
        String x = model.input("x", FLOAT, 1, 3, 1, 1);
        x = model.node("Expand", x, model.integers(1, 3, 224, 224));
        x = model.node("Relu", model.convolution(x, 3, 64, 7, 2));
        x = model.pool(x);
        int channels = 64;
        int[] blocks = {3, 4, 6, 3};
        for (int stage = 0; stage < 4; stage++) {
            int width = 64 << stage;
            for (int block = 0; block < blocks[stage]; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                String shortcut =
                        block == 0 ? model.convolution(x, channels, width * 4, 1, stride) : x;
                String y = model.node("Relu", model.convolution(x, channels, width, 1, 1));
                y = model.node("Relu", model.convolution(y, width, width, 3, stride));
                y = model.convolution(y, width, width * 4, 1, 1);
                x = model.node("Relu", model.node("Add", y, shortcut));
                channels = width * 4;
            }
        }
        x = model.node("Flatten", model.node("GlobalAveragePool", x));
        model.output(model.dense(x, 2048, 1000), "y", 1, 1000);
        model.write(file);
        return "{\"inputs\":{\"x\":[[[[0.1]],[[0.2]],[[0.3]]]]}}";
    }

    /// BERT-base with a classifier of two: 435 MB. Sixteen tokens.
    static String bertBase(Path file) throws IOException {
        OnnxModels model = new OnnxModels();
        int hidden = 768;
        String ids = model.input("input_ids", INT64, 1, -1);
        String words = model.weights(0.02, 30522, hidden);
        String x = model.node("Gather", words, ids);
        long[] places = java.util.stream.LongStream.range(0, 16).toArray();
        String positions =
                model.node("Gather", model.weights(0.02, 512, hidden), model.integers(places));
        x = model.norm(model.node("Add", x, positions), hidden);
        for (int layer = 0; layer < 12; layer++) {
            x = model.norm(model.node("Add", x, model.attention(x, hidden)), hidden);
            String y = model.gelu(model.dense(x, hidden, 4 * hidden));
            x = model.norm(model.node("Add", x, model.dense(y, 4 * hidden, hidden)), hidden);
        }
        String first = model.node("Gather", x, model.integers(0));
        model.output(model.dense(first, hidden, 2), "y", 1, 16, 2);
        model.write(file);
        return "{\"inputs\":{\"input_ids\":[[101,7592,2088,2023,2003,1037,2204,2154,2005,2035,1997,2149,2000,3637,2092,102]]}}";
    }

    private String attention(String x, int hidden) {
        String query = heads(dense(x, hidden, hidden), 0, 2, 1, 3);
        String key = heads(dense(x, hidden, hidden), 0, 2, 3, 1);
        String value = heads(dense(x, hidden, hidden), 0, 2, 1, 3);
        String scores = node("Mul", node("MatMul", query, key), scalar(0.125f));
        String mixed = node("MatMul", node("Softmax", scores), value);
        String back = node("Reshape", transposed(mixed, 0, 2, 1, 3), integers(1, -1, hidden));
        return dense(back, hidden, hidden);
    }

    private String heads(String x, int... order) {
        return transposed(node("Reshape", x, integers(1, -1, 12, 64)), order);
    }

    private String gelu(String x) {
        String erf = node("Erf", node("Mul", x, scalar(0.70710677f)));
        return node("Mul", node("Mul", x, scalar(0.5f)), node("Add", erf, scalar(1)));
    }

    private String norm(String x, int size) {
        return attributed("LayerNormalization", List.of(x, constant(1, size), constant(0, size)))
                .end();
    }

    private String dense(String x, int from, int to) {
        String product = node("MatMul", x, weights(Math.sqrt(1.0 / from), from, to));
        return node("Add", product, constant(0, to));
    }

    private String convolution(String x, int from, int to, int kernel, int stride) {
        double deviation = Math.sqrt(1.0 / (from * kernel * kernel));
        String weight = weights(deviation, to, from, kernel, kernel);
        int pad = kernel / 2;
        return attributed("Conv", List.of(x, weight, constant(0, to)))
                .integers("kernel_shape", kernel, kernel)
                .integers("strides", stride, stride)
                .integers("pads", pad, pad, pad, pad)
                .end();
    }

    private String pool(String x) {
        return attributed("MaxPool", List.of(x))
                .integers("kernel_shape", 3, 3)
                .integers("strides", 2, 2)
                .integers("pads", 1, 1, 1, 1)
                .end();
    }

    private String transposed(String x, int... order) {
        return attributed("Transpose", List.of(x)).integers("perm", order).end();
    }

    private String node(String operator, String... inputs) {
        return attributed(operator, List.of(inputs)).end();
    }

    private final class Node {
        private final Message message = new Message();
        private final String result = "t" + names++;

        Node integers(String name, int... values) {
            Message attribute = new Message().text(1, name);
            for (int value : values) {
                attribute.number(8, value);
            }
            message.message(5, attribute.number(20, 7));
            return this;
        }

        String end() {
            graph.message(1, message);
            return result;
        }
    }

    private Node attributed(String operator, List<String> inputs) {
        Node node = new Node();
        inputs.forEach(input -> node.message.text(1, input));
        node.message.text(2, node.result).text(4, operator);
        return node;
    }

    private String weights(double deviation, int... shape) {
        long count = 1;
        Message tensor = new Message();
        for (int dimension : shape) {
            count *= dimension;
            tensor.number(1, dimension);
        }
        String name = "w" + names++;
        tensor.number(2, FLOAT).text(8, name).weights(9, count, deviation, seed++);
        graph.message(5, tensor);
        return name;
    }

    private String constant(float value, int size) {
        ByteBuffer data = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i++) {
            data.putFloat(value);
        }
        return raw(new Message().number(1, size).number(2, FLOAT), data.array());
    }

    private String scalar(float value) {
        byte[] data = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array();
        return raw(new Message().number(2, FLOAT), data);
    }

    private String integers(long... values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            data.putLong(value);
        }
        return raw(new Message().number(1, values.length).number(2, INT64), data.array());
    }

    private String raw(Message tensor, byte[] data) {
        String name = "c" + names++;
        tensor.text(8, name).message(9, new Message().bytes(data));
        graph.message(5, tensor);
        return name;
    }

    private String input(String name, int type, int... shape) {
        graph.message(11, value(name, type, shape));
        return name;
    }

    private void output(String from, String name, int... shape) {
        Message identity = new Message().text(1, from).text(2, name).text(4, "Identity");
        graph.message(1, identity);
        graph.message(12, value(name, FLOAT, shape));
    }

    private static Message value(String name, int type, int... shape) {
        Message dimensions = new Message();
        for (int dimension : shape) {
            dimensions.message(
                    1,
                    dimension < 0
                            ? new Message().text(2, "n")
                            : new Message().number(1, dimension));
        }
        Message tensor = new Message().number(1, type).message(2, dimensions);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    private void write(Path file) throws IOException {
        Message model =
                new Message()
                        .number(1, 8)
                        .message(8, new Message().text(1, "").number(2, 17))
                        .message(7, graph);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            model.write(out);
        }
    }
}
