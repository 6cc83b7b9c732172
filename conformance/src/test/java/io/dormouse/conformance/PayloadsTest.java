package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.client.LargePayloads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointAsyncResponse;

/// Payloads of any size, streams and asynchronous invocations, by clients from outside.
class PayloadsTest {
    private static final Path MODEL =
            PlatformProcess.ROOT.resolve("modelserver/src/test/resources/xgboost/old-binary.json");

    @TempDir static Path data;

    @SuppressWarnings("NullAway.Init") // set before the first test
    private static PlatformProcess platform;

    @BeforeAll
    static void start() throws IOException {
        platform = PlatformProcess.start(data);
        deploy(platform);
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    /// `rows` answers at once, `later` asynchronously into the bucket `results`.
    private static void deploy(PlatformProcess platform) {
        try (SageMakerClient sageMaker = platform.client(SageMakerClient.builder());
                S3Client s3 = platform.client(S3Client.builder().forcePathStyle(true))) {
            s3.createBucket(r -> r.bucket("results"));
            s3.putObject(r -> r.bucket("results").key("model.json"), MODEL);
            Serving.createModel(
                    sageMaker,
                    "rows",
                    "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                    "s3://results/model.json");
            Serving.deploy(sageMaker, "rows", 1024, 2);
            sageMaker.createEndpointConfig(r ->
                    r.endpointConfigName("later")
                            .productionVariants(
                                    ProductionVariant.builder()
                                            .variantName("AllTraffic")
                                            .modelName("rows")
                                            .serverlessConfig(
                                                    s -> s.memorySizeInMB(1024).maxConcurrency(1))
                                            .build())
                            .asyncInferenceConfig(a ->
                                    a.outputConfig(o -> o.s3OutputPath("s3://results/later"))));
            sageMaker.createEndpoint(r -> r.endpointName("later").endpointConfigName("later"));
            PlatformProcess.waiter(sageMaker)
                    .waitUntilEndpointInService(r -> r.endpointName("later"));
            assertEquals(
                    "s3://results/later",
                    sageMaker
                            .describeEndpoint(r -> r.endpointName("later"))
                            .asyncInferenceConfig()
                            .outputConfig()
                            .s3OutputPath());
        }
    }

    @Test
    void boto3WithOneLineAdded() throws IOException, InterruptedException {
        String told =
                Python.installed()
                        .script(
                                "payloads.py",
                                platform.endpoint(),
                                "rows",
                                "later",
                                PlatformProcess.ROOT.resolve("clients/python").toString(),
                                "results");
        assertTrue(told.contains("payloads of any size"), told);
    }

    @Test
    void theAwsCli() throws IOException, InterruptedException {
        try (S3Client s3 = platform.client(S3Client.builder().forcePathStyle(true))) {
            s3.createBucket(r -> r.bucket("dormouse-payloads-us-east-1-123456789012"));
        }
        String told =
                Python.installed()
                        .script("payloads.sh", platform.endpoint(), "rows", "later", "results");
        assertTrue(told.contains("the aws CLI too"), told);
    }

    @Test
    void ourOwnCommandStreamsFiles() throws IOException, InterruptedException {
        Path rows = data.resolve("rows.csv");
        Files.writeString(rows, "5.1,3.5,1.4,0.2\n".repeat(460_000));
        Path scores = data.resolve("scores.csv");
        Path log = data.resolve("invoke.log");
        Process command =
                new ProcessBuilder(
                                PlatformProcess.ROOT.resolve("dormouse").toString(),
                                "invoke",
                                "rows",
                                "--file",
                                rows.toString(),
                                "--output",
                                scores.toString(),
                                "--endpoint-url",
                                platform.endpoint().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        assertTrue(command.waitFor(2, TimeUnit.MINUTES));
        assertEquals(0, command.exitValue(), Files.readString(log));
        assertEquals(460_000, Files.readAllLines(scores).size());
    }

    /// Where signatures are checked, those of client and platform are right.
    @Test
    void aPlatformWithAKeyTakesAndGivesThemToo(@TempDir Path own) throws IOException {
        AwsBasicCredentials key = AwsBasicCredentials.create("AKIAEXAMPLE", "a+secret/key");
        try (PlatformProcess locked = PlatformProcess.start(own, key)) {
            deploy(locked);
            LargePayloads payloads =
                    LargePayloads.builder("dormouse-payloads-us-east-1-123456789012")
                            .endpoint(locked.endpoint())
                            .region(Region.US_EAST_1)
                            .credentials(StaticCredentialsProvider.create(key))
                            .build();
            try (SageMakerRuntimeClient runtime =
                    locked.client(
                            SageMakerRuntimeClient.builder()
                                    .overrideConfiguration(
                                            o -> o.addExecutionInterceptor(payloads)))) {
                String scores =
                        runtime.invokeEndpoint(r ->
                                        r.endpointName("rows")
                                                .contentType("text/csv")
                                                .body(
                                                        SdkBytes.fromUtf8String(
                                                                "5.1,3.5,1.4,0.2\n"
                                                                        .repeat(460_000))))
                                .body()
                                .asUtf8String();
                assertEquals(460_000, scores.lines().count());
                assertTrue(scores.length() > 6_291_456, "the answer came by reference");
            }
        }
    }

    @Test
    void whatWasAcceptedSurvivesAKill(@TempDir Path own) throws Exception {
        List<InvokeEndpointAsyncResponse> accepted;
        try (PlatformProcess first = PlatformProcess.start(own)) {
            deploy(first);
            try (SageMakerRuntimeClient runtime = first.client(SageMakerRuntimeClient.builder());
                    S3Client s3 = first.client(S3Client.builder().forcePathStyle(true))) {
                s3.putObject(
                        r -> r.bucket("results").key("in.csv"),
                        RequestBody.fromString(
                                "5.1,3.5,1.4,0.2\n".repeat(200_000), StandardCharsets.US_ASCII));
                accepted =
                        java.util.stream.IntStream.range(0, 12)
                                .mapToObj(_ ->
                                        runtime.invokeEndpointAsync(r ->
                                                r.endpointName("later")
                                                        .contentType("text/csv")
                                                        .inputLocation("s3://results/in.csv")))
                                .toList();
                first.kill();
            }
        }
        try (PlatformProcess second = PlatformProcess.start(own);
                S3Client s3 = second.client(S3Client.builder().forcePathStyle(true))) {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            for (InvokeEndpointAsyncResponse each : accepted) {
                while (size(s3, each.outputLocation()) == 0) {
                    assertTrue(System.nanoTime() < deadline, () -> "never answered: " + each);
                    Thread.onSpinWait();
                }
            }
            assertEquals(
                    1,
                    accepted.stream()
                            .map(each -> size(s3, each.outputLocation()))
                            .distinct()
                            .count(),
                    "each answer is whole");
        }
    }

    private static long size(S3Client s3, String uri) {
        try {
            return s3.headObject(
                            r -> r.bucket("results").key(uri.substring("s3://results/".length())))
                    .contentLength();
        } catch (NoSuchKeyException e) {
            return 0;
        }
    }
}
