package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Decimal;
import io.dormouse.modelserver.Unloadable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads JSON. As strict as XGBoost needs and no stricter: numbers end where their bytes end.
final class JsonCursor implements Cursor {
    private static final int DEPTH_MAX = 64;

    private final byte[] data;
    private int at;
    private int depth;
    private String name = "";

    /// Whether the last bracket that was passed was an opening one, so that no comma comes next.
    private boolean opened;

    JsonCursor(byte[] data) {
        this.data = data;
    }

    /// The first byte of the value that comes next, or 0 at the end.
    byte peek() {
        blanks();
        return at < data.length ? data[at] : 0;
    }

    @Override
    public void enterObject() throws Unloadable {
        expect('{');
        enter();
    }

    private void enter() throws Unloadable {
        opened = true;
        if (++depth > DEPTH_MAX) {
            throw broken("at most " + DEPTH_MAX + " levels");
        }
    }

    @Override
    public boolean nextMember() throws Unloadable {
        if (!nextItem('}')) {
            return false;
        }
        name = string();
        expect(':');
        return true;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void enterArray() throws Unloadable {
        expect('[');
        enter();
    }

    @Override
    public boolean nextElement() throws Unloadable {
        return nextItem(']');
    }

    private boolean nextItem(char end) throws Unloadable {
        byte next = peek();
        if (next == end) {
            at++;
            depth--;
            opened = false;
            return false;
        }
        if (!opened) {
            expect(',');
        }
        opened = false;
        return true;
    }

    @Override
    public String string() throws Unloadable {
        expect('"');
        int start = at;
        while (at < data.length && data[at] != '"' && data[at] != '\\') {
            at++;
        }
        if (at < data.length && data[at] == '"') {
            return new String(data, start, at++ - start, StandardCharsets.UTF_8);
        }
        return escaped(start);
    }

    private String escaped(int start) throws Unloadable {
        StringBuilder text =
                new StringBuilder(new String(data, start, at - start, StandardCharsets.UTF_8));
        while (at < data.length && data[at] != '"') {
            if (data[at] != '\\') {
                int from = at;
                while (at < data.length && data[at] != '"' && data[at] != '\\') {
                    at++;
                }
                text.append(new String(data, from, at - from, StandardCharsets.UTF_8));
                continue;
            }
            at++;
            byte escape = at < data.length ? data[at++] : 0;
            switch (escape) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case '"', '\\', '/' -> text.append((char) escape);
                case 'u' -> text.append(unicode());
                default -> throw broken("a known escape");
            }
        }
        expect('"');
        return text.toString();
    }

    private char unicode() throws Unloadable {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < data.length ? Character.digit(data[at++], 16) : -1;
            if (digit < 0) {
                throw broken("four hexadecimal digits");
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }

    @Override
    public float[] floats() throws Unloadable {
        float[] values = new float[64];
        int count = 0;
        enterArray();
        while (nextElement()) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = (float) number();
        }
        return Arrays.copyOf(values, count);
    }

    @Override
    public int[] ints() throws Unloadable {
        int[] values = new int[64];
        int count = 0;
        enterArray();
        while (nextElement()) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = wholeNumber();
        }
        return Arrays.copyOf(values, count);
    }

    private int wholeNumber() throws Unloadable {
        byte first = peek();
        if (first == 't' || first == 'f') {
            word();
            return first == 't' ? 1 : 0;
        }
        double value = number();
        if (value != (int) value) {
            throw broken("a whole number");
        }
        return (int) value;
    }

    /// The number that comes next; `null` and `NaN` are NaN.
    double number() throws Unloadable {
        byte first = peek();
        int start = at;
        word();
        if (first == 'n' || start == at) {
            if (at - start == 4) {
                return Double.NaN;
            }
            at = start;
            throw broken("a number");
        }
        try {
            return Decimal.parse(data, start, at);
        } catch (NumberFormatException e) {
            at = start;
            throw broken("a number");
        }
    }

    @Override
    public void skip() throws Unloadable {
        switch (peek()) {
            case '"' -> string();
            case '{' -> {
                enterObject();
                while (nextMember()) {
                    skip();
                }
            }
            case '[' -> {
                if (!jumpOverFlat()) {
                    enterArray();
                    while (nextElement()) {
                        skip();
                    }
                }
            }
            default -> {
                int start = at;
                word();
                if (start == at) {
                    throw broken("a value");
                }
            }
        }
    }

    /// Jumps over an array that holds nothing but numbers, as half of a model's arrays are.
    private boolean jumpOverFlat() {
        for (int end = at + 1; end < data.length; end++) {
            byte c = data[end];
            if (c == ']') {
                at = end + 1;
                return true;
            }
            if (c == '[' || c == '{' || c == '"') {
                return false;
            }
        }
        return false;
    }

    private void word() {
        while (at < data.length && !ends(data[at])) {
            at++;
        }
    }

    private static boolean ends(byte c) {
        return c == ',' || c == ']' || c == '}' || c <= ' ' || c == '"' || c == '[' || c == '{';
    }

    private void blanks() {
        while (at < data.length && (data[at] == ' ' || (data[at] <= '\r' && data[at] >= '\t'))) {
            at++;
        }
    }

    private void expect(char wanted) throws Unloadable {
        blanks();
        if (at >= data.length || data[at] != wanted) {
            throw broken("'" + wanted + "'");
        }
        at++;
    }

    private Unloadable broken(String wanted) {
        String found =
                at >= data.length
                        ? "the end"
                        : "'"
                                + new String(
                                        data,
                                        at,
                                        Math.min(12, data.length - at),
                                        StandardCharsets.UTF_8)
                                + "'";
        return new Unloadable(
                "JSON broken at byte " + at + ": expected " + wanted + ", found " + found);
    }
}
