package io.dormouse.tuner;

import java.util.List;
import java.util.Optional;

/// What a memory size showed.
///
/// @param memoryMb the size
/// @param outcome what came of it
public record Measured(int memoryMb, Outcome outcome) {
    /// It works, or it does not and this is why.
    public sealed interface Outcome {}

    /// It does not work.
    ///
    /// @param reason a sentence, with the number needed where it is known
    public record Fails(String reason) implements Outcome {}

    /// It works.
    ///
    /// @param cold first calls, each from no instance
    /// @param warm later ones, by concurrency
    /// @param metrics what CloudWatch has of both
    /// @param bytes of a request and its answer, on average
    /// @param notes what could not be measured, in sentences
    public record Works(
            Latencies cold, List<Warm> warm, Metrics metrics, double bytes, List<String> notes)
            implements Outcome {
        public Works {
            warm = List.copyOf(warm);
            notes = List.copyOf(notes);
        }

        Works with(Metrics found) {
            return new Works(cold, warm, found, bytes, notes);
        }

        /// The warm calls that costs and speed are judged by: at the lowest concurrency.
        public Warm single() {
            return warm.getFirst();
        }

        /// The duration that AWS would bill, as an upper bound: the caller's mean, which holds the
        /// network's and the platform's time too, or the mean of `ModelLatency`, which holds first
        /// and concurrent calls too; the lower of the two is the nearer one.
        public double billedMillis() {
            double seen = single().latencies().mean();
            return metrics.modelMillis().map(model -> Math.min(model, seen)).orElse(seen);
        }
    }

    /// Warm calls at one concurrency.
    ///
    /// @param latencies of those that were answered, as the caller saw them
    /// @param seconds that they took together
    /// @param narrow whether the intervals got as narrow as asked for, or a maximum ended it
    public record Warm(int concurrency, Latencies latencies, double seconds, boolean narrow) {
        /// Answers a second.
        public double rate() {
            return latencies.count() / seconds;
        }
    }

    /// What CloudWatch has of an endpoint's life, milliseconds; each where it is there.
    ///
    /// @param starts how many instances were started, by the count of `ModelSetupTime`
    /// @param setupMillis the mean of `ModelSetupTime`
    /// @param overheadMillis the largest `OverheadLatency`, which holds a start
    /// @param modelMillis the mean of `ModelLatency`
    public record Metrics(
            Optional<Double> starts,
            Optional<Double> setupMillis,
            Optional<Double> overheadMillis,
            Optional<Double> modelMillis) {
        public static final Metrics NONE =
                new Metrics(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Optional<Works> works() {
        return outcome instanceof Works works ? Optional.of(works) : Optional.empty();
    }
}
