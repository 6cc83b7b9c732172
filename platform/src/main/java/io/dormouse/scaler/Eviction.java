package io.dormouse.scaler;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// Which idle instance goes first when the machine is full: the one whose loss costs least for the
/// memory that it frees. The longer one has been idle, the less likely it is needed next.
public final class Eviction {
    private Eviction() {}

    /// An idle instance.
    ///
    /// @param owner whose it is
    /// @param id its id
    /// @param memoryMb what it frees
    /// @param idle since its last request
    /// @param startTakes what its next request would wait for another
    public record Candidate(
            String owner, String id, long memoryMb, Duration idle, Duration startTakes) {
        /// Milliseconds of waiting lost, per MB and second of idleness.
        double cost() {
            double seconds = 1 + idle.toMillis() / 1000.0;
            return (1 + startTakes.toMillis()) / (Math.max(1, memoryMb) * seconds);
        }

        /// Why it was chosen.
        public String reason() {
            return id
                    + " of "
                    + owner
                    + " was idle for "
                    + idle.toSeconds()
                    + " s and held "
                    + memoryMb
                    + " MB";
        }
    }

    /// The first to go first.
    public static List<Candidate> order(List<Candidate> idle) {
        return idle.stream()
                .sorted(Comparator.comparingDouble(Candidate::cost).thenComparing(Candidate::id))
                .toList();
    }
}
