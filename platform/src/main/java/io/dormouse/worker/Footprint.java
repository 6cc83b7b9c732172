package io.dormouse.worker;

import io.dormouse.scaler.Desired;
import java.util.concurrent.atomic.AtomicLong;

/// What an instance of a group takes of the machine: as the preparation measured it, or as its
/// earlier instances showed.
final class Footprint {
    private final GroupSpec spec;
    private final PoolSettings settings;
    private final AtomicLong peakBytes;

    Footprint(GroupSpec spec, PoolSettings settings) {
        this.spec = spec;
        this.settings = settings;
        this.peakBytes = new AtomicLong(spec.model().peakBytes());
    }

    /// To be reserved for the next one.
    long reservedMb() {
        return settings.reservedMb(spec.memoryMb(), peakBytes.get());
    }

    double reservedCores() {
        return settings.reservedCores(spec.memoryMb());
    }

    /// The share of CPU that goes with its memory.
    double cores() {
        return settings.cores(spec.memoryMb());
    }

    /// How many instances the load of the last seconds is worth: at most as many as keep the cores
    /// busy and one more, for what is served sooner than a start takes computes and waits for
    /// little.
    Desired desired(double concurrency, int min, int maxConcurrency) {
        int useful = (int) Math.ceil(settings.coresMax() / cores()) + 1;
        return Desired.of(concurrency, spec.tuning().slots(), min, maxConcurrency, useful);
    }

    /// Memory that it uses now, percent of its limit.
    double memoryPercent(Instance instance) {
        long bytes = instance.memoryBytes();
        peakBytes.accumulateAndGet(bytes, Math::max);
        return 100.0 * bytes / (spec.memoryMb() * (double) (1 << 20));
    }
}
