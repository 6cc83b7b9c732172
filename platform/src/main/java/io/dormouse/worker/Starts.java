package io.dormouse.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// A pool's starts under way. Held by the pool's lock.
final class Starts {
    private final int slots;
    private final BiConsumer<String, String> decided;
    private final List<Starting> underWay = new ArrayList<>();

    /// Of instances with so many slots.
    ///
    /// @param decided told of each decision and its reason
    Starts(int slots, BiConsumer<String, String> decided) {
        this.slots = slots;
        this.decided = decided;
    }

    int size() {
        return underWay.size();
    }

    boolean isEmpty() {
        return underWay.isEmpty();
    }

    /// Slots that no request counts on yet.
    int room() {
        return underWay.stream().mapToInt(each -> slots - each.waiters.size()).sum();
    }

    /// When the slots will be free that requests count on: each has its own request first.
    void taken(Tempo tempo, long nanos, List<Duration> to) {
        for (Starting each : underWay) {
            long since = each.launchedAt == 0 ? nanos : each.launchedAt;
            Duration ready = tempo.startLeft(each.warm, nanos - since);
            each.waiters.forEach(_ -> to.add(ready.plus(tempo.serviceTakes())));
        }
    }

    Optional<Starting> withRoom() {
        return underWay.stream().filter(each -> each.waiters.size() < slots).findFirst();
    }

    void begin(Starting start, Runnable work) {
        underWay.add(start);
        decided.accept("start", start.cause);
        Thread thread = Thread.ofVirtual().unstarted(work);
        start.thread = Optional.of(thread);
        thread.start();
    }

    /// It has come to its end, good or bad.
    void remove(Starting start) {
        underWay.remove(start);
    }

    /// A request does not count on a start any more.
    void forsake(Starting start, Waiter waiter) {
        start.waiters.remove(waiter);
        waiter.start = Optional.empty();
        if (start.waiters.isEmpty() && !start.unasked) {
            giveUp(start, "the request that it was for is served or gone");
        }
    }

    void giveUpAll(String reason) {
        List.copyOf(underWay).forEach(each -> giveUp(each, reason));
    }

    /// A start that has not had its turn yet needs none.
    private void giveUp(Starting start, String reason) {
        if (start.phase == Starting.Phase.QUEUED) {
            start.phase = Starting.Phase.GIVEN_UP;
            underWay.remove(start);
            decided.accept("give up", reason);
            start.thread.ifPresent(Thread::interrupt);
        }
    }
}
