package io.dormouse.job;

import io.dormouse.artifact.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/// What a job's program sees as `/opt/ml`.
record JobFolder(Path root) implements AutoCloseable {
    private static final int TEXT_CHARS = 1024;

    /// A new one: an earlier attempt's program may still be writing into its own.
    static JobFolder fresh(Path jobs) throws IOException {
        Files.createDirectories(jobs);
        return new JobFolder(Files.createTempDirectory(jobs, "job").toRealPath());
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

    /// What the program left in a file of words, as much of it as AWS shows; empty where nothing.
    ///
    /// @param path relative to the root, such as `output/failure`
    String text(String path) throws IOException {
        Path file = root.resolve(path);
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (var in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(TEXT_CHARS * 4), StandardCharsets.UTF_8);
            return text.substring(0, Math.min(text.length(), TEXT_CHARS)).strip();
        }
    }

    @Override
    public void close() throws IOException {
        Folders.delete(root);
    }
}
