package io.dormouse.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The instances that a pool keeps ready whether requests come or not: provisioned concurrency.
/// Held by the pool's lock.
final class Floor {
    private static final long BACKOFF_MILLIS_MAX = 60_000;

    private final List<CompletableFuture<Void>> awaiting = new ArrayList<>();
    private int min;
    private int failuresInARow;

    Floor(int min) {
        this.min = min;
    }

    /// Instances to be kept ready.
    int min() {
        return min;
    }

    /// Another number, while so many are ready.
    void set(int newMin, int ready) {
        min = newMin;
        reached(ready);
    }

    /// A start failed, or an instance ended by itself: the next one waits a little longer.
    void failed() {
        failuresInARow++;
    }

    /// An instance has answered: starts do work.
    void answered() {
        failuresInARow = 0;
    }

    /// How long to wait before what is missing is started again, milliseconds.
    long pause() {
        return Math.min(BACKOFF_MILLIS_MAX, 1000L << Math.min(failuresInARow, 10));
    }

    /// Completes once so many instances are ready, now or later.
    CompletableFuture<Void> await(int ready) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        awaiting.add(future);
        reached(ready);
        return future;
    }

    /// So many instances are ready now.
    void reached(int ready) {
        if (ready >= min && !awaiting.isEmpty()) {
            awaiting.forEach(each -> each.complete(null));
            awaiting.clear();
        }
    }

    /// One of them cannot be started: whoever waits for all of them is told why.
    void broke(StartFailed failure) {
        awaiting.forEach(each -> each.completeExceptionally(failure));
        awaiting.clear();
    }
}
