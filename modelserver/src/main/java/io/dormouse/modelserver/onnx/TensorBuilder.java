package io.dormouse.modelserver.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.dormouse.modelserver.Decimal;
import io.dormouse.modelserver.JsonReader;
import io.dormouse.modelserver.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Collects the elements of one input, in order, in memory that ONNX Runtime reads directly, and
/// the shape in which they came. It is used again for the next request.
final class TensorBuilder {
    /// Larger buffers are not kept for the next request.
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private static final int FIRST_BYTES = 1024;

    private final Input input;
    private final List<String> words = new ArrayList<>();
    private final long[] came = new long[TensorInfo.MAX_DIMENSIONS];
    private int rank;
    private ByteBuffer data;

    TensorBuilder(Input input) {
        this.input = input;
        this.data = buffer(input.isText() ? 0 : FIRST_BYTES);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    Input input() {
        return input;
    }

    void reset() {
        words.clear();
        rank = -1;
        if (data.capacity() > KEPT_BYTES_MAX) {
            data = buffer(FIRST_BYTES);
        }
        data.clear();
    }

    /// Whether nothing was put in since the reset.
    boolean isEmpty() {
        return rank < 0;
    }

    long elements() {
        return input.isText() ? words.size() : data.position() / input.type().size;
    }

    /// Elements came at this depth of nesting; all must come at the same.
    private void leaf(int depth) throws Refusal {
        if (rank < 0) {
            for (int i = 0; i < came.length; i++) {
                came[i] = -1;
            }
            rank = depth;
        } else if (rank != depth) {
            throw Refusal.badInput(
                    input.described() + ": its arrays are not nested equally deep everywhere");
        }
    }

    /// Reads a value of any nesting; its outermost array is dimension `depth`.
    void nested(JsonReader json, int depth) throws IOException, Refusal {
        if (json.peek() != '[') {
            leaf(depth);
            element(json);
            return;
        }
        if (depth == came.length) {
            throw Refusal.badInput(input.described() + ": arrays are nested too deep");
        }
        json.beginArray();
        long length = 0;
        while (json.next(']')) {
            nested(json, depth + 1);
            length++;
        }
        if (length == 0) {
            throw Refusal.badInput(input.described() + ": an array is empty");
        }
        length(depth, length);
    }

    /// States the length of a dimension; arrays of one dimension have one length.
    void length(int depth, long length) throws Refusal {
        if (came[depth] >= 0 && came[depth] != length) {
            throw Refusal.badInput(
                    input.described()
                            + ": its rows are not equally long, "
                            + came[depth]
                            + " and "
                            + length
                            + " values came");
        }
        came[depth] = length;
    }

    /// States the whole shape, for formats that say it.
    void shape(long[] shape) throws Refusal {
        leaf(shape.length);
        System.arraycopy(shape, 0, came, 0, shape.length);
    }

    private void element(JsonReader json) throws IOException, Refusal {
        char kind = json.peek();
        try {
            switch (kind) {
                case '0' -> {
                    if (input.isText()) {
                        words.add(json.numeral());
                    } else if (input.isFloating()) {
                        put(json.decimal());
                    } else {
                        put(json.integer());
                    }
                }
                case '"' -> {
                    if (!input.isText()) {
                        throw wrong("the string '" + json.string() + "' came");
                    }
                    words.add(json.string());
                }
                case 't', 'f' -> {
                    boolean value = json.bool();
                    if (input.isText()) {
                        words.add(String.valueOf(value));
                    } else {
                        put(value ? 1L : 0L);
                    }
                }
                case 'n' -> {
                    json.nothing();
                    missing();
                }
                default -> throw wrong("an object came where a value belongs");
            }
        } catch (NumberFormatException e) {
            throw wrong("the number " + e.getMessage() + " came");
        }
    }

    /// Puts one element that is written as text.
    void text(byte[] text, int from, int to) throws Refusal {
        try {
            if (input.isText()) {
                words.add(new String(text, from, to - from, StandardCharsets.UTF_8));
            } else if (from == to) {
                missing();
            } else if (input.isFloating()) {
                put(Decimal.parse(text, from, to));
            } else {
                put(Decimal.integer(text, from, to));
            }
        } catch (NumberFormatException _) {
            throw wrong("'" + new String(text, from, to - from, StandardCharsets.UTF_8) + "' came");
        }
    }

    private void missing() throws Refusal {
        if (input.isText()) {
            words.add("");
        } else if (input.isFloating()) {
            put(Double.NaN);
        } else {
            throw wrong("a missing value came");
        }
    }

    void put(double value) throws Refusal {
        room();
        switch (input.type()) {
            case FLOAT -> data.putFloat((float) value);
            case DOUBLE -> data.putDouble(value);
            case FLOAT16 -> data.putShort(Float.floatToFloat16((float) value));
            default -> {
                if (value != Math.rint(value)) {
                    throw wrong("the number " + value + " came");
                }
                put((long) value);
            }
        }
    }

    void put(long value) throws Refusal {
        room();
        boolean fits =
                switch (input.type()) {
                    case INT64 -> true;
                    case INT32 -> value == (int) value;
                    case INT16 -> value == (short) value;
                    case INT8 -> value == (byte) value;
                    case UINT8 -> value >= 0 && value <= 255;
                    case BOOL -> value == 0 || value == 1;
                    default -> true;
                };
        if (!fits) {
            throw wrong("the number " + value + " came");
        }
        switch (input.type()) {
            case INT64 -> data.putLong(value);
            case INT32 -> data.putInt((int) value);
            case INT16 -> data.putShort((short) value);
            case INT8, UINT8, BOOL -> data.put((byte) value);
            default -> put((double) value);
        }
    }

    private Refusal wrong(String came) {
        return Refusal.badInput(input.described() + ": " + came);
    }

    private void room() throws Refusal {
        if (data.remaining() < Long.BYTES) {
            long bytes = 2L * data.capacity();
            if (bytes > Integer.MAX_VALUE) {
                throw wrong("more than 2 GB of values came");
            }
            ByteBuffer larger = buffer((int) bytes);
            larger.put(data.flip());
            data = larger;
        }
    }

    /// The tensor, in the shape that the model expects.
    ///
    /// @param rowsOfValues whether the elements came as rows of one value each (the elements of a
    ///   column)
    OnnxTensor build(OrtEnvironment environment, boolean rowsOfValues)
            throws OrtException, Refusal {
        long[] shape = Shape.fit(input, came, rank, elements(), rowsOfValues);
        if (input.isText()) {
            return OnnxTensor.createTensor(environment, words.toArray(new String[0]), shape);
        }
        data.flip();
        return switch (input.type()) {
            case FLOAT -> OnnxTensor.createTensor(environment, data.asFloatBuffer(), shape);
            case DOUBLE -> OnnxTensor.createTensor(environment, data.asDoubleBuffer(), shape);
            case INT64 -> OnnxTensor.createTensor(environment, data.asLongBuffer(), shape);
            case INT32 -> OnnxTensor.createTensor(environment, data.asIntBuffer(), shape);
            case INT16, FLOAT16 ->
                    OnnxTensor.createTensor(environment, data.asShortBuffer(), shape, input.type());
            default -> OnnxTensor.createTensor(environment, data, shape, input.type());
        };
    }
}
