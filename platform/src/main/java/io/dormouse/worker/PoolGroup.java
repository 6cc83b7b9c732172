package io.dormouse.worker;

import io.dormouse.scaler.Desired;
import io.dormouse.scaler.Eviction;
import io.dormouse.scaler.Ladder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

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
    final GroupSpec spec;
    final Pools pools;
    final Footprint footprint;

    private final ReentrantLock lock = new ReentrantLock();
    private final Journal journal = new Journal();
    private final Tempo tempo = new Tempo();
    private final Roster roster = new Roster(tempo);
    private final Idling idling;
    private final Starts starts;
    private final Line line;
    private final Floor floor;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private int maxConcurrency;
    private boolean draining;

    PoolGroup(GroupSpec spec, Pools pools) {
        this.spec = spec;
        this.pools = pools;
        this.footprint = new Footprint(spec, pools.settings);
        this.maxConcurrency = spec.maxConcurrency();
        this.floor = new Floor(Math.ceilDiv(spec.provisionedConcurrency(), spec.tuning().slots()));
        this.line = new Line(spec.tuning(), this::decided);
        this.starts = new Starts(spec.tuning().slots(), this::decided);
        this.idling =
                new Idling(spec.tuning(), roster, tempo, pools.alarms, this::sweep, this::wake);
    }

    // Leasing

    @Override
    public Lease lease(Duration wait) throws Throttled, StartFailed {
        lock.lock();
        try {
            if (draining) {
                throw new GroupClosed(spec.owner());
            }
            tempo.load(line.inUse(roster.busy(), maxConcurrency), System.nanoTime());
            if (line.isEmpty() && roster.busy() < maxConcurrency) {
                Optional<Member> member = roster.free();
                if (member.isPresent()) {
                    return take(member.get(), Optional.empty());
                }
            }
            line.admit(roster.busy(), maxConcurrency);
            Waiter waiter = line.add(lock.newCondition(), wait);
            serve();
            return await(waiter);
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

    private Lease await(Waiter waiter) throws Throttled, StartFailed {
        try {
            while (!waiter.isDone()) {
                long now = System.nanoTime();
                if (waiter.nextLook() - now > 0) {
                    waiter.changed.awaitNanos(waiter.nextLook() - now);
                } else if (waiter.deadline() - now <= 0) {
                    leave(waiter);
                    if (!waiter.admitted) {
                        throw line.waitedInVain();
                    }
                    throw waiter.late();
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

    private void leave(Waiter waiter) {
        line.remove(waiter);
        waiter.start.ifPresent(start -> starts.forsake(start, waiter));
        serve();
    }

    void giveBack(PoolLease lease) {
        lock.lock();
        try {
            long nanos = System.nanoTime();
            tempo.load(line.inUse(roster.busy(), maxConcurrency), nanos);
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
            member.end();
        } else if (line.isEmpty()) {
            idling.lookLater(floor.min(), now);
            pools.capacity.idle();
        }
    }

    // Serving those who wait

    /// Gives free slots to those who wait, admits whom there is room for, and finds each admitted
    /// one something to count on.
    private void serve() {
        while (!line.isEmpty() && roster.busy() < maxConcurrency && roster.free().isPresent()) {
            grant(line.removeFirst(), roster.free().get(), false);
        }
        int room = maxConcurrency - roster.busy();
        int ahead = 0;
        for (Waiter each : line.waiters()) {
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
                .ifPresent(start -> starts.forsake(start, waiter));
        Optional<Steps> coldStart = cold ? Optional.of(member.start.steps) : Optional.empty();
        waiter.lease = Optional.of(take(member, coldStart));
        waiter.changed.signal();
    }

    private void seek(Waiter waiter, int ahead) {
        Instant now = pools.clock.instant();
        switch (Ladder.decide(view(waiter, ahead))) {
            case Ladder.JoinStart _ -> starts.withRoom().orElseThrow().join(waiter);
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
        int instancesMax =
                Math.max(floor.min(), Math.ceilDiv(maxConcurrency, spec.tuning().slots()));
        int warm = Start.canBeWarm(spec) ? pools.warm.ready() : 0;
        return roster.view(
                starts, ahead, instancesMax, warm, pools.settings.coresMax(), waiter.waitedInVain);
    }

    /// Those who counted on a busy slot look again: an instance is gone.
    private void seekAgain() {
        line.lookAgain();
        serve();
    }

    /// One at a time: each changes what the load of the others is.
    private void scaleForLoad() {
        Desired desired = footprint.desired(tempo.concurrency(), floor.min(), maxConcurrency);
        if (starts.isEmpty() && roster.size() < desired.instances()) {
            beginUnasked(desired.reason(), 0);
        }
    }

    // Starts and ends

    private void beginUnasked(String cause, long keptUntil) {
        long wait = pools.settings.unaskedWait().toNanos();
        begin(Starting.unasked(pools.clock.instant(), cause, wait, keptUntil));
    }

    private void begin(Starting start) {
        pools.capacity.register(this);
        starts.begin(start, new Start(this, start));
    }

    /// A start has its turn and its room.
    ///
    /// @return false where nobody wants it any more
    boolean launches(Starting start) {
        return held(start::launches);
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
            journal.add(start.record(instance.id(), ""));
            long now = pools.clock.millis();
            member.keptUntil = start.keptUntil;
            roster.add(member, now);
            floor.reached(roster.size());
            for (Waiter each : start.waiters) {
                if (roster.busy() < maxConcurrency) {
                    line.remove(each);
                    grant(each, member, true);
                }
                each.start = Optional.empty();
            }
            start.waiters.clear();
            served = !member.leases.isEmpty();
            serve();
            if (roster.isIdle(member)) {
                idling.lookLater(floor.min(), now);
            }
        } finally {
            lock.unlock();
        }
        CompletableFuture<Void> _ = instance.ending().thenAccept(ending -> ended(member, ending));
        return served;
    }

    void startFailed(Starting start, StartFailed failure) {
        locked(() -> {
            if (start.phase == Starting.Phase.GIVEN_UP) {
                return;
            }
            starts.remove(start);
            floor.failed();
            journal.add(start.record("", String.valueOf(failure.getMessage())));
            line.fail(start, failure);
            if (start.unasked) {
                floor.broke(failure);
            }
            keepMinLater();
            seekAgain();
        });
    }

    /// The first answer of an instance is there: others may start, and from now on it has the CPU
    /// that goes with its memory, as a start is not throttled.
    void answered(Member member, long nanos) {
        Starting start = member.start;
        start.over(pools);
        double cores = footprint.cores();
        long ready = start.steps.firstInference(nanos);
        Thread.startVirtualThread(() -> {
            member.instance.limitCpu(cores);
            start.log.line("first answer after " + start.steps);
        });
        locked(() -> {
            floor.answered();
            tempo.started(start.warm, ready - start.launchedAt);
        });
    }

    /// Starts what is provisioned and not there.
    void keepMin() {
        locked(() -> {
            while (lacksProvisioned()) {
                beginUnasked(floor.min() + " instances are provisioned", 0);
            }
        });
    }

    private void keepMinLater() {
        if (lacksProvisioned()) {
            pools.alarms.at(pools.clock.instant().plusMillis(floor.pause()), this::keepMin);
        }
    }

    private boolean lacksProvisioned() {
        return !draining && roster.size() + starts.size() < floor.min();
    }

    @Override
    public CompletableFuture<Void> provisioned() {
        return held(() -> floor.await(roster.size()));
    }

    /// An instance did not do what it must.
    void broke(Member member, Fault fault) {
        locked(() -> {
            String what = member.instance.id() + " " + fault.kind() + ": " + fault.getMessage();
            if (member.retired) {
                note(member, "fault", what); // its end was seen first and does not tell that
            } else {
                retire(member, "replace", what);
                seekAgain();
            }
        });
    }

    private void note(Member member, String kind, String reason) {
        decided(kind, reason);
        member.start.log.line(kind + ": " + reason);
    }

    /// No further request for an instance; it ends with its last one.
    private void retire(Member member, String kind, String reason) {
        note(member, kind, reason);
        roster.retire(member);
        if (member.leases.isEmpty()) {
            member.end();
        }
    }

    private void ended(Member member, Instance.Ending ending) {
        member.start.over(pools);
        locked(() -> {
            if (!member.retired) {
                floor.failed();
                note(member, "ended", member.instance.id() + " is gone: " + ending.reason());
            }
            roster.remove(member);
            member.reservation.close();
            if (roster.running() == 0 && starts.isEmpty()) {
                pools.capacity.unregister(this);
            }
            keepMinLater();
            seekAgain();
        });
    }

    // Idling

    private void sweep() {
        locked(() -> {
            long now = pools.clock.millis();
            for (Roster.Over each : idling.due(floor.min(), now)) {
                retire(each.member().toRest(), "stop", each.reason());
            }
            idling.lookLater(floor.min(), now);
            if (roster.size() + starts.size() == 0) {
                idling.wakeLater(now);
            }
        });
    }

    private void wake(Idling.Wake wake) {
        locked(() -> {
            boolean asleep = roster.size() + starts.size() == 0 && !draining;
            if (asleep && wake.lastRequest() == tempo.lastRequestMillis()) {
                beginUnasked("a request is expected", wake.until());
            }
        });
    }

    @Override
    public List<Eviction.Candidate> idle() {
        return held(() -> roster.candidates(spec.owner(), floor.min(), pools.clock.millis()));
    }

    @Override
    public void evict(String id, String reason) {
        locked(() ->
                roster.spare(id, floor.min()).ifPresent(each -> retire(each, "evict", reason)));
    }

    // Limits and the end

    @Override
    public void bounds(int min, int maxConcurrency) {
        locked(() -> {
            floor.set(min, roster.size());
            this.maxConcurrency = maxConcurrency;
            seekAgain();
            idling.lookAgain(min, pools.clock.millis());
        });
        keepMin();
    }

    @Override
    public CompletableFuture<Void> drain() {
        locked(() -> {
            draining = true;
            floor.set(0, roster.size());
            settle();
        });
        return drained;
    }

    /// Lets go what no request needs any more.
    private void settle() {
        if (line.isEmpty()) {
            starts.giveUpAll("the group drains");
            for (Member each : List.copyOf(roster.members())) {
                if (each.leases.isEmpty()) {
                    retire(each, "stop", each.instance.id() + ": the group drains");
                }
            }
            if (roster.running() == 0 && starts.isEmpty()) {
                pools.gone(this, drained);
            }
        }
    }

    @Override
    public void close() {
        locked(() -> {
            draining = true;
            floor.set(0, roster.size());
            line.failAll(new StartFailed(StartFailed.Cause.PLATFORM, spec.owner() + " closed."));
            List.copyOf(roster.members()).forEach(Member::end);
            settle();
        });
    }

    // Explaining

    @Override
    public Stats stats() {
        return held(() ->
                new Stats(
                        roster.running() + starts.size(),
                        starts.size(),
                        roster.busy(),
                        line.size(),
                        maxConcurrency));
    }

    @Override
    public Journal journal() {
        return journal;
    }

    private void locked(Runnable change) {
        held(() -> {
            change.run();
            return true;
        });
    }

    private <T> T held(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    private void decided(String kind, String reason) {
        journal.add(new Journal.Decision(pools.clock.instant(), kind, reason));
    }
}
