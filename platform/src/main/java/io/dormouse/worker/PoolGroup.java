package io.dormouse.worker;

import io.dormouse.scaler.Admission;
import io.dormouse.scaler.Desired;
import io.dormouse.scaler.Eviction;
import io.dormouse.scaler.IdlePolicy;
import io.dormouse.scaler.Ladder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The group for launchers that cannot scale by themselves: instances, their slots, and those who
/// wait for one. The room `scaler` decides, this does it and keeps the reason.
///
/// One lock holds all of it, and nothing slow happens under it: a start runs on a thread of its own
/// ([Start]), and a request without a slot waits on its own condition until it is given one, by
/// whatever comes first: a slot that another gives back, or its start.
///
/// Who waits stands in one queue in the order of arrival. The first of them, as many as
/// MaxConcurrency leaves room for, are admitted; the rest, where the endpoint has a queue, are not
/// yet. A start that fails fails those who count on it and nobody else; a start on which nobody
/// counts any more is given up while it still waits for its turn.
public final class PoolGroup implements WorkerGroup, Capacity.Evictable {
    private static final long BACKOFF_MILLIS_MAX = 60_000;

    final GroupSpec spec;
    final Pools pools;

    private final ReentrantLock lock = new ReentrantLock();
    private final Journal journal = new Journal();
    private final Tempo tempo = new Tempo();
    private final Roster roster = new Roster(tempo);
    private final Idling idling;
    private final List<Starting> starts = new ArrayList<>();
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private int min;
    private int maxConcurrency;
    private int failuresInARow;
    private volatile long peakBytes;
    private boolean draining;
    private boolean registered;

    PoolGroup(GroupSpec spec, Pools pools) {
        this.spec = spec;
        this.pools = pools;
        this.peakBytes = spec.model().peakBytes();
        this.maxConcurrency = spec.maxConcurrency();
        this.min = Math.ceilDiv(spec.provisionedConcurrency(), spec.tuning().slots());
        this.idling =
                new Idling(
                        policy(spec.tuning()),
                        roster,
                        tempo,
                        pools.alarms,
                        this::sweep,
                        this::wake);
    }

    private static IdlePolicy policy(Tuning tuning) {
        return tuning.idle()
                .<IdlePolicy>map(IdlePolicy.Fixed::new)
                .orElse(IdlePolicy.Adaptive.DEFAULT);
    }

    // Leasing

    @Override
    public Lease lease(Duration wait) throws Throttled, StartFailed {
        lock.lock();
        try {
            if (draining) {
                throw new GroupClosed(spec.owner());
            }
            tempo.load(inUse(), System.nanoTime());
            if (waiters.isEmpty() && roster.busy() < maxConcurrency) {
                Optional<Member> member = roster.free();
                if (member.isPresent()) {
                    return take(member.get(), Optional.empty());
                }
            }
            return await(enqueue(wait));
        } finally {
            lock.unlock();
        }
    }

    private PoolLease take(Member member, Optional<Steps> coldStart) {
        PoolLease lease = new PoolLease(this, member, coldStart);
        idling.used(member);
        roster.take(lease, pools.clock.millis());
        return lease;
    }

    private Waiter enqueue(Duration wait) throws Throttled {
        Tuning tuning = spec.tuning();
        int admitted = inUse();
        int queued = roster.busy() + waiters.size() - admitted;
        Admission.Limits limits =
                new Admission.Limits(maxConcurrency, tuning.queueMax(), tuning.queueWait());
        switch (Admission.decide(admitted, queued, limits)) {
            case Admission.Throttle refused -> {
                decided("throttle", refused.reason());
                throw refused.retryAfter().isZero()
                        ? new Throttled(refused.reason())
                        : new Throttled(refused.reason(), refused.retryAfter());
            }
            case Admission.Queue queue -> decided("queue", queue.reason());
            case Admission.Admit _ -> {}
        }
        Waiter waiter =
                new Waiter(lock.newCondition(), wait.toNanos(), tuning.queueWait().toNanos());
        waiters.addLast(waiter);
        serve();
        return waiter;
    }

    /// Invocations that count towards MaxConcurrency.
    private int inUse() {
        int all = roster.busy() + waiters.size();
        return Math.min(all, Math.max(roster.busy(), maxConcurrency));
    }

