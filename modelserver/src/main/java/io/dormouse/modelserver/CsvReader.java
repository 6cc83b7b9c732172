package io.dormouse.modelserver;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// CSV (RFC 4180), field by field from a stream; lines end with LF or CR LF, empty lines are skipped.
///
///     while (csv.row()) { while (csv.field()) { use(csv.text(), csv.length()); } }
public final class CsvReader {
    private static final int FIELD_MAX = 8 * 1024 * 1024;
    private static final int END = -1;

    private final InputStream in;
    private final byte[] buffer = new byte[8192];
    private int at;
    private int limit;

    private byte[] field = new byte[64];
    private int length;
    private boolean more;
    private long rows;

    public CsvReader(InputStream in) {
        this.in = in;
    }

    /// Goes to the next row that is not empty; false at the end.
    public boolean row() throws IOException {
        int c = look();
        while (c == '\n' || c == '\r') {
            at++;
            c = look();
        }
        more = c != END;
        rows += more ? 1 : 0;
        return more;
    }

    /// The number of the row, from 1.
    public long number() {
        return rows;
    }

    /// Reads the next field of the row; false at its end.
    public boolean field() throws IOException, Refusal {
        if (!more) {
            return false;
        }
        length = 0;
        int c = look();
        while (c == ' ' || c == '\t') {
            at++;
            c = look();
        }
        if (c == '"') {
            quoted();
        } else {
            plain();
        }
        return true;
    }

    private void plain() throws IOException, Refusal {
        int c = look();
        while (c != ',' && c != '\n' && c != END) {
            keep(c);
            at++;
            c = look();
        }
        while (length > 0 && field[length - 1] <= ' ' && field[length - 1] >= 0) {
            length--;
        }
        separator(c);
    }

    private void quoted() throws IOException, Refusal {
        at++;
        while (true) {
            int c = look();
            if (c == END) {
                throw Refusal.badInput("row " + rows + " of the CSV ends inside a quoted field");
            }
            at++;
            if (c == '"') {
                if (look() != '"') {
                    break;
                }
                at++;
            }
            keep(c);
        }
        int c = look();
        while (c == ' ' || c == '\r' || c == '\t') {
            at++;
            c = look();
        }
        if (c != ',' && c != '\n' && c != END) {
            throw Refusal.badInput("row " + rows + " of the CSV has text behind a quoted field");
        }
        separator(c);
    }

    private void separator(int c) {
        more = c == ',';
        if (c != END) {
            at++;
        }
    }

    /// Holds the field that was read, in its first [#length] bytes; overwritten by the next.
    public byte[] text() {
        return field;
    }

    public int length() {
        return length;
    }

    private void keep(int c) throws Refusal {
        if (length == field.length) {
            if (length >= FIELD_MAX) {
                throw Refusal.badInput("row " + rows + " of the CSV has a field that is too long");
            }
            field = Arrays.copyOf(field, length * 2);
        }
        field[length++] = (byte) c;
    }

    private int look() throws IOException {
        if (at == limit) {
            at = 0;
            limit = Math.max(0, in.read(buffer, 0, buffer.length));
            if (limit == 0) {
                return END;
            }
        }
        return buffer[at] & 0xff;
    }
}
