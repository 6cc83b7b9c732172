package io.dormouse.modelserver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Writes small ONNX models (protobuf, `onnx.proto`), so that tests need no Python.
public final class OnnxFile {
    public static final int FLOAT = 1;
    public static final int UINT8 = 2;
    public static final int INT32 = 6;
    public static final int INT64 = 7;
    public static final int STRING = 8;
    public static final int BOOL = 9;
    public static final int DOUBLE = 11;

    /// A dimension of any length.
    public static final long ANY = -1;

    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_STRING = 3;
    private static final int ATTRIBUTE_FLOATS = 6;
    private static final int ATTRIBUTE_INTS = 7;

    private final Message graph = new Message().text(2, "graph");

    public OnnxFile input(String name, int type, long... shape) {
        graph.message(11, value(name, tensor(type, shape)));
        return this;
    }

    public OnnxFile output(String name, int type, long... shape) {
        graph.message(12, value(name, tensor(type, shape)));
        return this;
    }

    /// An output as scikit-learn's classifiers have it: a map from class to probability for each
    /// row.
    public OnnxFile outputMaps(String name) {
        Message map = new Message().number(1, INT64).message(2, tensor(FLOAT));
        Message element = new Message().message(5, map);
        graph.message(12, value(name, new Message().message(4, new Message().message(1, element))));
        return this;
    }

    public OnnxFile weights(String name, long[] shape, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        Message tensor = new Message();
        for (long length : shape) {
            tensor.number(1, length);
        }
        graph.message(5, tensor.number(2, FLOAT).text(8, name).bytes(9, raw.array()));
        return this;
    }

    /// A list of whole numbers, as some operators take for an input.
    public OnnxFile list(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        Message tensor = new Message().number(1, values.length).number(2, INT64);
        graph.message(5, tensor.text(8, name).bytes(9, raw.array()));
        return this;
    }

    /// Weights that lie in a file beside the model.
    public OnnxFile weightsIn(String file, String name, long... shape) {
        Message tensor = new Message();
        for (long length : shape) {
            tensor.number(1, length);
        }
        Message location = new Message().text(1, "location").text(2, file);
        graph.message(5, tensor.number(2, FLOAT).text(8, name).message(13, location).number(14, 1));
        return this;
    }

    public OnnxFile node(
            String operator, List<String> inputs, List<String> outputs, Message... attributes) {
        return node("", operator, inputs, outputs, attributes);
    }

    /// A node of another set of operators.
    ///
    /// @param domain such as `ai.onnx.ml`
    public OnnxFile node(
            String domain,
            String operator,
            List<String> inputs,
            List<String> outputs,
            Message... attributes) {
        Message node = new Message();
        inputs.forEach(name -> node.text(1, name));
        outputs.forEach(name -> node.text(2, name));
        node.text(4, operator);
        for (Message attribute : attributes) {
            node.message(5, attribute);
        }
        graph.message(1, node.text(7, domain));
        return this;
    }

    public static Message attribute(String name, long value) {
        return new Message().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
    }

    public static Message attribute(String name, String value) {
        return new Message().text(1, name).text(4, value).number(20, ATTRIBUTE_STRING);
    }

    public static Message floats(String name, float... values) {
        Message message = new Message().text(1, name);
        for (float value : values) {
            message.real(7, value);
        }
        return message.number(20, ATTRIBUTE_FLOATS);
    }

    public static Message integers(String name, long... values) {
        Message message = new Message().text(1, name);
        for (long value : values) {
            message.number(8, value);
        }
        return message.number(20, ATTRIBUTE_INTS);
    }

    public byte[] bytes() {
        return new Message()
                .number(1, 8)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, 17))
                .message(8, new Message().text(1, "ai.onnx.ml").number(2, 3))
                .bytes();
    }

    /// Writes `model.onnx` into the folder, which it makes.
    public Path into(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("model.onnx"), bytes());
        return folder;
    }

    private static Message value(String name, Message type) {
        return new Message().text(1, name).message(2, type);
    }

    private static Message tensor(int type, long... shape) {
        Message dimensions = new Message();
        for (long length : shape) {
            dimensions.message(
                    1,
                    length == ANY ? new Message().text(2, "n") : new Message().number(1, length));
        }
        Message tensor = new Message().number(1, type).message(2, dimensions);
        return new Message().message(1, tensor);
    }

    /// A protobuf message that grows.
    public static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message real(int field, float value) {
            varint((field << 3) | 5);
            out.writeBytes(
                    ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint((field << 3) | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.bytes());
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private void varint(long value) {
            long left = value;
            while ((left & ~0x7fL) != 0) {
                out.write((int) ((left & 0x7f) | 0x80));
                left >>>= 7;
            }
            out.write((int) left);
        }
    }
}
