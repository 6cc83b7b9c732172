package io.dormouse.worker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A start under way. Held by the pool's lock, but for its steps.
final class Starting {
    /// Where it is.
    enum Phase {
        /// It waits for its turn and for room on the machine, and can be given up.
        QUEUED,
        LAUNCHING,
        GIVEN_UP
    }

    final Instant at;
    final Steps steps;
    final String cause;

    /// From a generic worker, where there still is one.
    volatile boolean warm;

    /// How long it may wait for room on the machine, nanoseconds.
    final long waitNanos;

    /// The requests that count on it: as many as it has slots, at most.
    final List<Waiter> waiters = new ArrayList<>(1);

    /// Nobody waits for it, but it is wanted: provisioned, ahead of a request, or for the load.
    final boolean unasked;

    /// Milliseconds of the clock until which the instance is kept unused.
    final long keptUntil;

    /// Where the platform says what it does with the instance: its log, once there is one.
    volatile LogSink log = _ -> {};

    Phase phase = Phase.QUEUED;
    Optional<Thread> thread = Optional.empty();

    /// When its turn had come and room was there: nanoseconds, 0 before.
    volatile long launchedAt;

    /// Holds one of the machine's turns.
    private final AtomicBoolean turn = new AtomicBoolean();

    private final AtomicBoolean answered = new AtomicBoolean();

    private Starting(
            Instant at,
            Steps steps,
            String cause,
            boolean warm,
            boolean unasked,
            long waitNanos,
            long keptUntil) {
        this.at = at;
        this.steps = steps;
        this.cause = cause;
        this.warm = warm;
        this.unasked = unasked;
        this.waitNanos = waitNanos;
        this.keptUntil = keptUntil;
    }

    /// A start for a request.
    static Starting asked(Instant at, Waiter by, String cause, boolean warm) {
        Starting start = new Starting(at, by.steps, cause, warm, false, by.waitNanos, 0);
        start.join(by);
        return start;
    }

    /// A start that no request asked for.
    static Starting unasked(Instant at, String cause, long waitNanos, long keptUntil) {
        return new Starting(at, new Steps(), cause, false, true, waitNanos, keptUntil);
    }

    void join(Waiter waiter) {
        waiters.add(waiter);
        waiter.start = Optional.of(this);
        waiter.awaiting = false;
    }

    /// Its turn has come and room is there.
    ///
    /// @return false where nobody wants it any more
    boolean launches() {
        if (phase == Phase.QUEUED) {
            phase = Phase.LAUNCHING;
        }
        return phase == Phase.LAUNCHING;
    }

    void takeTurn(Pools pools) throws InterruptedException {
        pools.turns.acquire();
        pools.warm.startBegins();
        turn.set(true);
    }

    /// It does not hold up other starts any more.
    void over(Pools pools) {
        if (turn.compareAndSet(true, false)) {
            pools.turns.release();
            pools.warm.startEnds();
        }
    }

    /// The first answer is there.
    ///
    /// @return false for all later ones
    boolean answers() {
        return !answered.get() && answered.compareAndSet(false, true);
    }

    /// What the instance comes from.
    String origin() {
        boolean asleep = steps.stamps().stream().anyMatch(each -> each.name().equals(Steps.WAKE));
        return warm ? "warm" : asleep ? "asleep" : "nothing";
    }

    Journal.Start record(String instance, String failure) {
        return new Journal.Start(at, instance, origin(), cause, steps, failure);
    }
}
