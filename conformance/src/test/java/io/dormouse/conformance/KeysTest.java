package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// A platform with keys answers who signs with them, and nobody else.
class KeysTest {
    private static final AwsBasicCredentials KEY =
            AwsBasicCredentials.create("AKIDORMOUSE", "a/secret+of=forty");

    @TempDir static Path data;

    @SuppressWarnings("NullAway.Init") // set before the first test
    private static PlatformProcess platform;

    @BeforeAll
    static void start() throws IOException {
        platform = PlatformProcess.start(data, KEY);
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void boto3IsKnownByItsKeyAlone() throws IOException, InterruptedException {
        String said =
                Python.installed()
                        .script(
                                "keys.py",
                                platform.endpoint(),
                                KEY.accessKeyId(),
                                KEY.secretAccessKey());
        assertTrue(said.contains("keys hold"), said);
    }

    /// The Java SDK signs each chunk and a trailing checksum where the connection is plain.
    @Test
    void theJavaSdksSignedChunksAndUrlsAreRight() throws IOException, InterruptedException {
        byte[] content = new byte[300_000];
        new Random(7).nextBytes(content);
        try (S3Client s3 = platform.client(S3Client.builder().forcePathStyle(true));
                S3Presigner presigner = presigner();
                HttpClient http = HttpClient.newHttpClient()) {
            s3.createBucket(r -> r.bucket("java"));
            s3.putObject(r -> r.bucket("java").key("chunks"), RequestBody.fromBytes(content));
            assertArrayEquals(
                    content,
                    s3.getObjectAsBytes(r -> r.bucket("java").key("chunks")).asByteArray());
            URI url =
                    URI.create(
                            presigner
                                    .presignGetObject(r ->
                                            r.signatureDuration(Duration.ofMinutes(5))
                                                    .getObjectRequest(
                                                            g -> g.bucket("java").key("chunks")))
                                    .url()
                                    .toString());
            HttpResponse<byte[]> answer = get(http, url);
            assertEquals(200, answer.statusCode());
            assertArrayEquals(content, answer.body());
            assertEquals(
                    403,
                    get(http, URI.create(url.toString().replace("/chunks", "/other")))
                            .statusCode());
        }
    }

    private static S3Presigner presigner() {
        return S3Presigner.builder()
                .endpointOverride(platform.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(KEY))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build();
    }

    private static HttpResponse<byte[]> get(HttpClient http, URI url)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
