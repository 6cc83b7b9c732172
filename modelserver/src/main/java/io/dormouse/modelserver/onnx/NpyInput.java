package io.dormouse.modelserver.onnx;

import io.dormouse.modelserver.Media;
import io.dormouse.modelserver.Refusal;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// `application/x-npy` bodies: one NumPy array (`numpy.save`), little-endian and in C order, for
/// models with one input.
final class NpyInput {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int HEADER_MAX = 1 << 16;

    private NpyInput() {}

    /// Fills the tensor, which is empty; values are converted to its type where nothing is lost.
    static void read(InputStream body, TensorBuilder tensor) throws IOException, Refusal {
        String header = header(body);
        if (!header.contains("'fortran_order': False")) {
            throw bad("the array is in Fortran order; send numpy.ascontiguousarray of it");
        }
        String type = between(header, "'descr': '", "'");
        long[] shape = shape(between(header, "'shape': (", ")"));
        long count = 1;
        for (long length : shape) {
            count *= length;
        }
        int size = size(type);
        byte[] chunk = new byte[8 * 1024];
        ByteBuffer values = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
        for (long left = count * size; left > 0; ) {
            int bytes = (int) Math.min(left, chunk.length);
            if (body.readNBytes(chunk, 0, bytes) < bytes) {
                throw bad("the array ends early: " + count + " values were announced");
            }
            for (int at = 0; at < bytes; at += size) {
                put(tensor, type, values, at);
            }
            left -= bytes;
        }
        if (body.read() >= 0) {
            throw bad("bytes follow the array");
        }
        tensor.shape(shape);
    }

    private static String header(InputStream body) throws IOException, Refusal {
        byte[] start = body.readNBytes(8);
        if (start.length < 8 || !Arrays.equals(Arrays.copyOf(start, 6), MAGIC)) {
            throw bad("it does not begin as numpy.save writes it");
        }
        byte[] length = body.readNBytes(start[6] == 1 ? 2 : 4);
        int bytes = 0;
        for (int i = length.length - 1; i >= 0; i--) {
            bytes = bytes << 8 | (length[i] & 0xff);
        }
        if (bytes < 0 || bytes > HEADER_MAX) {
            throw bad("its header is too long");
        }
        byte[] text = body.readNBytes(bytes);
        if (text.length < bytes) {
            throw new EOFException("the body ended inside the header of an array");
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static String between(String text, String before, String after) throws Refusal {
        int from = text.indexOf(before);
        int to = from < 0 ? -1 : text.indexOf(after, from + before.length());
        if (to < 0) {
            throw bad("its header lacks " + before);
        }
        return text.substring(from + before.length(), to);
    }

    private static long[] shape(String text) throws Refusal {
        long[] shape = new long[8];
        int rank = 0;
        for (int from = 0; from < text.length(); ) {
            int comma = text.indexOf(',', from);
            int end = comma < 0 ? text.length() : comma;
            String number = text.substring(from, end).strip();
            if (!number.isEmpty()) {
                try {
                    if (rank == shape.length) {
                        throw bad("it has more than " + rank + " dimensions");
                    }
                    shape[rank++] = Integer.parseUnsignedInt(number);
                } catch (NumberFormatException _) {
                    throw bad("its shape is (" + text + ")");
                }
            }
            from = end + 1;
        }
        return Arrays.copyOf(shape, rank);
    }

    private static int size(String type) throws Refusal {
        return switch (type) {
            case "<f8", "<i8" -> 8;
            case "<f4", "<i4" -> 4;
            case "<f2", "<i2" -> 2;
            case "|i1", "|u1", "|b1" -> 1;
            default -> throw bad("arrays of " + type + " are not understood");
        };
    }

    private static void put(TensorBuilder tensor, String type, ByteBuffer values, int at)
            throws Refusal {
        if (tensor.input().isText()) {
            throw bad(tensor.input().described() + " takes no numbers");
        }
        switch (type) {
            case "<f8" -> tensor.put(values.getDouble(at));
            case "<f4" -> tensor.put((double) values.getFloat(at));
            case "<f2" -> tensor.put((double) Float.float16ToFloat(values.getShort(at)));
            case "<i8" -> tensor.put(values.getLong(at));
            case "<i4" -> tensor.put((long) values.getInt(at));
            case "<i2" -> tensor.put((long) values.getShort(at));
            case "|u1" -> tensor.put((long) (values.get(at) & 0xff));
            default -> tensor.put((long) values.get(at));
        }
    }

    private static Refusal bad(String what) {
        return Refusal.badInput("the " + Media.NPY + " body can't be read: " + what);
    }
}
