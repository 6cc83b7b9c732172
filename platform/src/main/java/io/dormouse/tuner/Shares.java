package io.dormouse.tuner;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The CPU of an instance follows its memory: one core for each 1,769 MB, as AWS Lambda has it. A
/// machine with few cores gives the larger sizes less than their share.
public final class Shares {
    private static final int MB_PER_CORE = 1769;

    private Shares() {}

    /// The threads that an instance gets.
    public static int threads(int memoryMb) {
        return Math.ceilDiv(memoryMb, MB_PER_CORE);
    }

    /// What has to be said of sizes that cannot differ on a machine, if there are any.
    ///
    /// @param cores of the machine that runs the instances
    /// @param concurrency how many instances are busy at once at most
    public static Optional<String> warning(List<Integer> sizes, int cores, int concurrency) {
        List<Integer> alike =
                sizes.stream().filter(size -> size >= (long) cores * MB_PER_CORE).toList();
        String text = "";
        if (alike.size() > 1) {
            text =
                    "%s MB are due %d threads and more, and this machine has %d %s: they cannot differ in speed here, on AWS they may. "
                            .formatted(
                                    alike.stream()
                                            .map(String::valueOf)
                                            .collect(Collectors.joining(", ")),
                                    threads(alike.getFirst()),
                                    cores,
                                    cores == 1 ? "core" : "cores");
        }
        if (sizes.getLast() * (long) concurrency > (long) cores * MB_PER_CORE && concurrency > 1) {
            text +=
                    "At concurrency %d the instances share %d %s: on AWS each has its own, so the latencies there stay nearer to those at concurrency 1."
                            .formatted(concurrency, cores, cores == 1 ? "core" : "cores");
        }
        return Optional.of(text.strip()).filter(each -> !each.isEmpty());
    }
}