    private Lease await(Waiter waiter) throws Throttled, StartFailed {
        try {
            while (!waiter.isDone()) {
                long now = System.nanoTime();
                if (waiter.nextLook() - now > 0) {
                    waiter.changed.awaitNanos(waiter.nextLook() - now);
                } else if (waiter.deadline() - now <= 0) {
                    leave(waiter);
                    if (!waiter.admitted) {
                        throw waitedInQueue();
                    }
                    throw late(waiter);
                } else {
                    waiter.waitedInVain = true;
                    waiter.awaiting = false;
                    serve();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            leave(waiter);
            waiter.lease.ifPresent(PoolLease::close);
            throw new StartFailed(StartFailed.Cause.PLATFORM, "The platform is going down.", e);
        }
        if (waiter.failure.isPresent()) {
            throw waiter.failure.get();
        }
        return waiter.lease.orElseThrow();
    }

    private StartFailed late(Waiter waiter) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(waiter.waitNanos);
        return new StartFailed(
                StartFailed.Cause.TIMEOUT, "No instance became ready within " + seconds + " s.");
    }

    private Throttled waitedInQueue() {
        Duration wait = spec.tuning().queueWait();
        decided("throttle", "a request waited " + wait.toSeconds() + " s in the queue");
        return new Throttled("waited in the queue", wait);
    }

    private void leave(Waiter waiter) {
        waiters.remove(waiter);
        waiter.start.ifPresent(start -> forsake(start, waiter));
        serve();
    }

    void giveBack(PoolLease lease) {
        lock.lock();
        try {
            long nanos = System.nanoTime();
            tempo.load(inUse(), nanos);
            if (!lease.failed()) {
                tempo.served(nanos - lease.since);
            }
            long now = pools.clock.millis();
            if (roster.giveBack(lease, now)) {
                becameIdle(lease.member, now);
            }
            serve();
        } finally {
            lock.unlock();
        }
    }

    private void becameIdle(Member member, long now) {
        if (member.retired) {
            end(member);
        } else if (waiters.isEmpty()) {
            idling.lookLater(min, now);
            pools.capacity.idle();
        }
    }

    // Serving those who wait

    /// Gives free slots to those who wait, admits whom there is room for, and finds each admitted
    /// one something to count on.
    private void serve() {
        while (!waiters.isEmpty() && roster.busy() < maxConcurrency && roster.free().isPresent()) {
            grant(waiters.removeFirst(), roster.free().get(), false);
        }
        int room = maxConcurrency - roster.busy();
        int ahead = 0;
        for (Waiter each : waiters) {
            if (room-- <= 0) {
                break;
            }
            if (!each.admitted) {
                each.admit(System.nanoTime());
            }
            if (each.start.isEmpty()) {
                if (!each.awaiting) {
                    seek(each, ahead);
                }
                ahead++;
            }
        }
        if (draining) {
            settle();
        }
    }

    private void grant(Waiter waiter, Member member, boolean cold) {
        waiter.start
                .filter(start -> start != member.start)
                .ifPresent(start -> forsake(start, waiter));
        Optional<Steps> coldStart = cold ? Optional.of(member.start.steps) : Optional.empty();
        waiter.lease = Optional.of(take(member, coldStart));
        waiter.changed.signal();
    }

    private void seek(Waiter waiter, int ahead) {
        Instant now = pools.clock.instant();
        switch (Ladder.decide(view(waiter, ahead))) {
            case Ladder.JoinStart _ ->
                    starts.stream()
                            .filter(each -> each.waiters.size() < spec.tuning().slots())
                            .findFirst()
                            .orElseThrow()
                            .join(waiter);
            case Ladder.TakeWarm warm -> begin(Starting.asked(now, waiter, warm.reason(), true));
            case Ladder.Start start -> begin(Starting.asked(now, waiter, start.reason(), false));
            case Ladder.AwaitSlot slot -> {
                waiter.await(System.nanoTime() + slot.patience().toNanos());
                scaleForLoad();
            }
            case Ladder.UseSlot _, Ladder.Await _ -> waiter.await(Long.MAX_VALUE);
        }
    }

    private Ladder.View view(Waiter waiter, int ahead) {
        int slots = spec.tuning().slots();
        return new Ladder.View(
                0,
                starts.stream().mapToInt(each -> slots - each.waiters.size()).sum(),
                ahead,
                roster.left(System.nanoTime()),
                tempo.serviceTakes(),
                roster.size() + starts.size(),
                Math.max(min, Math.ceilDiv(maxConcurrency, slots)),
                Start.canBeWarm(spec) ? pools.warm.ready() : 0,
                tempo.warmTakes(),
                tempo.startTakes(),
                waiter.waitedInVain);
    }

    /// Those who counted on a busy slot look again: an instance is gone.
    private void seekAgain() {
        waiters.forEach(each -> each.awaiting = false);
        serve();
    }

    private void scaleForLoad() {
        Desired desired =
                Desired.of(tempo.concurrency(), spec.tuning().slots(), min, maxConcurrency);
        if (roster.size() + starts.size() < desired.instances()) {
            beginUnasked(desired.reason(), 0);
        }
    }

    // Starts

    private void beginUnasked(String cause, long keptUntil) {
        long wait = pools.settings.unaskedWait().toNanos();
        begin(Starting.unasked(pools.clock.instant(), cause, wait, keptUntil));
    }

    private void begin(Starting start) {
        starts.add(start);
        decided("start", start.cause);
        if (!registered) {
            registered = true;
            pools.capacity.register(this);
        }
        start.thread = Optional.of(Thread.ofVirtual().unstarted(new Start(this, start)));
        start.thread.get().start();
    }

    /// A request does not count on a start any more.
    private void forsake(Starting start, Waiter waiter) {
        start.waiters.remove(waiter);
        waiter.start = Optional.empty();
        if (start.waiters.isEmpty() && !start.unasked) {
            giveUp(start, "the request that it was for is served or gone");
        }
    }

    private void giveUp(Starting start, String reason) {
        if (start.phase == Starting.Phase.QUEUED) {
            start.phase = Starting.Phase.GIVEN_UP;
            starts.remove(start);
            decided("give up", reason);
            start.thread.ifPresent(Thread::interrupt);
        }
    }

    /// A start has its turn and its room.
    ///
    /// @return false where nobody wants it any more
    boolean launches(Starting start) {
        lock.lock();
        try {
            if (start.phase == Starting.Phase.QUEUED) {
                start.phase = Starting.Phase.LAUNCHING;
            }
            return start.phase == Starting.Phase.LAUNCHING;
        } finally {
            lock.unlock();
        }
    }

    /// A start has come to be an instance.
    ///
    /// @return whether a request that waited for the start got it
    boolean started(Starting start, Instance instance, Capacity.Reservation reservation) {
        Member member = new Member(instance, reservation, start, spec.tuning().slots());
        boolean served;
        lock.lock();
        try {
            starts.remove(start);
            failuresInARow = 0;
            journal.add(start.record(instance.id(), ""));
            long now = pools.clock.millis();
            member.keptUntil = start.keptUntil;
            roster.add(member, now);
            for (Waiter each : start.waiters) {
                if (roster.busy() < maxConcurrency) {
                    waiters.remove(each);
                    grant(each, member, true);
                }
                each.start = Optional.empty();
            }
            start.waiters.clear();
            served = !member.leases.isEmpty();
            serve();
            if (roster.isIdle(member)) {
                idling.lookLater(min, now);
            }
        } finally {
            lock.unlock();
        }
        CompletableFuture<Void> _ = instance.ending().thenAccept(ending -> ended(member, ending));
        return served;
    }

    void startFailed(Starting start, StartFailed failure) {
        lock.lock();
        try {
            if (start.phase == Starting.Phase.GIVEN_UP) {
                return;
            }
            starts.remove(start);
            failuresInARow++;
            journal.add(start.record("", String.valueOf(failure.getMessage())));
            for (Waiter each : start.waiters) {
                waiters.remove(each);
                each.start = Optional.empty();
                each.failure = Optional.of(failure);
                each.changed.signal();
            }
            start.waiters.clear();
            keepMinLater();
            seekAgain();
        } finally {
            lock.unlock();
        }
    }

    /// The first answer of an instance is there: others may start, and from now on it has the CPU
    /// that goes with its memory, as a start is not throttled.
    void answered(Member member, long nanos) {
        Starting start = member.start;
        start.over(pools);
        double cores = pools.settings.cores(spec.memoryMb());
        Thread.startVirtualThread(() -> member.instance.limitCpu(cores));
        long ready = start.steps.firstInference(nanos);
        lock.lock();
        try {
            tempo.started(start.warm, ready - start.launchedAt);
        } finally {
            lock.unlock();
        }
    }

    /// Starts what is provisioned and not there.
    void keepMin() {
        lock.lock();
        try {
            while (!draining && roster.size() + starts.size() < min) {
                beginUnasked(min + " instances are provisioned", 0);
            }
        } finally {
            lock.unlock();
        }
    }

    private void keepMinLater() {
        if (!draining && roster.size() + starts.size() < min) {
            long pause = Math.min(BACKOFF_MILLIS_MAX, 1000L << Math.min(failuresInARow, 10));
            pools.alarms.at(pools.clock.instant().plusMillis(pause), this::keepMin);
        }
    }

    // Ends

    /// An instance did not do what it must.
    void broke(Member member, Fault fault) {
        lock.lock();
        try {
            if (!member.retired) {
                String what = fault.kind() + ": " + fault.getMessage();
                retire(member, "replace", member.instance.id() + " " + what);
                seekAgain();
            }
        } finally {
            lock.unlock();
        }
    }

    /// No further request for an instance; it ends with its last one.
    private void retire(Member member, String kind, String reason) {
        decided(kind, reason);
        roster.retire(member);
        if (member.leases.isEmpty()) {
            end(member);
        }
    }

    private static void end(Member member) {
        member.reservation.leaving();
        Thread.startVirtualThread(member.instance::close);
    }

    private void ended(Member member, Instance.Ending ending) {
        member.start.over(pools);
        lock.lock();
        try {
            if (!member.retired) {
                decided("ended", member.instance.id() + " ended by itself: " + ending.reason());
            }
            roster.remove(member);
            member.reservation.close();
            if (roster.running() == 0 && starts.isEmpty()) {
                registered = false;
                pools.capacity.unregister(this);
            }
            keepMinLater();
            seekAgain();
        } finally {
            lock.unlock();
        }
    }

    // Idling

    private void sweep() {
        lock.lock();
        try {
            long now = pools.clock.millis();
            for (Roster.Over each : idling.due(min, now)) {
                retire(each.member(), "stop", each.reason());
            }
            idling.lookLater(min, now);
            if (isAsleep()) {
                idling.wakeLater(now);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isAsleep() {
        return roster.size() + starts.size() == 0 && !draining;
    }

    private void wake(Idling.Wake wake) {
        lock.lock();
        try {
            if (isAsleep() && wake.lastRequest() == tempo.lastRequestMillis()) {
                beginUnasked("a request is expected", wake.until());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Eviction.Candidate> idle() {
        lock.lock();
        try {
            return roster.candidates(spec.owner(), min, pools.clock.millis());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void evict(String id, String reason) {
        lock.lock();
        try {
            roster.idle(id).ifPresent(member -> retire(member, "evict", reason));
        } finally {
            lock.unlock();
        }
    }

    // Limits and the end

    @Override
    public void bounds(int min, int maxConcurrency) {
        lock.lock();
        try {
            this.min = min;
            this.maxConcurrency = maxConcurrency;
            seekAgain();
            idling.lookAgain(min, pools.clock.millis());
        } finally {
            lock.unlock();
        }
        keepMin();
    }

    @Override
    public CompletableFuture<Void> drain() {
        lock.lock();
        try {
            draining = true;
            min = 0;
            settle();
        } finally {
            lock.unlock();
        }
        return drained;
    }

    /// Lets go what no request needs any more.
    private void settle() {
        if (waiters.isEmpty()) {
            for (Starting each : List.copyOf(starts)) {
                giveUp(each, "the group drains");
            }
            for (Member each : List.copyOf(roster.members())) {
                if (each.leases.isEmpty()) {
                    retire(each, "stop", each.instance.id() + ": the group drains");
                }
            }
            if (roster.running() == 0 && starts.isEmpty()) {
                Thread.startVirtualThread(() -> drained.complete(null));
            }
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            draining = true;
            min = 0;
            StartFailed closed =
                    new StartFailed(StartFailed.Cause.PLATFORM, spec.owner() + " was closed.");
            for (Waiter each : waiters) {
                each.start.ifPresent(start -> start.waiters.remove(each));
                each.failure = Optional.of(closed);
                each.changed.signal();
            }
            waiters.clear();
            List.copyOf(roster.members()).forEach(PoolGroup::end);
            settle();
        } finally {
            lock.unlock();
        }
    }

    // Explaining

    @Override
    public Stats stats() {
        lock.lock();
        try {
            return new Stats(
                    roster.running() + starts.size(),
                    starts.size(),
                    roster.busy(),
                    waiters.size(),
                    maxConcurrency);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Journal journal() {
        return journal;
    }

    private void decided(String kind, String reason) {
        journal.add(new Journal.Decision(pools.clock.instant(), kind, reason));
    }

    /// What a start is to reserve: as measured, by the preparation or by earlier instances.
    long reservedMb() {
        return pools.settings.reservedMb(spec.memoryMb(), peakBytes);
    }

    double memoryPercent(Member member) {
        long bytes = member.instance.memoryBytes();
        if (bytes > peakBytes) {
            peakBytes = bytes;
        }
        return 100.0 * bytes / (spec.memoryMb() * (double) (1 << 20));
    }
}
