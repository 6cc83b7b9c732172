package io.dormouse.worker;

import java.time.Duration;

/// What all pools of a platform have in common.
///
/// @param coresMax what one instance may use at most: the machine's
/// @param coresOvercommit how many times the cores may be promised to instances, which use them
///   only while they answer; memory is not promised twice
/// @param memoryMargin of the measured peak that is reserved beside it: 0.25
/// @param unmeasuredMb reserved for a model of which nothing was measured, MB, until an instance of
///   it has run
/// @param startsAtOnce starts on the machine at the same time: more make each other slow
/// @param unaskedWait how long a start that no request waits for may wait for room
/// @param healthy how long it may take until it answers `/ping`
public record PoolSettings(
        double coresMax,
        double coresOvercommit,
        double memoryMargin,
        int unmeasuredMb,
        int startsAtOnce,
        Duration unaskedWait,
        Duration healthy) {
    /// As Lambda: one core for each 1,769 MB.
    private static final double MB_PER_CORE = 1769;

    /// For a machine with so many cores.
    public static PoolSettings forCores(int cores) {
        return new PoolSettings(
                cores, 16, 0.25, 512, 2 * cores, Duration.ofSeconds(30), Duration.ofMinutes(3));
    }

    /// The share of CPU that goes with a memory size.
    double cores(int memoryMb) {
        return Math.min(coresMax, memoryMb / MB_PER_CORE);
    }

    /// The cores that an instance reserves.
    double reservedCores(int memoryMb) {
        return cores(memoryMb) / coresOvercommit;
    }

    /// The memory that an instance reserves: its peak with a margin, its limit at most.
    long reservedMb(int limitMb, long peakBytes) {
        long wanted =
                peakBytes == 0
                        ? unmeasuredMb
                        : (long) Math.ceil(peakBytes * (1 + memoryMargin) / (1 << 20));
        return Math.max(1, Math.min(limitMb, wanted));
    }
}
