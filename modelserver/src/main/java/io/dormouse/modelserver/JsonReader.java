package io.dormouse.modelserver;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Strict JSON (RFC 8259), pulled token by token from a stream, so that a tensor goes from the
/// socket into its buffer without a tree between them.
///
/// Every method refuses what is not there, with the byte where it stands.
public final class JsonReader {
    /// Deeper documents are refused.
    public static final int DEPTH_MAX = 64;

    /// A string or number longer than this many bytes is refused.
    private static final int TOKEN_MAX = 8 * 1024 * 1024;

    private static final int END = -1;

    private final InputStream in;
    private final byte[] buffer = new byte[8192];
    private int at;
    private int limit;
    private long before;

    private byte[] token = new byte[64];
    private int tokenLength;

    private final boolean[] started = new boolean[DEPTH_MAX + 1];
    private int depth;

    public JsonReader(InputStream in) {
        this.in = in;
    }

    /// The first character of the next value: one of `{ [ " t f n`, or `0` for any number.
    public char peek() throws IOException, Refusal {
        int c = afterSpace();
        if (c == '-' || (c >= '0' && c <= '9')) {
            return '0';
        }
        if (c == END || "{[\"tfn".indexOf(c) < 0) {
            throw unexpected("a value", c);
        }
        return (char) c;
    }

    public void beginObject() throws IOException, Refusal {
        open('{', "an object");
    }

    public void beginArray() throws IOException, Refusal {
        open('[', "an array");
    }

    /// Whether the object or array that is open has another member; reads its end where it has not.
    public boolean next(char end) throws IOException, Refusal {
        int c = afterSpace();
        if (c == end) {
            at++;
            depth--;
            return false;
        }
        if (started[depth]) {
            if (c != ',') {
                throw unexpected("',' or '" + end + "'", c);
            }
            at++;
        }
        started[depth] = true;
        return true;
    }

    /// The name of the next member and its colon.
    public String name() throws IOException, Refusal {
        String name = string();
        int c = afterSpace();
        if (c != ':') {
            throw unexpected("':'", c);
        }
        at++;
        return name;
    }

    public String string() throws IOException, Refusal {
        int c = afterSpace();
        if (c != '"') {
            throw unexpected("a string", c);
        }
        at++;
        tokenLength = 0;
        while (true) {
            c = take("the end of a string");
            if (c == '"') {
                return new String(token, 0, tokenLength, StandardCharsets.UTF_8);
            }
            if (c < ' ') {
                throw unexpected("no control character in a string", c);
            }
            if (c == '\\') {
                escape();
            } else {
                keep(c);
            }
        }
    }

