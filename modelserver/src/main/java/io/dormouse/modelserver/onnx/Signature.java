package io.dormouse.modelserver.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.dormouse.modelserver.TextBuffer;
import io.dormouse.modelserver.Unloadable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a model takes and gives, and requests made up from it.
public final class Signature {
    /// Lengths tried for dimensions that may have any: a sentence, a small picture, a usual one,
    /// one.
    private static final int[] LENGTHS = {16, 32, 224, 1};

    private final OrtSession session;
    private final List<Input> inputs;

    private Signature(OrtSession session, List<Input> inputs) {
        this.session = session;
        this.inputs = inputs;
    }

    public static Signature of(OrtSession session) throws Unloadable {
        try {
            return new Signature(session, Input.of(session));
        } catch (OrtException e) {
            throw new Unloadable(
                    "ONNX Runtime can't tell the model's inputs: " + e.getMessage(), e);
        }
    }

    /// `[{"name":"x","type":"float","shape":[-1,4]}]`.
    public String inputs() {
        TextBuffer text = new TextBuffer(256).append('[');
        for (Input input : inputs) {
            text.ascii(text.length() > 1 ? "," : "");
            member(text, input.name(), input.typeName(), input.shape());
        }
        return text.append(']').toString();
    }

    /// The same of the outputs; a type that is no tensor is told as ONNX Runtime names it, without
    /// a shape.
    public String outputs() throws Unloadable {
        TextBuffer text = new TextBuffer(256).append('[');
        try {
            for (NodeInfo node : session.getOutputInfo().values()) {
                text.ascii(text.length() > 1 ? "," : "");
                if (node.getInfo() instanceof TensorInfo tensor) {
                    String type = tensor.type.name().toLowerCase(Locale.ROOT);
                    member(text, node.getName(), type, tensor.getShape());
                } else {
                    text.ascii("{\"name\":").quoted(node.getName()).ascii(",\"type\":");
                    text.quoted(node.getInfo().getClass().getSimpleName()).append('}');
                }
            }
        } catch (OrtException e) {
            throw new Unloadable("ONNX Runtime can't tell the model's outputs", e);
        }
        return text.append(']').toString();
    }

    private static void member(TextBuffer text, String name, String type, long[] shape) {
        text.ascii("{\"name\":").quoted(name).ascii(",\"type\":").quoted(type);
        text.ascii(",\"shape\":[");
        for (int i = 0; i < shape.length; i++) {
            text.ascii(i > 0 ? "," : "").append(shape[i]);
        }
        text.ascii("]}");
    }

    /// JSON bodies for one instance each, the likeliest to be accepted first: a model may refuse
    /// some of them.
    public List<String> samples() {
        List<String> samples = new ArrayList<>();
        for (int length : LENGTHS) {
            for (boolean zeros : new boolean[] {false, true}) {
                TextBuffer text = new TextBuffer(1024).ascii("{\"inputs\":{");
                for (Input input : inputs) {
                    text.ascii(input.equals(inputs.getFirst()) ? "" : ",");
                    text.quoted(input.name()).append(':');
                    fill(text, input, 0, length, new Values(input, zeros));
                }
                samples.add(text.ascii("}}").toString());
            }
        }
        return List.copyOf(samples);
    }

    private static void fill(
            TextBuffer text, Input input, int dimension, int length, Values values) {
        if (dimension == input.shape().length) {
            values.next(text);
            return;
        }
        long given = input.shape()[dimension];
        long count = given >= 0 ? given : dimension == 0 ? 1 : length;
        text.append('[');
        for (long i = 0; i < count; i++) {
            text.ascii(i > 0 ? "," : "");
            fill(text, input, dimension + 1, length, values);
        }
        text.append(']');
    }

    /// Values that are not all alike, within what vocabularies and masks allow.
    private static final class Values {
        private final Input input;
        private final boolean zeros;
        private int index;

        Values(Input input, boolean zeros) {
            this.input = input;
            this.zeros = zeros;
        }

        void next(TextBuffer text) {
            int i = index++;
            String name = input.name().toLowerCase(Locale.ROOT);
            if (input.isText()) {
                text.quoted(zeros ? "" : "a");
            } else if (input.isFloating()) {
                text.append(zeros ? 0f : (i * 37 % 100) / 100f);
            } else if (zeros || name.contains("type") || name.contains("segment")) {
                text.append(0L);
            } else {
                text.append(name.contains("mask") || isNarrow() ? 1L : 1L + i * 13 % 90);
            }
        }

        private boolean isNarrow() {
            return input.typeName().equals("bool");
        }
    }
}
