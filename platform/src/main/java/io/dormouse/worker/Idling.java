package io.dormouse.worker;

import io.dormouse.scaler.IdlePolicy;
import io.dormouse.timing.Alarms;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// When a pool's idle instances are looked at, and when one is started ahead of the next request.
/// Held by the pool's lock.
///
/// No alarm is set or cancelled by a request: the one that is set looks at who has become idle, or
/// busy, since.
final class Idling {
    /// An instance that will be needed is started so much earlier than a start takes.
    private static final long WAKE_MARGIN_MILLIS = 1_000;

    /// A start ahead of a request.
    ///
    /// @param lastRequest the request after which it was planned, milliseconds of the clock
    /// @param until when to give the instance up
    record Wake(long lastRequest, long until) {}

    private final IdlePolicy policy;
    private final Roster roster;
    private final Tempo tempo;
    private final Alarms alarms;
    private final Runnable look;
    private final Consumer<Wake> wake;

    /// When the idle ones are looked at next, milliseconds of the clock; 0 where nothing is set.
    private long lookAt;

    Idling(
            Tuning tuning,
            Roster roster,
            Tempo tempo,
            Alarms alarms,
            Runnable look,
            Consumer<Wake> wake) {
        this.policy =
                tuning.idle()
                        .<IdlePolicy>map(IdlePolicy.Fixed::new)
                        .orElse(IdlePolicy.Adaptive.DEFAULT);
        this.roster = roster;
        this.tempo = tempo;
        this.alarms = alarms;
        this.look = look;
        this.wake = wake;
    }

    /// An instance gets a request: if it was kept for one, that plan is over.
    void used(Member member) {
        if (member.keptUntil > 0) {
            member.keptUntil = 0;
            lookAt = 0;
        }
    }

    /// Sets the next look, unless one is set.
    void lookLater(int min, long now) {
        if (lookAt == 0) {
            Roster.Sweep sweep = roster.sweep(policy, min, now);
            long next = sweep.over().isEmpty() ? sweep.next().orElse(0) : now;
            if (next != 0) {
                lookAt = next;
                alarms.at(Instant.ofEpochMilli(next), look);
            }
        }
    }

    /// Sets the next look anew: what it goes by has changed.
    void lookAgain(int min, long now) {
        lookAt = 0;
        lookLater(min, now);
    }

    /// Those that have been idle for too long. No look is set after that.
    List<Roster.Over> due(int min, long now) {
        lookAt = 0;
        return roster.sweep(policy, min, now).over();
    }

    /// Sets the start ahead of the next request, where one is expected.
    void wakeLater(long now) {
        long last = tempo.lastRequestMillis();
        policy.plan(tempo.gaps(0))
                .wake()
                .ifPresent(plan -> {
                    long lead = tempo.startTakes().toMillis() + WAKE_MARGIN_MILLIS;
                    long at = last + plan.ready().toMillis() - lead;
                    Wake next = new Wake(last, last + plan.until().toMillis());
                    if (at > now) {
                        alarms.at(Instant.ofEpochMilli(at), () -> wake.accept(next));
                    }
                });
    }
}
