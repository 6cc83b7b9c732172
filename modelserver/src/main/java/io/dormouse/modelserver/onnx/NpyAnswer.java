package io.dormouse.modelserver.onnx;

import ai.onnxruntime.OnnxJavaType;
import io.dormouse.modelserver.Answer;
import io.dormouse.modelserver.Media;
import io.dormouse.modelserver.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;

/// A tensor as NumPy's `numpy.load` reads it: its elements go out as they lie, in C order.
///
/// [The format](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
///
/// @param data all of it is written
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record NpyAnswer(byte[] header, ByteBuffer data) implements Answer {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

    /// The elements begin at a multiple of this.
    private static final int ALIGNMENT = 64;

    /// @throws Refusal for outputs that are not one array of numbers
    static NpyAnswer of(List<String> names, List<Output> outputs) throws Refusal {
        if (outputs.size() != 1) {
            throw refused("the model has the outputs " + String.join(", ", names));
        }
        if (!(outputs.getFirst() instanceof Output.Tensor tensor)
                || tensor.info().type == OnnxJavaType.STRING) {
            throw refused("the model's output '" + names.getFirst() + "' is no array of numbers");
        }
        return new NpyAnswer(header(tensor), tensor.data());
    }

    private static Refusal refused(String why) {
        return Refusal.notAcceptable(
                Media.NPY + " holds one array of numbers, and " + why + ": accept " + Media.JSON);
    }

    private static byte[] header(Output.Tensor tensor) throws Refusal {
        StringJoiner shape = new StringJoiner(", ", "(", tensor.shape().length == 1 ? ",)" : ")");
        for (long length : tensor.shape()) {
            shape.add(Long.toString(length));
        }
        String order = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
        String text =
                "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
                        .formatted(descr(tensor.info().type, order), shape);
        int unpadded = MAGIC.length + Short.BYTES + text.length() + 1;
        int padding = Math.floorMod(-unpadded, ALIGNMENT);
        ByteBuffer header = ByteBuffer.allocate(unpadded + padding).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC).putShort((short) (text.length() + padding + 1));
        header.put((text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII));
        return header.array();
    }

    private static String descr(OnnxJavaType type, String order) throws Refusal {
        return switch (type) {
            case DOUBLE -> order + "f8";
            // What is shorter still was widened to floats.
            case FLOAT, BFLOAT16 -> order + "f4";
            case FLOAT16 -> order + "f2";
            case INT64 -> order + "i8";
            case INT32 -> order + "i4";
            case INT16 -> order + "i2";
            case INT8 -> "|i1";
            case UINT8 -> "|u1";
            case BOOL -> "|b1";
            default -> throw refused("the model's output is of " + type);
        };
    }

    @Override
    public String contentType() {
        return Media.NPY;
    }

    @Override
    public long length() {
        return header.length + (long) data.limit();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(header);
        out.write(data.array(), data.arrayOffset(), data.limit());
    }
}
