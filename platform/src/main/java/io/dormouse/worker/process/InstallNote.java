package io.dormouse.worker.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Where the model server was found installed the last time, so that a platform's start need not
/// run a JVM to learn it. It holds for the same jar, the same JDK and the same processor.
final class InstallNote {
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    private final Path cache;
    private final Path file;

    InstallNote(Path java, Path jar, Path cache) throws IOException {
        this.cache = cache;
        String key = facts(jar) + facts(java.toRealPath()) + processor();
        this.file = cache.resolve(UUID.nameUUIDFromBytes(key.getBytes(UTF_8)) + ".found");
    }

    private static String facts(Path file) throws IOException {
        return "%s %d %s\n"
                .formatted(
                        file.toAbsolutePath(), Files.size(file), Files.getLastModifiedTime(file));
    }

    /// What the first of the processors is and can.
    private static String processor() throws IOException {
        if (!Files.isReadable(PROCESSOR)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(PROCESSOR)) {
            List<String> first =
                    lines.takeWhile(line -> !line.isBlank())
                            .filter(line ->
                                    line.startsWith("model name")
                                            || line.startsWith("flags")
                                            || line.startsWith("Features"))
                            .toList();
            return String.join("\n", first);
        }
    }

    /// The folder, if it is still there.
    Optional<Path> read() throws IOException {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        Path folder = cache.resolve(Files.readString(file));
        if (Files.notExists(folder.resolve("install.properties"))) {
            return Optional.empty();
        }
        return Optional.of(folder);
    }

    void write(Path folder) throws IOException {
        Path aside = Files.createTempFile(cache, "found-", ".tmp");
        Files.writeString(aside, folder.getFileName().toString());
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
