package io.dormouse.modelserver;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// UTF-8 text that grows: JSON and CSV answers are written into it.
public final class TextBuffer {
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private byte[] bytes;
    private int length;

    public TextBuffer(int expectedBytes) {
        bytes = new byte[Math.max(16, expectedBytes)];
    }

    public int length() {
        return length;
    }

    /// What is written so far as an answer; the buffer must not be used after.
    public Answer answer(String contentType) {
        return Answer.of(contentType, bytes, length);
    }

    public TextBuffer append(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    @SuppressWarnings("deprecation") // callers vouch for ASCII
    public TextBuffer ascii(String text) {
        int count = text.length();
        room(count);
        text.getBytes(0, count, bytes, length);
        length += count;
        return this;
    }

    public TextBuffer append(long value) {
        if (value >= 0 && value < 10) {
            return append((char) ('0' + value));
        }
        return ascii(Long.toString(value));
    }

    /// The shortest decimal that reads back as this float.
    public TextBuffer append(float value) {
        int whole = (int) value;
        return whole == value && whole != 0 && Math.abs(whole) < 1_000_000
                ? append((long) whole).ascii(".0")
                : ascii(Float.toString(value));
    }

    /// The shortest decimal that reads back as this double.
    public TextBuffer append(double value) {
        return ascii(Double.toString(value));
    }

    /// As it stands, in UTF-8.
    public TextBuffer text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        room(utf8.length);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
        return this;
    }

    /// A JSON string with its quotes.
    public TextBuffer quoted(String text) {
        append('"');
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            switch (one) {
                case '"', '\\' -> append('\\').append((char) one);
                case '\n' -> ascii("\\n");
                case '\r' -> ascii("\\r");
                case '\t' -> ascii("\\t");
                default -> {
                    if (one >= 0 && one < ' ') {
                        ascii("\\u00").append((char) HEX[one >> 4]).append((char) HEX[one & 15]);
                    } else {
                        append((char) one);
                    }
                }
            }
        }
        return append('"');
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private void room(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }
}
