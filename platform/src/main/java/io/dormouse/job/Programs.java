package io.dormouse.job;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What runs for a container image: the images of built-in algorithms name programs of this
/// machine.
///
/// @param javaHome the JDK that runs them
/// @param trainerJar the built-in algorithms' program
public record Programs(Path javaHome, Path trainerJar) {
    /// A command, and what it must be able to read.
    record Program(List<String> command, List<Path> readable) {}

    /// The image's last path element without tag and digest: `sagemaker-xgboost`.
    static String repository(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        return name.split("[:@]", 2)[0].toLowerCase(Locale.ROOT);
    }

    /// The training program of an image.
    ///
    /// @throws JobFailed for an image that has none here
    Program training(String image) throws JobFailed {
        return switch (repository(image)) {
            case "xgboost", "sagemaker-xgboost" ->
                    new Program(
                            List.of(
                                    java(),
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-XX:+UseSerialGC",
                                    "-cp",
                                    trainerJar.toString(),
                                    "io.dormouse.trainer.Main"),
                            List.of(javaHome, trainerJar));
            default ->
                    throw unknown(image, "training: the built-in XGBoost (…/sagemaker-xgboost:…)");
        };
    }

    /// The processing program of an image and an entry point: `java` of a `dormouse-java` image is
    /// the JDK of this machine.
    Program processing(String image, List<String> entrypoint, List<String> arguments)
            throws JobFailed {
        if (!repository(image).equals("dormouse-java")) {
            throw unknown(image, "processing: a JDK (…/dormouse-java:25)");
        }
        if (entrypoint.isEmpty() || !entrypoint.getFirst().equals("java")) {
            throw JobFailed.client(
                    "ContainerEntrypoint of a dormouse-java image begins with \"java\", was "
                            + entrypoint);
        }
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(entrypoint.subList(1, entrypoint.size()));
        command.addAll(arguments);
        return new Program(command, List.of(javaHome));
    }

    private String java() {
        return javaHome.resolve("bin/java").toString();
    }

    private static JobFailed unknown(String image, String known) {
        return JobFailed.client(
                "the image "
                        + image
                        + " cannot be run here. What runs without a container engine for "
                        + known);
    }
}
