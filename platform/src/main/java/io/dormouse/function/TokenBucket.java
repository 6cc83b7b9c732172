package io.dormouse.function;

import java.time.Duration;

/// Lets so many requests through at once, and from then on so many a second.
final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    private final UrlKeys.Rate rate;
    private double tokens;
    private long at;

    /// @param nanos [System#nanoTime]
    TokenBucket(UrlKeys.Rate rate, long nanos) {
        this.rate = rate;
        this.tokens = rate.burst();
        this.at = nanos;
    }

    UrlKeys.Rate rate() {
        return rate;
    }

    /// Takes a token.
    ///
    /// @return how long until there is one; zero where it was taken
    synchronized Duration take(long nanos) {
        double grown = Math.max(0, nanos - at) / NANOS_PER_SECOND * rate.perSecond();
        tokens = Math.min(rate.burst(), tokens + grown);
        at = Math.max(at, nanos); // two that come at once may get here in the other order
        if (tokens >= 1) {
            tokens--;
            return Duration.ZERO;
        }
        return rate.perSecond() > 0
                ? Duration.ofNanos((long) ((1 - tokens) / rate.perSecond() * NANOS_PER_SECOND) + 1)
                : Duration.ofDays(1);
    }
}
