package io.dormouse.timing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/// A clock that a test moves, and the alarms that go by it: they go off on the thread that moves
/// it.
public final class ManualTime implements InstantSource, Alarms {
    private static final class Due {
        final Instant at;
        final Runnable task;

        Due(Instant at, Runnable task) {
            this.at = at;
            this.task = task;
        }
    }

    private final PriorityQueue<Due> queue = new PriorityQueue<>(Comparator.comparing(d -> d.at));
    private Instant now = Instant.parse("2026-11-01T12:00:00Z");

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized Alarm at(Instant at, Runnable task) {
        Due due = new Due(at, task);
        queue.add(due);
        return () -> {
            synchronized (this) {
                queue.remove(due);
            }
        };
    }

    /// Time passes; whatever is due in it happens in its order.
    public void pass(Duration time) {
        Instant end = instant().plus(time);
        while (true) {
            Due next;
            synchronized (this) {
                next = queue.peek();
                if (next == null || next.at.isAfter(end)) {
                    now = end;
                    return;
                }
                queue.remove();
                now = next.at.isAfter(now) ? next.at : now;
            }
            next.task.run();
        }
    }

    /// Alarms that are set.
    public synchronized int alarms() {
        return queue.size();
    }
}
