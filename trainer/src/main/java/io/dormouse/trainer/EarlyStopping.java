package io.dormouse.trainer;

import java.util.Optional;

/// Watches the last metric of the validation channel, and knows the best round so far.
final class EarlyStopping {
    private final int patience;
    private int bestRound = -1;
    private double best;
    private String metric = "";

    /// Nothing is seen yet.
    ///
    /// @param patience rounds without a better score after which training ends
    EarlyStopping(int patience) {
        this.patience = patience;
    }

    /// Takes in a round and says whether training ends with it.
    boolean endsWith(Progress progress) {
        Optional<Progress.Value> watched =
                progress.values().stream()
                        .filter(value -> value.channel().equals("validation"))
                        .reduce((_, last) -> last);
        if (watched.isEmpty()) {
            return false;
        }
        metric = watched.get().metric();
        double score = watched.get().value();
        boolean better =
                bestRound < 0 || (Metrics.higherIsBetter(metric) ? score > best : score < best);
        if (better) {
            best = score;
            bestRound = progress.round();
        }
        return progress.round() - bestRound >= patience;
    }

    /// Counted from 0; -1 before the first round.
    int bestRound() {
        return bestRound;
    }

    double bestScore() {
        return best;
    }

    /// The metric that was watched.
    String metric() {
        return metric;
    }
}
