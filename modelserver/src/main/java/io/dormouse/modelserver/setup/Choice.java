package io.dormouse.modelserver.setup;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which form of a model a worker starts on, and after how many answers it packs the weights.
///
/// @param first the form of the start
/// @param packAfter how many answers make packing worth its cost; empty where it gains too little
/// @param reason why, with the figures
record Choice(Form first, Optional<Integer> packAfter, String reason) {
    /// How many calls a start must pay for, when a slow start is weighed against fast calls. A
    /// serverless worker wakes for few.
    static final int CALLS_PER_START = 5;

    /// What packed weights must gain of a call for their memory and work.
    private static final double GAIN_MIN = 0.1;

    /// The optimised form with its weights packed while it is opened, in a worker that answers.
    ///
    /// @param openMs to open and pack
    /// @param callMs one call from then on
    record Packed(double openMs, double callMs) {
        boolean gains(Form unpacked) {
            return callMs < unpacked.warmMs() * (1 - GAIN_MIN);
        }

        /// As many calls as lose by going on what packing costs: who calls less often should not
        /// pay for it, and nobody pays more than twice the least.
        int worthAfter(Form unpacked) {
            return (int) Math.clamp(Math.ceil(openMs / (unpacked.warmMs() - callMs)), 1, 1000);
        }
    }

    /// @param forms measured
    /// @param packed of the optimised form among them, where there is one
    static Choice of(List<Form> forms, Optional<Packed> packed) {
        Optional<Packed> gain =
                packed.filter(each ->
                        forms.stream()
                                .filter(form -> form.model().optimized())
                                .anyMatch(each::gains));
        Form first =
                forms.stream()
                        .min(Comparator.comparingDouble(form -> total(form, gain)))
                        .orElseThrow();
        String figures = forms.stream().map(Form::figures).collect(Collectors.joining("; "));
        String reason = "cheapest for " + CALLS_PER_START + " calls: " + figures;
        if (gain.isEmpty() || !first.model().optimized()) {
            return new Choice(first, Optional.empty(), reason);
        }
        int after = gain.get().worthAfter(first);
        String then =
                String.format(
                        Locale.ROOT,
                        "; packed after %d answers: in %.0f ms, then %.2f ms",
                        after,
                        gain.get().openMs(),
                        gain.get().callMs());
        return new Choice(first, Optional.of(after), reason + then);
    }

    /// A form that will be packed is as fast as that in the long run.
    private static double total(Form form, Optional<Packed> gain) {
        double call =
                form.model().optimized() && gain.isPresent() ? gain.get().callMs() : form.warmMs();
        return form.coldMs() + CALLS_PER_START * call;
    }
}
