package io.dormouse.worker;

import java.util.ArrayList;
import java.util.List;

/// One instance of a pool, with its slots. Held by the pool's lock.
final class Member {
    final Instance instance;
    final Capacity.Reservation reservation;
    final Starting start;
    final int slots;
    final List<PoolLease> leases = new ArrayList<>(1);

    /// Milliseconds of the clock since which no slot is in use.
    long idleSince;

    /// Kept at least until then, though nobody has used it: it was started ahead of a request.
    long keptUntil;

    /// It gets no further request.
    boolean retired;

    /// It stands in the list of those with a free slot.
    boolean listed;

    /// It goes because nobody has asked it for a while, and may sleep.
    private volatile boolean rests;

    Member(Instance instance, Capacity.Reservation reservation, Starting start, int slots) {
        this.instance = instance;
        this.reservation = reservation;
        this.start = start;
        this.slots = slots;
    }

    /// When it ends, it may sleep instead.
    Member toRest() {
        rests = true;
        return this;
    }

    /// Ends it, and does not wait for that.
    void end() {
        reservation.leaving();
        Thread.startVirtualThread(rests ? instance::rest : instance::close);
    }
}
