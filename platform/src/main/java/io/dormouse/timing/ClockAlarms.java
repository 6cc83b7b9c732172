package io.dormouse.timing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Alarms by a clock: one thread sleeps until the next is due.
public final class ClockAlarms implements Alarms, AutoCloseable {
    /// A class, not a record: each is only itself, so that cancelling one leaves its like.
    private static final class Due {
        final Instant at;
        final Runnable task;

        Due(Instant at, Runnable task) {
            this.at = at;
            this.task = task;
        }
    }

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparing(due -> due.at));
    private boolean closed;

    public ClockAlarms(InstantSource clock) {
        this.clock = clock;
        Thread.ofPlatform().name("alarms").daemon().start(this::run);
    }

    @Override
    public Alarm at(Instant at, Runnable task) {
        Due due = new Due(at, task);
        lock.lock();
        try {
            queue.add(due);
            changed.signal();
        } finally {
            lock.unlock();
        }
        return () -> cancel(due);
    }

    private void cancel(Due due) {
        lock.lock();
        try {
            queue.remove(due);
        } finally {
            lock.unlock();
        }
    }

    /// To be called when the clock was moved.
    public void recheck() {
        lock.lock();
        try {
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        lock.lock();
        try {
            while (!closed) {
                Due next = queue.peek();
                if (next == null) {
                    changed.await();
                    continue;
                }
                Duration left = Duration.between(clock.instant(), next.at);
                if (left.isPositive()) {
                    changed.awaitNanos(left.toNanos());
                } else {
                    queue.remove();
                    Thread.startVirtualThread(next.task);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
