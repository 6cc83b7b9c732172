package io.dormouse.worker.instance;

import io.dormouse.worker.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;

/// The body of an answer, read from the connection as its reader asks. Its end is the body's end,
/// the connection goes on.
public final class AnswerBody extends InputStream {
    private static final long LAST = -1;
    private static final int DRAIN_BYTES = 16 * 1024;

    private final HttpLink link;
    private final Patience patience;
    private final Function<LinkBroken, Fault> blame;
    private final boolean chunked;
    private final boolean toEnd;

    /// Bytes to the end of the body, or of the chunk.
    private long left;

    private boolean begun;
    private boolean complete;

    /// @param blame finds out what is behind a broken connection
    public AnswerBody(
            AnswerHead head, HttpLink link, Patience patience, Function<LinkBroken, Fault> blame) {
        this.link = link;
        this.patience = patience;
        this.blame = blame;
        this.toEnd = head.toEnd();
        this.chunked = head.contentLength().isEmpty() && !toEnd;
        this.left = toEnd ? Long.MAX_VALUE : head.contentLength().orElse(0);
        this.complete = !chunked && left == 0;
    }

    /// Whether it was read to its end.
    public boolean complete() {
        return complete;
    }

    /// Reads away what is left of it.
    ///
    /// @return false when there is more than that, or the connection broke
    public boolean drained(long bytesMax) {
        byte[] piece = new byte[complete ? 0 : DRAIN_BYTES];
        try {
            for (long bytes = 0; !complete && bytes < bytesMax; ) {
                bytes += Math.max(0, read(piece, 0, piece.length));
            }
        } catch (IOException e) {
            return false;
        }
        return complete;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (complete) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        boolean waits = link.buffered() < Math.min(left, 1) + (chunked ? 1 : 0);
        if (waits || chunked) {
            patience.renew();
            patience.begin();
        }
        try {
            return readPart(to, offset, length);
        } catch (LinkBroken e) {
            link.close();
            Fault fault = blame.apply(e);
            throw new IOException(fault.getMessage(), fault);
        } finally {
            if (waits || chunked) {
                patience.end();
            }
        }
    }

    private int readPart(byte[] to, int offset, int length) throws LinkBroken {
        if (chunked && left == 0 && nextChunk() == LAST) {
            complete = true;
            return -1;
        }
        int n = link.read(to, offset, (int) Math.min(length, left));
        if (n < 0 && toEnd) {
            complete = true;
            return -1;
        }
        if (n < 0) {
            throw truncated();
        }
        left -= n;
        complete = !chunked && left == 0;
        return n;
    }

    /// Reads the size of the next chunk.
    private long nextChunk() throws LinkBroken {
        if (begun) {
            expect('\r');
            expect('\n');
        }
        begun = true;
        long size = 0;
        int digits = 0;
        int c = next();
        for (; Character.digit(c, 16) >= 0; c = next()) {
            size = size * 16 + Character.digit(c, 16);
            if (++digits > 8) {
                throw AnswerHead.garbage("a chunk of more than 4 GB");
            }
        }
        if (digits == 0 || c != '\r') {
            throw AnswerHead.garbage("no chunk size where one must be");
        }
        expect('\n');
        if (size == 0) {
            expect('\r');
            expect('\n');
            return LAST;
        }
        left = size;
        return size;
    }

    private void expect(char wanted) throws LinkBroken {
        if (next() != wanted) {
            throw AnswerHead.garbage("a chunk that is longer or shorter than it says");
        }
    }

    private int next() throws LinkBroken {
        int c = link.read();
        if (c < 0) {
            throw truncated();
        }
        return c;
    }

    private static LinkBroken truncated() {
        return new LinkBroken(Fault.Kind.TRUNCATED, "the answer ended in its middle");
    }
}
