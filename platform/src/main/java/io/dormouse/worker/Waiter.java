package io.dormouse.worker;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/// A request without a slot. Held by the pool's lock.
final class Waiter {
    final Condition changed;
    final Steps steps = new Steps();

    /// How long it can wait once it is admitted, and until when it may wait for that.
    final long waitNanos;

    private final long queueDeadline;

    boolean admitted;
    private long deadline;

    /// It counts on a busy slot.
    boolean awaiting;

    private long patientUntil;
    boolean waitedInVain;

    /// The start that it counts on.
    Optional<Starting> start = Optional.empty();

    /// What came of it: one of the two.
    Optional<PoolLease> lease = Optional.empty();

    Optional<StartFailed> failure = Optional.empty();

    Waiter(Condition changed, long waitNanos, long queueNanos) {
        this.changed = changed;
        this.waitNanos = waitNanos;
        this.queueDeadline = steps.begin() + queueNanos;
    }

    boolean isDone() {
        return lease.isPresent() || failure.isPresent();
    }

    /// What it is told when it can wait no longer.
    StartFailed late() {
        return new StartFailed(
                StartFailed.Cause.TIMEOUT,
                "No instance became ready within "
                        + TimeUnit.NANOSECONDS.toSeconds(waitNanos)
                        + " s.");
    }

    void admit(long now) {
        admitted = true;
        deadline = now + waitNanos;
    }

    /// It waits for a busy slot until that time, then asks again.
    void await(long until) {
        awaiting = true;
        patientUntil = until;
        changed.signal();
    }

    long deadline() {
        return admitted ? deadline : queueDeadline;
    }

    /// The next time at which something is to be done, if nothing happens.
    long nextLook() {
        return awaiting && patientUntil < deadline() ? patientUntil : deadline();
    }
}
