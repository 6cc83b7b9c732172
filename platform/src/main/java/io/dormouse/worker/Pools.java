package io.dormouse.worker;

import io.dormouse.metrics.LogWriter;
import io.dormouse.timing.Alarms;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/// Makes pools on one launcher, one ledger and one warm pool.
public final class Pools implements Groups {
    final Launcher launcher;
    final Capacity capacity;
    final WarmPool warm;
    final InstantSource clock;
    final Alarms alarms;
    final LogWriter logs;
    final PoolSettings settings;

    /// Starts take turns: on two cores, two hundred at once would all be late.
    final Semaphore turns;

    public Pools(
            Launcher launcher,
            Capacity capacity,
            WarmPool warm,
            InstantSource clock,
            Alarms alarms,
            LogWriter logs,
            PoolSettings settings) {
        this.launcher = launcher;
        this.capacity = capacity;
        this.warm = warm;
        this.clock = clock;
        this.alarms = alarms;
        this.logs = logs;
        this.settings = settings;
        this.turns = new Semaphore(settings.startsAtOnce(), true);
    }

    @Override
    public PoolGroup create(GroupSpec spec) {
        PoolGroup pool = new PoolGroup(spec, this);
        pool.keepMin();
        return pool;
    }

    /// The last instance of a pool that drains has ended.
    void gone(PoolGroup pool, CompletableFuture<Void> drained) {
        capacity.unregister(pool);
        Thread.startVirtualThread(() -> {
            launcher.forget(pool.spec.owner());
            drained.complete(null);
        });
    }
}
