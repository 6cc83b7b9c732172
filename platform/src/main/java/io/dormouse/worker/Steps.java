package io.dormouse.worker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The stamps of one start, on the monotonic clock that the platform and its workers share.
public final class Steps {
    /// One stamp: the step that ended then.
    ///
    /// @param name `queue`, `artifact`, `spawn`, `runtime`, `library`, `environment`, `model`,
    ///   `first-inference`; for a generic worker `handover` (its limits, the model in its sight,
    ///   the command) in place of `spawn` and `runtime`; for a container `socket` (its port is
    ///   open) and `ping` (it says that it is healthy), beside what its image stamps itself
    /// @param nanos [System#nanoTime]
    public record Stamp(String name, long nanos) {}

    /// An instance that slept is awake: in place of all the others.
    public static final String WAKE = "wake";

    /// The last step of every start.
    public static final String FIRST_INFERENCE = "first-inference";

    /// The last step of a start that no request waited for.
    public static final String READY = "ready";

    private final long begin;
    private final List<Stamp> stamps = new ArrayList<>();

    /// Begins now.
    public Steps() {
        this(System.nanoTime());
    }

    public Steps(long begin) {
        this.begin = begin;
    }

    public long begin() {
        return begin;
    }

    /// A step ended now.
    public void ended(String name) {
        ended(name, System.nanoTime());
    }

    public synchronized void ended(String name, long nanos) {
        stamps.add(new Stamp(name, nanos));
    }

    /// The first answer came at `nanos`: stamps it, where the worker has not done so by itself.
    ///
    /// @return when the model was ready for it, as far as is known
    synchronized long firstInference(long nanos) {
        if (stamps.stream().noneMatch(each -> each.name().equals(FIRST_INFERENCE))) {
            stamps.add(new Stamp(FIRST_INFERENCE, nanos));
        }
        return ready();
    }

    /// When the model was ready, as far as is known: the last stamp before the first inference.
    public synchronized long ready() {
        return stamps.stream()
                .filter(each -> !each.name().equals(FIRST_INFERENCE))
                .mapToLong(Stamp::nanos)
                .max()
                .orElse(begin);
    }

    /// How long each step took, in a sentence: `queue 1 ms, spawn 2 ms …`, and all of them.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        long before = begin;
        for (Stamp each : stamps()) {
            text.append(", ").append(each.name()).append(' ').append(millis(each.nanos() - before));
            before = each.nanos();
        }
        return millis(before - begin) + text;
    }

    private static String millis(long nanos) {
        return Math.round(nanos / 1e5) / 10.0 + " ms";
    }

    /// In the order of time.
    public synchronized List<Stamp> stamps() {
        return stamps.stream().sorted(Comparator.comparingLong(Stamp::nanos)).toList();
    }
}
