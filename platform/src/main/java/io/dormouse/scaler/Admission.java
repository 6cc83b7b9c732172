package io.dormouse.scaler;

import java.time.Duration;

/// Whether there is room for one more invocation.
public final class Admission {
    private Admission() {}

    /// What an endpoint allows.
    ///
    /// @param maxConcurrency invocations at once
    /// @param queueMax requests that may wait above that; 0 to throttle as AWS does
    /// @param queueWait how long they may wait
    public record Limits(int maxConcurrency, int queueMax, Duration queueWait) {}

    /// What was decided.
    public sealed interface Verdict {
        String reason();
    }

    /// It counts towards MaxConcurrency from now on.
    public record Admit(String reason) implements Verdict {}

    /// It waits until one of those admitted is done.
    public record Queue(String reason) implements Verdict {}

    /// It is refused.
    ///
    /// @param retryAfter zero where AWS's own answer is to be given
    public record Throttle(String reason, Duration retryAfter) implements Verdict {}

    private static final Admit ROOM = new Admit("below MaxConcurrency");

    /// Decides.
    ///
    /// @param admitted invocations that count towards MaxConcurrency now
    /// @param queued requests that wait above it
    public static Verdict decide(int admitted, int queued, Limits limits) {
        if (admitted < limits.maxConcurrency() && queued == 0) {
            return ROOM;
        }
        String full = "MaxConcurrency " + limits.maxConcurrency() + " reached";
        if (limits.queueMax() == 0) {
            return new Throttle(full, Duration.ZERO);
        }
        if (queued < limits.queueMax()) {
            return new Queue(full + ", number " + (queued + 1) + " in the queue");
        }
        return new Throttle(
                full + " and " + limits.queueMax() + " requests in the queue", limits.queueWait());
    }
}
