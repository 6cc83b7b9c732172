package io.dormouse.worker.instance;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// How long an instance may still keep us waiting. Only the time between [#begin] and [#end]
/// counts; when it is used up, the alarm goes off, once.
public final class Patience {
    private final ScheduledExecutorService clock;
    private final Runnable alarm;
    private long wholeNanos;
    private long leftNanos;
    private long since;
    private Future<?> pending;

    public Patience(ScheduledExecutorService clock, Duration whole, Runnable alarm) {
        this.clock = clock;
        this.alarm = alarm;
        this.wholeNanos = whole.toNanos();
        this.leftNanos = wholeNanos;
        this.pending = java.util.concurrent.CompletableFuture.completedFuture(alarm);
    }

    void begin() {
        since = System.nanoTime();
        pending = clock.schedule(alarm, leftNanos, TimeUnit.NANOSECONDS);
    }

    void end() {
        pending.cancel(false);
        leftNanos = Math.max(0, leftNanos - (System.nanoTime() - since));
    }

    /// From now on so much of it, and all of that.
    void renew(Duration whole) {
        wholeNanos = whole.toNanos();
        renew();
    }

    /// The whole of it again: each piece of a body that streams has its own.
    void renew() {
        leftNanos = wholeNanos;
    }
}
