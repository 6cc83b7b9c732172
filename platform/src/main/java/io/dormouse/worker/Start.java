package io.dormouse.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// One start, on a thread of its own: its turn, room on the machine, then the launcher or a warm
/// worker. Whoever waits for it is told by the pool.
final class Start implements Runnable {
    /// A start whose first answer takes longer than that does not hold up others any more.
    private static final Duration TURN_MAX = Duration.ofSeconds(2);

    /// How long a start waits for room before others get its turn.
    private static final Duration ROOM_LOOK = Duration.ofMillis(250);

    /// What the platform itself has to say in the log of an instance begins with it.
    private static final String PLATFORM = "[dormouse] ";

    private final PoolGroup pool;
    private final Pools pools;
    private final Starting start;

    Start(PoolGroup pool, Starting start) {
        this.pool = pool;
        this.pools = pool.pools;
        this.start = start;
    }

    /// A generic worker takes the built-in kinds, one request at a time.
    static boolean canBeWarm(GroupSpec spec) {
        return spec.tuning().warmPool()
                && spec.tuning().slots() == 1
                && switch (spec.model().kind()) {
                    case ONNX, XGBOOST -> true;
                    case PYTHON, FUNCTION, CONTAINER -> false;
                };
    }

    @Override
    public void run() {
        Optional<Capacity.Reservation> room = Optional.empty();
        try {
            room = Optional.of(reserve());
            if (!pool.launches(start)) {
                room.get().close();
                start.over(pools);
                return;
            }
            start.steps.ended("queue");
            start.launchedAt = System.nanoTime();
            launch(room.get());
        } catch (StartFailed e) {
            failed(room, e);
        } catch (InterruptedException e) {
            failed(room, new StartFailed(StartFailed.Cause.PLATFORM, "The start was given up.", e));
        } catch (RuntimeException e) {
            failed(room, new StartFailed(StartFailed.Cause.PLATFORM, "The start failed: " + e, e));
        }
    }

    /// Takes a turn and room on the machine. Where there is no room, others get the turn meanwhile:
    /// a full machine must not hold up a start that would fit.
    private Capacity.Reservation reserve() throws StartFailed, InterruptedException {
        long memoryMb = pool.footprint.reservedMb();
        double cores = pool.footprint.reservedCores();
        // A little less than its requests wait, so that they are told what is full.
        long deadline = start.steps.begin() + start.waitNanos / 20 * 19;
        while (true) {
            start.takeTurn(pools);
            long left = Math.max(0, deadline - System.nanoTime());
            try {
                return pools.capacity.reserve(
                        pool.spec.owner(),
                        memoryMb,
                        cores,
                        Duration.ofNanos(Math.min(left, ROOM_LOOK.toNanos())));
            } catch (StartFailed full) {
                if (left <= ROOM_LOOK.toNanos() || !pools.capacity.couldHold(memoryMb, cores)) {
                    throw full;
                }
                start.over(pools);
            }
        }
    }

    private void launch(Capacity.Reservation room) throws StartFailed {
        Hosting.Stay stay = pool.spec.hosting().stay();
        InstanceLog log = new InstanceLog(id -> stay.log(id, pools.logs));
        Instance instance;
        try {
            instance = launch(spec(stay, log));
        } catch (StartFailed | RuntimeException e) {
            log.named("failed-" + Long.toHexString(start.launchedAt));
            stay.close();
            throw e;
        }
        var _ = instance.ending().whenComplete((_, _) -> stay.close());
        log.named(instance.id());
        start.log = line -> log.line(PLATFORM + line);
        start.log.line("started from " + start.origin() + ": " + start.cause);
        if (start.unasked) {
            Ping.await(instance, pools.settings.healthy());
            start.steps.ended(Steps.READY);
        }
        if (pool.started(start, instance, room)) {
            pools.alarms.at(pools.clock.instant().plus(TURN_MAX), () -> start.over(pools));
        } else {
            start.over(pools);
        }
    }

    private InstanceSpec spec(Hosting.Stay stay, LogSink log) {
        GroupSpec group = pool.spec;
        Map<String, String> environment = new HashMap<>(group.environment());
        environment.putAll(stay.environment());
        return new InstanceSpec(
                group.owner(),
                group.model(),
                group.memoryMb(),
                group.tuning().slots(),
                environment,
                log,
                stay.network());
    }

    private Instance launch(InstanceSpec spec) throws StartFailed {
        Optional<Instance> warm = start.warm ? pools.warm.take() : Optional.empty();
        if (warm.isPresent()) {
            try {
                warm.get().load(spec, start.steps);
                return warm.get();
            } catch (StartFailed e) {
                warm.get().close();
                boolean broken =
                        e.reason() == StartFailed.Cause.PLATFORM
                                || e.reason() == StartFailed.Cause.BROKEN;
                if (!broken) {
                    throw e;
                }
                // The worker was broken, not the model: begin from nothing.
            }
        }
        start.warm = false;
        return pools.launcher.start(spec, start.steps);
    }

    private void failed(Optional<Capacity.Reservation> room, StartFailed failure) {
        room.ifPresent(Capacity.Reservation::close);
        start.over(pools);
        pool.startFailed(start, failure);
    }
}
