package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.aws.Caller;
import io.dormouse.cli.Clients;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/// A platform whose objects another S3 keeps: a second platform here.
class OtherS3Test {
    @TempDir private Path folder;

    private TestPlatform.SettingsBuilder settings(String name, Map<String, String> environment)
            throws Exception {
        return TestPlatform.settings(Files.createDirectories(folder.resolve(name)))
                .with(environment);
    }

    private static Map<String, String> keptAt(String endpoint) {
        return Map.of(
                "DORMOUSE_S3_ENDPOINT",
                endpoint,
                "DORMOUSE_S3_ACCESS_KEY_ID",
                "test",
                "DORMOUSE_S3_SECRET_ACCESS_KEY",
                "test");
    }

    private static S3Client s3(TestPlatform platform) {
        return new Clients(
                        platform.endpoint(),
                        Caller.DEFAULT_REGION,
                        "test",
                        "test",
                        Optional.empty())
                .s3();
    }

    @Test
    void aModelIsDeployedFromItAndServedOnWithoutIt() throws Exception {
        assumeTrue(TestPlatform.hasModelServer(), "the model server is not packaged: run ./build");
        Path model = Path.of("../modelserver/src/main/resources/io/dormouse/modelserver/setup");
        TestPlatform keeper = new TestPlatform(settings("keeper", Map.of()));
        try (TestPlatform platform =
                        new TestPlatform(settings("front", keptAt(keeper.endpoint().toString())));
                S3Client theirs = s3(keeper);
                S3Client ours = s3(platform)) {
            TestPlatform.Ran deployed =
                    platform.run("deploy", model.resolve("warm.onnx").toString(), "--name", "m");
            assertEquals(0, deployed.code(), deployed.err());
            assertEquals(1, theirs.listBuckets().buckets().size(), "kept there");
            assertEquals(
                    theirs.listBuckets().buckets().getFirst().name(),
                    ours.listBuckets().buckets().getFirst().name());
            assertEquals(200, invoke(platform).statusCode());

            TestPlatform.Ran rules = platform.run("artifacts");
            assertEquals(0, rules.code(), rules.err());
            assertTrue(
                    platform.get("/_dormouse/artifacts").body().contains("executes its own rules"));
            HttpResponse<String> tooShort =
                    TestPlatform.send(
                            HttpRequest.newBuilder(platform.endpoint().resolve("/b"))
                                    .PUT(HttpRequest.BodyPublishers.noBody()));
            assertEquals(400, tooShort.statusCode(), tooShort.body());
            keeper.close();
            assertEquals(200, invoke(platform).statusCode(), "laid out here");
            String unreached = assertThrows(RuntimeException.class, ours::listBuckets).getMessage();
            assertTrue(
                    String.valueOf(unreached).contains("The S3 that keeps the objects"), unreached);
        } finally {
            keeper.close();
        }
    }

    private static HttpResponse<String> invoke(TestPlatform platform) throws Exception {
        return platform.post("/endpoints/m/invocations", "{\"instances\": [[1, 2, 3, 4]]}");
    }

    @Test
    void whatIsMissingIsSaidBeforeTheStart() {
        for (Map.Entry<Map<String, String>, String> each :
                Map.of(
                                Map.of("DORMOUSE_S3_ENDPOINT", "localhost:9000"),
                                "http://HOST:PORT or https://HOST is expected",
                                Map.of("DORMOUSE_S3_ENDPOINT", "http://localhost:9000"),
                                "DORMOUSE_S3_ACCESS_KEY_ID is not")
                        .entrySet()) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> settings("wrong", each.getKey()).build())
                            .getMessage();
            assertTrue(String.valueOf(message).contains(each.getValue()), message);
        }
    }
}
