package io.dormouse.gateway;

import io.dormouse.wire.Streaming;
import io.dormouse.worker.Answer;
import io.dormouse.worker.Fault;
import io.dormouse.worker.WorkerGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;

/// An instance's answer on its way to the client. A short one is read whole before its head goes
/// out: then its length is known, a break in its middle is still an error that the client can read,
/// and the slot is free while the client reads. A long one streams.
final class Reply implements Streaming.Body {
    private static final int PIECE_BYTES = 64 * 1024;

    private final Invocation invocation;
    private final WorkerGroup.Lease lease;
    private final Answer answer;
    private final Traffic traffic;
    private long modelNanos;
    private byte[] held = {};
    private boolean whole;
    private long bytesMax;
    private boolean broken;

    Reply(
            Invocation invocation,
            WorkerGroup.Lease lease,
            Answer answer,
            Traffic traffic,
            long modelNanos) {
        this.invocation = invocation;
        this.lease = lease;
        this.answer = answer;
        this.traffic = traffic;
        this.modelNanos = modelNanos;
    }

    /// Reads what may be held.
    ///
    /// @return a sentence where the answer is larger than it may be
    Optional<String> hold(long bytesMax) throws Fault {
        this.bytesMax = bytesMax;
        long length = answer.contentLength().orElse(-1);
        if (length > bytesMax) {
            return Optional.of(tooLarge(length + " bytes"));
        }
        if (length > Invocations.HELD_BYTES_MAX) {
            return Optional.empty();
        }
        long began = System.nanoTime();
        try {
            int wanted = length < 0 ? Invocations.HELD_BYTES_MAX : (int) length;
            held = answer.body().readNBytes(wanted);
            whole = length >= 0 || held.length < wanted;
        } catch (IOException e) {
            answer.close();
            throw Invocation.broke(lease, e);
        }
        modelNanos += System.nanoTime() - began;
        if (whole) {
            answer.close();
            lease.close();
        }
        return whole && held.length > bytesMax
                ? Optional.of(tooLarge(held.length + " bytes"))
                : Optional.empty();
    }

    private String tooLarge(String size) {
        return "Response payload size ("
                + size
                + ") exceeded the maximum of "
                + bytesMax
                + " bytes.";
    }

    /// Bytes of the body, where they are known.
    OptionalLong length() {
        return whole ? OptionalLong.of(held.length) : answer.contentLength();
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
            int n = next(piece);
            if (n < 0) {
                return;
            }
            sent += n;
            if (sent > bytesMax) {
                broken = true;
                throw new IOException(tooLarge("more than " + bytesMax + " bytes"));
            }
            out.write(piece, 0, n);
        }
    }

    private int next(byte[] piece) throws IOException {
        long began = System.nanoTime();
        try {
            return answer.body().read(piece);
        } catch (IOException e) {
            broken = true;
            throw new IOException(Invocation.broke(lease, e));
        } finally {
            modelNanos += System.nanoTime() - began;
        }
    }

    @Override
    public void close() {
        answer.close();
        lease.close();
        if (broken) {
            invocation.brokeOff(traffic);
        } else {
            invocation.answered(traffic, lease, modelNanos);
        }
    }
}
