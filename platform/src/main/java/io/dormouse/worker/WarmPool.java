package io.dormouse.worker;

import io.dormouse.scaler.Eviction;
import io.dormouse.timing.Alarms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// Generic model servers, started ahead and without a model: one is given to an endpoint that
/// wakes, and is that endpoint's until it ends. Filled again in the background, when no start is
/// under way.
public final class WarmPool implements Capacity.Evictable, AutoCloseable {
    private static final String OWNER = "warm-pool";

    /// After the last start, before another is made ready: a start's own work comes first.
    private static final Duration REFILL = Duration.ofMillis(500);

    private static final Duration RETRY = Duration.ofSeconds(30);
    private static final Duration HEALTHY = Duration.ofMinutes(3);

    private record Warm(Instance instance, Capacity.Reservation reservation, Instant since) {}

    private final Launcher launcher;
    private final Capacity capacity;
    private final InstantSource clock;
    private final Alarms alarms;
    private final WarmSpec spec;
    private final int size;
    private final ArrayDeque<Warm> ready = new ArrayDeque<>();
    private final AtomicInteger startsUnderWay = new AtomicInteger();
    private boolean refillIsSet;
    private boolean starting;
    private boolean closed;
    private String problem = "";

    /// A pool, empty until [#fill].
    ///
    /// @param size workers kept ready; 0 for none, as for a launcher that has none
    public WarmPool(
            Launcher launcher,
            Capacity capacity,
            InstantSource clock,
            Alarms alarms,
            WarmSpec spec,
            int size) {
        this.launcher = launcher;
        this.capacity = capacity;
        this.clock = clock;
        this.alarms = alarms;
        this.spec = spec;
        this.size = launcher.can().contains(Launcher.Capability.WARM) ? size : 0;
        capacity.register(this);
    }

    /// Begins to make the workers ready.
    public void fill() {
        refillAfter(Duration.ZERO);
    }

    /// Workers ready now.
    public synchronized int ready() {
        return ready.size();
    }

    /// Why there are fewer than there should be; empty where nothing is wrong.
    public synchronized String problem() {
        return problem;
    }

    /// Takes a worker out: the caller's from now on, and not counted in the ledger any more.
    Optional<Instance> take() {
        Warm warm;
        synchronized (this) {
            warm = ready.pollFirst();
        }
        if (warm == null) {
            return Optional.empty();
        }
        warm.reservation.close();
        refillAfter(REFILL);
        return Optional.of(warm.instance);
    }

    /// A start begins: the pool keeps still until it is over.
    void startBegins() {
        startsUnderWay.incrementAndGet();
    }

    void startEnds() {
        startsUnderWay.decrementAndGet();
    }

    private synchronized void refillAfter(Duration pause) {
        if (!refillIsSet && !closed && size > 0) {
            refillIsSet = true;
            alarms.at(clock.instant().plus(pause), this::refill);
        }
    }

    private void refill() {
        synchronized (this) {
            refillIsSet = false;
            if (closed || starting || ready.size() >= size) {
                return;
            }
            starting = startsUnderWay.get() == 0;
            if (!starting) {
                refillAfter(REFILL);
                return;
            }
        }
        Thread.startVirtualThread(this::startOne);
    }

    private void startOne() {
        Optional<Capacity.Reservation> room = capacity.tryReserve(OWNER, spec.memoryMb(), 0);
        if (room.isEmpty()) {
            failed("the machine's memory is full");
            return;
        }
        try {
            Instance instance = launcher.warm(spec);
            Ping.await(instance, HEALTHY);
            started(new Warm(instance, room.get(), clock.instant()));
        } catch (StartFailed | RuntimeException e) {
            room.get().close();
            failed(String.valueOf(e.getMessage()));
        }
    }

    private void started(Warm warm) {
        boolean late;
        boolean more;
        synchronized (this) {
            starting = false;
            problem = "";
            late = closed;
            if (!late) {
                ready.addLast(warm);
            }
            more = ready.size() < size;
        }
        CompletableFuture<Void> _ = warm.instance.ending().thenAccept(_ -> ended(warm));
        if (late) {
            warm.instance.close();
        } else if (more) {
            refillAfter(Duration.ZERO);
        }
    }

    private void failed(String why) {
        synchronized (this) {
            starting = false;
            problem = why;
        }
        refillAfter(RETRY);
    }

    private void ended(Warm warm) {
        boolean wasReady;
        synchronized (this) {
            wasReady = ready.remove(warm);
        }
        warm.reservation.close();
        if (wasReady) {
            refillAfter(RETRY);
        }
    }

    @Override
    public synchronized List<Eviction.Candidate> idle() {
        return ready.stream()
                .map(each ->
                        new Eviction.Candidate(
                                OWNER,
                                each.instance.id(),
                                each.reservation.memoryMb(),
                                Duration.between(each.since, clock.instant()),
                                Duration.ZERO))
                .toList();
    }

    @Override
    public void evict(String id, String reason) {
        Optional<Warm> gone;
        synchronized (this) {
            gone = ready.stream().filter(each -> each.instance.id().equals(id)).findFirst();
            gone.ifPresent(ready::remove);
            gone.ifPresent(_ -> problem = reason);
        }
        gone.ifPresent(warm -> {
            warm.reservation.leaving();
            Thread.startVirtualThread(warm.instance::close);
            refillAfter(RETRY);
        });
    }

    @Override
    public void close() {
        List<Warm> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(ready);
            ready.clear();
        }
        capacity.unregister(this);
        all.forEach(each -> each.instance.close());
    }
}
