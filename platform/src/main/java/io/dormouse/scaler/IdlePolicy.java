package io.dormouse.scaler;

import java.time.Duration;
import java.util.Optional;

/// How long an idle instance is kept, and when one is started ahead of the next request.
public sealed interface IdlePolicy {
    /// Decides for an instance that has just become idle.
    Plan plan(Gaps gaps);

    /// What to do while no request comes; all times count from the end of the last one.
    ///
    /// @param keep how long to keep the instance
    /// @param wake when to have one again, where a request is expected then
    /// @param reason why
    record Plan(Duration keep, Optional<Wake> wake, String reason) {}

    /// A request is expected.
    ///
    /// @param ready when an instance is to be ready for it
    /// @param until when to give it up
    record Wake(Duration ready, Duration until) {}

    /// The same time for every gap: `dormouse:idle-seconds`.
    record Fixed(Duration keep) implements IdlePolicy {
        @Override
        public Plan plan(Gaps gaps) {
            return new Plan(
                    keep, Optional.empty(), "kept for " + keep.toSeconds() + " s, as it is set");
        }
    }

    /// By the endpoint's own gaps.
    ///
    /// A cold start is worth so many seconds of an idle instance. Then each stretch of time after a
    /// request can be judged alone: what keeping an instance there gains is the chance that the
    /// next request falls into it, times that worth, less the time that it would idle there. The
    /// plan is the one that gains most in sum: keep for a while, and perhaps, after a hole, have
    /// one again. Sums, as a single stretch without a request among forty known ones says little.
    ///
    /// A hole must save a whole cold start: one more gap than were seen may end in it.
    ///
    /// Before much is known, the gaps are taken to be heavy-tailed, which keeps an instance for
    /// `worth - scale`.
    ///
    /// @param worth of a cold start, in time of an idle instance
    /// @param scale of the gaps that are assumed before they are known
    record Adaptive(Duration worth, Duration scale) implements IdlePolicy {
        /// Keeps an instance for five minutes when it knows nothing. On the mix of endpoints of
        /// `bench/run idle-policy` it has half the cold starts of ten minutes fixed for five sixths
        /// of the GB-seconds.
        public static final Adaptive DEFAULT =
                new Adaptive(Duration.ofMinutes(20), Duration.ofMinutes(15));

        /// The weight of what is assumed, in gaps.
        private static final double ASSUMED = 2;

        @Override
        public Plan plan(Gaps gaps) {
            Stay stay = best(gains(gaps));
            Duration kept = Gaps.time(Gaps.begin(Math.max(1, stay.keep()))); // what Gaps leaves out
            String known = Math.round(gaps.total()) + " gaps known";
            if (stay.wake() == Gaps.BINS) {
                return new Plan(
                        kept, Optional.empty(), "kept for " + kept.toSeconds() + " s: " + known);
            }
            Duration ready = Gaps.time(Gaps.begin(stay.wake()));
            Duration until = Gaps.time(Gaps.begin(stay.end()));
            return new Plan(
                    kept,
                    Optional.of(new Wake(ready, until)),
                    "kept for "
                            + kept.toSeconds()
                            + " s and ready again from "
                            + ready.toSeconds()
                            + " to "
                            + until.toSeconds()
                            + " s: "
                            + known);
        }

        /// Bins for which an instance is there: up to `keep`, and from `wake` up to `end`.
        private record Stay(int keep, int wake, int end) {}

        /// For each stretch of time, what keeping an instance there gains, in seconds, over all the
        /// gaps known.
        private double[] gains(Gaps gaps) {
            double[] gains = new double[Gaps.BINS];
            double later = ASSUMED * survival(Gaps.begin(Gaps.BINS));
            for (int bin = Gaps.BINS - 1; bin >= 0; bin--) {
                double begin = Gaps.begin(bin);
                double end = Gaps.begin(bin + 1);
                double here = gaps.weight(bin) + ASSUMED * (survival(begin) - survival(end));
                double idle = (end - begin) * (later + here / 2);
                gains[bin] = seconds(worth) * here - idle;
                later += here;
            }
            return gains;
        }

        /// The stay that gains most. Backwards, as what is best from a bin on depends only on
        /// whether an instance is there: woken, gone (it may be woken yet), or kept since the
        /// request.
        private Stay best(double[] gains) {
            int end = gains.length;
            double woken = 0;
            double gone = 0;
            double kept = 0;
            Stay ifGone = new Stay(end, end, end);
            Stay ifKept = ifGone;
            for (int bin = gains.length - 1; bin >= 0; bin--) {
                woken += gains[bin];
                if (woken <= 0) {
                    woken = 0;
                    end = bin;
                }
                if (woken - seconds(worth) > gone) {
                    gone = woken - seconds(worth);
                    ifGone = new Stay(bin, bin, end);
                }
                kept += gains[bin];
                if (kept <= gone) {
                    kept = gone;
                    ifKept = new Stay(bin, ifGone.wake(), ifGone.end());
                }
            }
            return ifKept;
        }

        /// The share of gaps longer than this that is assumed: its hazard is 1 / (scale + t).
        private double survival(double time) {
            return seconds(scale) / (seconds(scale) + time);
        }

        private static double seconds(Duration time) {
            return time.toMillis() / 1000.0;
        }
    }
}
