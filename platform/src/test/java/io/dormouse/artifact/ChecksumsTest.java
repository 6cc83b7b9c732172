package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

class ChecksumsTest extends S3TestCase {
    /// Of `hello`.
    static final String CRC64 = "M3eFcAZSQlc=";

    private HeadObjectResponse head() {
        return s3.headObject(r -> r.bucket(BUCKET).key("a").checksumMode(ChecksumMode.ENABLED));
    }

    @Test
    void aTrailingChecksumOfTheSdkIsKept() {
        s3.putObject(
                r -> r.bucket(BUCKET).key("a").checksumAlgorithm(ChecksumAlgorithm.SHA256),
                RequestBody.fromString("hello"));
        assertEquals("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", head().checksumSHA256());
        assertEquals("hello", get("a"));
    }

    @Test
    void withoutOneItIsCrc64Nvme() {
        try (S3Client old =
                platform.client(builder ->
                        builder.forcePathStyle(true)
                                .requestChecksumCalculation(
                                        RequestChecksumCalculation.WHEN_REQUIRED))) {
            old.putObject(r -> r.bucket(BUCKET).key("a"), RequestBody.fromString("hello"));
        }
        assertEquals("M3eFcAZSQlc=", head().checksumCRC64NVME());
        assertEquals("FULL_OBJECT", head().checksumTypeAsString());
    }

    @ParameterizedTest
    @CsvSource({
        "x-amz-checksum-crc32, NhCmhg==",
        "x-amz-checksum-crc32c, mnG7TA==",
        "x-amz-checksum-crc64nvme, M3eFcAZSQlc=",
        "x-amz-checksum-sha1, qvTGHdzF6KLavt4PO0gs2a6pQ00=",
        "Content-MD5, XUFAKrxLKna5cZ2REBfFkg=="
    })
    void aBodyThatIsNotWhatItsHeaderSaysIsRefused(String header, String value) {
        assertEquals(200, platform.send("PUT", "/bkt/a", "hello", header, value).statusCode());
        var refused = platform.send("PUT", "/bkt/b", "hallo", header, value);
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("<Code>BadDigest</Code>"), refused.body());
        assertEquals(404, platform.send("GET", "/bkt/b", "").statusCode());
    }

    @Test
    void anUnsignedChunkedBodyIsTakenApart() {
        String body = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
        var put =
                platform.send(
                        "PUT",
                        "/bkt/a",
                        body,
                        "x-amz-content-sha256",
                        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                        "Content-Encoding",
                        "aws-chunked,gzip",
                        "x-amz-decoded-content-length",
                        "5",
                        "x-amz-trailer",
                        "x-amz-checksum-crc32");
        assertEquals(200, put.statusCode(), put.body());
        assertEquals("NhCmhg==", head().checksumCRC32());
        assertEquals("gzip", head().contentEncoding());
        assertEquals(5, head().contentLength());
        var broken =
                platform.send(
                        "PUT",
                        "/bkt/a",
                        body.replace("hello", "hallo"),
                        "x-amz-content-sha256",
                        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                        "x-amz-decoded-content-length",
                        "5",
                        "x-amz-trailer",
                        "x-amz-checksum-crc32");
        assertEquals(400, broken.statusCode());
        assertTrue(broken.body().contains("<Code>BadDigest</Code>"), broken.body());
    }

    @ParameterizedTest
    @CsvSource({
        "crc32, NhCmhg==",
        "crc32c, mnG7TA==",
        "sha1, qvTGHdzF6KLavt4PO0gs2a6pQ00=",
        "sha256, LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
    })
    void everyTrailingChecksumIsVerifiedAndKept(String algorithm, String value) {
        String header = "x-amz-checksum-" + algorithm;
        var taken = trailing("hello", header, value);
        assertEquals(200, taken.statusCode(), taken.body());
        var head = platform.send("HEAD", "/bkt/a", "", "x-amz-checksum-mode", "ENABLED");
        assertEquals(value, head.headers().firstValue(header).orElse("none"));
        var refused = trailing("hallo", header, value);
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("<Code>BadDigest</Code>"), refused.body());
        assertEquals("hello", get("a"));
    }

    /// The aws CLI's own choice.
    @Test
    void aTrailingCrc64IsVerifiedAndKept() {
        everyTrailingChecksumIsVerifiedAndKept("crc64nvme", CRC64);
    }

    HttpResponse<String> trailing(String content, String header, String value) {
        return platform.send(
                "PUT",
                "/bkt/a",
                "5\r\n" + content + "\r\n0\r\n" + header + ":" + value + "\r\n\r\n",
                "x-amz-content-sha256",
                "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                "x-amz-decoded-content-length",
                "5",
                "x-amz-trailer",
                header);
    }

    @Test
    void aHashThatIsNotTheBodysIsRefused() {
        var refused =
                platform.send("PUT", "/bkt/a", "hello", "x-amz-content-sha256", "0".repeat(64));
        assertTrue(refused.body().contains("XAmzContentSHA256Mismatch"), refused.body());
    }

    /// JavaScript's presigned URLs hold the checksum of an empty body.
    @Test
    void aChecksumInTheQuerySaysNothingOfTheBody() {
        var put =
                platform.send(
                        "PUT",
                        "/bkt/a?x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32"
                                + "&x-id=PutObject",
                        "hello");
        assertEquals(200, put.statusCode(), put.body());
        assertEquals("hello", get("a"));
    }
}
