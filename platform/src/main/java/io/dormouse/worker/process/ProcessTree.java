package io.dormouse.worker.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// What the kernel says of processes, read from `/proc`. On a system without it nothing is known
/// and everything is zero.
final class ProcessTree {
    /// Fixed on the architectures that ONNX Runtime is built for.
    private static final long PAGE_BYTES = 4096;

    private ProcessTree() {}

    /// Anonymous and mapped memory of a process and its descendants, bytes.
    static long residentBytes(long pid) {
        long bytes = ownBytes(pid);
        for (long child : children(pid)) {
            bytes += residentBytes(child);
        }
        return bytes;
    }

    /// Its numbers: the machine's, then those of each namespace down to its own.
    static List<Long> numbers(long pid) {
        return read("/proc/" + pid + "/status")
                .lines()
                .filter(line -> line.startsWith("NSpid:"))
                .flatMap(line -> Arrays.stream(line.substring(6).strip().split("\\s+", -1)))
                .map(Long::valueOf)
                .toList();
    }

    /// The number of its group.
    ///
    /// @throws IOException where it has ended
    static int group(long pid) throws IOException {
        return read("/proc/" + pid + "/status")
                .lines()
                .filter(line -> line.startsWith("Gid:"))
                .map(line -> Integer.valueOf(line.split("\\s+", -1)[1]))
                .findFirst()
                .orElseThrow(() -> new IOException("process %d has ended".formatted(pid)));
    }

    /// A process's own memory, without its descendants', bytes.
    static long ownBytes(long pid) {
        String[] words = read("/proc/" + pid + "/statm").split(" ", 3);
        return words.length < 3 ? 0 : Long.parseLong(words[1]) * PAGE_BYTES;
    }

    static List<Long> children(long pid) {
        String text = read("/proc/" + pid + "/task/" + pid + "/children").strip();
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(" ")).map(Long::valueOf).toList();
    }

    /// When a process began, in ticks since the machine started: with the number it names a process
    /// for good. 0 where there is none.
    static long beganTicks(long pid) {
        String stat = read("/proc/" + pid + "/stat");
        int end = stat.lastIndexOf(')');
        // The name may hold anything; after it come the state and, nineteen words on, the time.
        String[] words = end < 0 ? new String[0] : stat.substring(end + 2).split(" ");
        return words.length < 20 ? 0 : Long.parseLong(words[19]);
    }

    /// How many descriptors a process has open; 0 where that is not told.
    static long descriptors(long pid) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    private static String read(String file) {
        try {
            return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
