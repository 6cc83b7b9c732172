package io.dormouse.events;

import io.dormouse.store.StoreFailure;
import io.dormouse.timing.Alarms;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Acts when a schedule's time has come.
final class Timers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dormouse.events");

    private final InstantSource clock;
    private final Alarms alarms;
    private final List<Source> sources;

    // Guarded by this.
    private Alarms.Alarm next = () -> {};
    private boolean closed;

    /// Where times come from.
    interface Source {
        /// Does what is due.
        void act(Instant now);

        /// The first time at which something will be.
        Optional<Instant> next();
    }

    /// @param alarms by `clock`
    Timers(InstantSource clock, Alarms alarms, List<Source> sources) {
        this.clock = clock;
        this.alarms = alarms;
        this.sources = sources;
    }

    /// Does what is due, and comes back when something is again. To be called when a schedule was
    /// changed too.
    synchronized void plan() {
        if (closed) {
            return;
        }
        next.cancel();
        try {
            Instant now = clock.instant();
            sources.forEach(each -> each.act(now));
            sources.stream()
                    .flatMap(each -> each.next().stream())
                    .min(Instant::compareTo)
                    .ifPresent(at ->
                            next = alarms.at(at, () -> Thread.startVirtualThread(this::plan)));
        } catch (StoreFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "Schedules were not read", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        next.cancel();
    }
}
