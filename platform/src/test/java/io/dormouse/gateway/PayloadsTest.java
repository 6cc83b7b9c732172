package io.dormouse.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.client.LargePayloads;
import io.dormouse.gateway.payload.PayloadReference;
import io.dormouse.gateway.payload.PayloadSettings;
import io.dormouse.wire.sign.Checksum;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeAsyncClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Payloads over the limit, by AWS's SDK with one line added, to and from real worker processes.
class PayloadsTest {
    private static final int LIMIT = 6_291_456;
    private static final String BUCKET = PayloadSettings.ownBucket(StrangeEndpoints.OWNER);
    private static final StaticCredentialsProvider KEY =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private StrangeEndpoints endpoints;

    @SuppressWarnings("NullAway.Init") // set before each test
    private SageMakerRuntimeClient runtime;

    @BeforeEach
    void start() throws Exception {
        endpoints = StrangeEndpoints.start(folder);
        endpoints.serve("churn");
        runtime =
                client(
                        Optional.of(
                                LargePayloads.builder(BUCKET)
                                        .endpoint(address())
                                        .region(Region.US_EAST_1)
                                        .credentials(KEY)
                                        .build()));
    }

    @AfterEach
    void stop() throws Exception {
        runtime.close();
        endpoints.drain();
        endpoints.close();
    }

    private URI address() {
        return endpoints.addresses().getFirst();
    }

    private SageMakerRuntimeClient client(Optional<LargePayloads> payloads) {
        return SageMakerRuntimeClient.builder()
                .endpointOverride(address())
                .region(Region.US_EAST_1)
                .credentialsProvider(KEY)
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(o -> {
                    o.retryStrategy(b -> b.maxAttempts(1));
                    payloads.ifPresent(o::addExecutionInterceptor);
                })
                .build();
    }

    private static InvokeEndpointRequest request(SdkBytes body) {
        return InvokeEndpointRequest.builder()
                .endpointName("churn")
                .contentType("text/plain")
                .accept("text/answer")
                .body(body)
                .build();
    }

    private List<S3Object> kept() {
        return endpoints.objects().listObjectsV2(r -> r.bucket(BUCKET)).contents();
    }

    @Test
    void aBodyOverTheLimitReachesTheModelByItself() {
        byte[] body = new byte[LIMIT + 1];
        body[LIMIT] = 7;
        assertEquals(
                LIMIT + 1 + " bytes, 7",
                runtime.invokeEndpoint(request(SdkBytes.fromByteArray(body)))
                        .body()
                        .asUtf8String());
        assertEquals(1, kept().size());
        String small =
                runtime.invokeEndpoint(request(SdkBytes.fromUtf8String("head")))
                        .body()
                        .asUtf8String();
        assertTrue(small.contains("Accept: text/answer\r\n"), small);
        assertTrue(small.contains("Content-Type: text/plain\r\n"), small);
        assertEquals(1, kept().size(), "a small one goes as it is");
    }

    @Test
    void anAnswerOverTheLimitIsFetchedByItself() throws Exception {
        InvokeEndpointResponse answer =
                runtime.invokeEndpoint(request(SdkBytes.fromUtf8String("zeros 20000000")));
        assertArrayEquals(new byte[20_000_000], answer.body().asByteArray());
        assertEquals("text/plain", answer.contentType());
        assertEquals("AllTraffic", answer.invokedProductionVariant());
        try (SageMakerRuntimeClient plain = client(Optional.empty())) {
            ModelErrorException told =
                    assertThrows(
                            ModelErrorException.class,
                            () ->
                                    plain.invokeEndpoint(
                                            request(SdkBytes.fromUtf8String("zeros 20000000"))));
            assertTrue(told.originalMessage().contains("exceeded the maximum"), told.toString());
        }
    }

    @Test
    void theAsynchronousClientDoesTheSame() throws Exception {
        LargePayloads payloads =
                LargePayloads.builder(BUCKET)
                        .endpoint(address())
                        .region(Region.US_EAST_1)
                        .credentials(KEY)
                        .build();
        try (SageMakerRuntimeAsyncClient client =
                SageMakerRuntimeAsyncClient.builder()
                        .endpointOverride(address())
                        .region(Region.US_EAST_1)
                        .credentialsProvider(KEY)
                        .overrideConfiguration(o -> o.addExecutionInterceptor(payloads))
                        .build()) {
            byte[] body = new byte[LIMIT + 1];
            InvokeEndpointResponse said =
                    client.invokeEndpoint(request(SdkBytes.fromByteArray(body))).join();
            assertEquals(LIMIT + 1 + " bytes, 0", said.body().asUtf8String());
            InvokeEndpointResponse zeros =
                    client.invokeEndpoint(request(SdkBytes.fromUtf8String("zeros 7000000"))).join();
            assertEquals(7_000_000, zeros.body().asByteArrayUnsafe().length);
        }
    }

