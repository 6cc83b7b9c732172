package io.dormouse.modelserver.onnx;

import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.TextBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One output of a model, as rows that can be written. What has no batch is one row.
///
/// Tensors, and the sequences of maps by which scikit-learn's classifiers give probabilities
/// (ZipMap).
sealed interface Output {
    /// How many instances it answers.
    long rows();

    /// The whole as JSON.
    void json(TextBuffer out);

    /// One row as JSON.
    void json(TextBuffer out, long row);

    /// One row, flattened, its values separated by commas.
    void csv(TextBuffer out, long row);

    /// Takes the value over into the Java heap.
    ///
    /// No `switch` over types: its first use makes a class at run time, which no AOT cache holds,
    /// and takes milliseconds of a start.
    static Output of(String name, OnnxValue value) throws OrtException, Refusal {
        if (value instanceof OnnxTensor tensor) {
            return Tensor.of(tensor);
        }
        if (value instanceof OnnxSequence sequence) {
            List<Output> elements = new ArrayList<>();
            for (OnnxValue element : sequence.getValue()) {
                elements.add(of(name, element));
                element.close();
            }
            return new Sequence(elements);
        }
        if (value instanceof OnnxMap map) {
            return new Members(new TreeMap<>(map.getValue()));
        }
        throw new IllegalStateException(
                "output '" + name + "' is of a kind that can't be written: " + value);
    }

    /// Numbers as JSON writes them: what is no number is null.
    private static void number(TextBuffer out, Object value) {
        if (value instanceof Float number) {
            real(out, number);
        } else if (value instanceof Double number) {
            if (Double.isFinite(number)) {
                out.append((double) number);
            } else {
                out.ascii("null");
            }
        } else if (value instanceof Number number) {
            out.append(number.longValue());
        } else {
            out.quoted(String.valueOf(value));
        }
    }

    private static void real(TextBuffer out, float number) {
        if (Float.isFinite(number)) {
            out.append(number);
        } else {
            out.ascii("null");
        }
    }

    private static void field(TextBuffer out, String text) {
        boolean plain =
                text.indexOf(',') < 0
                        && text.indexOf('"') < 0
                        && text.indexOf('\n') < 0
                        && text.indexOf('\r') < 0;
        out.text(plain ? text : '"' + text.replace("\"", "\"\"") + '"');
    }

    /// A tensor of any element type.
    ///
    /// @param words its elements where it is one of strings, else empty
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Tensor(TensorInfo info, long[] shape, ByteBuffer data, List<String> words)
            implements Output {
        static Tensor of(OnnxTensor tensor) throws OrtException {
            TensorInfo info = tensor.getInfo();
            List<String> words = new ArrayList<>();
            ByteBuffer data = ByteBuffer.allocate(0);
            switch (info.type) {
                case STRING -> flatten(tensor.getValue(), words);
                case BFLOAT16 -> {
                    // Java's binding converts these, and these only, to floats.
                    var floats = tensor.getFloatBuffer();
                    data = ByteBuffer.allocate(Float.BYTES * floats.remaining());
                    data.order(ByteOrder.nativeOrder()).asFloatBuffer().put(floats);
                }
                default -> data = tensor.getByteBuffer();
            }
            return new Tensor(
                    info, info.getShape(), data.order(ByteOrder.nativeOrder()), List.copyOf(words));
        }

        private static void flatten(Object value, List<String> words) {
            if (value instanceof Object[] array) {
                for (Object element : array) {
                    flatten(element, words);
                }
            } else {
                words.add(String.valueOf(value));
            }
        }

        @Override
        public long rows() {
            return shape.length == 0 ? 1 : shape[0];
        }

        private int width() {
            long width = 1;
            for (int i = 1; i < shape.length; i++) {
                width *= shape[i];
            }
            return (int) width;
        }

        @Override
        public void json(TextBuffer out) {
            nested(out, 0, 0);
        }

        @Override
        public void json(TextBuffer out, long row) {
            nested(out, Math.min(1, shape.length), (int) row * width());
        }

        private int nested(TextBuffer out, int dimension, int index) {
            if (dimension == shape.length) {
                element(out, index);
                return index + 1;
            }
            out.append('[');
            int next = index;
            for (long i = 0; i < shape[dimension]; i++) {
                if (i > 0) {
                    out.append(',');
                }
                next = nested(out, dimension + 1, next);
            }
            out.append(']');
            return next;
        }

        @Override
        public void csv(TextBuffer out, long row) {
            int width = width();
            int from = (int) row * width;
            for (int i = from; i < from + width; i++) {
                if (i > from) {
                    out.append(',');
                }
                if (words.isEmpty()) {
                    element(out, i);
                } else {
                    field(out, words.get(i));
                }
            }
        }

        private void element(TextBuffer out, int i) {
            switch (info.type) {
                case FLOAT, BFLOAT16 -> real(out, data.getFloat(i * Float.BYTES));
                case DOUBLE -> number(out, data.getDouble(i * Double.BYTES));
                case FLOAT16 -> real(out, Float.float16ToFloat(data.getShort(i * Short.BYTES)));
                case INT64 -> out.append(data.getLong(i * Long.BYTES));
                case INT32 -> out.append((long) data.getInt(i * Integer.BYTES));
                case INT16 -> out.append((long) data.getShort(i * Short.BYTES));
                case INT8 -> out.append((long) data.get(i));
                case UINT8 -> out.append((long) (data.get(i) & 0xff));
                case BOOL -> out.ascii(data.get(i) != 0 ? "true" : "false");
                default -> out.quoted(words.get(i));
            }
        }
    }

    /// A list with an element for each instance.
    record Sequence(List<Output> elements) implements Output {
        @Override
        public long rows() {
            return elements.size();
        }

        @Override
        public void json(TextBuffer out) {
            out.append('[');
            for (int i = 0; i < elements.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                elements.get(i).json(out);
            }
            out.append(']');
        }

        @Override
        public void json(TextBuffer out, long row) {
            elements.get((int) row).json(out);
        }

        @Override
        public void csv(TextBuffer out, long row) {
            elements.get((int) row).csv(out, 0);
        }
    }

    /// Such as a probability for each class, in the order of the classes.
    record Members(Map<Object, Object> values) implements Output {
        @Override
        public long rows() {
            return 1;
        }

        @Override
        public void json(TextBuffer out) {
            char separator = '{';
            for (Map.Entry<Object, Object> entry : values.entrySet()) {
                out.append(separator).quoted(String.valueOf(entry.getKey())).append(':');
                number(out, entry.getValue());
                separator = ',';
            }
            out.ascii(values.isEmpty() ? "{}" : "}");
        }

        @Override
        public void json(TextBuffer out, long row) {
            json(out);
        }

        @Override
        public void csv(TextBuffer out, long row) {
            String separator = "";
            for (Object value : values.values()) {
                out.ascii(separator);
                if (value instanceof String text) {
                    field(out, text);
                } else {
                    number(out, value);
                }
                separator = ",";
            }
        }
    }
}
