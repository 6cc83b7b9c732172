package io.dormouse.endpoint;

import io.dormouse.worker.GroupSpec;
import io.dormouse.worker.Journal;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.ModelSource;
import io.dormouse.worker.Models;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.WorkerGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// What endpoints are made of, by hand: models that are prepared in an instant unless they are held
/// up or fail, and groups that remember what they were told.
final class Platform implements Models {
    static final long MB = 1 << 20;

    final AtomicInteger prepared = new AtomicInteger();
    final List<Group> groups = new CopyOnWriteArrayList<>();
    volatile String failure = "";
    volatile long peakBytes = 100 * MB;

    /// Held while it is not at zero.
    volatile CountDownLatch preparing = new CountDownLatch(0);

    volatile CountDownLatch grouping = new CountDownLatch(0);

    /// What new groups say of their provisioned instances.
    volatile CompletableFuture<Void> ready = CompletableFuture.completedFuture(null);

    /// Whether new groups drain as soon as they are asked.
    volatile boolean idle = true;

    private volatile Path folder;
    private volatile Life life = Life.ALIVE;

    private enum Life {
        ALIVE,
        DYING_IN_PREPARE,
        DYING_IN_GROUP
    }

    /// The process ends here: what follows in the code never happens.
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    Platform(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where models were laid out is gone.
    void moveTo(Path elsewhere) throws IOException {
        Files.delete(folder);
        folder = elsewhere;
    }

    void live() {
        life = Life.ALIVE;
        groups.clear();
    }

    void dieWhenPreparing() {
        life = Life.DYING_IN_PREPARE;
    }

    void dieWhenGrouping() {
        life = Life.DYING_IN_GROUP;
    }

    private static void pass(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public PreparedModel prepare(ModelSource source, LogSink progress) throws StartFailed {
        progress.line("downloading " + source.dataUrl());
        prepared.incrementAndGet();
        if (life == Life.DYING_IN_PREPARE) {
            throw new Killed();
        }
        pass(preparing);
        if (!failure.isEmpty()) {
            throw new StartFailed(StartFailed.Cause.MODEL, failure);
        }
        return new PreparedModel(
                PreparedModel.Kind.XGBOOST, folder, Optional.empty(), peakBytes, source.image());
    }

    WorkerGroup group(GroupSpec spec) {
        if (life == Life.DYING_IN_GROUP) {
            throw new Killed();
        }
        pass(grouping);
        Group group = new Group(spec, idle, ready);
        groups.add(group);
        return group;
    }

    static final class Group implements WorkerGroup {
        final GroupSpec spec;
        final CompletableFuture<Void> drained = new CompletableFuture<>();
        private final boolean idle;
        volatile CompletableFuture<Void> ready;
        volatile int instances;
        volatile int min;
        volatile int max;
        volatile boolean draining;
        volatile boolean closed;

        Group(GroupSpec spec, boolean idle, CompletableFuture<Void> ready) {
            this.spec = spec;
            this.ready = ready;
            this.idle = idle;
            this.min = spec.provisionedConcurrency();
            this.max = spec.maxConcurrency();
        }

        @Override
        public Lease lease(Duration wait) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void bounds(int newMin, int maxConcurrency) {
            min = newMin;
            max = maxConcurrency;
        }

        @Override
        public CompletableFuture<Void> provisioned() {
            return ready;
        }

        @Override
        public Stats stats() {
            return new Stats(instances, 0, 0, 0, max);
        }

        @Override
        public Journal journal() {
            return new Journal();
        }

        @Override
        public CompletableFuture<Void> drain() {
            draining = true;
            if (idle) {
                drained.complete(null);
            }
            return drained;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
