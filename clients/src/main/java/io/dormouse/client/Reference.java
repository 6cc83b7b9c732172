package io.dormouse.client;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/// Where a payload lies, as it goes over the wire.
record Reference(
        String bucket,
        String key,
        long bytes,
        String contentType,
        String sha256,
        Instant expires,
        String url) {
    static final String MEDIA_TYPE = "application/vnd.dormouse.payload+json";
    static final String PREFIX = "dormouse-payload/";

    String json() {
        return "{\"Bucket\":"
                + quoted(bucket)
                + ",\"Key\":"
                + quoted(key)
                + ",\"Bytes\":"
                + bytes
                + ",\"ContentType\":"
                + quoted(contentType)
                + ",\"ChecksumSHA256\":"
                + quoted(sha256)
                + ",\"Expires\":"
                + quoted(expires.toString())
                + ",\"Url\":"
                + quoted(url)
                + "}";
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    static Reference parse(String json) throws IOException {
        try {
            Map<String, JsonNode> document = JsonNode.parser().parse(json).asObject();
            return new Reference(
                    text(document, "Bucket"),
                    text(document, "Key"),
                    Long.parseLong(member(document, "Bytes").asNumber()),
                    text(document, "ContentType"),
                    text(document, "ChecksumSHA256"),
                    Instant.parse(text(document, "Expires")),
                    text(document, "Url"));
        } catch (RuntimeException e) {
            throw new IOException("The answer's reference is not in its form: " + json, e);
        }
    }

    private static String text(Map<String, JsonNode> document, String name) {
        return member(document, name).asString();
    }

    private static JsonNode member(Map<String, JsonNode> document, String name) {
        JsonNode member = document.get(name);
        if (member == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return member;
    }
}
