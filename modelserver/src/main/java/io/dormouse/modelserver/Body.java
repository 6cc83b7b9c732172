package io.dormouse.modelserver;

import java.io.IOException;
import java.io.InputStream;

/// The body of one request, ending where the request ends, and refusing to grow beyond a limit.
final class Body extends InputStream {
    /// A chunk's size line, with its extensions, in bytes.
    private static final int CHUNK_LINE_MAX = 1024;

    private final Wire wire;
    private final boolean chunked;
    private final long max;
    private long left;
    private long taken;
    private boolean first = true;
    private boolean ended;
    private boolean broken;

    Body(Wire wire, long length, long max) {
        this.wire = wire;
        this.chunked = length == Head.CHUNKED;
        this.max = max;
        this.left = chunked ? 0 : length;
        this.ended = length == 0;
    }

    /// Whether the place where the next request begins is lost.
    boolean broken() {
        return broken;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        boolean whole = false;
        try {
            if (chunked && left == 0 && !ended) {
                nextChunk();
            }
            int count = ended ? -1 : some(target, offset, length);
            whole = true;
            return count;
        } finally {
            broken |= !whole;
        }
    }

    private int some(byte[] target, int offset, int length) throws IOException {
        int count = wire.next(target, offset, (int) Math.min(left, length));
        left -= count;
        taken += count;
        ended = !chunked && left == 0;
        return count;
    }

    private void nextChunk() throws IOException {
        if (!first && (wire.next() != '\r' || wire.next() != '\n')) {
            throw new Violation(400, "a chunk of the body does not end where its size says");
        }
        first = false;
        left = chunkSize();
        if (left > max - taken) {
            throw new Violation(413, "the body is larger than the " + max + " bytes of the limit");
        }
        if (left == 0) {
            skipTrailers();
            ended = true;
        }
    }

    private long chunkSize() throws IOException {
        long size = 0;
        int digits = 0;
        int next = wire.next();
        for (int digit; (digit = Character.digit(next, 16)) >= 0; next = wire.next()) {
            size = size * 16 + digit;
            if (++digits > 12) {
                throw new Violation(400, "a chunk's size is out of bounds");
            }
        }
        if (digits == 0 || (next != '\r' && next != ';' && next != ' ')) {
            throw new Violation(400, "a chunk's size is not a hexadecimal number");
        }
        for (int count = 0; next != '\r'; next = wire.next()) {
            if (++count > CHUNK_LINE_MAX) {
                throw new Violation(400, "a chunk's extension is too long");
            }
        }
        if (wire.next() != '\n') {
            throw new Violation(400, "a chunk's size line does not end with CR LF");
        }
        return size;
    }

    private void skipTrailers() throws IOException {
        int bytes = 0;
        int inLine = 0;
        while (true) {
            int next = wire.next();
            if (++bytes > Wire.HEAD_MAX) {
                throw new Violation(431, "the trailers are longer than a head may be");
            }
            if (next == '\n') {
                if (inLine == 0) {
                    return;
                }
                inLine = 0;
            } else if (next != '\r') {
                inLine++;
            }
        }
    }

    /// Reads what the handler left, so that the next request can follow.
    void drain() throws IOException {
        byte[] sink = new byte[8192];
        while (!ended) {
            if (read(sink, 0, sink.length) < 0) {
                return;
            }
        }
    }

    /// A body that breaks the rules, with the status to answer before the connection ends.
    static final class Violation extends IOException {
        private static final long serialVersionUID = 1;

        private final int status;
        private final String sentence;

        Violation(int status, String sentence) {
            super(sentence);
            this.status = status;
            this.sentence = sentence;
        }

        int status() {
            return status;
        }

        String sentence() {
            return sentence;
        }
    }
}