    private void escape() throws IOException, Refusal {
        int c = take("an escape");
        switch (c) {
            case '"', '\\', '/' -> keep(c);
            case 'b' -> keep('\b');
            case 'f' -> keep('\f');
            case 'n' -> keep('\n');
            case 'r' -> keep('\r');
            case 't' -> keep('\t');
            case 'u' -> {
                char unit = unit();
                String text = String.valueOf(unit);
                if (Character.isHighSurrogate(unit) && take("\\u") == '\\' && take("u") == 'u') {
                    text += unit();
                }
                for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
                    keep(one);
                }
            }
            default -> throw unexpected("an escape", c);
        }
    }

    private char unit() throws IOException, Refusal {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int c = take("four hexadecimal digits");
            int digit = Character.digit(c, 16);
            if (digit < 0) {
                throw unexpected("four hexadecimal digits", c);
            }
            unit = unit * 16 + digit;
        }
        return (char) unit;
    }

    public double decimal() throws IOException, Refusal {
        number();
        return Decimal.parse(token, 0, tokenLength);
    }

    /// The next number, where it is whole.
    ///
    /// @throws NumberFormatException when it is no integer of 64 bits
    public long integer() throws IOException, Refusal {
        number();
        return Decimal.integer(token, 0, tokenLength);
    }

    /// A number as it is written.
    public String numeral() throws IOException, Refusal {
        number();
        return new String(token, 0, tokenLength, StandardCharsets.ISO_8859_1);
    }

    public boolean bool() throws IOException, Refusal {
        boolean value = afterSpace() == 't';
        literal(value ? "true" : "false");
        return value;
    }

    public void nothing() throws IOException, Refusal {
        afterSpace();
        literal("null");
    }

    /// Reads past the next value, whatever it is.
    public void skip() throws IOException, Refusal {
        switch (peek()) {
            case '{' -> {
                beginObject();
                while (next('}')) {
                    name();
                    skip();
                }
            }
            case '[' -> {
                beginArray();
                while (next(']')) {
                    skip();
                }
            }
            case '"' -> string();
            case '0' -> number();
            case 'n' -> nothing();
            default -> bool();
        }
    }

    /// Whether another value follows, in bodies that hold one behind the other.
    public boolean more() throws IOException {
        return afterSpace() != END;
    }

    /// Makes sure that nothing follows.
    public void end() throws IOException, Refusal {
        int c = afterSpace();
        if (c != END) {
            throw unexpected("the end", c);
        }
    }

    private void open(char bracket, String what) throws IOException, Refusal {
        int c = afterSpace();
        if (c != bracket) {
            throw unexpected(what, c);
        }
        at++;
        if (depth == DEPTH_MAX) {
            throw Refusal.badInput("the JSON body is nested deeper than " + DEPTH_MAX + " levels");
        }
        started[++depth] = false;
    }

    private void literal(String word) throws IOException, Refusal {
        for (int i = 0; i < word.length(); i++) {
            int c = look();
            if (c != word.charAt(i)) {
                throw unexpected("'" + word + "'", c);
            }
            at++;
        }
    }

    /// Puts the next number into the token, checked against JSON's grammar.
    private void number() throws IOException, Refusal {
        tokenLength = 0;
        int c = afterSpace();
        if (c == '-') {
            keep(c);
            at++;
            c = look();
        }
        if (c == '0') {
            keep(c);
            at++;
        } else {
            digits();
        }
        if (look() == '.') {
            keep('.');
            at++;
            digits();
        }
        c = look();
        if (c == 'e' || c == 'E') {
            keep(c);
            at++;
            c = look();
            if (c == '+' || c == '-') {
                keep(c);
                at++;
            }
            digits();
        }
    }

    private void digits() throws IOException, Refusal {
        int c = look();
        if (c < '0' || c > '9') {
            throw unexpected("a number", c);
        }
        do {
            keep(c);
            at++;
            c = look();
        } while (c >= '0' && c <= '9');
    }

    private void keep(int c) throws Refusal {
        if (tokenLength == token.length) {
            if (tokenLength >= TOKEN_MAX) {
                throw Refusal.badInput(
                        "the JSON body holds a string of over " + TOKEN_MAX + " bytes");
            }
            token = Arrays.copyOf(token, tokenLength * 2);
        }
        token[tokenLength++] = (byte) c;
    }

    private int afterSpace() throws IOException {
        int c = look();
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            at++;
            c = look();
        }
        return c;
    }

    private int look() throws IOException {
        if (at == limit) {
            before += limit;
            at = 0;
            limit = Math.max(0, in.read(buffer, 0, buffer.length));
            if (limit == 0) {
                return END;
            }
        }
        return buffer[at] & 0xff;
    }

    private int take(String expected) throws IOException, Refusal {
        int c = look();
        if (c == END) {
            throw unexpected(expected, c);
        }
        at++;
        return c;
    }

    private Refusal unexpected(String expected, int c) {
        String found =
                c == END ? "the end" : c > ' ' && c < 127 ? "'" + (char) c + "'" : "the byte " + c;
        return Refusal.badInput(
                "the body is not valid JSON: expected "
                        + expected
                        + " at byte "
                        + (before + at)
                        + ", found "
                        + found);
    }
}
