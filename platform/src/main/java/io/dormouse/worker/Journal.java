package io.dormouse.worker;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/// What a group remembers of itself, so that "why was it slow" and "why did it scale" have answers:
/// the last starts, step by step, and the last decisions, with their reasons.
public final class Journal {
    static final int STARTS_MAX = 100;
    static final int DECISIONS_MAX = 500;

    /// One start.
    ///
    /// @param at when it was asked for
    /// @param instance its id; empty where none came to be
    /// @param origin `nothing`, `warm`: what it was started from
    /// @param cause why it was started
    /// @param steps its stamps, still growing until the first answer
    /// @param failure why it failed; empty where it did not
    public record Start(
            Instant at,
            String instance,
            String origin,
            String cause,
            Steps steps,
            String failure) {}

    /// One decision.
    ///
    /// @param kind what was decided: `start`, `throttle`, `stop` …
    /// @param reason the sentence that came with it
    public record Decision(Instant at, String kind, String reason) {}

    private final ArrayDeque<Start> starts = new ArrayDeque<>(0);
    private final ArrayDeque<Decision> decisions = new ArrayDeque<>(0);

    synchronized void add(Start start) {
        if (starts.size() == STARTS_MAX) {
            starts.removeFirst();
        }
        starts.addLast(start);
    }

    synchronized void add(Decision decision) {
        if (decisions.size() == DECISIONS_MAX) {
            decisions.removeFirst();
        }
        decisions.addLast(decision);
    }

    /// The oldest first.
    public synchronized List<Start> starts() {
        return List.copyOf(starts);
    }

    /// The oldest first.
    public synchronized List<Decision> decisions() {
        return List.copyOf(decisions);
    }
}
