package io.dormouse.cli;

import io.dormouse.aws.Caller;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// What a platform says of itself in its data folder, for the commands that look for it.
///
/// @param pid its process
/// @param endpoint where it answers
/// @param region the one that it belongs to, such as `us-east-1`
/// @param startedMillis when it started, milliseconds of the epoch
public record RunningPlatform(long pid, URI endpoint, String region, long startedMillis) {
    private static final String FILE = "platform.properties";

    /// The platform that a data folder names, if its process is alive.
    public static Optional<RunningPlatform> of(Path data) {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(data.resolve(FILE))) {
            properties.load(in);
            RunningPlatform platform =
                    new RunningPlatform(
                            Long.parseLong(properties.getProperty("pid", "-1")),
                            URI.create(properties.getProperty("endpoint", "")),
                            properties.getProperty("region", Caller.DEFAULT_REGION),
                            Long.parseLong(properties.getProperty("started", "0")));
            return platform.process().isPresent() ? Optional.of(platform) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // never started here, or not whole: no platform to be found
        }
    }

    /// Leaves the note in the data folder.
    public void write(Path data) throws IOException {
        Path aside = Files.createTempFile(data, "platform", ".tmp");
        Files.writeString(
                aside,
                "pid=%d%nendpoint=%s%nregion=%s%nstarted=%d%n"
                        .formatted(pid, endpoint, region, startedMillis));
        Files.move(
                aside,
                data.resolve(FILE),
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    public static void remove(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(FILE));
    }

    /// Its process, unless the number has gone to a stranger.
    public Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process ->
                        process.info()
                                .startInstant()
                                .map(start -> start.toEpochMilli() <= startedMillis + 1000)
                                .orElse(true));
    }

    /// Whether a platform answers there now.
    public static boolean answers(URI endpoint) {
        return new OwnPage(endpoint).get("/health").isPresent();
    }
}