    @Test
    void filesStreamInAndOut() throws Exception {
        Path body = Files.write(folder.resolve("body"), new byte[LIMIT * 2]);
        Path answer = folder.resolve("answer");
        InvokeEndpointRequest large =
                request(SdkBytes.fromUtf8String("")).toBuilder()
                        .overrideConfiguration(o ->
                                o.putExecutionAttribute(LargePayloads.BODY, body)
                                        .putExecutionAttribute(LargePayloads.ANSWER, answer))
                        .build();
        assertEquals("", runtime.invokeEndpoint(large).body().asUtf8String());
        assertEquals(LIMIT * 2 + " bytes, 0", Files.readString(answer));
    }

    @Test
    void whatBreaksOffIsNotKept() {
        ModelErrorException told =
                assertThrows(
                        ModelErrorException.class,
                        () ->
                                runtime.invokeEndpoint(
                                        request(SdkBytes.fromUtf8String("zeros-then-die"))));
        assertTrue(told.originalMessage().contains("in its middle"), told.originalMessage());
        assertEquals(List.of(), kept());
        assertEquals("you said again", endpoints.ask("churn", "again"));
    }

    private static String sha256(byte[] bytes) {
        Checksum.Running sum = Checksum.SHA256.start();
        sum.update(bytes, 0, bytes.length);
        return sum.base64();
    }

    private PayloadReference put(String bucket, byte[] content) {
        endpoints.objects().createBucket(r -> r.bucket(bucket));
        endpoints
                .objects()
                .putObject(r -> r.bucket(bucket).key("k"), RequestBody.fromBytes(content));
        return new PayloadReference(
                bucket,
                "k",
                content.length,
                "text/plain",
                sha256(content),
                endpoints.now().plusSeconds(60),
                Optional.of("http://169.254.169.254/latest/meta-data"));
    }

    /// What curl would send.
    private HttpResponse<String> send(String reference) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(address().resolve("/endpoints/churn/invocations"))
                            .header("Content-Type", PayloadReference.MEDIA_TYPE)
                            .header("Accept", PayloadReference.MEDIA_TYPE)
                            .POST(HttpRequest.BodyPublishers.ofString(reference))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private void refused(PayloadReference reference, String why) throws Exception {
        HttpResponse<String> told = send(reference.json());
        assertEquals(400, told.statusCode(), told.body());
        assertEquals("ValidationError", told.headers().firstValue("x-amzn-ErrorType").orElse(""));
        assertTrue(told.body().contains(why), told.body());
    }

    @Test
    void aReferenceLeadsNowhereButToThePayloadThatItNames() throws Exception {
        PayloadReference good = put(BUCKET, "hello".getBytes());
        HttpResponse<String> answer = send(good.json());
        assertEquals("you said hello", answer.body());

        refused(put("somebody-elses", "secret".getBytes()), "are taken from [" + BUCKET + "] only");
        refused(changed(good, "nothing", 5, good.sha256(), good.expires()), "does not exist");
        refused(changed(good, "k", 6, good.sha256(), good.expires()), "has 5 bytes");
        String other = sha256("jello".getBytes());
        refused(changed(good, "k", 5, other, good.expires()), "its reference says " + other);
        refused(
                changed(good, "k", 5, good.sha256(), endpoints.now().minusSeconds(1)),
                "expired at");
        refused(
                changed(good, "k", 5, good.sha256(), endpoints.now().plus(Duration.ofDays(8))),
                "7 days at most");
        assertTrue(send("{}").body().contains("Member ChecksumSHA256"), "what is missing");
        assertEquals("you said again", endpoints.ask("churn", "again"));
    }

    private static PayloadReference changed(
            PayloadReference from, String key, long bytes, String sha256, Instant expires) {
        return new PayloadReference(
                from.bucket(), key, bytes, from.contentType(), sha256, expires, from.url());
    }

    @Test
    void payloadsExpireAndAreRemoved() throws Exception {
        HttpResponse<String> answer;
        try (HttpClient http = HttpClient.newHttpClient()) {
            answer =
                    http.send(
                            HttpRequest.newBuilder(
                                            address().resolve("/endpoints/churn/invocations"))
                                    .header("Accept", PayloadReference.MEDIA_TYPE)
                                    .POST(HttpRequest.BodyPublishers.ofString("zeros 7000000"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            JsonNode reference = JsonMapper.shared().readTree(answer.body());
            assertEquals(7_000_000, reference.path("Bytes").asLong());
            URI url = URI.create(reference.path("Url").asString());
            HttpResponse<byte[]> fetched =
                    http.send(
                            HttpRequest.newBuilder(url).build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            assertEquals(7_000_000, fetched.body().length);
            assertTrue(url.getQuery().contains("X-Amz-Expires=3600"), url.toString());
        }
        endpoints
                .objects()
                .putObject(r -> r.bucket(BUCKET).key("mine"), RequestBody.fromString("keep"));
        endpoints.pass(Duration.ofMinutes(45));
        assertEquals(2, kept().size());
        HttpResponse<String> young = send(answer.body());
        assertFalse(young.body().contains("expired"), young.body());
        endpoints.pass(Duration.ofMinutes(30));
        assertEquals(List.of("mine"), kept().stream().map(S3Object::key).toList());
        assertTrue(send(answer.body()).body().contains("expired at"), "the reference too");
    }
}
