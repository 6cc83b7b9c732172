package io.dormouse.worker;

import io.dormouse.scaler.Eviction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The ledger of the machine's memory and cores: endpoints, jobs and warm workers reserve what they
/// take before they start, so that together they never take more than there is.
///
/// When it is full, idle instances are made to go, those first whose loss costs least; then the
/// caller waits; then an error says what is full and who holds it.
public final class Capacity {
    /// Gives up idle instances.
    public interface Evictable {
        /// Those that no request needs now.
        List<Eviction.Candidate> idle();

        /// Ends one of them, where it is still idle.
        void evict(String id, String reason);
    }

    private static final double ROUNDING = 1e-9;

    private final long memoryMb;
    private final double cores;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Reservation> reservations = new ArrayList<>();
    private final Set<Evictable> evictables = ConcurrentHashMap.newKeySet();
    private long changes;

    /// Set while somebody waits, so that whoever becomes idle need not ask the lock.
    private final AtomicInteger waiting = new AtomicInteger();

    /// A ledger.
    ///
    /// @param memoryMb for all together, MB, over-commitment included
    /// @param cores for all together, over-commitment included
    public Capacity(long memoryMb, double cores) {
        if (memoryMb < 1 || !(cores > 0)) {
            throw new IllegalArgumentException("a machine has memory and cores");
        }
        this.memoryMb = memoryMb;
        this.cores = cores;
    }

    /// What was reserved, until it is closed. Closing it twice gives nothing back twice.
    public final class Reservation implements AutoCloseable {
        private final String owner;
        private final long memoryMb;
        private final double cores;
        private boolean leaving;

        private Reservation(String owner, long memoryMb, double cores) {
            this.owner = owner;
            this.memoryMb = memoryMb;
            this.cores = cores;
        }

        public long memoryMb() {
            return memoryMb;
        }

        /// Its holder is about to end: what it holds is counted on by whoever waits.
        public void leaving() {
            lock.lock();
            try {
                leaving = true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (reservations.remove(this)) {
                    signal();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// What is taken.
    ///
    /// @param byOwner MB by owner
    public record Usage(
            long memoryMb,
            long memoryTotalMb,
            double cores,
            double coresTotal,
            Map<String, Long> byOwner) {}

    /// Reserves, waiting at most so long for others to end.
    ///
    /// @param owner whose it is: `endpoint/churn/AllTraffic`, `training-job/flights`
    /// @throws StartFailed with [StartFailed.Cause#CAPACITY], saying what is full
    public Reservation reserve(String owner, long memoryMb, double cores, Duration wait)
            throws StartFailed, InterruptedException {
        if (!couldHold(memoryMb, cores)) {
            throw new StartFailed(
                    StartFailed.Cause.CAPACITY,
                    owner
                            + " needs "
                            + amount(memoryMb, cores)
                            + "; the machine has "
                            + amount(this.memoryMb, this.cores)
                            + " for all.");
        }
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            long seen;
            lock.lockInterruptibly();
            try {
                Optional<Reservation> got = take(owner, memoryMb, cores);
                if (got.isPresent()) {
                    return got.get();
                }
                seen = changes;
                waiting.incrementAndGet();
            } finally {
                lock.unlock();
            }
            try {
                evict(owner, memoryMb, cores);
                await(seen, deadline, owner, memoryMb, cores);
            } finally {
                waiting.decrementAndGet();
            }
        }
    }

    /// Whether it fits the machine at all.
    boolean couldHold(long memoryMb, double cores) {
        return memoryMb <= this.memoryMb && cores <= this.cores + ROUNDING;
    }

    private Optional<Reservation> take(String owner, long memoryMb, double cores) {
        if (memoryMb > this.memoryMb - usedMb() || cores > this.cores - usedCores() + ROUNDING) {
            return Optional.empty();
        }
        Reservation reservation = new Reservation(owner, memoryMb, cores);
        reservations.add(reservation);
        return Optional.of(reservation);
    }

    private void await(long seen, long deadline, String owner, long memoryMb, double cores)
            throws StartFailed, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (changes == seen) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new StartFailed(StartFailed.Cause.CAPACITY, full(owner, memoryMb, cores));
                }
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Reserves what is free now; makes nobody go.
    public Optional<Reservation> tryReserve(String owner, long memoryMb, double cores) {
        lock.lock();
        try {
            return take(owner, memoryMb, cores);
        } finally {
            lock.unlock();
        }
    }

    private long usedMb() {
        return reservations.stream().mapToLong(each -> each.memoryMb).sum();
    }

    private double usedCores() {
        return reservations.stream().mapToDouble(each -> each.cores).sum();
    }

    /// Makes idle ones go until what is wanted fits, counting those that are on their way out.
    private void evict(String owner, long wantedMb, double wantedCores) {
        List<Eviction.Candidate> idle = new ArrayList<>();
        evictables.forEach(each -> idle.addAll(each.idle()));
        for (Eviction.Candidate next : Eviction.order(idle)) {
            if (willFit(wantedMb, wantedCores)) {
                return;
            }
            String reason = "room for " + owner + ": " + next.reason();
            evictables.forEach(each -> each.evict(next.id(), reason));
        }
    }

    private boolean willFit(long wantedMb, double wantedCores) {
        lock.lock();
        try {
            long mb = memoryMb;
            double free = cores + ROUNDING;
            for (Reservation each : reservations) {
                if (!each.leaving) {
                    mb -= each.memoryMb;
                    free -= each.cores;
                }
            }
            return wantedMb <= mb && wantedCores <= free;
        } finally {
            lock.unlock();
        }
    }

    private String full(String owner, long wantedMb, double wantedCores) {
        boolean memory = wantedMb > memoryMb - usedMb();
        StringBuilder text =
                new StringBuilder(memory ? "No memory is left: " : "No cores are left: ");
        text.append(owner).append(" needs ").append(amount(wantedMb, wantedCores));
        text.append(", of ").append(amount(memoryMb, cores)).append(' ');
        text.append(amount(memoryMb - usedMb(), cores - usedCores())).append(" are free");
        byOwner().entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry<String, Long>::getValue).reversed())
                .limit(3)
                .forEach(each ->
                        text.append("; ")
                                .append(each.getKey())
                                .append(" holds ")
                                .append(each.getValue())
                                .append(" MB"));
        return text.append('.').toString();
    }

    private static String amount(long memoryMb, double cores) {
        return String.format(Locale.ROOT, "%d MB and %.2f cores", memoryMb, cores);
    }

    private Map<String, Long> byOwner() {
        Map<String, Long> sums = new TreeMap<>();
        reservations.forEach(each -> sums.merge(each.owner, each.memoryMb, Long::sum));
        return sums;
    }

    /// What is taken now.
    public Usage usage() {
        lock.lock();
        try {
            return new Usage(usedMb(), memoryMb, usedCores(), cores, byOwner());
        } finally {
            lock.unlock();
        }
    }

    /// From now on it is asked for idle ones.
    public void register(Evictable evictable) {
        evictables.add(evictable);
    }

    /// It is asked no more.
    public void unregister(Evictable evictable) {
        evictables.remove(evictable);
    }

    /// Somebody became idle: whoever waits looks again.
    void idle() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                signal();
            } finally {
                lock.unlock();
            }
        }
    }

    private void signal() {
        changes++;
        changed.signalAll();
    }

    /// Whether somebody waits for room.
    boolean isWaitedFor() {
        return waiting.get() > 0;
    }
}
