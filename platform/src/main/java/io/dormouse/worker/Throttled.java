package io.dormouse.worker;

import java.time.Duration;
import java.util.Optional;

/// No slot: MaxConcurrency is reached, or the queue is full.
public final class Throttled extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Optional<Duration> retryAfter;

    /// As AWS: no sentence, try again.
    public Throttled(String message) {
        super(message);
        this.retryAfter = Optional.empty();
    }

    /// A full queue says when to come back.
    public Throttled(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = Optional.of(retryAfter);
    }

    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
