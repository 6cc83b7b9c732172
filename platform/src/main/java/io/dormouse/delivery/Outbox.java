package io.dormouse.delivery;

import io.dormouse.delivery.Courier.Outcome;
import io.dormouse.store.Schema;
import io.dormouse.store.Store;
import io.dormouse.store.StoreFailure;
import io.dormouse.store.Tx;
import io.dormouse.timing.Alarms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The parcels of one sender. Several are under way at once, in no promised order.
public final class Outbox implements AutoCloseable {
    public static final Schema SCHEMA =
            Schema.of(
                    "delivery",
                    """
                    CREATE TABLE parcel(
                        seq INTEGER PRIMARY KEY AUTOINCREMENT, box TEXT NOT NULL,
                        body TEXT NOT NULL, made INTEGER NOT NULL, attempts INTEGER NOT NULL,
                        due INTEGER NOT NULL)
                    """,
                    "CREATE INDEX parcel_due ON parcel(box, due)");

    private static final int UNDER_WAY_MAX = 16;
    private static final Duration PAUSE_MAX = Duration.ofMinutes(5);
    private static final System.Logger LOG = System.getLogger(Outbox.class.getName());

    private final Store store;
    private final String box;
    private final InstantSource clock;
    private final Alarms alarms;
    private final Courier courier;

    // Guarded by this.
    private final Set<Long> underWay = new HashSet<>();
    private Alarms.Alarm next = () -> {};
    private boolean closed;

    private record Due(Parcel parcel, Instant at) {}

    /// @param box the sender's name
    /// @param alarms by `clock`
    public Outbox(Store store, String box, InstantSource clock, Alarms alarms, Courier courier) {
        this.store = store;
        this.box = box;
        this.clock = clock;
        this.alarms = alarms;
        this.courier = courier;
    }

    /// Keeps a parcel, in the transaction of its cause. [#look] is to be called after it.
    public void add(Tx tx, String body) {
        Instant now = clock.instant();
        tx.update(
                "INSERT INTO parcel(box, body, made, attempts, due) VALUES (?, ?, ?, 0, ?)",
                box,
                body,
                now,
                now);
    }

    /// Sends what is due on its way, on threads of its own, and comes back when the next is.
    public synchronized void look() {
        if (closed) {
            return;
        }
        int room = UNDER_WAY_MAX - underWay.size();
        next.cancel();
        if (room == 0) {
            return; // the first that comes back looks again
        }
        Instant now = clock.instant();
        for (Due due : waiting(room)) {
            if (due.at.isAfter(now)) {
                next = alarms.at(due.at, () -> Thread.startVirtualThread(this::look));
                return;
            }
            underWay.add(due.parcel.seq());
            Thread.ofVirtual().name("deliver-" + box).start(() -> send(due.parcel));
        }
    }

    /// Those not under way that are due first.
    private List<Due> waiting(int count) {
        String taken = underWay.stream().map(String::valueOf).collect(Collectors.joining(","));
        return store.read(query ->
                query.list(
                        "SELECT seq, body, made, attempts, due FROM parcel WHERE box = ? AND seq NOT IN ("
                                + taken
                                + ") ORDER BY due, seq LIMIT ?",
                        row ->
                                new Due(
                                        new Parcel(
                                                row.number(1),
                                                row.text(2),
                                                row.time(3),
                                                (int) row.number(4)),
                                        row.time(5)),
                        box,
                        count));
    }

    private void send(Parcel parcel) {
        try {
            record(parcel, attempt(parcel));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreFailure e) {
            // Closing, or the disk is full: it is tried again when somebody looks.
            LOG.log(System.Logger.Level.DEBUG, "Not recorded", e);
        } finally {
            synchronized (this) {
                underWay.remove(parcel.seq());
            }
        }
        look();
    }

    private Outcome attempt(Parcel parcel) throws InterruptedException {
        try {
            return courier.deliver(parcel);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Delivery of " + box + " failed", e);
            return new Outcome.Later(Courier.pause(parcel.attempts(), PAUSE_MAX));
        }
    }

    private void record(Parcel parcel, Outcome outcome) {
        store.write(tx ->
                switch (outcome) {
                    case Outcome.Done _ ->
                            tx.update("DELETE FROM parcel WHERE seq = ?", parcel.seq());
                    case Outcome.Later later ->
                            tx.update(
                                    "UPDATE parcel SET attempts = attempts + 1, due = ? WHERE seq = ?",
                                    clock.instant().plus(later.pause()),
                                    parcel.seq());
                });
    }

    /// Sends nothing more; what is under way is tried again in the next life.
    @Override
    public synchronized void close() {
        closed = true;
        next.cancel();
    }
}
