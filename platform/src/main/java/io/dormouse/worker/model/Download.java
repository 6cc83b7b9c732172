package io.dormouse.worker.model;

import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// One object of S3 on its way to this machine.
final class Download {
    private static final Pattern URL = Pattern.compile("s3://([^/]+)/(.+)");

    /// Serverless inference takes containers of at most 10 GB.
    private static final long BYTES_MAX = 10L << 30;

    private final S3Client s3;
    private final String url;
    private final String bucket;
    private final String key;

    /// @throws StartFailed when the URL names no object
    Download(S3Client s3, String url) throws StartFailed {
        Matcher parts = URL.matcher(url);
        if (!parts.matches() || url.endsWith("/")) {
            throw new StartFailed(
                    StartFailed.Cause.MODEL,
                    url.isEmpty()
                            ? "the container definition names no ModelDataUrl: a built-in model server needs one"
                            : "ModelDataUrl must be s3://bucket/key of an object, not " + url);
        }
        this.s3 = s3;
        this.url = url;
        this.bucket = parts.group(1);
        this.key = parts.group(2);
    }

    /// The last part of the key.
    String name() {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    /// Asks S3 what is there now.
    ///
    /// @return what identifies this very content of the object; fit for a file's name
    String identity() throws StartFailed {
        try {
            HeadObjectResponse head = s3.headObject(request -> request.bucket(bucket).key(key));
            if (head.contentLength() > BYTES_MAX) {
                throw new StartFailed(
                        StartFailed.Cause.MODEL,
                        "%s has %d bytes, more than the 10 GB that a serverless model may have"
                                .formatted(url, head.contentLength()));
            }
            String identity = String.join("\n", url, head.eTag(), String.valueOf(head.versionId()));
            return hex(sha256().digest(identity.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (SdkException e) {
            throw failed(e);
        }
    }

    /// Brings it here.
    ///
    /// @return the SHA-256 of its bytes
    String to(Path file) throws StartFailed, IOException {
        MessageDigest digest = sha256();
        try (InputStream in = s3.getObject(request -> request.bucket(bucket).key(key));
                OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            in.transferTo(out);
        } catch (SdkException e) {
            throw failed(e);
        }
        return hex(digest.digest());
    }

    private StartFailed failed(SdkException e) {
        if (e instanceof S3Exception s3e && s3e.statusCode() == 404) {
            return new StartFailed(
                    StartFailed.Cause.MODEL, "Could not find model data at " + url + ".", e);
        }
        if (e instanceof S3Exception s3e && s3e.statusCode() == 403) {
            return new StartFailed(
                    StartFailed.Cause.MODEL, "Could not access model data at " + url + ".", e);
        }
        return new StartFailed(
                StartFailed.Cause.PLATFORM,
                "Could not read model data at %s: %s".formatted(url, e.getMessage()),
                e);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
