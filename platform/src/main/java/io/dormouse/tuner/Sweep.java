package io.dormouse.tuner;

import java.time.Duration;
import java.util.List;

/// What is tried, and how long.
///
/// @param memoryMb the sizes, ascending
/// @param concurrencies how many callers at once, ascending; the first one is what costs are
///   reckoned from
/// @param cold how first calls are measured
/// @param warm how later ones are
public record Sweep(List<Integer> memoryMb, List<Integer> concurrencies, Cold cold, Warm warm) {
    /// When first calls are enough.
    ///
    /// @param width half the interval of their median, as a share of it
    /// @param most calls of one size, whatever the width
    public record Cold(double width, int most) {}

    /// When warm calls are enough, at each size and concurrency.
    ///
    /// @param medianWidth half the interval of the median, as a share of it
    /// @param p99Width the same of the 99th percentile
    /// @param most calls, whatever the widths
    /// @param longest time, whatever the widths
    public record Warm(double medianWidth, double p99Width, int most, Duration longest) {}

    public Sweep {
        memoryMb = memoryMb.stream().distinct().sorted().toList();
        concurrencies = concurrencies.stream().distinct().sorted().toList();
        if (memoryMb.isEmpty() || concurrencies.isEmpty()) {
            throw new IllegalArgumentException("a sweep needs a memory size and a concurrency");
        }
    }

    int maxConcurrency() {
        return concurrencies.getLast();
    }

    /// Whether so many warm calls tell enough.
    static boolean enough(Warm warm, Latencies sample) {
        return sample.interval(0.5).halfWidth(sample.median()) <= warm.medianWidth()
                && sample.interval(0.99).halfWidth(sample.quantile(0.99)) <= warm.p99Width();
    }

    static boolean enough(Cold cold, Latencies sample) {
        return sample.interval(0.5).halfWidth(sample.median()) <= cold.width();
    }
}
