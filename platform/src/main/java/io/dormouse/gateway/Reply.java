package io.dormouse.gateway;

import io.dormouse.wire.Streaming;
import io.dormouse.worker.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Optional;
import java.util.OptionalLong;

/// An instance's answer on its way to the client. A short one is read whole before its head goes
/// out: then its length is known, a break in its middle is still an error that the client can read,
/// and the slot is free while the client reads. A long one streams.
final class Reply implements Streaming.Body {
    private static final int PIECE_BYTES = 64 * 1024;

    private final ModelAnswer answer;
    private byte[] held = {};
    private boolean whole;
    private long bytesMax;

    Reply(ModelAnswer answer) {
        this.answer = answer;
    }

    /// Reads what may be held.
    ///
    /// @return a sentence where the answer is larger than it may be
    Optional<String> hold(long bytesMax) throws Fault {
        this.bytesMax = bytesMax;
        long length = answer.length().orElse(-1);
        if (length > bytesMax) {
            return Optional.of(tooLarge(length + " bytes", bytesMax));
        }
        if (length > Invocations.HELD_BYTES_MAX) {
            return Optional.empty();
        }
        try {
            int wanted = length < 0 ? Invocations.HELD_BYTES_MAX : (int) length;
            held = answer.readNBytes(wanted);
            whole = length >= 0 || held.length < wanted;
        } catch (IOException e) {
            answer.release();
            throw ModelAnswer.fault(e);
        }
        if (whole) {
            answer.release();
        }
        return whole && held.length > bytesMax
                ? Optional.of(tooLarge(held.length + " bytes", bytesMax))
                : Optional.empty();
    }

    private static String tooLarge(String size, long bytesMax) {
        return "Response payload size ("
                + size
                + ") exceeded the maximum of "
                + bytesMax
                + " bytes.";
    }

    /// Bytes of the body, where they are known.
    OptionalLong length() {
        return whole ? OptionalLong.of(held.length) : answer.length();
    }

    /// The body, what is held included, for whoever keeps it.
    Kept kept() {
        InputStream rest = whole ? InputStream.nullInputStream() : answer;
        return new Kept(new SequenceInputStream(new ByteArrayInputStream(held), rest), bytesMax);
    }

    /// A body that is kept, and why it could not be read to its end.
    static final class Kept extends InputStream {
        private final InputStream from;
        private final long bytesMax;
        private long taken;
        private Optional<IOException> failure = Optional.empty();
        private Optional<String> excess = Optional.empty();

        private Kept(InputStream from, long bytesMax) {
            this.from = from;
            this.bytesMax = bytesMax;
        }

        Optional<Fault> fault() {
            return failure.map(ModelAnswer::fault);
        }

        /// A sentence where it is larger than it may be.
        Optional<String> excess() {
            return excess;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int n;
            try {
                n = from.read(to, offset, length);
            } catch (IOException e) {
                failure = Optional.of(e);
                throw e;
            }
            taken += Math.max(0, n);
            if (taken > bytesMax) {
                String why = tooLarge("more than " + bytesMax + " bytes", bytesMax);
                excess = Optional.of(why);
                throw new IOException(why);
            }
            return n;
        }
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(held);
        if (!whole) {
            stream(out);
        }
    }

    private void stream(OutputStream out) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        long sent = held.length;
        while (true) {
            int n = answer.read(piece);
            if (n < 0) {
                return;
            }
            sent += n;
            if (sent > bytesMax) {
                answer.breakOff();
                throw new IOException(tooLarge("more than " + bytesMax + " bytes", bytesMax));
            }
            out.write(piece, 0, n);
        }
    }

    @Override
    public void close() {
        answer.close();
    }
}
