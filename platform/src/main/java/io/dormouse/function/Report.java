package io.dormouse.function;

import io.dormouse.worker.Steps;
import io.dormouse.worker.WorkerGroup;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The lines that end an invocation's part of the log: `END` and `REPORT`.
record Report(
        Function function,
        String id,
        WorkerGroup.Lease lease,
        FunctionLog log,
        InstantSource wall) {
    private static final double NANOS_PER_MILLI = 1e6;

    /// Of a handler that answered.
    List<String> ended(long nanos, Optional<String> error) {
        return lines(nanos, error.isPresent() ? "\tStatus: error" : "");
    }

    /// Of one that did not.
    List<String> failed(long nanos, Ending ending) {
        List<String> lines = new ArrayList<>();
        if (ending.isTimeout()) {
            lines.add(wall.instant() + " " + id + " " + ending.sentence());
        } else {
            lines.add("RequestId: " + id + " Error: " + ending.sentence());
            lines.add(ending.type());
        }
        String type = ending.isTimeout() ? "" : "\tError Type: " + ending.type();
        lines.addAll(lines(nanos, "\tStatus: " + ending.status() + type));
        return lines;
    }

    private List<String> lines(long nanos, String status) {
        double sizeMb = function.shape().memorySize();
        double usedMb = log.peakMb(lease.memoryPercent() * sizeMb / 100);
        StringBuilder report = new StringBuilder("REPORT RequestId: ").append(id);
        report.append(
                String.format(
                        Locale.ROOT,
                        "\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory"
                                + " Used: %d MB",
                        nanos / NANOS_PER_MILLI,
                        (long) Math.ceil(nanos / NANOS_PER_MILLI),
                        (long) sizeMb,
                        (long) Math.ceil(usedMb)));
        lease.coldStart()
                .ifPresent(start ->
                        report.append(
                                String.format(
                                        Locale.ROOT, "\tInit Duration: %.2f ms", init(start))));
        return List.of("END RequestId: " + id, report.append(status).append('\t').toString());
    }

    private static double init(Steps start) {
        return Math.max(0, start.ready() - start.begin()) / NANOS_PER_MILLI;
    }
}
