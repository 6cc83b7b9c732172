package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.aws.Caller;
import io.dormouse.worker.Serving;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.waiters.SageMakerWaiter;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.SageMakerRuntimeException;

/// Endpoints that are changed and deleted while they answer: several callers who do not pause, real
/// model servers, and no retry that would hide a lost request.
class DrainTest {
    private static final Path MODEL =
            Path.of("../modelserver/src/test/resources/xgboost/old-binary.json");
    private static final String IMAGE =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
    private static final int CALLERS = 4;

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private TestPlatform platform;

    @SuppressWarnings("NullAway.Init")
    private SageMakerClient control;

    @SuppressWarnings("NullAway.Init")
    private SageMakerRuntimeClient runtime;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(TestPlatform.hasModelServer(), "the model server is not packaged: run ./build");
        platform = new TestPlatform(TestPlatform.settings(folder));
        control = of(SageMakerClient.builder());
        runtime = of(SageMakerRuntimeClient.builder());
        try (S3Client s3 = of(S3Client.builder().forcePathStyle(true))) {
            s3.createBucket(r -> r.bucket("models"));
            String trees = Files.readString(MODEL);
            String others =
                    trees.replaceFirst("\"base_score\":\"[^\"]*\"", "\"base_score\":\"0.9\"");
            assertNotEquals(trees, others);
            put(s3, "a", trees);
            put(s3, "b", others);
        }
        control.createEndpoint(r -> r.endpointName("churn").endpointConfigName("a"));
        awaitInService();
    }

    @AfterEach
    void stop() {
        if (platform != null) {
            control.close();
            runtime.close();
            platform.close();
        }
    }

    private <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C of(B builder) {
        return builder.endpointOverride(platform.endpoint())
                .region(Region.of(Caller.DEFAULT_REGION))
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("test", "test")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(o -> o.retryStrategy(b -> b.maxAttempts(1)))
                .build();
    }

    private void put(S3Client s3, String name, String model) {
        s3.putObject(r -> r.bucket("models").key(name + ".json"), RequestBody.fromString(model));
        control.createModel(r ->
                r.modelName(name)
                        .executionRoleArn("arn:aws:iam::123456789012:role/any")
                        .primaryContainer(
                                c -> c.image(IMAGE).modelDataUrl("s3://models/" + name + ".json")));
        ProductionVariant variant =
                ProductionVariant.builder()
                        .variantName("AllTraffic")
                        .modelName(name)
                        .serverlessConfig(s -> s.memorySizeInMB(1024).maxConcurrency(CALLERS + 1))
                        .build();
        control.createEndpointConfig(r -> r.endpointConfigName(name).productionVariants(variant));
    }

    /// The first one of a machine waits for the model server's installation.
    private void awaitInService() {
        try (SageMakerWaiter waiter =
                SageMakerWaiter.builder()
                        .client(control)
                        .overrideConfiguration(o ->
                                o.maxAttempts(1200)
                                        .backoffStrategyV2(
                                                BackoffStrategy.fixedDelayWithoutJitter(
                                                        Duration.ofMillis(100))))
                        .build()) {
            waiter.waitUntilEndpointInService(r -> r.endpointName("churn"));
        }
    }

    private String ask() {
        return runtime.invokeEndpoint(r ->
                        r.endpointName("churn")
                                .contentType("text/csv")
                                .body(SdkBytes.fromUtf8String("1,2,3,4")))
                .body()
                .asUtf8String();
    }

    /// Callers who ask again as soon as they have an answer, or a refusal.
    private final class Traffic implements AutoCloseable {
        private final Queue<String> answers = new ConcurrentLinkedQueue<>();
        private final Queue<RuntimeException> refusals = new ConcurrentLinkedQueue<>();
        private final List<Thread> callers = new ArrayList<>();
        private volatile boolean over;

        Traffic() {
            for (int i = 0; i < CALLERS; i++) {
                callers.add(Thread.ofPlatform().start(this::call));
            }
        }

        private void call() {
            while (!over) {
                try {
                    answers.add(ask());
                } catch (RuntimeException e) {
                    refusals.add(e);
                }
            }
        }

        /// So many answers more.
        void flow(int more) {
            int enough = answers.size() + more;
            Serving.await("traffic flows", () -> answers.size() >= enough);
        }

        @Override
        public void close() {
            over = true;
            for (Thread each : callers) {
                try {
                    each.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Test
    void anUpdateLosesNothingAndEachAnswerIsOfOneVersion() {
        String before = ask();
        Traffic traffic = new Traffic();
        try (traffic) {
            traffic.flow(20);
            control.updateEndpoint(r -> r.endpointName("churn").endpointConfigName("b"));
            awaitInService();
            String after = ask();
            assertNotEquals(before, after);
            traffic.flow(40);
            Set<String> either = Set.of(before, after);
            assertEquals(either, Set.copyOf(traffic.answers), "both, and nothing else");
            // Each caller has at most one answer of before on its way when the update is over.
            List<String> last = List.copyOf(traffic.answers);
            List<String> newest = last.subList(last.size() - 20, last.size());
            assertEquals(Set.of(after), Set.copyOf(newest));
        }
        assertEquals(List.of(), List.copyOf(traffic.refusals));
    }

    @Test
    void aDeletionAnswersWhatItAcceptedAndRefusesTheRest() {
        String answer = ask();
        Traffic traffic = new Traffic();
        try (traffic) {
            traffic.flow(20);
            control.deleteEndpoint(r -> r.endpointName("churn"));
            Serving.await("requests are refused", () -> traffic.refusals.size() >= 20);
        }
        assertEquals(Set.of(answer), Set.copyOf(traffic.answers));
        Set<String> told =
                traffic.refusals.stream().map(DrainTest::told).collect(Collectors.toSet());
        assertEquals(
                Set.of("400 ValidationError Endpoint churn of account 123456789012 not found."),
                told);
        assertThrows(SageMakerRuntimeException.class, this::ask);
        Serving.await("no instance is left", () -> workers() == 0);
        assertTrue(control.listEndpoints(r -> {}).endpoints().isEmpty());
    }

    private static String told(RuntimeException refusal) {
        return refusal instanceof SageMakerRuntimeException service
                ? service.statusCode()
                        + " "
                        + service.awsErrorDetails().errorCode()
                        + " "
                        + service.awsErrorDetails().errorMessage()
                : refusal.toString();
    }

    private static long workers() {
        return ProcessHandle.current()
                .descendants()
                .filter(each -> each.info().commandLine().orElse("").contains("--kind"))
                .count();
    }
}
