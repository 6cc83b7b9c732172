package io.dormouse.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A job's folder as the platform lays it, and the program run on it as the platform runs it: a
/// process.
record Job(Path root) {
    /// @param code the exit code
    /// @param log what the process said
    record Outcome(int code, List<String> log) {}

    Job with(Map<String, String> hyperparameters) throws IOException {
        List<String> members = new ArrayList<>();
        hyperparameters.forEach((name, value) -> members.add("\"" + name + "\":\"" + value + "\""));
        write("input/config/hyperparameters.json", "{" + String.join(",", members) + "}");
        write(
                "input/config/resourceconfig.json",
                "{\"current_host\":\"algo-1\",\"hosts\":[\"algo-1\"]}");
        return this;
    }

    /// All channels are of one content type.
    Job channels(String contentType, String... names) throws IOException {
        List<String> members = new ArrayList<>();
        for (String name : names) {
            members.add(
                    "\""
                            + name
                            + "\":{\"ContentType\":\""
                            + contentType
                            + "\",\"TrainingInputMode\":\"File\"}");
        }
        write("input/config/inputdataconfig.json", "{" + String.join(",", members) + "}");
        return this;
    }

    Job data(String channel, String file, String text) throws IOException {
        write("input/data/" + channel + "/" + file, text);
        return this;
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    Path model() {
        return root.resolve("model/xgboost-model");
    }

    String failure() throws IOException {
        Path file = root.resolve("output/failure");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    Process start() throws IOException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.dormouse.trainer.Main",
                        "train");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DORMOUSE_ML_ROOT", root.toString());
        return builder.start();
    }

    Outcome run() throws IOException, InterruptedException {
        Process process = start();
        List<String> log = process.inputReader().lines().toList();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("the training did not end");
        }
        return new Outcome(process.exitValue(), log);
    }
}
