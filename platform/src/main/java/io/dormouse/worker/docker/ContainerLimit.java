package io.dormouse.worker.docker;

import io.dormouse.worker.instance.Limit;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The limits of a container: the engine's control group. Closing removes the container.
final class ContainerLimit implements Limit {
    private static final long CPU_PERIOD_MICROS = 100_000;
    private static final long CPU_QUOTA_MICROS_MIN = 1_000;
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    private final Engine engine;
    private final Container container;

    ContainerLimit(Engine engine, Container container) {
        this.engine = engine;
        this.container = container;
    }

    @Override
    public void admit(Spawned process) {
        // It was born inside.
    }

    @Override
    public void limitMemory(long bytes) {
        change(JsonNodeFactory.instance.objectNode().put("Memory", bytes).put("MemorySwap", bytes));
    }

    @Override
    public void limitCpu(double cores) {
        if (cores < Runtime.getRuntime().availableProcessors()) {
            long quota = Math.max(CPU_QUOTA_MICROS_MIN, Math.round(cores * CPU_PERIOD_MICROS));
            change(
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("CpuPeriod", CPU_PERIOD_MICROS)
                            .put("CpuQuota", quota));
        }
    }

    private void change(ObjectNode resources) {
        try {
            engine.post("/containers/" + container.id() + "/update", resources);
        } catch (IOException e) {
            // It has ended, and its group with it.
        }
    }

    @Override
    public long memoryBytes() {
        try {
            Optional<Path> group = group(container.pid());
            return group.isPresent() ? sum(group.get()) : asked();
        } catch (IOException e) {
            return 0;
        }
    }

    /// The control group's folder, where the container is one of this machine and it can be read.
    private Optional<Path> group(long pid) throws IOException {
        Path of = Path.of("/proc", String.valueOf(pid), "cgroup");
        if (!Files.isReadable(of)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(of)) {
            return lines.filter(line -> line.contains(container.id()))
                    .map(line -> line.split(":", 3))
                    .filter(words -> words[1].equals("memory") || words[1].isEmpty())
                    .map(words -> GROUPS.resolve(words[1] + words[2]))
                    .map(folder -> folder.resolve("memory.stat"))
                    .filter(Files::isReadable)
                    .findFirst();
        }
    }

    /// By the one formula, in the words of version 2 or 1.
    private static long sum(Path statistics) throws IOException {
        long bytes = 0;
        for (String line : Files.readAllLines(statistics)) {
            String[] words = line.split(" ", 2);
            bytes +=
                    switch (words[0]) {
                        case "anon", "file_mapped", "total_rss", "total_mapped_file" ->
                                Long.parseLong(words[1]);
                        default -> 0;
                    };
        }
        return bytes;
    }

    private long asked() throws IOException {
        String path = "/containers/" + container.id() + "/stats?stream=false&one-shot=true";
        JsonNode used = engine.get(path).path("memory_stats").path("stats");
        return Stream.of("anon", "file_mapped", "rss", "mapped_file")
                .mapToLong(each -> used.path(each).asLong(0))
                .sum();
    }

    @Override
    public boolean outOfMemory() {
        return container.outOfMemory() || killed();
    }

    /// Whether the kernel ended one of its processes, which need not be the first.
    private boolean killed() {
        try {
            Optional<Path> group = group(container.pid());
            if (group.isEmpty()) {
                return false;
            }
            for (String file : List.of("memory.events", "memory.oom_control")) {
                Path events = group.get().resolveSibling(file);
                if (Files.isReadable(events)
                        && Files.readAllLines(events).stream()
                                .anyMatch(line -> line.matches("oom_kill [1-9][0-9]*"))) {
                    return true;
                }
            }
        } catch (IOException e) {
            // It has ended: the engine knows.
        }
        return false;
    }

    @Override
    public void close() {
        container.remove();
    }
}
