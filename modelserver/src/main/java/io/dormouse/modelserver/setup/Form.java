package io.dormouse.modelserver.setup;

import io.dormouse.modelserver.Prepared;
import java.util.Locale;

/// One form in which a model can be served, and what it costs.
///
/// @param coldMs from the spawn of a worker to its first answer, the best of some rounds
/// @param warmMs one call of a worker that has answered before, the best of many
/// @param peakBytes the most memory that the worker held
record Form(Prepared model, double coldMs, double warmMs, long peakBytes) {
    /// The same, to be packed later.
    Form with(Prepared.Later later) {
        return new Form(model.with(later), coldMs, warmMs, peakBytes);
    }

    private String name() {
        return model.optimized()
                ? "optimised once, weights not packed"
                : "the original, optimised at each start";
    }

    String figures() {
        return String.format(
                Locale.ROOT, "%s: first answer %.0f ms, then %.2f ms", name(), coldMs, warmMs);
    }
}
