package io.dormouse.worker.instance;

import io.dormouse.worker.Fault;
import io.dormouse.worker.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// One connection to a model server: HTTP/1.1, one exchange after the other. Bodies stream both
/// ways, in pieces of at most 64 KB. For one thread at a time.
public final class HttpLink implements AutoCloseable {
    private static final int PIECE_BYTES = 64 * 1024;
    private static final int HEAD_BYTES_MAX = 32 * 1024;
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /// What belongs to the connection and not to the request: we say it ourselves.
    private static final Set<String> OURS = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        OURS.addAll(Set.of("Host", "Connection", "Content-Length", "Transfer-Encoding", "Expect"));
    }

    private final InputStream in;
    private final OutputStream out;
    private final AutoCloseable ends;
    private final byte[] buffer = new byte[HEAD_BYTES_MAX];
    private int next;
    private int limit;
    private boolean spent;

    /// An answer still comes that [#exchange] reads before its own.
    private boolean owed;

    /// @param ends what closing closes
    public HttpLink(InputStream in, OutputStream out, AutoCloseable ends) {
        this.in = in;
        this.out = out;
        this.ends = ends;
    }

    /// Sends a request and does not wait for its answer: the next exchange may follow at once, and
    /// breaks where that answer is anything but 200 and empty.
    void sendAhead(Request request, byte[] body) throws LinkBroken {
        try {
            out.write(joined(head(request, body.length, false), body, body.length));
            out.flush();
            owed = true;
        } catch (IOException e) {
            throw new LinkBroken(Fault.Kind.DIED, "the model server has ended", e);
        }
    }

    /// Sends a request and reads the head of its answer.
    ///
    /// @param patience runs while we wait for the model server, not for the caller's body
    /// @param ready what runs when the model server says that it is ready to take the request, by
    ///   the answer to what was sent ahead or else because it is asked to; it has the request's own
    ///   time only from then on
    public AnswerHead exchange(
            Request request, InputStream body, Patience patience, Optional<Runnable> ready)
            throws LinkBroken {
        if (next < limit) {
            throw AnswerHead.garbage("bytes that nobody asked for");
        }
        try {
            write(request, body, patience, ready.isPresent() && !owed);
        } catch (LinkBroken e) {
            throw e;
        } catch (IOException e) {
            // It may have answered before it had read everything, and gone.
            spent = true;
        }
        patience.begin();
        try {
            if (owed) {
                settle();
                ready.ifPresent(Runnable::run);
                patience.end();
                patience.renew(request.timeout());
                patience.begin();
            }
            AnswerHead head = readHead();
            ready.ifPresent(Runnable::run);
            while (head.status() < 200) {
                patience.end();
                patience.renew(request.timeout());
                patience.begin();
                head = readHead();
            }
            patience.renew(request.timeout());
            spent |= head.last();
            return head;
        } finally {
            patience.end();
        }
    }

    private void settle() throws LinkBroken {
        AnswerHead head = readHead();
        owed = false;
        if (head.status() != 200 || head.contentLength().orElse(-1) != 0) {
            // Whole, so that it ends as it wants to and not for a connection that went.
            for (long left = head.contentLength().orElse(0); left > 0 && read() >= 0; left--) {}
            throw new LinkBroken(
                    Fault.Kind.DIED, "what was sent ahead was answered " + head.status());
        }
    }

    private void write(Request request, InputStream body, Patience patience, boolean expects)
            throws IOException {
        byte[] piece = new byte[pieceSize(request)];
        int have = readCaller(body, piece, request.contentLength().orElse(Long.MAX_VALUE));
        boolean whole = have < piece.length || request.contentLength().orElse(-1) == have;
        long length = whole ? have : request.contentLength().orElse(-1);
        if (whole && request.contentLength().isPresent()) {
            checkLength(request.contentLength().getAsLong(), have);
        }
        byte[] head = head(request, length, expects);
        patience.begin();
        try {
            if (length < 0) {
                out.write(head);
                writeChunk(piece, have);
            } else {
                out.write(joined(head, piece, have));
            }
            if (!whole) {
                stream(body, piece, length < 0 ? -1 : length - have, patience);
            }
            out.flush();
        } finally {
            patience.end();
        }
    }

    /// One byte more than a small body has, so that its end shows.
    private static int pieceSize(Request request) {
        long length = request.contentLength().orElse(PIECE_BYTES);
        return (int) Math.min(PIECE_BYTES, length + 1);
    }

    private void stream(InputStream body, byte[] piece, long left, Patience patience)
            throws IOException {
        long rest = left < 0 ? Long.MAX_VALUE : left;
        while (rest > 0) {
            patience.end();
            int n = readCaller(body, piece, rest);
            patience.begin();
            rest -= n;
            if (left < 0) {
                writeChunk(piece, n);
            } else {
                out.write(piece, 0, n);
            }
            if (n < piece.length && rest > 0) {
                checkLength(left, left < 0 ? left : left - rest);
                break;
            }
        }
        if (left < 0) {
            out.write(LAST_CHUNK);
        }
    }

    private static void checkLength(long promised, long came) throws LinkBroken {
        if (promised != came) {
            throw new LinkBroken(
                    Fault.Kind.CALLER_GONE,
                    "the request's body ended after %d of %d bytes".formatted(came, promised));
        }
    }

    private void writeChunk(byte[] piece, int n) throws IOException {
        if (n > 0) {
            byte[] size = (Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            out.write(size);
            out.write(piece, 0, n);
            out.write('\r');
            out.write('\n');
        }
    }

    /// Reads until the piece is full, the limit reached or the body at its end.
    private static int readCaller(InputStream body, byte[] piece, long limit) throws LinkBroken {
        try {
            return body.readNBytes(piece, 0, (int) Math.min(piece.length, limit));
        } catch (IOException e) {
            throw new LinkBroken(
                    Fault.Kind.CALLER_GONE, "the request's body could not be read to its end", e);
        }
    }

    private static byte[] head(Request request, long length, boolean expects) {
        var text = new StringBuilder(256);
        text.append(request.method()).append(' ').append(request.path());
        text.append(" HTTP/1.1\r\nHost: localhost\r\n");
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            if (!OURS.contains(header.getKey())) {
                text.append(header.getKey()).append(": ");
                text.append(oneLine(header.getValue())).append("\r\n");
            }
        }
        if (expects) {
            text.append("Expect: 100-continue\r\n");
        }
        if (length >= 0) {
            text.append("Content-Length: ").append(length).append("\r\n\r\n");
        } else {
            text.append("Transfer-Encoding: chunked\r\n\r\n");
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// A line break in a value would begin another header.
    private static String oneLine(String value) {
        return value.indexOf('\r') < 0 && value.indexOf('\n') < 0
                ? value
                : value.replace('\r', ' ').replace('\n', ' ');
    }

    private static byte[] joined(byte[] head, byte[] piece, int have) {
        byte[] joined = new byte[head.length + have];
        System.arraycopy(head, 0, joined, 0, head.length);
        System.arraycopy(piece, 0, joined, head.length, have);
        return joined;
    }

    private AnswerHead readHead() throws LinkBroken {
        int scanned = next;
        while (true) {
            int end = endOfHead(scanned);
            if (end >= 0) {
                AnswerHead head = AnswerHead.parse(buffer, next, end);
                next = end + 4;
                return head;
            }
            if (limit > next && buffer[next] != 'H') {
                throw AnswerHead.garbage("it begins with byte " + (buffer[next] & 0xff));
            }
            scanned = Math.max(next, limit - 3);
            int before = next;
            fillMore();
            scanned -= before - next;
        }
    }

    private int endOfHead(int from) {
        for (int i = from; i + 3 < limit; i++) {
            if (buffer[i] == '\r'
                    && buffer[i + 1] == '\n'
                    && buffer[i + 2] == '\r'
                    && buffer[i + 3] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void fillMore() throws LinkBroken {
        if (next > 0) {
            System.arraycopy(buffer, next, buffer, 0, limit - next);
            limit -= next;
            next = 0;
        }
        if (limit == buffer.length) {
            throw AnswerHead.garbage("its head is longer than " + HEAD_BYTES_MAX + " bytes");
        }
        int n = readSome(buffer, limit, buffer.length - limit);
        if (n < 0) {
            throw limit == 0
                    ? new LinkBroken(Fault.Kind.DIED, "the model server ended without an answer")
                    : new LinkBroken(
                            Fault.Kind.TRUNCATED, "the answer ended in the middle of its head");
        }
        limit += n;
    }

    private int readSome(byte[] to, int offset, int length) {
        try {
            return in.read(to, offset, length);
        } catch (IOException e) {
            // A connection that broke is at its end; how the process ended says why.
            return -1;
        }
    }

    /// Reads bytes of a body: first what came with the head.
    ///
    /// @return -1 at the end of the connection
    int read(byte[] to, int offset, int length) {
        if (next == limit) {
            return readSome(to, offset, length);
        }
        int n = Math.min(length, limit - next);
        System.arraycopy(buffer, next, to, offset, n);
        next += n;
        return n;
    }

    /// Reads one byte, buffering what comes with it.
    ///
    /// @return -1 at the end of the connection
    int read() {
        if (next == limit) {
            next = 0;
            limit = Math.max(0, readSome(buffer, 0, buffer.length));
            if (limit == 0) {
                return -1;
            }
        }
        return buffer[next++] & 0xff;
    }

    /// Bytes that can be read without waiting.
    int buffered() {
        return limit - next;
    }

    /// Whether the connection may not be used again.
    public boolean spent() {
        return spent;
    }

    @Override
    public void close() {
        spent = true;
        try {
            ends.close();
        } catch (Exception e) {
            // What cannot be closed any more is closed.
        }
    }
}
