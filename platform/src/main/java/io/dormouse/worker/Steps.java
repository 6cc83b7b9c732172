package io.dormouse.worker;

import java.util.ArrayList;
import java.util.List;

/// The stamps of one start, on the monotonic clock that the platform and its workers share.
public final class Steps {
    /// One stamp: the step that ended then.
    ///
    /// @param name `queue`, `artifact`, `spawn`, `runtime`, `library`, `environment`, `model`,
    ///   `first-inference`
    /// @param nanos [System#nanoTime]
    public record Stamp(String name, long nanos) {}

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

    /// In the order of time.
    public synchronized List<Stamp> stamps() {
        return stamps.stream().sorted(java.util.Comparator.comparingLong(Stamp::nanos)).toList();
    }
}
