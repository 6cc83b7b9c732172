package io.dormouse.gateway.payload;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Where a payload lies: the body of a request or an answer whose content type is [#MEDIA_TYPE].
///
/// @param bytes of the payload
/// @param contentType the payload's own; empty where it has none
/// @param sha256 of the payload, Base64, as S3 has it
/// @param expires from when on it is not good any more
/// @param url presigned, for whoever fetches it without knowing the bucket's keys; the platform
///   itself never follows it
public record PayloadReference(
        String bucket,
        String key,
        long bytes,
        String contentType,
        String sha256,
        Instant expires,
        Optional<String> url) {
    public static final String MEDIA_TYPE = "application/vnd.dormouse.payload+json";

    /// What the keys of payloads begin with that nobody wants to keep.
    public static final String PREFIX = "dormouse-payload/";

    /// The longest reference.
    public static final int DOCUMENT_BYTES_MAX = 16 * 1024;

    private static final int SHA256_CHARS = 44;

    public PayloadReference {
        Objects.requireNonNull(bucket);
        Objects.requireNonNull(key);
        Objects.requireNonNull(contentType);
        Objects.requireNonNull(sha256);
        Objects.requireNonNull(expires);
        Objects.requireNonNull(url);
    }

    /// @throws PayloadRefused naming the member and what was expected
    static PayloadReference parse(byte[] json) throws PayloadRefused {
        JsonNode document;
        try {
            document = JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            throw new PayloadRefused(
                    "The payload reference is no JSON document: " + e.getOriginalMessage());
        }
        if (!document.isObject()) {
            throw new PayloadRefused("The payload reference must be a JSON object");
        }
        String sha256 = text(document, "ChecksumSHA256");
        if (sha256.length() != SHA256_CHARS) {
            throw expected("ChecksumSHA256", "the payload's SHA-256 in Base64, 44 characters");
        }
        JsonNode bytes = document.path("Bytes");
        if (!bytes.isIntegralNumber() || bytes.asLong() < 0) {
            throw expected("Bytes", "the payload's size, a number of at least 0");
        }
        return new PayloadReference(
                text(document, "Bucket"),
                text(document, "Key"),
                bytes.asLong(),
                document.path("ContentType").asString(""),
                sha256,
                time(text(document, "Expires")),
                Optional.of(document.path("Url").asString("")).filter(url -> !url.isEmpty()));
    }

    private static String text(JsonNode document, String member) throws PayloadRefused {
        JsonNode value = document.path(member);
        if (!value.isString() || value.asString().isEmpty()) {
            throw expected(member, "a string that is not empty");
        }
        return value.asString();
    }

    private static Instant time(String text) throws PayloadRefused {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw expected("Expires", "a time such as 2026-11-25T10:00:00Z");
        }
    }

    private static PayloadRefused expected(String member, String what) {
        return new PayloadRefused(
                "Member " + member + " of the payload reference: expected " + what);
    }

    /// The document.
    public String json() {
        ObjectNode document =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("Bucket", bucket)
                        .put("Key", key)
                        .put("Bytes", bytes)
                        .put("ContentType", contentType)
                        .put("ChecksumSHA256", sha256)
                        .put("Expires", expires.toString());
        url.ifPresent(text -> document.put("Url", text));
        return JsonMapper.shared().writeValueAsString(document);
    }
}
