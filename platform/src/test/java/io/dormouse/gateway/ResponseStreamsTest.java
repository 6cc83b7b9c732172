package io.dormouse.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.worker.Serving;
import java.net.URI;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeAsyncClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelStreamErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.SageMakerRuntimeException;

/// Answers as events, read by AWS's asynchronous SDK client, written by real worker processes.
class ResponseStreamsTest {
    private static final int PATIENT = 0;
    private static final int HASTY = 1;

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private StrangeEndpoints endpoints;

    @BeforeEach
    void start() throws Exception {
        endpoints = StrangeEndpoints.start(folder);
        endpoints.serve("churn");
    }

    @AfterEach
    void stop() throws Exception {
        endpoints.drain();
        endpoints.close();
    }

    /// A stream as its reader sees it.
    private static final class Seen implements AutoCloseable {
        final AtomicReference<InvokeEndpointWithResponseStreamResponse> head =
                new AtomicReference<>();
        final Queue<String> parts = new ConcurrentLinkedQueue<>();
        final SageMakerRuntimeAsyncClient client;
        final CompletableFuture<Void> done;

        Seen(URI address, String endpoint, String command) {
            client =
                    SageMakerRuntimeAsyncClient.builder()
                            .endpointOverride(address)
                            .region(Region.US_EAST_1)
                            .credentialsProvider(
                                    StaticCredentialsProvider.create(
                                            AwsBasicCredentials.create("test", "test")))
                            .overrideConfiguration(o -> o.retryStrategy(b -> b.maxAttempts(1)))
                            .build();
            done =
                    client.invokeEndpointWithResponseStream(
                            r ->
                                    r.endpointName(endpoint)
                                            .contentType("text/plain")
                                            .accept("text/drops")
                                            .body(SdkBytes.fromUtf8String(command)),
                            InvokeEndpointWithResponseStreamResponseHandler.builder()
                                    .onResponse(head::set)
                                    .subscriber(
                                            InvokeEndpointWithResponseStreamResponseHandler.Visitor
                                                    .builder()
                                                    .onPayloadPart(part ->
                                                            parts.add(part.bytes().asUtf8String()))
                                                    .build())
                                    .build());
        }

        String text() throws Exception {
            done.get(Serving.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return parts.stream().collect(Collectors.joining());
        }

        Throwable failure() {
            ExecutionException failed =
                    assertThrows(
                            ExecutionException.class,
                            () -> done.get(Serving.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            return java.util.Objects.requireNonNull(failed.getCause());
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private Seen ask(int how, String command) {
        return new Seen(endpoints.addresses().get(how), "churn", command);
    }

    @Test
    void theAnswerComesAsEvents() throws Exception {
        try (Seen seen = ask(PATIENT, "chunked")) {
            assertEquals("hello, world", seen.text());
            assertEquals("AllTraffic", seen.head.get().invokedProductionVariant());
        }
        try (Seen seen = ask(PATIENT, "head")) {
            String head = seen.text();
            assertTrue(head.contains("Accept: text/drops\r\n"), head);
            assertEquals("text/plain", seen.head.get().contentType());
        }
        try (Seen seen = ask(PATIENT, "zeros 20000000")) {
            assertEquals(20_000_000, seen.text().length(), "more than an answer that comes whole");
        }
    }

    @Test
    void aPieceIsThereBeforeTheNextIsWritten() throws Exception {
        try (Seen seen = ask(PATIENT, "drip")) {
            Serving.await("the first piece", () -> seen.parts.contains("first"));
            assertFalse(seen.done.isDone(), "the model has not ended its answer");
            assertEquals("text/drops", seen.head.get().contentType());
            endpoints.killWorkers();
            ModelStreamErrorException told =
                    assertInstanceOf(ModelStreamErrorException.class, seen.failure());
            assertEquals("StreamBroken", told.errorCode());
        }
        assertEquals("you said again", endpoints.ask("churn", "again"));
    }

    @Test
    void aStreamThatDoesNotEndIsEnded() throws Exception {
        try (Seen seen = ask(HASTY, "drip")) {
            ModelStreamErrorException told =
                    assertInstanceOf(ModelStreamErrorException.class, seen.failure());
            assertEquals("ModelInvocationTimeExceeded", told.errorCode());
            assertTrue(seen.parts.contains("first"), "what came before was delivered");
        }
        assertEquals("you said again", endpoints.ask("churn", "again"));
    }

    @Test
    void whatGoesWrongBeforeTheFirstPieceIsAnOrdinaryError() throws Exception {
        try (Seen seen = ask(PATIENT, "wrong")) {
            SageMakerRuntimeException told =
                    assertInstanceOf(SageMakerRuntimeException.class, seen.failure());
            assertEquals("ModelError", told.awsErrorDetails().errorCode());
            assertEquals(424, told.statusCode());
        }
        try (Seen seen = new Seen(endpoints.addresses().getFirst(), "nobody", "hello")) {
            SageMakerRuntimeException told =
                    assertInstanceOf(SageMakerRuntimeException.class, seen.failure());
            assertEquals("ValidationError", told.awsErrorDetails().errorCode());
        }
    }
}
