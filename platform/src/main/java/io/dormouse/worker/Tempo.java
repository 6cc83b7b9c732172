package io.dormouse.worker;

import io.dormouse.scaler.Gaps;
import java.time.Duration;

/// How a group's requests come and how long things take: what its decisions go by. Held by the
/// group's lock.
final class Tempo {
    /// The window over which the load is averaged.
    private static final double WINDOW_NANOS = 2e9;

    /// Gaps are kept by depth: the gaps between the times when one instance was busy, when two
    /// were, and so on. The last entry stands for all deeper ones.
    private static final int DEPTHS = 8;

    private static final Duration FIRST_START = Duration.ofMillis(500);
    private static final Duration FIRST_WARM = Duration.ofMillis(50);

    private final Gaps[] gaps = new Gaps[DEPTHS];
    private final long[] idleSince = new long[DEPTHS];
    private double concurrency;
    private long concurrencyAt = System.nanoTime();
    private double serviceNanos;
    private double deviationNanos;
    private double startNanos = FIRST_START.toNanos();
    private double warmNanos = FIRST_WARM.toNanos();

    /// The load changes now.
    ///
    /// @param before invocations at once until now
    void load(int before, long nanos) {
        double passed = nanos - concurrencyAt;
        concurrency += (before - concurrency) * (passed / (WINDOW_NANOS + passed));
        concurrencyAt = nanos;
    }

    double concurrency() {
        return concurrency;
    }

    /// A request was answered: TCP's estimate of what most take, mean and deviation.
    void served(long nanos) {
        if (serviceNanos == 0) {
            serviceNanos = nanos;
            deviationNanos = nanos / 2.0;
        } else {
            deviationNanos += (Math.abs(nanos - serviceNanos) - deviationNanos) / 4;
            serviceNanos += (nanos - serviceNanos) / 8;
        }
    }

    Duration serviceTakes() {
        return Duration.ofNanos((long) serviceNanos);
    }

    /// What is left for a request that has run so long.
    Duration left(long nanosAgo) {
        return left(serviceNanos + 2 * deviationNanos, nanosAgo);
    }

    /// What is left for a start that has run so long.
    Duration startLeft(boolean warm, long nanosAgo) {
        return left(warm ? warmNanos : startNanos, nanosAgo);
    }

    /// What is overdue has something the matter that nobody knows: it may take as long again as it
    /// has been overdue.
    private static Duration left(double whole, long nanosAgo) {
        return Duration.ofNanos((long) Math.abs(whole - nanosAgo));
    }

    void started(boolean warm, long nanos) {
        if (warm) {
            warmNanos += (nanos - warmNanos) / 4;
        } else {
            startNanos += (nanos - startNanos) / 4;
        }
    }

    Duration startTakes() {
        return Duration.ofNanos((long) startNanos);
    }

    Duration warmTakes() {
        return Duration.ofNanos((long) warmNanos);
    }

    /// One more instance is busy: it was the `depth`th, counted from 0.
    void busier(int depth, long millis) {
        if (depth < DEPTHS && idleSince[depth] != 0) {
            gaps(depth).add(millis - idleSince[depth]);
        }
    }

    /// One less is.
    void calmer(int depth, long millis) {
        if (depth < DEPTHS) {
            idleSince[depth] = millis;
        }
    }

    Gaps gaps(int depth) {
        int index = Math.min(depth, DEPTHS - 1);
        if (gaps[index] == null) {
            gaps[index] = new Gaps();
        }
        return gaps[index];
    }

    /// When the last request ended, in milliseconds of the clock; 0 where there was none.
    long lastRequestMillis() {
        return idleSince[0];
    }
}
