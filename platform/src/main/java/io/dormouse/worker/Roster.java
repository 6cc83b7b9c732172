package io.dormouse.worker;

import io.dormouse.scaler.Eviction;
import io.dormouse.scaler.IdlePolicy;
import io.dormouse.scaler.Ladder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A pool's instances: who is there, who has a free slot, who is on the way out, who has been idle
/// for too long. Held by the pool's lock.
final class Roster {
    private final Tempo tempo;

    /// Those that take requests.
    private final List<Member> members = new ArrayList<>();

    /// Those on their way out.
    private final List<Member> leaving = new ArrayList<>();

    /// Those with a free slot, the one that was used last at the end: the others can become idle.
    private final ArrayDeque<Member> free = new ArrayDeque<>(0);

    private int busy;
    private int busyMembers;

    Roster(Tempo tempo) {
        this.tempo = tempo;
    }

    int size() {
        return members.size();
    }

    /// Processes, those on their way out included.
    int running() {
        return members.size() + leaving.size();
    }

    /// Slots in use.
    int busy() {
        return busy;
    }

    List<Member> members() {
        return members;
    }

    Optional<Member> free() {
        return Optional.ofNullable(free.peekLast());
    }

    boolean isIdle(Member member) {
        return member.leases.isEmpty() && !member.retired;
    }

    void add(Member member, long now) {
        members.add(member);
        member.idleSince = now;
        list(member);
    }

    void take(PoolLease lease, long now) {
        Member member = lease.member;
        if (member.leases.isEmpty()) {
            tempo.busier(busyMembers, now);
            busyMembers++;
        }
        member.leases.add(lease);
        busy++;
        list(member);
    }

    /// Takes a slot back.
    ///
    /// @return whether its instance has no other one now
    boolean giveBack(PoolLease lease, long now) {
        Member member = lease.member;
        member.leases.remove(lease);
        busy--;
        if (member.leases.isEmpty()) {
            busyMembers--;
            tempo.calmer(busyMembers, now);
            member.idleSince = now;
        }
        list(member);
        return member.leases.isEmpty();
    }

    /// No further request for an instance.
    void retire(Member member) {
        member.retired = true;
        members.remove(member);
        leaving.add(member);
        list(member);
    }

    /// An instance has ended.
    void remove(Member member) {
        member.retired = true;
        members.remove(member);
        leaving.remove(member);
        list(member);
    }

    /// Keeps the list of free slots true of a member.
    private void list(Member member) {
        boolean has = !member.retired && member.leases.size() < member.slots;
        if (has && !member.listed) {
            free.addLast(member);
        } else if (!has && member.listed) {
            if (free.peekLast() == member) {
                free.removeLast();
            } else {
                free.remove(member);
            }
        }
        member.listed = has;
    }

    /// What a request without a slot sees.
    Ladder.View view(
            Starts starts,
            int ahead,
            int instancesMax,
            int warmWorkers,
            double cores,
            boolean waitedInVain) {
        long nanos = System.nanoTime();
        List<Duration> taken = new ArrayList<>(busy);
        for (Member member : members) {
            for (PoolLease lease : member.leases) {
                taken.add(tempo.left(nanos - lease.since));
            }
        }
        starts.taken(tempo, nanos, taken);
        return new Ladder.View(
                0,
                starts.room(),
                ahead,
                taken,
                tempo.serviceTakes(),
                members.size() + starts.size(),
                instancesMax,
                warmWorkers,
                tempo.warmTakes(),
                tempo.startTakes(),
                starts.size(),
                cores,
                waitedInVain);
    }

    /// Those that could go when the machine is full.
    List<Eviction.Candidate> candidates(String owner, int min, long now) {
        return free.stream()
                .filter(this::isIdle)
                .limit(Math.max(0, members.size() - min))
                .map(each ->
                        new Eviction.Candidate(
                                owner,
                                each.instance.id(),
                                each.reservation.memoryMb(),
                                Duration.ofMillis(Math.max(0, now - each.idleSince)),
                                tempo.startTakes()))
                .toList();
    }

    /// One of those, where it still is: another may have gone since they were listed.
    Optional<Member> spare(String id, int min) {
        return free.stream()
                .filter(_ -> members.size() > min)
                .filter(each -> isIdle(each) && each.instance.id().equals(id))
                .findFirst();
    }

    /// Those that have been idle for too long, and when to look again.
    ///
    /// @param over to be stopped, each with the reason
    /// @param next milliseconds of the clock; empty where nobody is idle any more
    record Sweep(List<Over> over, OptionalLong next) {}

    record Over(Member member, String reason) {}

    /// Judges the idle ones: the one used last as the endpoint's first, the next as its second,
    /// each by the gaps between the times when so many were busy.
    Sweep sweep(IdlePolicy policy, int min, long now) {
        List<Over> over = new ArrayList<>();
        OptionalLong next = OptionalLong.empty();
        int depth = busyMembers;
        for (Iterator<Member> each = free.descendingIterator(); each.hasNext(); ) {
            Member member = each.next();
            if (!isIdle(member)) {
                continue;
            }
            IdlePolicy.Plan plan = policy.plan(tempo.gaps(depth));
            long until =
                    member.keptUntil > 0
                            ? member.keptUntil
                            : member.idleSince + plan.keep().toMillis();
            boolean provisioned = depth < min;
            depth++;
            if (provisioned) {
                continue;
            }
            if (until <= now) {
                long idle = (now - member.idleSince) / 1000;
                over.add(
                        new Over(
                                member,
                                member.instance.id()
                                        + " was idle for "
                                        + idle
                                        + " s; "
                                        + plan.reason()));
            } else {
                next = OptionalLong.of(Math.min(next.orElse(Long.MAX_VALUE), until));
            }
        }
        return new Sweep(over, next);
    }
}
