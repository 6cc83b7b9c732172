package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.wire.sign.Keys;
import io.dormouse.wire.sign.Signatures;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// A platform with keys, and AWS's own client and presigner.
class SignedAccessTest {
    @TempDir Path temp;
    private S3Platform platform;
    private S3Client s3;

    @BeforeEach
    void start() {
        Keys.Key key =
                new Keys.Key(
                        S3Platform.SECRET, "", "123456789012", "arn:aws:iam::123456789012:root");
        platform =
                new S3Platform(
                        temp,
                        new Signatures(
                                id -> Optional.of(key).filter(_ -> id.equals("test")),
                                "us-east-1",
                                InstantSource.system(),
                                1 << 20));
        s3 = platform.client();
        s3.createBucket(r -> r.bucket("bkt"));
    }

    @AfterEach
    void stop() {
        s3.close();
        platform.close();
    }

    @Test
    void theSdksOwnSignaturesAreRightWhateverTheKey() {
        for (String key : new String[] {"plain", "a b+c", "a//b", "ü/☃&?=", "%2F"}) {
            s3.putObject(
                    r -> r.bucket("bkt").key(key).checksumAlgorithm(ChecksumAlgorithm.CRC32_C),
                    RequestBody.fromString(key));
            assertEquals(
                    key,
                    s3.getObject(r -> r.bucket("bkt").key(key), ResponseTransformer.toBytes())
                            .asUtf8String());
        }
        assertEquals(5, s3.listObjectsV2(r -> r.bucket("bkt")).keyCount());
    }

    @Test
    void signedChunksAreVerified() {
        try (S3Client chunked =
                platform.client(builder ->
                        builder.forcePathStyle(true)
                                .serviceConfiguration(
                                        S3Configuration.builder()
                                                .chunkedEncodingEnabled(true)
                                                .build()))) {
            byte[] content = new byte[300_000];
            new java.util.Random(1).nextBytes(content);
            chunked.putObject(
                    r -> r.bucket("bkt").key("big").checksumAlgorithm(ChecksumAlgorithm.SHA1),
                    RequestBody.fromBytes(content));
            assertEquals(
                    content.length,
                    chunked.headObject(r -> r.bucket("bkt").key("big")).contentLength());
        }
    }

    @Test
    void aWrongSecretAnUnknownKeyAndNoSignatureAreRefused() {
        S3TestCase.refused("SignatureDoesNotMatch", 403, () -> list("test", "wrong"));
        S3TestCase.refused("InvalidAccessKeyId", 403, () -> list("nobody", S3Platform.SECRET));
        var unsigned = platform.send("GET", "/bkt", "");
        assertEquals(403, unsigned.statusCode());
        assertTrue(unsigned.body().contains("<Code>AccessDenied</Code>"), unsigned.body());
    }

    private void list(String id, String secret) {
        try (S3Client other =
                platform.client(builder ->
                        builder.forcePathStyle(true)
                                .credentialsProvider(
                                        StaticCredentialsProvider.create(
                                                AwsBasicCredentials.create(id, secret))))) {
            other.listObjectsV2(r -> r.bucket("bkt"));
        }
    }

    private static String call(String method, URL url, String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setRequestMethod(method);
        if (!body.isEmpty()) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        try (InputStream in =
                status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return status + " " + new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aPresignedUrlIsGoodForWhatItSays() throws IOException {
        try (S3Presigner presigner =
                S3Presigner.builder()
                        .endpointOverride(platform.endpoint())
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create("test", S3Platform.SECRET)))
                        .serviceConfiguration(
                                S3Configuration.builder().pathStyleAccessEnabled(true).build())
                        .build()) {
            URL put =
                    presigner
                            .presignPutObject(p ->
                                    p.signatureDuration(Duration.ofMinutes(5))
                                            .putObjectRequest(r -> r.bucket("bkt").key("a b")))
                            .url();
            assertEquals("200 ", call("PUT", put, "hello"));
            URL get =
                    presigner
                            .presignGetObject(p ->
                                    p.signatureDuration(Duration.ofMinutes(5))
                                            .getObjectRequest(r -> r.bucket("bkt").key("a b")))
                            .url();
            assertEquals("200 hello", call("GET", get, ""));
            URL other = URI.create(get.toString().replace("a%20b", "other")).toURL();
            assertTrue(call("GET", other, "").contains("SignatureDoesNotMatch"));
        }
    }

    @Test
    void aUrlOfVersion2IsGoodUntilItExpires() throws Exception {
        s3.putObject(r -> r.bucket("bkt").key("a"), RequestBody.fromString("hello"));
        long now = InstantSource.system().instant().getEpochSecond();
        assertEquals("200 hello", call("GET", version2(now + 60), ""));
        assertTrue(call("GET", version2(now - 1), "").contains("Request has expired"));
    }

    private URL version2(long expires) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(S3Platform.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        byte[] signature =
                mac.doFinal(("GET\n\n\n" + expires + "\n/bkt/a").getBytes(StandardCharsets.UTF_8));
        return URI.create(
                        platform.endpoint()
                                + "/bkt/a?AWSAccessKeyId=test&Expires="
                                + expires
                                + "&Signature="
                                + java.net.URLEncoder.encode(
                                        Base64.getEncoder().encodeToString(signature),
                                        StandardCharsets.UTF_8))
                .toURL();
    }
}
