package io.dormouse.endpoint;

import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.StartFailed;

/// Whether a model fits the memory that was asked for: found out once, at deployment, since a model
/// whose mapped weights do not fit would crawl instead of failing.
final class Fit {
    private static final double MARGIN = 0.1;
    private static final long MB = 1 << 20;

    private Fit() {}

    /// @throws StartFailed naming the size that is needed
    static void check(PreparedModel model, int memoryMb) throws StartFailed {
        long needed = (long) Math.ceil(model.peakBytes() * (1 + MARGIN) / MB);
        if (needed <= memoryMb) {
            return;
        }
        String advice =
                ServerlessRules.MEMORY_SIZES.stream()
                        .filter(size -> size >= needed)
                        .findFirst()
                        .map(size -> "set it to " + size + " or more")
                        .orElse("which is more than the largest serverless size");
        throw new StartFailed(
                StartFailed.Cause.MEMORY,
                "The model needs "
                        + needed
                        + " MB of memory ("
                        + Math.ceilDiv(model.peakBytes(), MB)
                        + " MB measured, and a tenth more to be safe), and MemorySizeInMB is "
                        + memoryMb
                        + ": "
                        + advice
                        + ".");
    }
}
