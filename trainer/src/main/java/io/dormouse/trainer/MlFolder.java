package io.dormouse.trainer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What AWS gives a training container and takes from it: `/opt/ml`.
///
/// <https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html>
///
/// @param root the folder itself
record MlFolder(Path root) {
    /// What AWS keeps of a failure.
    private static final int FAILURE_CHARACTERS_MAX = 1024;

    /// All values are strings; one that is not is taken as it is written.
    Map<String, String> hyperparameters() throws IOException, UserError {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, Json> member : config("hyperparameters.json").entrySet()) {
            values.put(
                    member.getKey(),
                    member.getValue() instanceof Json.Text(String text)
                            ? text
                            : member.getValue().write());
        }
        return values;
    }

    /// The channel of a name, where the job has it.
    Optional<Channel> channel(String name) throws IOException, UserError {
        Json channel = config("inputdataconfig.json").get(name);
        if (channel == null) {
            return Optional.empty();
        }
        Map<String, Json> members =
                channel instanceof Json.Members(Map<String, Json> given) ? given : Map.of();
        return Optional.of(
                new Channel(
                        name,
                        root.resolve("input/data").resolve(name),
                        text(members, "ContentType"),
                        text(members, "TrainingInputMode")));
    }

    /// How many instances the job runs on.
    int hosts() throws IOException, UserError {
        return config("resourceconfig.json").get("hosts") instanceof Json.Items(var hosts)
                ? hosts.size()
                : 1;
    }

    private static String text(Map<String, Json> members, String name) {
        return members.get(name) instanceof Json.Text(String text) ? text : "";
    }

    private Map<String, Json> config(String file) throws IOException, UserError {
        Path path = root.resolve("input/config").resolve(file);
        try {
            if (Json.parse(Files.readString(path)) instanceof Json.Members(var members)) {
                return members;
            }
            throw new UserError(file + " is not a JSON object");
        } catch (NoSuchFileException _) {
            return Map.of();
        } catch (IllegalArgumentException e) {
            throw new UserError(file + " is " + e.getMessage(), e);
        }
    }

    Path modelFile() {
        return root.resolve("model/xgboost-model");
    }

    /// Puts the model in its place as a whole or not at all.
    void writeModel(byte[] model) throws IOException {
        Path file = modelFile();
        Files.createDirectories(file.getParent());
        Path aside = root.resolve("model/.xgboost-model.part");
        try (FileChannel channel =
                FileChannel.open(
                        aside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(model);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(
                aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// What Describe will say as FailureReason.
    void writeFailure(String reason) throws IOException {
        Path file = root.resolve("output/failure");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file, reason.substring(0, Math.min(reason.length(), FAILURE_CHARACTERS_MAX)));
    }
}
