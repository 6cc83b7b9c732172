package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Unloadable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads Universal Binary JSON as XGBoost writes it: typed arrays, everything big-endian.
///
/// <https://ubjson.org>
final class UbjCursor implements Cursor {
    private static final int DEPTH_MAX = 64;

    private final byte[] data;
    private int at;
    private String name = "";

    /// Elements left in each array and object that is open, or -1 where an end mark closes it.
    private final long[] left = new long[DEPTH_MAX];

    private int depth;

    UbjCursor(byte[] data) {
        this.data = data;
    }

    @Override
    public void enterObject() throws Unloadable {
        expect('{');
        push(count());
    }

    @Override
    public boolean nextMember() throws Unloadable {
        if (!next('}')) {
            return false;
        }
        name = text(integer(take()));
        return true;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void enterArray() throws Unloadable {
        expect('[');
        if (peek() == '$') {
            throw broken("an array of objects");
        }
        push(count());
    }

    @Override
    public boolean nextElement() throws Unloadable {
        return next(']');
    }

    private void push(long count) throws Unloadable {
        if (depth == DEPTH_MAX) {
            throw broken("at most " + DEPTH_MAX + " levels");
        }
        left[depth++] = count;
    }

    private boolean next(char end) throws Unloadable {
        long open = left[depth - 1];
        boolean more = open < 0 ? peek() != end : open > 0;
        if (more) {
            left[depth - 1] = open - 1;
        } else {
            at += open < 0 ? 1 : 0;
            depth--;
        }
        return more;
    }

    /// The count that may stand behind an opening bracket, or -1.
    private long count() throws Unloadable {
        if (peek() != '#') {
            return -1;
        }
        at++;
        return integer(take());
    }

    @Override
    public String string() throws Unloadable {
        expect('S');
        return text(integer(take()));
    }

    private String text(long length) throws Unloadable {
        need(length);
        String text = new String(data, at, (int) length, StandardCharsets.UTF_8);
        at += (int) length;
        return text;
    }

    @Override
    public float[] floats() throws Unloadable {
        expect('[');
        if (peek() == '$') {
            at++;
            byte type = take();
            int count = typedCount(type);
            float[] values = new float[count];
            if (type == 'd') {
                // In one go, which matters while this code is still interpreted.
                ByteBuffer.wrap(data, at, count * 4).asFloatBuffer().get(values);
                at += count * 4;
                return values;
            }
            for (int i = 0; i < count; i++) {
                values[i] = (float) number(type);
            }
            return values;
        }
        push(count());
        float[] values = new float[16];
        int count = 0;
        while (nextElement()) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = (float) number(take());
        }
        return Arrays.copyOf(values, count);
    }

    @Override
    public int[] ints() throws Unloadable {
        expect('[');
        if (peek() == '$') {
            at++;
            byte type = take();
            int count = typedCount(type);
            int[] values = new int[count];
            if (type == 'l') {
                ByteBuffer.wrap(data, at, count * 4).asIntBuffer().get(values);
                at += count * 4;
                return values;
            }
            if (type == 'U') {
                for (int i = 0; i < count; i++) {
                    values[i] = data[at + i] & 0xff;
                }
                at += count;
                return values;
            }
            for (int i = 0; i < count; i++) {
                values[i] = (int) integer(type);
            }
            return values;
        }
        push(count());
        int[] values = new int[16];
        int count = 0;
        while (nextElement()) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            byte type = take();
            values[count++] = type == 'T' ? 1 : type == 'F' ? 0 : (int) integer(type);
        }
        return Arrays.copyOf(values, count);
    }

    /// The count of a typed array, checked against the bytes that are there before anything is
    /// allocated.
    private int typedCount(byte type) throws Unloadable {
        expect('#');
        long count = integer(take());
        need(count < 0 ? -1 : Math.multiplyExact(Math.min(count, 1L << 40), width(type)));
        return (int) count;
    }

    @Override
    public void skip() throws Unloadable {
        switch (peek()) {
            case '{' -> {
                enterObject();
                while (nextMember()) {
                    skip();
                }
            }
            case '[' -> skipArray();
            case 'S' -> {
                at++;
                jump(integer(take()));
            }
            case 'T', 'F', 'Z', 'N' -> at++;
            case 'C' -> jump(2);
            default -> jump(width(take()));
        }
    }

    private void skipArray() throws Unloadable {
        at++;
        if (peek() == '$') {
            at++;
            byte type = take();
            jump((long) typedCount(type) * width(type));
            return;
        }
        push(count());
        while (nextElement()) {
            skip();
        }
    }

    private void jump(long bytes) throws Unloadable {
        need(bytes);
        at += (int) bytes;
    }

    private double number(byte type) throws Unloadable {
        return switch (type) {
            case 'd' -> Float.intBitsToFloat((int) big(4));
            case 'D' -> Double.longBitsToDouble(big(8));
            default -> integer(type);
        };
    }

    private long integer(byte type) throws Unloadable {
        return switch (type) {
            case 'i' -> (byte) big(1);
            case 'U' -> big(1);
            case 'I' -> (short) big(2);
            case 'l' -> (int) big(4);
            case 'L' -> big(8);
            default -> throw broken("a whole number");
        };
    }

    private int width(byte type) throws Unloadable {
        return switch (type) {
            case 'i', 'U', 'C' -> 1;
            case 'I' -> 2;
            case 'l', 'd' -> 4;
            case 'L', 'D' -> 8;
            default -> throw broken("a number");
        };
    }

    private long big(int bytes) throws Unloadable {
        need(bytes);
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | (data[at++] & 0xff);
        }
        return value;
    }

    private byte take() throws Unloadable {
        need(1);
        return data[at++];
    }

    private byte peek() throws Unloadable {
        need(1);
        return data[at];
    }

    private void expect(char wanted) throws Unloadable {
        if (peek() != wanted) {
            throw broken("'" + wanted + "'");
        }
        at++;
    }

    private void need(long bytes) throws Unloadable {
        if (bytes < 0 || bytes > data.length - at) {
            throw new Unloadable(
                    "UBJSON broken at byte " + at + ": the file ends in the middle of a value");
        }
    }

    private Unloadable broken(String wanted) {
        return new Unloadable("UBJSON broken at byte " + at + ": expected " + wanted);
    }
}
