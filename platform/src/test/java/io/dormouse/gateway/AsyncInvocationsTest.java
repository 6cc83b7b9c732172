package io.dormouse.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.worker.Serving;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointAsyncRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointAsyncResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.SageMakerRuntimeException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asynchronous requests, by AWS's SDK, to real worker processes, with outcomes in S3.
class AsyncInvocationsTest {
    private static final int CONCURRENCY = 4;

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private StrangeEndpoints endpoints;

    @BeforeEach
    void start() throws Exception {
        endpoints = StrangeEndpoints.start(folder);
        endpoints.serve("churn");
        endpoints.objects().createBucket(r -> r.bucket("results"));
        endpoints.defer(
                "churn",
                new AsyncSettings(
                        Optional.of("s3://results/out"),
                        Optional.of("s3://results/failed"),
                        Optional.of("arn:aws:sns:us-east-1:123456789012:done"),
                        Optional.of("arn:aws:sns:us-east-1:123456789012:failed"),
                        true,
                        false));
    }

    @AfterEach
    void stop() throws Exception {
        endpoints.killWorkers();
        endpoints.drain();
        endpoints.close();
    }

    private void put(String key, String text) {
        endpoints
                .objects()
                .putObject(r -> r.bucket("results").key(key), RequestBody.fromString(text));
    }

    private InvokeEndpointAsyncResponse ask(
            String command, Consumer<InvokeEndpointAsyncRequest.Builder> more) {
        put("in", command);
        return endpoints
                .runtime()
                .invokeEndpointAsync(r -> {
                    r.endpointName("churn")
                            .contentType("text/plain")
                            .inputLocation("s3://results/in");
                    more.accept(r);
                });
    }

