package io.dormouse.worker.docker;

import io.dormouse.scaler.Eviction;
import io.dormouse.timing.Alarms;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.InstanceSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Containers that sleep, paused, until the next start of the same spec. They hold memory and no
/// CPU: the ledger counts them, and they are the first to go when the machine is full.
final class Sleepers implements Capacity.Evictable, AutoCloseable {
    private static final long MB = 1 << 20;

    /// What must be the same for a sleeper to serve a start.
    record Kind(
            String owner,
            Path model,
            String image,
            Map<String, String> environment,
            int memoryMb,
            int slots) {
        static Kind of(InstanceSpec spec) {
            return new Kind(
                    spec.owner(),
                    spec.model().folder(),
                    spec.model().image(),
                    spec.environment(),
                    spec.memoryMb(),
                    spec.slots());
        }
    }

    private record Sleeper(
            Kind kind, RunningContainer body, Capacity.Reservation room, Instant since) {}

    private final Capacity capacity;
    private final InstantSource clock;
    private final Alarms alarms;
    private final Duration most;
    private final List<Sleeper> sleepers = new ArrayList<>();
    private boolean closed;

    /// @param most how long one sleeps at most
    Sleepers(Capacity capacity, InstantSource clock, Alarms alarms, Duration most) {
        this.capacity = capacity;
        this.clock = clock;
        this.alarms = alarms;
        this.most = most;
        capacity.register(this);
    }

    /// Whether there is room for one more.
    Optional<Capacity.Reservation> room(Kind kind, long bytes) {
        return most.isZero()
                ? Optional.empty()
                : capacity.tryReserve(kind.owner() + " (asleep)", Math.ceilDiv(bytes, MB) + 1, 0);
    }

    /// Takes in one that is paused.
    ///
    /// @return false where none is wanted any more
    synchronized boolean add(Kind kind, RunningContainer body, Capacity.Reservation room) {
        if (closed) {
            return false;
        }
        Sleeper sleeper = new Sleeper(kind, body, room, clock.instant());
        sleepers.add(sleeper);
        Alarms.Alarm _ = alarms.at(sleeper.since().plus(most), () -> end(sleeper::equals));
        return true;
    }

    /// Takes out the one that fell asleep last: the caller's from now on, and not counted in the
    /// ledger any more.
    Optional<RunningContainer> take(Kind kind) {
        Optional<Sleeper> found;
        synchronized (this) {
            found =
                    sleepers.reversed().stream()
                            .filter(each -> each.kind().equals(kind))
                            .findFirst();
            found.ifPresent(sleepers::remove);
        }
        found.ifPresent(each -> each.room().close());
        return found.map(Sleeper::body);
    }

    /// Ends those of an owner.
    void forget(String owner) {
        end(each -> each.kind().owner().equals(owner));
    }

    /// One has ended by itself.
    void ended(RunningContainer body) {
        end(each -> each.body().id().equals(body.id()));
    }

    private void end(Predicate<Sleeper> whom) {
        List<Sleeper> gone;
        synchronized (this) {
            gone = sleepers.stream().filter(whom).toList();
            sleepers.removeAll(gone);
        }
        for (Sleeper each : gone) {
            each.room().leaving();
            Thread.startVirtualThread(() -> {
                each.body().end();
                each.room().close();
            });
        }
    }

    @Override
    public synchronized List<Eviction.Candidate> idle() {
        return sleepers.stream()
                .map(each ->
                        new Eviction.Candidate(
                                each.kind().owner(),
                                each.body().id(),
                                each.room().memoryMb(),
                                Duration.between(each.since(), clock.instant()),
                                each.body().startTook()))
                .toList();
    }

    @Override
    public void evict(String id, String reason) {
        end(each -> each.body().id().equals(id));
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        capacity.unregister(this);
        end(_ -> true);
    }
}
