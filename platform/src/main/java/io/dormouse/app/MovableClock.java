package io.dormouse.app;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/// The clock that idling, ageing and schedules go by: the machine's, and in an ephemeral platform
/// ahead of it by what `POST /_dormouse/clock` asked for. Signatures keep the machine's own time,
/// and timeouts the monotonic one.
final class MovableClock implements InstantSource {
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final List<Runnable> moved = new CopyOnWriteArrayList<>();

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead.get());
    }

    /// Moves it on, and tells who waits for a time.
    Instant advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time goes forward only");
        }
        ahead.accumulateAndGet(by, Duration::plus);
        moved.forEach(Runnable::run);
        return instant();
    }

    void onMove(Runnable listener) {
        moved.add(listener);
    }
}
