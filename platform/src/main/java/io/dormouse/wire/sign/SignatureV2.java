package io.dormouse.wire.sign;

import io.dormouse.wire.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// S3's signature of before 2014, which boto3 still gives presigned URLs in us-east-1.
final class SignatureV2 {
    private static final Set<String> SUB_RESOURCES =
            Set.of(
                    "accelerate",
                    "acl",
                    "analytics",
                    "cors",
                    "delete",
                    "inventory",
                    "lifecycle",
                    "location",
                    "logging",
                    "metrics",
                    "notification",
                    "partNumber",
                    "policy",
                    "publicAccessBlock",
                    "replication",
                    "requestPayment",
                    "response-cache-control",
                    "response-content-disposition",
                    "response-content-encoding",
                    "response-content-language",
                    "response-content-type",
                    "response-expires",
                    "restore",
                    "tagging",
                    "torrent",
                    "uploadId",
                    "uploads",
                    "versionId",
                    "versioning",
                    "versions",
                    "website");

    private SignatureV2() {}

    /// Whether a request bears this signature.
    ///
    /// @param path beginning with the bucket
    /// @param date the `Date` header's value, or when a presigned URL expires
    static boolean isRight(
            Exchange exchange,
            String path,
            Map<String, String> query,
            String date,
            String secret,
            String signature) {
        // Some clients sign a bucket as "/bucket/" and ask for "/bucket".
        return List.of(path, path + "/").stream()
                .map(each -> sign(secret, toSign(exchange, each, query, date)))
                .anyMatch(each -> SigningKey.equal(each, signature));
    }

    private static String sign(String secret, String text) {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        return Base64.getEncoder().encodeToString(SigningKey.hmac("HmacSHA1", key, text));
    }

    private static String toSign(
            Exchange exchange, String path, Map<String, String> query, String date) {
        StringBuilder text = new StringBuilder(exchange.method()).append('\n');
        text.append(header(exchange, query, "content-md5")).append('\n');
        text.append(header(exchange, query, "content-type")).append('\n');
        text.append(date).append('\n');
        Map<String, String> amz = new TreeMap<>();
        for (String name : exchange.headers().keySet()) {
            if (name.startsWith("x-amz-")) {
                amz.put(name, CanonicalRequest.header(exchange, name));
            }
        }
        query.forEach((name, value) -> {
            if (name.startsWith("x-amz-")) {
                amz.putIfAbsent(name, value);
            }
        });
        amz.forEach((name, value) -> text.append(name).append(':').append(value).append('\n'));
        text.append(path);
        char separator = '?';
        for (Map.Entry<String, String> each : new TreeMap<>(query).entrySet()) {
            if (SUB_RESOURCES.contains(each.getKey())) {
                text.append(separator).append(each.getKey());
                if (!each.getValue().isEmpty()) {
                    text.append('=').append(each.getValue());
                }
                separator = '&';
            }
        }
        return text.toString();
    }

    private static String header(Exchange exchange, Map<String, String> query, String name) {
        return exchange.header(name).orElse(query.getOrDefault(name, ""));
    }
}
