package io.dormouse.scaler;

import java.util.Locale;

/// How many instances there should be.
///
/// Requests that find no slot start instances by themselves ([Ladder]); this looks at the load of
/// the last seconds, so that an endpoint whose requests all wait a little, none of them long enough
/// for a start, gets the instances that it needs.
///
/// @param instances how many
/// @param reason why
public record Desired(int instances, String reason) {
    /// The share of its slots that a group is to use, so that most requests find one free.
    static final double TARGET = 0.8;

    /// Decides.
    ///
    /// @param concurrency invocations at once, averaged over the window
    /// @param slots of one instance
    /// @param min instances kept ready
    /// @param maxConcurrency invocations at once that are allowed
    /// @param useful instances that the machine's cores keep busy: more of them do no more work,
    ///   they only push each other out of the caches
    public static Desired of(
            double concurrency, int slots, int min, int maxConcurrency, int useful) {
        int max = ceil((double) maxConcurrency / slots);
        int enough = Math.max(useful, min);
        int needed = ceil(concurrency / (slots * TARGET));
        String load = String.format(Locale.ROOT, "%.1f", concurrency);
        if (needed > enough && enough < max) {
            return new Desired(
                    enough,
                    load + " invocations at once, the cores serve " + enough + " instances");
        }
        if (needed > max) {
            return new Desired(
                    Math.max(max, min),
                    load + " invocations at once, MaxConcurrency allows " + maxConcurrency);
        }
        if (needed < min) {
            return new Desired(min, min + " are provisioned");
        }
        return new Desired(needed, load + " invocations at once, " + slots + " in each instance");
    }

    private static int ceil(double value) {
        return (int) Math.ceil(value - 1e-9);
    }
}
