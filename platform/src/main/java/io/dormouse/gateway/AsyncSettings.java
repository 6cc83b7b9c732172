package io.dormouse.gateway;

import java.util.Objects;
import java.util.Optional;

/// That an endpoint is invoked asynchronously, and where its answers go.
///
/// @param outputPath `s3://bucket/prefix`; empty for the platform's own bucket of payloads
/// @param failurePath where failures go; empty for beside the answers
/// @param successTopic ARN of a topic that is told of answers
/// @param errorTopic ARN of a topic that is told of failures
/// @param includeInSuccess whether what is told of an answer holds it
/// @param includeInError whether what is told of a failure holds what the model said
public record AsyncSettings(
        Optional<String> outputPath,
        Optional<String> failurePath,
        Optional<String> successTopic,
        Optional<String> errorTopic,
        boolean includeInSuccess,
        boolean includeInError) {
    public AsyncSettings {
        Objects.requireNonNull(outputPath);
        Objects.requireNonNull(failurePath);
        Objects.requireNonNull(successTopic);
        Objects.requireNonNull(errorTopic);
    }
}
