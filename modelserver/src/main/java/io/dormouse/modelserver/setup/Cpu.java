package io.dormouse.modelserver.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Which CPU this is, as far as compiled code and optimised graphs depend on it.
final class Cpu {
    private static final Path INFO = Path.of("/proc/cpuinfo");

    /// The lines of the first processor that say what it can do, on x86 and on ARM.
    private static final List<String> TELLING =
            List.of(
                    "model name",
                    "flags",
                    "Features",
                    "CPU implementer",
                    "CPU part",
                    "CPU variant",
                    "CPU architecture");

    private Cpu() {}

    /// Sixteen hexadecimal digits that are the same for CPUs that can do the same.
    static String id() throws IOException {
        StringBuilder text = new StringBuilder(System.getProperty("os.arch"));
        if (Files.isReadable(INFO)) {
            for (String line : Files.readAllLines(INFO)) {
                if (line.isBlank()) {
                    break;
                }
                if (TELLING.stream().anyMatch(line::startsWith)) {
                    text.append('\n').append(line);
                }
            }
        }
        return Digest.of(text.toString()).substring(0, 16);
    }
}
