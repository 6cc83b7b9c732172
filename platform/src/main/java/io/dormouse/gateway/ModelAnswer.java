package io.dormouse.gateway;

import io.dormouse.worker.Answer;
import io.dormouse.worker.Fault;
import io.dormouse.worker.WorkerGroup;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/// The body of an instance's answer while it is read: it knows how much of the time was the
/// model's, and where it breaks off the instance is blamed. Closing it records the invocation.
final class ModelAnswer extends InputStream {
    private final Invocation invocation;
    private final WorkerGroup.Lease lease;
    private final Answer answer;
    private final Traffic traffic;
    private long modelNanos;
    private boolean broken;

    ModelAnswer(
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

    /// Bytes of the body, where they are known before.
    OptionalLong length() {
        return answer.contentLength();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /// Reads what is there, as the model writes it.
    ///
    /// @throws IOException whose cause is a [Fault] where the instance broke off
    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        long began = System.nanoTime();
        try {
            return answer.body().read(to, offset, length);
        } catch (IOException e) {
            broken = true;
            throw new IOException(Invocation.broke(lease, e));
        } finally {
            modelNanos += System.nanoTime() - began;
        }
    }

    /// What a failed [#read] blames.
    static Fault fault(IOException failure) {
        return failure.getCause() instanceof Fault fault
                ? fault
                : new Fault(Fault.Kind.TRUNCATED, String.valueOf(failure.getMessage()), failure);
    }

    /// The instance is at fault though it goes on: it gets no further request.
    void fail(Fault fault) {
        broken = true;
        lease.fail(fault);
    }

    /// It cannot be passed on to its end, by the instance's fault.
    void breakOff() {
        broken = true;
    }

    /// Gives the slot back: all that is needed of the answer has been read.
    void release() {
        answer.close();
        lease.close();
    }

    @Override
    public void close() {
        release();
        if (broken) {
            invocation.brokeOff(traffic);
        } else {
            invocation.answered(traffic, lease, modelNanos);
        }
    }
}
