package io.dormouse.job;

import io.dormouse.worker.LogSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What runs for a container image: the images of built-in algorithms and of AWS's frameworks name
/// programs of this machine.
///
/// @param javaHome the JDK that runs the built-in ones
/// @param trainerJar the built-in algorithms' program
/// @param python what runs the frameworks' scripts
public record Programs(Path javaHome, Path trainerJar, Scripts python) {
    /// A command, and what it must have and be able to read.
    ///
    /// @param speaks whether it may speak to the platform
    record Command(
            List<String> words,
            Map<String, String> environment,
            List<Path> readable,
            boolean speaks) {
        Command {
            words = List.copyOf(words);
            environment = Map.copyOf(environment);
            readable = List.copyOf(readable);
        }
    }

    /// A program that may take something to be laid out before it can be started.
    interface Program {
        /// Lays that out.
        ///
        /// @param folder with the job's inputs
        /// @param log where it says what it does, where that takes its time
        Command laidOut(JobFolder folder, LogSink log) throws JobFailed, IOException;
    }

    private static final String PYTHON_IMAGES =
            "scripts for scikit-learn (…/sagemaker-scikit-learn:…), XGBoost (…/sagemaker-xgboost:…)"
                    + " and PyTorch (…/pytorch-training:…)";

    /// The image's last path element without tag and digest: `sagemaker-xgboost`.
    static String repository(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        return name.split("[:@]", 2)[0].toLowerCase(Locale.ROOT);
    }

    /// The training program of an image.
    ///
    /// @param entrypoint instead of the image's own; empty for that
    /// @throws JobFailed for an image that has none here
    Program training(
            String image,
            Map<String, String> hyperparameters,
            List<String> entrypoint,
            List<String> arguments)
            throws JobFailed {
        String repository = repository(image);
        boolean xgboost = repository.equals("xgboost") || repository.equals("sagemaker-xgboost");
        boolean script = hyperparameters.containsKey(ScriptMode.PROGRAM);
        if (xgboost && !script && entrypoint.isEmpty()) {
            return trainer();
        }
        Framework framework =
                Framework.of(repository)
                        .orElseThrow(() ->
                                unknown(
                                        image,
                                        "training: the built-in XGBoost (…/sagemaker-xgboost:…), and "
                                                + PYTHON_IMAGES));
        if (!entrypoint.isEmpty()) {
            return python.program(entrypoint, arguments);
        }
        return python.training(framework, ScriptMode.of(hyperparameters, image));
    }

    private Program trainer() {
        Command command =
                new Command(
                        List.of(
                                java(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-cp",
                                trainerJar.toString(),
                                "io.dormouse.trainer.Main"),
                        Map.of(),
                        List.of(javaHome, trainerJar),
                        false);
        return (_, _) -> command;
    }

    /// The processing program of an image and an entry point: `java` of a `dormouse-java` image is
    /// the JDK of this machine, `python3` of a framework's is the chosen interpreter.
    Program processing(String image, List<String> entrypoint, List<String> arguments)
            throws JobFailed {
        if (Framework.of(repository(image)).isPresent()) {
            return python.program(entrypoint, arguments);
        }
        if (!repository(image).equals("dormouse-java")) {
            throw unknown(image, "processing: a JDK (…/dormouse-java:25), and " + PYTHON_IMAGES);
        }
        if (entrypoint.isEmpty() || !entrypoint.getFirst().equals("java")) {
            throw JobFailed.client(
                    "ContainerEntrypoint of a dormouse-java image begins with \"java\", was "
                            + entrypoint);
        }
        List<String> words = new ArrayList<>(List.of(java()));
        words.addAll(entrypoint.subList(1, entrypoint.size()));
        words.addAll(arguments);
        Command command = new Command(words, Map.of(), List.of(javaHome), false);
        return (_, _) -> command;
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
