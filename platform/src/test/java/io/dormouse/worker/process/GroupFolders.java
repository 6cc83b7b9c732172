package io.dormouse.worker.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Where a launcher makes its control groups. Looked up and not searched for: groups of others come
/// and go meanwhile.
public final class GroupFolders {
    private GroupFolders() {}

    /// @param run the launcher's folder for what runs
    /// @return a folder in each tree; none where there are no control groups
    public static List<Path> of(Path run) throws IOException {
        Path root = Path.of("/sys/fs/cgroup");
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        String name =
                "dormouse-"
                        + HexFormat.of().toHexDigits(run.toAbsolutePath().toString().hashCode());
        List<String> own =
                Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                        .map(line -> line.split(":", 3)[2].substring(1))
                        .distinct()
                        .toList();
        try (Stream<Path> trees = Files.list(root)) {
            return Stream.concat(Stream.of(root), trees)
                    .flatMap(tree -> own.stream().map(tree::resolve))
                    .map(folder -> folder.resolve(name))
                    .filter(Files::isDirectory)
                    .distinct()
                    .toList();
        }
    }
}
