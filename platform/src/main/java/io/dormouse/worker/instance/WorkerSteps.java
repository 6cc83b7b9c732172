package io.dormouse.worker.instance;

import io.dormouse.worker.Steps;
import java.util.Map;

/// The stamps that a worker sends with its first answer, under the platform's names of the steps.
final class WorkerSteps {
    private static final Map<String, String> NAMES =
            Map.of(
                    "main", "runtime",
                    "library", "library",
                    "environment", "environment",
                    "model", "model",
                    "answer", "first-inference");

    private WorkerSteps() {}

    /// @param header `spawned=…,main=…`, nanoseconds of the clock that both processes share
    static void stamp(String header, Steps steps) {
        for (String each : header.split(",", -1)) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? "" : NAMES.getOrDefault(each.substring(0, equals), "");
            String nanos = each.substring(equals + 1);
            if (!name.isEmpty() && nanos.matches("-?[0-9]{1,18}")) {
                steps.ended(name, Long.parseLong(nanos));
            }
        }
    }
}
