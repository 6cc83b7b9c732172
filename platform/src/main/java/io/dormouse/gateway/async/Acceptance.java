package io.dormouse.gateway.async;

import io.dormouse.aws.AwsError;
import io.dormouse.gateway.AsyncSettings;
import io.dormouse.wire.Streaming;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// Whether a request can be accepted, and as what: what InvokeEndpointAsync's headers may say.
final class Acceptance {
    static final int INLINE_BYTES_MAX = 128_000;
    private static final int TTL_MIN = 60;
    private static final int TTL_MAX = 21_600;
    private static final int TIMEOUT_MAX = 3600;
    private static final int TIMEOUT = 900;
    private static final String NAME = "x-amzn-sagemaker-";

    private final Streaming.Head head;
    private final String endpoint;
    private final Instant now;

    Acceptance(Streaming.Head head, String endpoint, Instant now) {
        this.head = head;
        this.endpoint = endpoint;
        this.now = now;
    }

    /// @param ownPath where answers go that have no place of their own
    /// @throws AwsServiceException `ValidationError` naming the member and what was expected
    AsyncRequest request(AsyncSettings settings, String ownPath, InputStream body)
            throws IOException {
        String id = UUID.randomUUID().toString();
        String output = folder(settings.outputPath().orElse(ownPath));
        String failure = settings.failurePath().map(Acceptance::folder).orElse(output);
        String extension = header("s3outputpathextension").map(Acceptance::folder).orElse("");
        String name = header("filename").orElse(id + ".out");
        Duration ttl = Duration.ofSeconds(number("requestttlseconds", TTL_MIN, TTL_MAX, TTL_MAX));
        return new AsyncRequest(
                id,
                endpoint,
                header("inference-id").orElse(id),
                header("content-type").orElse(""),
                header("accept").orElse(""),
                header("custom-attributes").orElse(""),
                input(body),
                place(output + extension + name),
                place(failure + id + "-error.out"),
                Instant.ofEpochMilli(now.toEpochMilli()),
                Instant.ofEpochMilli(now.plus(ttl).toEpochMilli()),
                number("invocationtimeoutseconds", 1, TIMEOUT_MAX, TIMEOUT));
    }

    private static String folder(String path) {
        return path.endsWith("/") ? path : path + "/";
    }

    private static AsyncRequest.Place place(String uri) {
        return AsyncRequest.Place.of(uri)
                .orElseThrow(() -> refused(uri + " is no place for an answer: s3://bucket/key"));
    }

    private AsyncRequest.Input input(InputStream body) throws IOException {
        Optional<String> location = header("inputlocation");
        byte[] inline = body.readNBytes(INLINE_BYTES_MAX + 1);
        if (inline.length > INLINE_BYTES_MAX) {
            throw refused(
                    "Body is larger than "
                            + INLINE_BYTES_MAX
                            + " bytes: put it into S3 and give its InputLocation.");
        }
        if (location.isPresent() == inline.length > 0) {
            throw refused("Give the input by InputLocation or by Body: exactly one of them.");
        }
        return location.<AsyncRequest.Input>map(uri ->
                        new AsyncRequest.Input.Stored(
                                AsyncRequest.Place.of(uri)
                                        .orElseThrow(() ->
                                                refused(
                                                        "InputLocation "
                                                                + uri
                                                                + " is not"
                                                                + " s3://bucket/key."))))
                .orElseGet(() -> new AsyncRequest.Input.Inline(inline));
    }

    private int number(String header, int min, int max, int otherwise) {
        Optional<String> value = header(header);
        if (value.isEmpty()) {
            return otherwise;
        }
        String member =
                header.startsWith("request") ? "requestTTLSeconds" : "invocationTimeoutSeconds";
        try {
            int number = Integer.parseInt(value.get());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // It is told as any other value that cannot be.
        }
        throw refused(
                "1 validation error detected: Value '"
                        + value.get()
                        + "' at '"
                        + member
                        + "' failed to satisfy constraint: Member must be between "
                        + min
                        + " and "
                        + max);
    }

    private Optional<String> header(String name) {
        return head.header(NAME + name).filter(value -> !value.isEmpty());
    }

    private static AwsServiceException refused(String message) {
        return AwsError.VALIDATION_ERROR.of(message);
    }
}
