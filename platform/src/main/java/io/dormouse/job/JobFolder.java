package io.dormouse.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a job's program sees as `/opt/ml`.
record JobFolder(Path root) implements AutoCloseable {
    private static final int FAILURE_CHARS = 1024;

    /// Makes it anew: what an earlier attempt left is removed.
    static JobFolder fresh(Path root) throws IOException {
        delete(root);
        Files.createDirectories(root);
        return new JobFolder(root);
    }

    /// A folder below the root, made where it is missing.
    ///
    /// @param path absolute as the program names it, such as `/opt/ml/processing/input/data`, or
    ///   relative to the root
    Path folder(String path) throws IOException, JobFailed {
        return Files.createDirectories(resolve(path));
    }

    Path resolve(String path) throws JobFailed {
        String relative = path.startsWith("/opt/ml/") ? path.substring("/opt/ml/".length()) : path;
        Path resolved = root.resolve(relative).normalize();
        if (relative.startsWith("/") || !resolved.startsWith(root)) {
            throw JobFailed.client("the path " + path + " is not below /opt/ml");
        }
        return resolved;
    }

    void write(String path, JsonNode document) throws IOException, JobFailed {
        Path file = resolve(path);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, document.toString());
    }

    /// What the program left in `output/failure`, as much of it as AWS shows; empty where nothing.
    String failure() throws IOException {
        Path file = root.resolve("output/failure");
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (var in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(FAILURE_CHARS * 4), StandardCharsets.UTF_8);
            return text.substring(0, Math.min(text.length(), FAILURE_CHARS)).strip();
        }
    }

    @Override
    public void close() throws IOException {
        delete(root);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path each, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(each);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