    private Optional<String> at(String uri) {
        assertTrue(uri.startsWith("s3://results/"), uri);
        try {
            return Optional.of(
                    endpoints
                            .objects()
                            .getObjectAsBytes(r ->
                                    r.bucket("results")
                                            .key(uri.substring("s3://results/".length())))
                            .asUtf8String());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    private String await(String uri) {
        Serving.await(uri, () -> at(uri).isPresent());
        return at(uri).orElseThrow();
    }

    private JsonNode notice(String topic) {
        Serving.await(
                "the notice",
                () -> endpoints.told().stream().anyMatch(each -> each.topic().endsWith(topic)));
        return JsonMapper.shared()
                .readTree(
                        endpoints.told().stream()
                                .filter(each -> each.topic().endsWith(topic))
                                .findFirst()
                                .orElseThrow()
                                .message());
    }

    @Test
    void theAnswerIsPutIntoS3AndTold() {
        InvokeEndpointAsyncResponse accepted = ask("hello", r -> r.inferenceId("mine"));
        assertEquals(202, accepted.sdkHttpResponse().statusCode());
        assertEquals("mine", accepted.inferenceId());
        assertTrue(accepted.outputLocation().startsWith("s3://results/out/"), accepted.toString());
        assertEquals("you said hello", await(accepted.outputLocation()));
        JsonNode notice = notice("done");
        assertEquals("Completed", notice.path("invocationStatus").asString());
        assertEquals("mine", notice.path("inferenceId").asString());
        assertEquals(
                accepted.outputLocation(),
                notice.path("responseParameters").path("outputLocation").asString());
        assertEquals(
                "s3://results/in",
                notice.path("requestParameters").path("inputLocation").asString());
        assertEquals("you said hello", notice.path("responseBody").path("content").asString());
        Serving.await("it counted", () -> endpoints.measured().contains("InvocationFailures 0.0"));
        assertTrue(endpoints.measured().contains("ApproximateBacklogSize 0.0"));
    }

    @Test
    void headersReachTheModel() {
        String head =
                await(
                        ask("head", r -> r.accept("text/x").customAttributes("c=1"))
                                .outputLocation());
        assertTrue(head.contains("Accept: text/x\r\n"), head);
        assertTrue(head.contains("X-Amzn-SageMaker-Custom-Attributes: c=1\r\n"), head);
        assertTrue(head.contains("Content-Type: text/plain\r\n"), head);
    }

    @Test
    void aFailureIsPutIntoS3AndTold() {
        InvokeEndpointAsyncResponse accepted = ask("wrong", _ -> {});
        JsonNode said = JsonMapper.shared().readTree(await(accepted.failureLocation()));
        assertEquals(400, said.path("OriginalStatusCode").asInt());
        assertEquals("the input is wrong", said.path("OriginalMessage").asString());
        JsonNode notice = notice("failed");
        assertEquals("Failed", notice.path("invocationStatus").asString());
        assertTrue(notice.path("failureReason").asString().startsWith("ModelError: "), "" + notice);
        assertTrue(at(accepted.outputLocation()).isEmpty(), "no answer");
        InvokeEndpointAsyncResponse missing =
                endpoints
                        .runtime()
                        .invokeEndpointAsync(
                                r -> r.endpointName("churn").inputLocation("s3://results/nowhere"));
        String why = await(missing.failureLocation());
        assertTrue(why.contains("s3://results/nowhere cannot be read"), why);
    }

    @Test
    void aModelThatTakesTooLongHasFailed() {
        String why = await(ask("hang", r -> r.invocationTimeoutSeconds(1)).failureLocation());
        assertTrue(why.contains("timed out"), why);
    }

    @Test
    void whatWaitsTooLongExpires() {
        for (int i = 0; i < CONCURRENCY; i++) {
            ask("hang", _ -> {});
        }
        InvokeEndpointAsyncResponse late = ask("hello", r -> r.requestTTLSeconds(90));
        Serving.await(
                "it waits", () -> endpoints.measured().contains("ApproximateBacklogSize 1.0"));
        endpoints.pass(Duration.ofSeconds(61));
        Serving.await(
                "its age",
                () ->
                        endpoints.measured().stream()
                                .anyMatch(each ->
                                        each.startsWith("ApproximateAgeOfOldestRequest 6")));
        endpoints.pass(Duration.ofSeconds(30));
        String why = await(late.failureLocation());
        assertTrue(why.contains("RequestTTLSeconds"), why);
        assertTrue(endpoints.measured().contains("ExpiredRequests 1.0"));
    }

    @Test
    void whatWasAcceptedIsAnsweredInTheNextLife() {
        for (int i = 0; i < CONCURRENCY; i++) {
            ask("hang", r -> r.invocationTimeoutSeconds(3600));
        }
        Serving.await("they hang", () -> endpoints.logged("churn", "hanging"));
        InvokeEndpointAsyncResponse waiting = ask("hello", _ -> {});
        put("in", "hello");
        endpoints.restartLater();
        endpoints.killWorkers();
        Serving.await(
                "the answer",
                () -> {
                    // Those that find every slot taken try again after a while.
                    endpoints.pass(Duration.ofSeconds(1));
                    return at(waiting.outputLocation()).isPresent();
                });
        assertEquals("you said hello", await(waiting.outputLocation()));
    }

    private HttpResponse<String> post(String path, String body, String... headers)
            throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(endpoints.addresses().getFirst().resolve(path))
                            .POST(HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aSmallInputMayComeWithTheRequest() throws Exception {
        String path = "/endpoints/churn/async-invocations";
        HttpResponse<String> accepted =
                post(
                        path,
                        "hello",
                        "X-Amzn-SageMaker-S3OutputPathExtension",
                        "today",
                        "X-Amzn-SageMaker-Filename",
                        "mine.txt");
        assertEquals(202, accepted.statusCode(), accepted.body());
        String output =
                accepted.headers().firstValue("X-Amzn-SageMaker-OutputLocation").orElseThrow();
        assertEquals("s3://results/out/today/mine.txt", output);
        assertEquals("you said hello", await(output));
        String large =
                await(
                        post(path, "x".repeat(128_000))
                                .headers()
                                .firstValue("X-Amzn-SageMaker-OutputLocation")
                                .orElseThrow());
        assertTrue(large.startsWith("128000 bytes"), large);
        assertTrue(post(path, "x".repeat(128_001)).body().contains("128000"));
        assertEquals(400, post(path, "").statusCode());
        assertEquals(
                400,
                post(path, "x", "X-Amzn-SageMaker-InputLocation", "s3://results/in").statusCode());
    }

    @Test
    void whatCannotBeAcceptedIsToldAtOnce() {
        refused("requestTTLSeconds", r -> r.requestTTLSeconds(59));
        refused("invocationTimeoutSeconds", r -> r.invocationTimeoutSeconds(3601));
        refused("https://x/y is not s3://bucket/key", r -> r.inputLocation("https://x/y"));
        refused("Endpoint nobody of account", r -> r.endpointName("nobody"));
        endpoints.serve("plain");
        refused("Endpoint plain is not asynchronous", r -> r.endpointName("plain"));
        SageMakerRuntimeException told =
                assertThrows(
                        SageMakerRuntimeException.class, () -> endpoints.ask("churn", "hello"));
        assertTrue(told.toString().contains("use InvokeEndpointAsync"), told.toString());
        assertFalse(endpoints.measured().contains("InvocationsProcessed 1.0"));
    }

    private void refused(String why, Consumer<InvokeEndpointAsyncRequest.Builder> more) {
        SageMakerRuntimeException told =
                assertThrows(SageMakerRuntimeException.class, () -> ask("hello", more));
        assertEquals("ValidationError", told.awsErrorDetails().errorCode());
        assertTrue(told.toString().contains(why), told.toString());
    }
}
