package io.dormouse.worker.process;

import io.dormouse.scaler.Eviction;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The parent of one Python environment's instances, as long as there is one, and how many of its
/// children are there.
///
///     none ─ first start ─► loading ─► forking ─ no child for a while, or evicted ─► none
///                              │          └─ spent: forks no more, ends with its last child ─► none
///                              └─ cannot be forked from ─► none, and not tried for a while
///
/// Nothing slow is done under its lock.
final class PythonFamily {
    /// Reserved while it loads and is not measured yet; few environments take less.
    private static final int FIRST_MB = 64;

    private static final long MB = 1L << 20;
    private static final long UNFIT_NANOS = TimeUnit.MINUTES.toNanos(10);

    /// Starts a parent, which may take a while.
    interface Birth {
        PythonParent of(List<String> imports) throws IOException, StartFailed;
    }

    /// A parent from its start to its end.
    private static final class Life {
        Optional<PythonParent> parent = Optional.empty();
        final List<Capacity.Reservation> room = new ArrayList<>();

        /// Those that are there, and starts that wait for it to have loaded.
        int children;

        Optional<String> spent = Optional.empty();
        boolean loading = true;
        boolean over;
        long idleSince = System.nanoTime();

        long memoryMb() {
            return room.stream().mapToLong(Capacity.Reservation::memoryMb).sum();
        }
    }

    private final String key;
    private final Optional<Capacity> capacity;
    private final Duration idle;
    private final ScheduledExecutorService clock;
    private final LogSink notices;
    private Optional<Life> life = Optional.empty();

    /// Modules that start threads when they are imported: what imports one is not forked.
    private final Set<String> threading = new HashSet<>();

    private String unfit = "";
    private long unfitSince;
    private boolean closed;

    /// @param key names the environment
    /// @param capacity the ledger that parents are counted in
    /// @param idle how long a parent stays without a child
    PythonFamily(
            String key,
            Optional<Capacity> capacity,
            Duration idle,
            ScheduledExecutorService clock,
            LogSink notices) {
        this.key = key;
        this.capacity = capacity;
        this.idle = idle;
        this.clock = clock;
        this.notices = notices;
    }

    /// Why an instance is not forked, in words that its owner understands.
    static final class Whole extends Exception {
        private static final long serialVersionUID = 1;

        Whole(String why) {
            super(why);
        }
    }

    /// Forks, from a parent that is started first where there is none.
    ///
    /// @param imports what the instance will import
    /// @throws Whole where it is to be started whole
    Offspring fork(String id, List<String> imports, boolean network, Birth birth) throws Whole {
        Life mine = entered(imports, birth);
        boolean born = false;
        try {
            PythonParent parent = parent(mine);
            Offspring child = parent.fork(id, imports, network);
            born = true;
            var _ = child.exit().whenComplete((_, _) -> left(mine));
            count(mine, parent);
            return child;
        } catch (IOException e) {
            throw new Whole(broken(mine, String.valueOf(e.getMessage())));
        } finally {
            if (!born) {
                left(mine);
            }
        }
    }

    /// Has a parent load what a model imports, before its first instance is asked for.
    void preload(List<String> imports, Birth birth) throws Whole {
        left(awaited(entered(imports, birth)));
    }

    private Life awaited(Life mine) throws Whole {
        try {
            PythonParent _ = parent(mine);
            return mine;
        } catch (Whole e) {
            left(mine);
            throw e;
        }
    }

    /// It could not fork: it is not asked again, and where it has not just ended, neither is
    /// another soon.
    ///
    /// @return why
    private synchronized String broken(Life mine, String why) {
        Optional<String> module = mine.parent.flatMap(PythonParent::threaded);
        String told = module.map(PythonFamily::startsThreads).orElse(why);
        mine.spent = Optional.of(told);
        if (module.isPresent()) {
            threading.add(module.get());
        } else if (mine.parent.filter(PythonParent::isAlive).isPresent()) {
            unfit = told;
            unfitSince = System.nanoTime();
        }
        return told;
    }

    private static String startsThreads(String module) {
        return module + " starts threads when it is imported";
    }

    private Life entered(List<String> imports, Birth birth) throws Whole {
        Life mine;
        synchronized (this) {
            refuse(imports);
            life.filter(each -> each.parent.filter(p -> !p.isAlive()).isPresent())
                    .ifPresent(this::end);
            if (life.isPresent()) {
                mine = life.get();
                if (mine.spent.isPresent()) {
                    throw new Whole(mine.spent.get());
                }
                mine.children++;
                return mine;
            }
            mine = new Life();
            mine.children = 1;
            if (!reserved(mine, FIRST_MB)) {
                throw new Whole("the machine has no memory for a parent now");
            }
            life = Optional.of(mine);
        }
        Thread.ofVirtual().name("python-loads").start(() -> load(mine, imports, birth));
        return mine;
    }

