package io.dormouse.worker.docker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// How the Docker launcher works.
///
/// @param data the platform's folder: its containers are labelled with it, and found by it after a
///   crash
/// @param mark the file that says that there may be such containers, so that a start need not ask
///   an engine
/// @param healthy how long a container may take until it answers `/ping`: 3 minutes on serverless
/// @param closeGrace from SIGTERM to SIGKILL for one that serves: 30 s on SageMaker; an idle one
///   has nothing to finish, so much less
/// @param stopGrace the same for a job: 120 s on SageMaker
/// @param asleepMax how long an idle container is kept paused; zero for never
/// @param scratchMb what a container that serves may write to `/tmp`, MB: 512, as on Lambda
/// @param images which names mean which images of this machine
/// @param capabilities of Linux that containers keep: none
/// @param environment the platform's own, for `DOCKER_HOST` and Docker's configuration
public record DockerSettings(
        Path data,
        Path mark,
        Duration healthy,
        Duration closeGrace,
        Duration stopGrace,
        Duration asleepMax,
        int scratchMb,
        ImageNames images,
        List<String> capabilities,
        Map<String, String> environment) {
    private static final Duration ASLEEP_MAX = Duration.ofMinutes(30);

    public DockerSettings {
        Objects.requireNonNull(images);
        data = data.toAbsolutePath().normalize();
        capabilities = List.copyOf(capabilities);
        environment = Map.copyOf(environment);
    }

    /// As on SageMaker, but for what the environment says:
    ///
    /// - `DORMOUSE_IMAGES`: see [ImageNames]
    /// - `DORMOUSE_DOCKER_PAUSE_SECONDS`: how long an idle container is kept paused
    /// - `DORMOUSE_DOCKER_CAPABILITIES`: such as `CHOWN,SETUID,SETGID`
    ///
    /// @throws IllegalArgumentException naming the variable and what was expected
    public static DockerSettings in(Path data, Path mark, Map<String, String> environment) {
        return new DockerSettings(
                data,
                mark,
                Duration.ofMinutes(3),
                Duration.ofSeconds(2),
                Duration.ofSeconds(120),
                pause(environment),
                512,
                ImageNames.of(environment.getOrDefault("DORMOUSE_IMAGES", "")),
                words(environment.getOrDefault("DORMOUSE_DOCKER_CAPABILITIES", "")),
                environment);
    }

    private static Duration pause(Map<String, String> environment) {
        String seconds = environment.getOrDefault("DORMOUSE_DOCKER_PAUSE_SECONDS", "");
        if (seconds.isEmpty()) {
            return ASLEEP_MAX;
        }
        if (!seconds.matches("[0-9]{1,7}")) {
            throw new IllegalArgumentException(
                    "DORMOUSE_DOCKER_PAUSE_SECONDS is '"
                            + seconds
                            + "': a whole number of seconds is expected, 0 to stop instead");
        }
        return Duration.ofSeconds(Long.parseLong(seconds));
    }

    private static List<String> words(String list) {
        return list.isBlank() ? List.of() : List.of(list.strip().split("[, ]+", 0));
    }
}
