package io.dormouse.app;

import io.dormouse.metrics.prometheus.Exposition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What this process takes, under Prometheus' usual names; what the system does not tell is left
/// out.
final class ProcessFigures {
    private static final Path SELF = Path.of("/proc/self");
    private static final Pattern RESIDENT =
            Pattern.compile("^VmRSS:\\s+(\\d+) kB$", Pattern.MULTILINE);
    private static final Pattern THREADS =
            Pattern.compile("^Threads:\\s+(\\d+)$", Pattern.MULTILINE);
    private static final Map<String, String> NO_LABELS = Map.of();

    private ProcessFigures() {}

    static void add(Exposition page) {
        ProcessHandle.Info info = ProcessHandle.current().info();
        info.totalCpuDuration()
                .ifPresent(time ->
                        page.counter("process_cpu_seconds", "CPU time of the platform itself.")
                                .add(NO_LABELS, time.toNanos() / 1e9));
        info.startInstant()
                .ifPresent(start ->
                        page.gauge("process_start_time_seconds", "Start, seconds of the epoch.")
                                .add(NO_LABELS, start.toEpochMilli() / 1e3));
        String status = status();
        number(RESIDENT, status)
                .ifPresent(kilobytes ->
                        page.gauge(
                                        "process_resident_memory_bytes",
                                        "Memory of the platform itself.")
                                .add(NO_LABELS, kilobytes * 1024));
        number(THREADS, status)
                .ifPresent(count ->
                        page.gauge("process_threads", "Threads of the operating system.")
                                .add(NO_LABELS, count));
        openFiles()
                .ifPresent(count ->
                        page.gauge("process_open_fds", "Open files and sockets.")
                                .add(NO_LABELS, count));
        Runtime runtime = Runtime.getRuntime();
        page.gauge("dormouse_heap_used_bytes", "Java heap in use.")
                .add(NO_LABELS, (double) (runtime.totalMemory() - runtime.freeMemory()));
        page.gauge("dormouse_heap_max_bytes", "Java heap at most.")
                .add(NO_LABELS, (double) runtime.maxMemory());
    }

    private static String status() {
        try {
            return Files.readString(SELF.resolve("status"));
        } catch (IOException _) {
            return "";
        }
    }

    private static Optional<Double> number(Pattern pattern, String status) {
        Matcher matcher = pattern.matcher(status);
        return matcher.find()
                ? Optional.of(Double.parseDouble(matcher.group(1)))
                : Optional.empty();
    }

    private static Optional<Long> openFiles() {
        try (Stream<Path> files = Files.list(SELF.resolve("fd"))) {
            return Optional.of(files.count());
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
