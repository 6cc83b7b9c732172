package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.app.TestPlatform.Ran;
import io.dormouse.aws.Caller;
import io.dormouse.cli.Clients;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `./dormouse artifacts`, by what it prints.
class ArtifactsCommandTest {
    private static final Settings.Keys KEY = new Settings.Keys("AKIDORMOUSE", "a-long-secret");
    private static final String IMAGE =
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/dormouse-onnx:latest";

    @TempDir private Path folder;

    @Test
    void bytesCostAndWhatWouldGoAreShown() throws Exception {
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder))) {
            fill(clients(platform, "test"));
            Ran ran = platform.run("artifacts", "--days", "40");
            assertEquals(0, ran.code(), ran.err());
            assertTrue(ran.out().matches("(?s).*models/churn/ +2 +2\\.0 MB.*"), ran.out());
            assertTrue(ran.out().contains("us-east-1"), ran.out());
            assertTrue(ran.out().matches("(?s).*churn/1 +Approved +1\\.0 MB.*"), ran.out());
            assertTrue(ran.out().matches("(?s).*churn/2 +Rejected +1\\.0 MB.*"), ran.out());
            assertTrue(
                    ran.out().matches("(?s).*would remove 1 \\(1\\.0 MB\\).*older than 30 days.*"),
                    ran.out());
            assertTrue(ran.out().matches("(?s).*kept .*churn/a .*Approved.*"), ran.out());

            JsonNode json = json(platform.run("artifacts", "--json", "--days", "40"));
            assertEquals(2 << 20, json.path("prefixes").path(0).path("bytes").asLong());
            double month = (2.0 * (1 << 20) + 3) / (1 << 30) * 0.023;
            assertEquals(month, json.path("usd_month").asDouble(), 1e-12);
            JsonNode rules = json.path("rules");
            assertEquals("churn/b", first(rules.path("removed")).path("key").asString());
            assertEquals("churn/a", first(rules.path("kept")).path("key").asString());
            assertEquals(0, count(platform.run("artifacts", "--json")), "the next midnight only");

            Ran other = platform.run("artifacts", "--bucket", "other");
            assertFalse(other.out().contains("churn/1"), other.out());
            assertTrue(other.out().matches("(?s).*other/ +1 +3 B.*"), other.out());
            assertEquals(1, platform.run("artifacts", "--bucket", "no-such").code());
        }
    }

    @Test
    void helpHasAnExample() {
        Ran help = TestPlatform.execute("artifacts", "--help");
        assertEquals(0, help.code());
        assertTrue(help.out().contains("./dormouse artifacts --days 30"), help.out());
        assertEquals(2, TestPlatform.execute("artifacts", "--days", "0").code());
    }

    @Test
    void whatRulesWouldDoIsForThoseWithAKey() throws Exception {
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder).with(KEY))) {
            String path = "/_dormouse/artifacts?days=2";
            assertEquals(403, platform.get(path).statusCode());
            URI page = platform.endpoint().resolve(path);
            assertEquals(403, status(page, clients(platform, "another")));
            assertEquals(200, status(page, clients(platform, KEY.secretAccessKey())));
            URI wrong = platform.endpoint().resolve("/_dormouse/artifacts?days=0");
            assertEquals(400, status(wrong, clients(platform, KEY.secretAccessKey())));
        }
    }

    private static int status(URI page, Clients clients) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(page);
        clients.signed(page)
                .forEach((name, value) -> {
                    if (!name.equalsIgnoreCase("host")) { // the JDK's client sets it itself
                        request.header(name, value);
                    }
                });
        return TestPlatform.send(request).statusCode();
    }

    private static void fill(Clients clients) {
        try (S3Client s3 = clients.s3();
                SageMakerClient sageMaker = clients.sageMaker()) {
            s3.createBucket(r -> r.bucket("models"));
            s3.createBucket(r -> r.bucket("other"));
            s3.putObject(r -> r.bucket("other").key("k"), RequestBody.fromString("123"));
            sageMaker.createModelPackageGroup(r -> r.modelPackageGroupName("churn"));
            for (String key : new String[] {"churn/a", "churn/b"}) {
                s3.putObject(
                        r -> r.bucket("models").key(key), RequestBody.fromBytes(new byte[1 << 20]));
                sageMaker.createModelPackage(r ->
                        r.modelPackageGroupName("churn")
                                .modelApprovalStatus(
                                        key.endsWith("a")
                                                ? ModelApprovalStatus.APPROVED
                                                : ModelApprovalStatus.REJECTED)
                                .inferenceSpecification(i ->
                                        i.containers(container("s3://models/" + key))
                                                .supportedContentTypes("text/csv")
                                                .supportedResponseMIMETypes("text/csv")));
            }
            Tag tag = Tag.builder().key("dormouse:registry-aware").value("true").build();
            s3.putBucketTagging(r -> r.bucket("models").tagging(t -> t.tagSet(tag)));
            s3.putBucketLifecycleConfiguration(r ->
                    r.bucket("models")
                            .lifecycleConfiguration(c ->
                                    c.rules(
                                            LifecycleRule.builder()
                                                    .id("old")
                                                    .status(ExpirationStatus.ENABLED)
                                                    .filter(f -> f.prefix("churn/"))
                                                    .expiration(e -> e.days(30))
                                                    .build())));
        }
    }

    private static ModelPackageContainerDefinition container(String uri) {
        return ModelPackageContainerDefinition.builder().image(IMAGE).modelDataUrl(uri).build();
    }

    private static JsonNode first(JsonNode list) {
        assertEquals(1, list.path("count").asInt(), list.toString());
        return list.path("entries").path(0);
    }

    private static int count(Ran ran) {
        return json(ran).path("rules").path("removed").path("count").asInt(-1);
    }

    private static JsonNode json(Ran ran) {
        assertEquals(0, ran.code(), ran.err());
        return JsonMapper.shared().readTree(ran.out());
    }

    private static Clients clients(TestPlatform platform, String secret) {
        return new Clients(
                platform.endpoint(),
                Caller.DEFAULT_REGION,
                KEY.accessKeyId(),
                secret,
                Optional.empty());
    }
}
