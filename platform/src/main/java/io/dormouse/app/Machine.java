package io.dormouse.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What this machine has for instances and jobs together.
///
/// @param memoryMb MB: what is installed, less what the platform and the machine itself need
record Machine(int cores, int memoryMb) {
    private static final long MB = 1 << 20;

    /// Of the memory, this share is given out; the rest is the platform's, the page cache's and the
    /// machine's own.
    private static final double SHARE = 0.8;

    static Machine here() {
        return new Machine(Runtime.getRuntime().availableProcessors(), (int) (totalMb() * SHARE));
    }

    private static long totalMb() {
        try {
            for (String line : meminfo()) {
                if (line.startsWith("MemTotal:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
        } catch (IOException e) {
            // Not Linux: the management bean knows, and costs the start what the file does not.
        }
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize() / MB
                : 4096;
    }

    private static List<String> meminfo() throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo"));
    }
}
