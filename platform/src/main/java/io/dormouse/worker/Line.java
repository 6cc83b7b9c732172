package io.dormouse.worker;

import io.dormouse.scaler.Admission;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.function.BiConsumer;

/// Those who wait for a slot, in the order of their arrival. Held by the pool's lock.
final class Line {
    private final Tuning tuning;
    private final BiConsumer<String, String> decided;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>(0);

    /// @param decided told of each decision and its reason
    Line(Tuning tuning, BiConsumer<String, String> decided) {
        this.tuning = tuning;
        this.decided = decided;
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    int size() {
        return waiters.size();
    }

    Collection<Waiter> waiters() {
        return waiters;
    }

    Waiter removeFirst() {
        return waiters.removeFirst();
    }

    void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    /// Invocations that count towards MaxConcurrency.
    int inUse(int busy, int maxConcurrency) {
        return Math.min(busy + waiters.size(), Math.max(busy, maxConcurrency));
    }

    /// Whether one more may wait.
    ///
    /// @throws Throttled where it may not
    void admit(int busy, int maxConcurrency) throws Throttled {
        int admitted = inUse(busy, maxConcurrency);
        int queued = busy + waiters.size() - admitted;
        Admission.Limits limits =
                new Admission.Limits(maxConcurrency, tuning.queueMax(), tuning.queueWait());
        switch (Admission.decide(admitted, queued, limits)) {
            case Admission.Throttle refused -> {
                decided.accept("throttle", refused.reason());
                throw refused.retryAfter().isZero()
                        ? new Throttled(refused.reason())
                        : new Throttled(refused.reason(), refused.retryAfter());
            }
            case Admission.Queue queue -> decided.accept("queue", queue.reason());
            case Admission.Admit _ -> {}
        }
    }

    Waiter add(Condition changed, Duration wait) {
        Waiter waiter = new Waiter(changed, wait.toNanos(), tuning.queueWait().toNanos());
        waiters.addLast(waiter);
        return waiter;
    }

    /// What somebody is told who was not admitted in time.
    Throttled waitedInVain() {
        Duration wait = tuning.queueWait();
        decided.accept("throttle", "a request waited " + wait.toSeconds() + " s in the queue");
        return new Throttled("waited in the queue", wait);
    }

    /// Those who counted on a busy slot ask again.
    void lookAgain() {
        waiters.forEach(each -> each.awaiting = false);
    }

    /// Tells those who count on a start that there will be none.
    void fail(Starting start, StartFailed failure) {
        start.waiters.forEach(each -> fail(each, failure));
        waiters.removeAll(start.waiters);
        start.waiters.clear();
    }

    void failAll(StartFailed failure) {
        for (Waiter each : List.copyOf(waiters)) {
            each.start.ifPresent(start -> start.waiters.remove(each));
            fail(each, failure);
        }
        waiters.clear();
    }

    private static void fail(Waiter waiter, StartFailed failure) {
        waiter.start = Optional.empty();
        waiter.failure = Optional.of(failure);
        waiter.changed.signal();
    }
}
