package io.dormouse.scaler;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Target tracking: how much capacity keeps a metric near its target.
///
/// As AWS does it with the two alarms that it makes for such a policy: out at once when the metric
/// was above the target for three minutes, by the last of them; in, carefully, when it was below
/// nine tenths of it for fifteen, by the highest of them. See [target tracking
/// policies](https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html).
public final class TargetTracking {
    /// What one value of the metric stands for.
    public static final Duration PERIOD = Duration.ofMinutes(1);

    /// Periods in a row above the target that make it scale out.
    public static final int HIGH_PERIODS = 3;

    /// Periods in a row below the lower threshold that make it scale in.
    public static final int LOW_PERIODS = 15;

    /// The lower threshold, as a share of the target: between the two nothing changes.
    public static final double LOW_SHARE = 0.9;

    private TargetTracking() {}

    /// What is asked for.
    ///
    /// @param target of the metric, above 0
    /// @param outCooldown for which what was added counts as the answer to the same load
    /// @param inCooldown between two steps in
    /// @param scalesIn false where it may only add
    public record Policy(
            double target, Duration outCooldown, Duration inCooldown, boolean scalesIn) {
        public Policy {
            if (!(target > 0)) {
                throw new IllegalArgumentException("a target must be above 0");
            }
        }
    }

    /// What there is, and what there may be.
    public record Capacity(int current, int min, int max) {
        int within(double wanted) {
            return (int) Math.clamp(Math.ceil(wanted - 1e-9), min, max);
        }
    }

    /// What policies did last.
    public record Past(Optional<ScaledOut> out, Optional<Instant> in) {
        public static final Past NONE = new Past(Optional.empty(), Optional.empty());
    }

    /// A step out.
    ///
    /// @param from the capacity before
    public record ScaledOut(Instant at, int from) {}

    /// What was decided.
    public sealed interface Verdict {
        String reason();
    }

    /// More.
    public record ScaleOut(int to, String reason) implements Verdict {}

    /// Less.
    public record ScaleIn(int to, String reason) implements Verdict {}

    /// As it is.
    ///
    /// @param holds whether it keeps other policies from scaling in
    public record Stay(String reason, boolean holds) implements Verdict {}

    /// Decides for one policy.
    ///
    /// @param periods the last [#LOW_PERIODS] values, oldest first; empty where nothing is known
    public static Verdict decide(
            Policy policy,
            List<OptionalDouble> periods,
            Capacity capacity,
            Past past,
            Instant now) {
        if (periods.size() != LOW_PERIODS) {
            throw new IllegalArgumentException("expected " + LOW_PERIODS + " periods");
        }
        List<OptionalDouble> last = periods.subList(LOW_PERIODS - HIGH_PERIODS, LOW_PERIODS);
        if (last.stream().allMatch(each -> each.orElse(Double.NaN) > policy.target())) {
            return high(policy, last.getLast().getAsDouble(), capacity, past, now);
        }
        double low = policy.target() * LOW_SHARE;
        if (periods.stream().allMatch(each -> each.orElse(Double.NaN) < low)) {
            double highest =
                    periods.stream().mapToDouble(OptionalDouble::getAsDouble).max().orElseThrow();
            return low(policy, highest, capacity, past, now);
        }
        boolean known = periods.stream().allMatch(OptionalDouble::isPresent);
        return new Stay(
                known ? "the metric is near its target" : "too little is known of the metric",
                policy.scalesIn());
    }

    private static Verdict high(
            Policy policy, double value, Capacity capacity, Past past, Instant now) {
        // In the cooldown only a load that asks for more than the first time adds anything.
        Optional<ScaledOut> cooling =
                past.out().filter(out -> now.isBefore(out.at().plus(policy.outCooldown())));
        int base = cooling.map(ScaledOut::from).orElse(capacity.current());
        int wanted = capacity.within(base * value / policy.target());
        String seen = text(value) + " is above the target " + text(policy.target());
        if (wanted > capacity.current()) {
            return new ScaleOut(
                    wanted, seen + " for 3 minutes: " + base + " → " + wanted + " brings it there");
        }
        String why =
                cooling.isPresent()
                        ? seen + ", and the cooldown of the last step out is not over"
                        : seen + ", and the maximum of " + capacity.max() + " is reached";
        return new Stay(why, policy.scalesIn());
    }

    private static Verdict low(
            Policy policy, double highest, Capacity capacity, Past past, Instant now) {
        String seen =
                text(highest)
                        + " at most in 15 minutes is below the target "
                        + text(policy.target());
        if (!policy.scalesIn()) {
            return new Stay(seen + ", and scaling in is disabled", false);
        }
        int wanted = capacity.within(capacity.current() * highest / policy.target());
        if (wanted >= capacity.current()) {
            return new Stay(seen + ", and less would bring it above", true);
        }
        if (past.in().filter(in -> now.isBefore(in.plus(policy.inCooldown()))).isPresent()) {
            return new Stay(seen + ", and the cooldown of the last step in is not over", true);
        }
        return new ScaleIn(wanted, seen + ": " + capacity.current() + " → " + wanted);
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }

    /// A verdict, and whose it is.
    public record Chosen(String policy, Verdict verdict) {}

    /// What several policies of one target come to: the largest step out that any wants; in only
    /// where all that may agree, and no further than the most careful of them.
    ///
    /// @param verdicts by policy
    /// @return empty where nothing is to change
    public static Optional<Chosen> together(Map<String, Verdict> verdicts) {
        Optional<Chosen> out =
                verdicts.entrySet().stream()
                        .filter(each -> each.getValue() instanceof ScaleOut)
                        .map(each -> new Chosen(each.getKey(), each.getValue()))
                        .max(Comparator.comparingInt(TargetTracking::to));
        boolean held =
                verdicts.values().stream()
                        .anyMatch(each -> each instanceof Stay stay && stay.holds());
        if (out.isPresent() || held) {
            return out;
        }
        return verdicts.entrySet().stream()
                .filter(each -> each.getValue() instanceof ScaleIn)
                .map(each -> new Chosen(each.getKey(), each.getValue()))
                .max(Comparator.comparingInt(TargetTracking::to));
    }

    private static int to(Chosen chosen) {
        return switch (chosen.verdict()) {
            case ScaleOut out -> out.to();
            case ScaleIn in -> in.to();
            case Stay _ -> throw new IllegalStateException("nothing changes");
        };
    }
}
