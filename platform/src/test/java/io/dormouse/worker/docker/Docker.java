package io.dormouse.worker.docker;

import io.dormouse.timing.ManualTime;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.PreparedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Launchers on the engine that is here.
final class Docker {
    private Docker() {}

    /// @param data a folder of its own: its containers are known by it
    static DockerLauncher launcher(Path data, LogSink notices) throws IOException {
        Files.createDirectories(data);
        return launcher(data, new Capacity(1 << 20, 100), new ManualTime(), notices);
    }

    static DockerLauncher launcher(Path data, Capacity capacity, ManualTime time, LogSink notices) {
        return new DockerLauncher(settings(data, ImageNames.of("")), capacity, time, time, notices);
    }

    static DockerSettings settings(Path data, ImageNames images) {
        return new DockerSettings(
                data,
                data.resolveSibling("containers"),
                Duration.ofSeconds(20),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofMinutes(30),
                16,
                images,
                List.of(),
                EngineHere.assumed().environment());
    }

    static PreparedModel model(Path folder) {
        return new PreparedModel(
                PreparedModel.Kind.CONTAINER, folder, Optional.empty(), 0, EngineHere.IMAGE);
    }
}
