package io.dormouse.modelserver;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// The two directions of one connection, each behind a buffer that is read or written as a whole.
final class Wire {
    /// The longest head that is accepted, in bytes.
    static final int HEAD_MAX = 16 * 1024;

    private final InputStream in;
    private final OutputStream out;
    private final byte[] inbound = new byte[HEAD_MAX];
    private final byte[] outbound = new byte[HEAD_MAX];
    private int from;
    private int to;
    private int pending;

    Wire(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /// The next head, without its closing empty line; empty when the other side has finished.
    ///
    /// @throws BadHead when it is longer than [#HEAD_MAX]
    /// @throws EOFException when the other side ends in the middle of it
    String head() throws IOException, BadHead {
        int scanned = from;
        while (true) {
            for (int i = scanned; i + 3 < to; i++) {
                if (inbound[i] == '\r'
                        && inbound[i + 1] == '\n'
                        && inbound[i + 2] == '\r'
                        && inbound[i + 3] == '\n') {
                    String head = latin(from, i);
                    from = i + 4;
                    return head;
                }
            }
            int kept = to - from;
            scanned = Math.max(0, kept - 3);
            if (kept == inbound.length) {
                throw new BadHead(431, "the request's head is longer than " + HEAD_MAX + " bytes");
            }
            System.arraycopy(inbound, from, inbound, 0, kept);
            from = 0;
            to = kept;
            int read = in.read(inbound, to, inbound.length - to);
            if (read < 0) {
                if (kept == 0) {
                    return "";
                }
                throw new EOFException("the connection ended inside a request's head");
            }
            to += read;
        }
    }

    @SuppressWarnings("deprecation") // the one constructor that makes no detour: heads are Latin-1
    private String latin(int start, int end) {
        return new String(inbound, 0, start, end - start);
    }

    /// One byte of the body; an end here is inside a request.
    int next() throws IOException {
        if (from == to) {
            from = 0;
            to = Math.max(0, in.read(inbound, 0, inbound.length));
            if (to == 0) {
                throw new EOFException("the connection ended inside a request's body");
            }
        }
        return inbound[from++] & 0xff;
    }

    /// At least one byte of the body and at most `length`.
    int next(byte[] target, int offset, int length) throws IOException {
        int count;
        if (from < to) {
            count = Math.min(length, to - from);
            System.arraycopy(inbound, from, target, offset, count);
            from += count;
        } else {
            count = in.read(target, offset, length);
            if (count < 0) {
                throw new EOFException("the connection ended inside a request's body");
            }
        }
        return count;
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > outbound.length - pending) {
            flush();
        }
        if (length > outbound.length) {
            out.write(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, outbound, pending, length);
            pending += length;
        }
    }

    @SuppressWarnings("deprecation") // see latin
    void write(String latin) throws IOException {
        int length = latin.length();
        for (int at = 0; at < length; ) {
            if (pending == outbound.length) {
                flush();
            }
            int count = Math.min(length - at, outbound.length - pending);
            latin.getBytes(at, at + count, outbound, pending);
            pending += count;
            at += count;
        }
    }

    void flush() throws IOException {
        int length = pending;
        pending = 0;
        if (length > 0) {
            out.write(outbound, 0, length);
        }
    }
}
