package io.dormouse.job;

import io.dormouse.worker.ContainerImages;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What runs for a container image: the images of built-in algorithms and of AWS's frameworks name
/// programs of this machine.
///
/// @param javaHome the JDK that runs the built-in ones
/// @param trainerJar the built-in algorithms' program
/// @param python what runs the frameworks' scripts
/// @param containers what runs all other images
public record Programs(Path javaHome, Path trainerJar, Scripts python, ContainerImages containers) {
    /// A command, and what it must have and be able to read.
    ///
    /// @param speaks whether it may speak to the platform
    /// @param image whose program it is, where it is not one of this machine
    record Command(
            List<String> words,
            Map<String, String> environment,
            List<Path> readable,
            boolean speaks,
            Optional<RunSpec.Image> image) {
        Command(
                List<String> words,
                Map<String, String> environment,
                List<Path> readable,
                boolean speaks) {
            this(words, environment, readable, speaks, Optional.empty());
        }

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
        /// @throws InterruptedException when the job is stopped meanwhile
        Command laidOut(JobFolder folder, LogSink log)
                throws JobFailed, IOException, InterruptedException;
    }

    static final String TRAINING = "training";
    static final String PROCESSING = "processing";

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
        if (isContainer(image, TRAINING)) {
            boolean usual = entrypoint.isEmpty() && arguments.isEmpty();
            return container(image, entrypoint, usual ? List.of("train") : arguments);
        }
        String repository = repository(image);
        boolean xgboost = repository.equals("xgboost") || repository.equals("sagemaker-xgboost");
        boolean script = hyperparameters.containsKey(ScriptMode.PROGRAM);
        if (xgboost && !script && entrypoint.isEmpty()) {
            return trainer();
        }
        Framework framework = Framework.of(repository).orElseThrow();
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
        if (isContainer(image, PROCESSING)) {
            return container(image, entrypoint, arguments);
        }
        if (Framework.of(repository(image)).isPresent()) {
            return python.program(entrypoint, arguments);
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

    /// Why an image has no program for a use and what to do, in a sentence; empty where it has.
    Optional<String> trouble(String image, String use) {
        if (!isForeign(image, use)) {
            return Optional.empty();
        }
        String known =
                use.equals(TRAINING)
                        ? "the built-in XGBoost (…/sagemaker-xgboost:…), and " + PYTHON_IMAGES
                        : "a JDK (…/dormouse-java:25), and " + PYTHON_IMAGES;
        return containers
                .trouble(image)
                .map(why ->
                        "the image "
                                + image
                                + " cannot be run here: "
                                + why
                                + ". What runs without a container engine for "
                                + use
                                + ": "
                                + known);
    }

    private boolean isForeign(String image, String use) {
        boolean ours = !use.equals(TRAINING) && repository(image).equals("dormouse-java");
        boolean builtIn = ours || Framework.of(repository(image)).isPresent();
        return !builtIn || containers.claims(image);
    }

    private boolean isContainer(String image, String use) throws JobFailed {
        Optional<String> trouble = trouble(image, use);
        if (trouble.isPresent()) {
            throw JobFailed.client(trouble.get());
        }
        return isForeign(image, use);
    }

    /// @param entrypoint instead of the image's own; empty for that
    private Program container(String image, List<String> entrypoint, List<String> arguments) {
        Command command =
                new Command(
                        arguments,
                        Map.of(),
                        List.of(),
                        true,
                        Optional.of(new RunSpec.Image(image, entrypoint)));
        return (_, log) -> {
            try {
                containers.fetch(image, log);
                return command;
            } catch (StartFailed e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("stopped while its image was pulled");
                }
                throw new JobFailed("ClientError: " + e.getMessage(), e);
            }
        };
    }
}
