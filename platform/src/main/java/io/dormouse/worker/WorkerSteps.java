package io.dormouse.worker;

import java.util.Map;

/// The stamps that a built-in model server sends with its first answer (container-contract.md), on
/// the clock that it shares with the platform.
final class WorkerSteps {
    /// By lower-case name, as answers hold it.
    static final String HEADER = "x-dormouse-steps";

    /// The worker names what began or ended then; here a step is named by its end. Its `spawned` is
    /// the platform's own stamp, and `request` ends no step of the start.
    private static final Map<String, String> NAMES =
            Map.of(
                    "main", "runtime",
                    "library", "library",
                    "environment", "environment",
                    "model", "model",
                    "answer", "first-inference");

    private WorkerSteps() {}

    /// Adds a worker's stamps to the start's. What is not a stamp is passed over: a foreign
    /// container may send anything.
    static void merge(String header, Steps steps) {
        for (String each : header.split(",")) {
            int equals = each.indexOf('=');
            String name =
                    equals < 0 ? "" : NAMES.getOrDefault(each.substring(0, equals).strip(), "");
            if (!name.isEmpty()) {
                try {
                    steps.ended(name, Long.parseLong(each.substring(equals + 1).strip()));
                } catch (NumberFormatException e) {
                    // Not a stamp.
                }
            }
        }
    }
}
