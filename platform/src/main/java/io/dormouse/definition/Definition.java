package io.dormouse.definition;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An endpoint as it should be: what a `dormouse.yaml` says.
///
/// @param folder the file's: what `model` and `payload` are relative to
/// @param model a file or an `s3://` URI; empty where the image holds the model
/// @param memoryMb 1024, 2048 … 6144
/// @param provisioned instances always ready; 0 for none
/// @param contentType the payload's; empty: by its file's ending
/// @param settings our own, without their `dormouse:`
/// @param roleArn the execution role; empty for the platform's default
public record Definition(
        String name,
        Path folder,
        Optional<String> model,
        Optional<Framework> framework,
        Optional<String> image,
        int memoryMb,
        int maxConcurrency,
        int provisioned,
        Optional<String> payload,
        Optional<String> contentType,
        Map<String, String> environment,
        Map<String, String> settings,
        Optional<String> roleArn) {
    public static final int MEMORY_MB = 2048;
    public static final int MAX_CONCURRENCY = 5;

    public Definition {
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /// The model's URI, where it is in S3 already.
    public Optional<String> modelUri() {
        return model.filter(text -> text.startsWith("s3://"));
    }

    /// The model's file, where it is on this machine.
    public Optional<Path> modelFile() {
        return model.filter(text -> !text.startsWith("s3://")).map(folder::resolve);
    }

    public Optional<Path> payloadFile() {
        return payload.map(folder::resolve);
    }

    /// The media type that the payload is sent as.
    public String payloadType() {
        return contentType.orElseGet(() -> {
            String file = payload.orElse("");
            String ending = file.substring(file.lastIndexOf('.') + 1);
            return switch (ending) {
                case "json" -> "application/json";
                case "jsonl" -> "application/jsonlines";
                case "npy" -> "application/x-npy";
                case "libsvm", "svm" -> "text/libsvm";
                case "csv", "txt" -> "text/csv";
                default -> "application/octet-stream";
            };
        });
    }
}
