package io.dormouse.gateway.async;

import io.dormouse.store.Codec;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A request that was accepted.
///
/// @param id ours, unique; the record's name
/// @param inferenceId the caller's, or ours where there is none
/// @param contentType the input's; empty where it has none
/// @param accept what the caller wants; empty for anything
/// @param attributes the caller's custom attributes; empty where there are none
/// @param input where the input lies, or the input itself
/// @param output where the answer goes
/// @param failure where a failure goes
/// @param received when it came
/// @param expires when it is not to begin any more
/// @param timeoutSeconds for the model's answer
record AsyncRequest(
        String id,
        String endpoint,
        String inferenceId,
        String contentType,
        String accept,
        String attributes,
        Input input,
        Place output,
        Place failure,
        Instant received,
        Instant expires,
        int timeoutSeconds) {
    static final Codec<AsyncRequest> CODEC = new Codec<>(AsyncRequest::write, AsyncRequest::read);

    /// What the model is asked.
    sealed interface Input {
        /// In S3.
        record Stored(Place place) implements Input {}

        /// With the request.
        @SuppressWarnings("ArrayRecordComponent") // compared by nobody
        record Inline(byte[] body) implements Input {}
    }

    /// An object of S3.
    record Place(String bucket, String key) {
        /// What a URI names: empty where it is no `s3://bucket/key`.
        static Optional<Place> of(String uri) {
            if (!uri.startsWith("s3://")) {
                return Optional.empty();
            }
            String[] parts = uri.substring("s3://".length()).split("/", 2);
            return parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Place(parts[0], parts[1]));
        }

        @Override
        public String toString() {
            return "s3://" + bucket + "/" + key;
        }
    }

    AsyncRequest {
        Objects.requireNonNull(id);
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(inferenceId);
    }

    private String write() {
        ObjectNode tree =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", id)
                        .put("endpoint", endpoint)
                        .put("inference", inferenceId)
                        .put("type", contentType)
                        .put("accept", accept)
                        .put("attributes", attributes)
                        .put("output", output.toString())
                        .put("failure", failure.toString())
                        .put("received", received.toEpochMilli())
                        .put("expires", expires.toEpochMilli())
                        .put("timeout", timeoutSeconds);
        switch (input) {
            case Input.Stored(Place place) -> tree.put("input", place.toString());
            case Input.Inline(byte[] body) ->
                    tree.put("body", Base64.getEncoder().encodeToString(body));
        }
        return tree.toString();
    }

    private static AsyncRequest read(String text) {
        JsonNode tree = JsonMapper.shared().readTree(text);
        Input input =
                tree.has("input")
                        ? new Input.Stored(place(tree, "input"))
                        : new Input.Inline(Base64.getDecoder().decode(tree.get("body").asString()));
        return new AsyncRequest(
                tree.get("id").asString(),
                tree.get("endpoint").asString(),
                tree.get("inference").asString(),
                tree.get("type").asString(),
                tree.get("accept").asString(),
                tree.get("attributes").asString(),
                input,
                place(tree, "output"),
                place(tree, "failure"),
                Instant.ofEpochMilli(tree.get("received").asLong()),
                Instant.ofEpochMilli(tree.get("expires").asLong()),
                tree.get("timeout").asInt());
    }

    private static Place place(JsonNode tree, String name) {
        return Place.of(tree.get(name).asString()).orElseThrow();
    }
}
