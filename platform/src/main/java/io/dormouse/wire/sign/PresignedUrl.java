package io.dormouse.wire.sign;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Presigned URLs of objects, for whoever has no key.
///
/// AWS page: [signature in the
/// query](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
public final class PresignedUrl {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private PresignedUrl() {}

    /// Signs with a key of the platform's owner.
    ///
    /// @param clock real time: signatures are checked by it
    public record Signer(String accessKey, String secret, String region, InstantSource clock) {
        /// The URL to read an object by.
        ///
        /// @param base the platform as the reader addresses it, such as `http://127.0.0.1:4600`
        public String get(String base, String bucket, String key, Duration lifetime) {
            return of(this, "GET", base, "/" + bucket + "/" + key, lifetime);
        }
    }

    private static String of(
            Signer signer, String method, String base, String path, Duration lifetime) {
        Instant now = signer.clock().instant();
        String stamp = STAMP.format(now);
        String date = stamp.substring(0, 8);
        String scope = date + "/" + signer.region() + "/s3/aws4_request";
        String query =
                "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                        + Encoding.encode(signer.accessKey() + "/" + scope, "")
                        + "&X-Amz-Date="
                        + stamp
                        + "&X-Amz-Expires="
                        + lifetime.toSeconds()
                        + "&X-Amz-SignedHeaders=host";
        String encoded = Encoding.encode(path, "/");
        String canonical =
                String.join(
                        "\n",
                        method,
                        encoded,
                        query,
                        "host:" + URI.create(base).getAuthority(),
                        "",
                        "host",
                        "UNSIGNED-PAYLOAD");
        String toSign =
                "AWS4-HMAC-SHA256\n"
                        + stamp
                        + "\n"
                        + scope
                        + "\n"
                        + SigningKey.sha256(canonical.getBytes(StandardCharsets.UTF_8));
        String signature = SigningKey.of(signer.secret(), date, signer.region(), "s3").sign(toSign);
        return base + encoded + "?" + query + "&X-Amz-Signature=" + signature;
    }
}