    private void refuse(List<String> imports) throws Whole {
        if (closed) {
            throw new Whole("the platform is stopping");
        }
        for (String each : imports) {
            if (threading.contains(each)) {
                throw new Whole(startsThreads(each));
            }
        }
        if (!unfit.isEmpty() && System.nanoTime() - unfitSince < UNFIT_NANOS) {
            throw new Whole(unfit);
        }
    }

    private void load(Life mine, List<String> imports, Birth birth) {
        Optional<PythonParent> born = Optional.empty();
        try {
            born = Optional.of(birth.of(imports));
            String said = born.get().awaitReady();
            count(mine, born.get());
            settled(mine, born.get());
            notices.line("a Python parent is ready, process " + born.get().pid() + ": " + said);
        } catch (IOException | StartFailed | RuntimeException e) {
            Optional<String> module = born.flatMap(PythonParent::threaded);
            born.ifPresent(PythonParent::close);
            String why =
                    module.map(PythonFamily::startsThreads).orElse(String.valueOf(e.getMessage()));
            failed(mine, module, why);
            notices.line(
                    "WARNING: Python instances of this environment are not forked and load their libraries each time: "
                            + why);
        }
    }

    private synchronized void settled(Life mine, PythonParent parent) {
        mine.loading = false;
        mine.parent = Optional.of(parent);
        if (mine.over || closed) {
            mine.over = true;
            parent.close();
        }
        notifyAll();
    }

    private synchronized void failed(Life mine, Optional<String> module, String why) {
        mine.loading = false;
        mine.spent = Optional.of(why);
        if (module.isPresent()) {
            threading.add(module.get());
        } else {
            unfit = why;
            unfitSince = System.nanoTime();
        }
        end(mine);
        notifyAll();
    }

    /// The parent of a life that was entered, once it has loaded.
    private synchronized PythonParent parent(Life mine) throws Whole {
        try {
            while (mine.loading) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Whole("the start was given up");
        }
        if (mine.spent.isPresent() || mine.parent.isEmpty()) {
            throw new Whole(mine.spent.orElse("its parent has ended"));
        }
        return mine.parent.get();
    }

    /// Counts what it has grown to. Where the ledger has no room for that, it forks no more.
    private synchronized void count(Life mine, PythonParent parent) {
        int grown = (int) (Math.ceilDiv(parent.memoryBytes(), MB) - mine.memoryMb());
        if (grown > 0 && !mine.over && !reserved(mine, grown)) {
            mine.spent = Optional.of("the machine has no memory for what its parent has grown to");
        }
    }

    private boolean reserved(Life mine, int memoryMb) {
        if (capacity.isEmpty()) {
            return true;
        }
        Optional<Capacity.Reservation> room =
                capacity.get().tryReserve("python-parent/" + key, memoryMb, 0);
        room.ifPresent(mine.room::add);
        return room.isPresent();
    }

    /// A child has ended, or was never born.
    private synchronized void left(Life mine) {
        mine.children--;
        mine.idleSince = System.nanoTime();
        if (mine.children > 0 || mine.loading || mine.over) {
            return;
        }
        if (mine.spent.isPresent()) {
            end(mine);
        } else if (!clock.isShutdown()) {
            var _ =
                    clock.schedule(
                            () -> endIfIdle(mine), idle.toMillis() + 1, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void endIfIdle(Life mine) {
        if (!mine.over
                && mine.children == 0
                && System.nanoTime() - mine.idleSince >= idle.toNanos()) {
            end(mine);
            notices.line("an idle Python parent was ended");
        }
    }

    /// Under the lock.
    private void end(Life mine) {
        mine.over = true;
        mine.parent.ifPresent(PythonParent::close);
        mine.room.forEach(Capacity.Reservation::close);
        if (life.filter(each -> each == mine).isPresent()) {
            life = Optional.empty();
        }
    }

    /// Its parent, where it has one that nobody needs now.
    synchronized Optional<Eviction.Candidate> idle() {
        return life.filter(each -> each.children == 0 && !each.loading)
                .map(each ->
                        new Eviction.Candidate(
                                "python-parent/" + key,
                                key,
                                each.memoryMb(),
                                Duration.ofNanos(System.nanoTime() - each.idleSince),
                                Duration.ofSeconds(1)));
    }

    synchronized void evict(String reason) {
        if (idle().isPresent()) {
            life.ifPresent(this::end);
            notices.line("a Python parent was ended: " + reason);
        }
    }

    synchronized void close() {
        closed = true;
        life.ifPresent(this::end);
    }
}
