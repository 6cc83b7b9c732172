package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import io.dormouse.cli.Clients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;
import tools.jackson.databind.json.JsonMapper;

/// A platform from outside: what is ours and not AWS's, and who is let in.
class PlatformTest {
    private static final Settings.Keys KEY = new Settings.Keys("AKIDORMOUSE", "a-long-secret");

    @TempDir private Path folder;

    @Test
    void healthAndStatusAnswer() throws Exception {
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder))) {
            assertEquals(200, platform.get("/health").statusCode());
            var status = JsonMapper.shared().readTree(platform.get("/_dormouse/status").body());
            assertTrue(status.path("memory_total_mb").asInt() > 0, status.toString());
            assertEquals(folder.resolve("data").toString(), status.path("data").asString());
            assertTrue(status.path("limits").asString().matches("control groups.*|watchdog"));
            assertTrue(status.has("isolation"), status.toString());
        }
    }

    @Test
    void anEphemeralPlatformIsEmptiedAndItsClockMoved() throws Exception {
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder));
                S3Client s3 = clients(platform, "test", "test").s3()) {
            s3.createBucket(r -> r.bucket("left-over"));
            assertEquals(200, platform.post("/_dormouse/reset", "").statusCode());
            assertTrue(s3.listBuckets().buckets().isEmpty());

            HttpResponse<String> moved =
                    platform.post("/_dormouse/clock", "{\"advance_seconds\": 3600}");
            Instant now =
                    Instant.parse(
                            JsonMapper.shared().readTree(moved.body()).path("now").asString());
            assertTrue(Duration.between(Instant.now(), now).toMinutes() >= 59, moved.body());
            // Signatures keep the machine's own time: calls are served as before.
            s3.createBucket(r -> r.bucket("later"));
            assertTrue(
                    s3.listBuckets()
                            .buckets()
                            .getFirst()
                            .creationDate()
                            .isAfter(Instant.now().plusSeconds(1800)));
        }
    }

    @Test
    void aClockThatIsAskedForNonsenseSaysWhatItExpects() throws Exception {
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder))) {
            for (String body : new String[] {"", "{", "{\"advance_seconds\": -1}", "[]"}) {
                HttpResponse<String> answer = platform.post("/_dormouse/clock", body);
                assertEquals(400, answer.statusCode(), body);
                assertTrue(answer.body().contains("advance_seconds"), answer.body());
            }
        }
    }

    @Test
    void aLastingPlatformIsNeitherEmptiedNorMoved() throws Exception {
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder).lasting())) {
            assertEquals(404, platform.post("/_dormouse/reset", "").statusCode());
            assertEquals(
                    404,
                    platform.post("/_dormouse/clock", "{\"advance_seconds\": 1}").statusCode());
        }
    }

    @Test
    void withoutKeysItListensOnLoopbackOnly() throws IOException {
        InetAddress anywhere = InetAddress.getByAddress(new byte[4]);
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> TestPlatform.settings(folder).at(anywhere).build());
        assertTrue(
                String.valueOf(refused.getMessage()).contains("DORMOUSE_ACCESS_KEY_ID"),
                refused.getMessage());
        assertDoesNotThrow(() -> TestPlatform.settings(folder).at(anywhere).with(KEY).build());
    }

    @Test
    void withKeysOnlyTheirSignaturesAreServed() throws Exception {
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder).with(KEY))) {
            HttpResponse<String> unsigned =
                    TestPlatform.send(
                            HttpRequest.newBuilder(platform.endpoint())
                                    .header("X-Amz-Target", "SageMaker.ListModels")
                                    .header("Content-Type", "application/x-amz-json-1.1")
                                    .POST(HttpRequest.BodyPublishers.ofString("{}")));
            assertTrue(unsigned.statusCode() >= 400, unsigned.body());
            assertTrue(unsigned.body().contains("MissingAuthenticationToken"), unsigned.body());
            assertEquals(403, platform.post("/_dormouse/reset", "").statusCode());

            try (SageMakerClient stranger = clients(platform, "test", "test").sageMaker();
                    SageMakerClient forger =
                            clients(platform, KEY.accessKeyId(), "another").sageMaker();
                    SageMakerClient owner =
                            clients(platform, KEY.accessKeyId(), KEY.secretAccessKey())
                                    .sageMaker()) {
                assertThrows(SageMakerException.class, () -> stranger.listModels(r -> {}));
                assertThrows(SageMakerException.class, () -> forger.listModels(r -> {}));
                assertTrue(owner.listModels(r -> {}).models().isEmpty());
            }
        }
    }

    private static Clients clients(TestPlatform platform, String key, String secret) {
        return new Clients(
                platform.endpoint(), Caller.DEFAULT_REGION, key, secret, Optional.empty());
    }
}
