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
    /// request can be judged alone: the instance is worth its keep there if the chance that the
    /// next request falls into it, times that worth, is more than the time that it would idle
    /// there. The first run of such stretches is the time to keep it; the next one, after a hole,
    /// is when to have one again.
    ///
    /// Before much is known, the gaps are taken to be heavy-tailed, which keeps an instance for
    /// `worth - scale`.
    ///
    /// @param worth of a cold start, in time of an idle instance
    /// @param scale of the gaps that are assumed before they are known
    record Adaptive(Duration worth, Duration scale) implements IdlePolicy {
        /// Keeps an instance for five minutes when it knows nothing.
        public static final Adaptive DEFAULT =
                new Adaptive(Duration.ofMinutes(10), Duration.ofMinutes(5));

        /// The weight of what is assumed, in gaps.
        private static final double ASSUMED = 2;

        /// A hole that saves less is not worth a start.
        private static final double HOLE_SECONDS_MIN = 30;

        @Override
        public Plan plan(Gaps gaps) {
            boolean[] pays = pays(gaps);
            int keep = runEnd(pays, 0);
            int wake = next(pays, keep);
            while (wake < Gaps.BINS && Gaps.begin(wake) - Gaps.begin(keep) < HOLE_SECONDS_MIN) {
                keep = runEnd(pays, wake);
                wake = next(pays, keep);
            }
            Duration kept = Gaps.time(Gaps.begin(keep));
            String known = Math.round(gaps.total()) + " gaps known";
            if (wake == Gaps.BINS) {
                return new Plan(
                        kept, Optional.empty(), "kept for " + kept.toSeconds() + " s: " + known);
            }
            Duration ready = Gaps.time(Gaps.begin(wake));
            Duration until = Gaps.time(Gaps.begin(runEnd(pays, wake)));
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

        /// For each stretch of time, whether an instance is worth its keep.
        private boolean[] pays(Gaps gaps) {
            boolean[] pays = new boolean[Gaps.BINS];
            double later = ASSUMED * survival(Gaps.begin(Gaps.BINS));
            for (int bin = Gaps.BINS - 1; bin >= 0; bin--) {
                double begin = Gaps.begin(bin);
                double end = Gaps.begin(bin + 1);
                double here = gaps.weight(bin) + ASSUMED * (survival(begin) - survival(end));
                double idle = (end - begin) * (later + here / 2);
                pays[bin] = seconds(worth) * here >= idle;
                later += here;
            }
            return pays;
        }

        /// The share of gaps longer than this that is assumed: its hazard is 1 / (scale + t).
        private double survival(double time) {
            return seconds(scale) / (seconds(scale) + time);
        }

        private static double seconds(Duration time) {
            return time.toMillis() / 1000.0;
        }

        private static int runEnd(boolean[] pays, int from) {
            int bin = from;
            while (bin < pays.length && pays[bin]) {
                bin++;
            }
            return bin;
        }

        private static int next(boolean[] pays, int from) {
            int bin = from;
            while (bin < pays.length && !pays[bin]) {
                bin++;
            }
            return bin;
        }
    }
}
