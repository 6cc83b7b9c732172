package io.dormouse.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A program that runs to its end: a training or processing job.
///
/// @param owner whose it is: `training-job/flights-1`
/// @param command the program and its arguments; how an image's name became one is the caller's
/// @param root the folder that the program sees as `/opt/ml`, given to it as `DORMOUSE_ML_ROOT`,
///   and at that very path where namespaces can be made
/// @param environment all of it: nothing is inherited
/// @param memoryMb the limit, MB
/// @param cores of CPU
/// @param timeout then it is stopped as AWS stops a job: SIGTERM, 120 s later SIGKILL
/// @param readable further files and folders that it may read (a JDK, the trainer's jar)
/// @param network what of it the program reaches, where it can be kept from it
/// @param image the container image whose program it is, and then `command` are its arguments;
///   empty for a program of this machine
public record RunSpec(
        String owner,
        List<String> command,
        Path root,
        Map<String, String> environment,
        int memoryMb,
        double cores,
        Duration timeout,
        List<Path> readable,
        Network network,
        Optional<Image> image) {
    /// A container image.
    ///
    /// @param name such as `registry/repository:tag`
    /// @param entrypoint instead of the image's own; empty for that
    public record Image(String name, List<String> entrypoint) {
        public Image {
            Objects.requireNonNull(name);
            entrypoint = List.copyOf(entrypoint);
        }
    }

    /// A program of this machine.
    public RunSpec(
            String owner,
            List<String> command,
            Path root,
            Map<String, String> environment,
            int memoryMb,
            double cores,
            Duration timeout,
            List<Path> readable,
            Network network) {
        this(
                owner,
                command,
                root,
                environment,
                memoryMb,
                cores,
                timeout,
                readable,
                network,
                Optional.empty());
    }

    /// Without a network.
    public RunSpec(
            String owner,
            List<String> command,
            Path root,
            Map<String, String> environment,
            int memoryMb,
            double cores,
            Duration timeout,
            List<Path> readable) {
        this(owner, command, root, environment, memoryMb, cores, timeout, readable, Network.NONE);
    }

    public RunSpec {
        Objects.requireNonNull(owner);
        Objects.requireNonNull(root);
        Objects.requireNonNull(network);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        readable = List.copyOf(readable);
    }
}
