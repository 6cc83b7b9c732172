package io.dormouse.gateway.async;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.gateway.Delivery;
import io.dormouse.gateway.Invocations;
import io.dormouse.gateway.payload.Payloads;
import io.dormouse.wire.Streaming;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Carries one request out: its input to the model, the answer to its output. Everything streams.
final class Execution {
    /// What became of it.
    sealed interface Outcome {
        /// The answer is at its place.
        record Answered(String contentType) implements Outcome {}

        /// There is none.
        ///
        /// @param type the error's, such as `ModelError`
        /// @param document what a synchronous caller would have read, JSON
        record Failed(String type, String document) implements Outcome {}

        /// Every slot is taken: later.
        record Busy() implements Outcome {}
    }

    private final Invocations invocations;
    private final S3Client s3;
    private final long bytesMax;

    /// @param invocations with the limits of asynchronous payloads
    Execution(Invocations invocations, S3Client s3, long bytesMax) {
        this.invocations = invocations;
        this.s3 = s3;
        this.bytesMax = bytesMax;
    }

    Outcome carryOut(AsyncRequest request) throws IOException {
        return switch (request.input()) {
            case AsyncRequest.Input.Inline(byte[] body) ->
                    ask(request, new ByteArrayInputStream(body), body.length);
            case AsyncRequest.Input.Stored(AsyncRequest.Place place) -> fetched(request, place);
        };
    }

    private Outcome fetched(AsyncRequest request, AsyncRequest.Place place) throws IOException {
        ResponseInputStream<GetObjectResponse> input;
        try {
            input =
                    s3.getObject(
                            r -> r.bucket(place.bucket()).key(place.key()),
                            ResponseTransformer.toInputStream());
        } catch (S3Exception e) {
            return failed(
                    "RequestDownloadFailure",
                    "The input "
                            + place
                            + " cannot be read: "
                            + e.awsErrorDetails().errorMessage());
        }
        try (input) {
            long length = Objects.requireNonNullElse(input.response().contentLength(), 0L);
            return ask(request, input, length);
        }
    }

    static Outcome.Failed failed(String type, String message) {
        return new Outcome.Failed(
                type,
                JsonMapper.shared()
                        .writeValueAsString(
                                JsonNodeFactory.instance.objectNode().put("Message", message)));
    }

    private Outcome ask(AsyncRequest request, InputStream input, long length) throws IOException {
        Streaming.Answer answer =
                invocations.invoke(
                        head(request, length),
                        input,
                        Duration.ofSeconds(request.timeoutSeconds()),
                        new Delivery.Kept(-1, bytesMax, keeper(request.output())));
        try (Streaming.Body body = answer.body()) {
            if (answer.status() == 200) {
                return new Outcome.Answered(answer.headers().getOrDefault("Content-Type", ""));
            }
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            body.writeTo(said);
            String type = answer.headers().getOrDefault("x-amzn-ErrorType", "InternalFailure");
            return type.equals("ThrottlingException")
                    ? new Outcome.Busy()
                    : new Outcome.Failed(type, said.toString(UTF_8));
        }
    }

    private Delivery.Keeper keeper(AsyncRequest.Place place) {
        return (headers, length, body) -> {
            String type = headers.getOrDefault("Content-Type", "");
            Payloads.put(s3, place.bucket(), place.key(), type, length, body);
            return new Streaming.Answer(200, headers, Optional.of(0L), _ -> {});
        };
    }

    private static Streaming.Head head(AsyncRequest request, long length) {
        Map<String, List<String>> headers = new HashMap<>();
        put(headers, "content-type", request.contentType());
        put(headers, "accept", request.accept());
        put(headers, "x-amzn-sagemaker-custom-attributes", request.attributes());
        put(headers, "x-amzn-sagemaker-inference-id", request.inferenceId());
        return new Streaming.Head(
                "InvokeEndpointAsync",
                Map.of("EndpointName", request.endpoint()),
                headers,
                Map.of(),
                Optional.of(length),
                request.id());
    }

    private static void put(Map<String, List<String>> headers, String name, String value) {
        if (!value.isEmpty()) {
            headers.put(name, List.of(value));
        }
    }

    /// Puts what a failure says to its place.
    void keep(AsyncRequest request, Outcome.Failed failure) {
        s3.putObject(
                r ->
                        r.bucket(request.failure().bucket())
                                .key(request.failure().key())
                                .contentType("application/json"),
                RequestBody.fromString(failure.document()));
    }

    /// The answer as text, where it is short enough to be told.
    Optional<String> text(AsyncRequest request, long bytesMax) throws IOException {
        try (ResponseInputStream<GetObjectResponse> answer =
                s3.getObject(
                        r -> r.bucket(request.output().bucket()).key(request.output().key()),
                        ResponseTransformer.toInputStream())) {
            return Objects.requireNonNullElse(answer.response().contentLength(), 0L) > bytesMax
                    ? Optional.empty()
                    : Optional.of(new String(answer.readAllBytes(), UTF_8));
        }
    }
}
