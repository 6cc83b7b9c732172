package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;

/// `kill -9` at any moment: what was acknowledged is there, no instance is left over, and the endpoint
/// answers.
class KillTest {
    private static final String MODEL = "kill";
    private static final int WRITERS = 3;

    /// What the platform said that it has.
    private record Acknowledged(Map<String, String> objects, Map<String, String> models) {
        Acknowledged() {
            this(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        }
    }

    @TempDir Path data;
    private final Acknowledged acknowledged = new Acknowledged();
    private final Random random = new Random(4600);

    @Test
    void tenKillsLoseNothing() throws Exception {
        rounds(10);
    }

    @Test
    @Tag("full")
    void fiftyKillsLoseNothing() throws Exception {
        rounds(50);
    }

    private void rounds(int rounds) throws Exception {
        try (PlatformProcess platform = PlatformProcess.start(data)) {
            deploy(platform);
            platform.kill();
        }
        for (int round = 0; round < rounds; round++) {
            PlatformProcess platform = PlatformProcess.start(data);
            check(platform, "round " + round);
            workUntilKilled(platform, round, Duration.ofMillis(100 + random.nextInt(900)));
        }
        try (PlatformProcess platform = PlatformProcess.start(data)) {
            check(platform, "at the end");
            assertTrue(acknowledged.objects().size() > rounds, "the workload did next to nothing");
            assertTrue(acknowledged.models().size() > rounds, "the workload did next to nothing");
        }
        assertNoWorkerIsLeft();
    }

    private void deploy(PlatformProcess platform) throws IOException {
        Path model = Transformer.model(data);
        try (S3Client s3 = s3(platform);
                SageMakerClient sageMaker = platform.client(SageMakerClient.builder())) {
            s3.createBucket(r -> r.bucket(MODEL));
            s3.putObject(r -> r.bucket(MODEL).key("model.onnx"), RequestBody.fromFile(model));
            createModel(sageMaker, MODEL, "s3://kill/model.onnx");
            sageMaker.createEndpointConfig(
                    r ->
                            r.endpointConfigName(MODEL)
                                    .productionVariants(
                                            ProductionVariant.builder()
                                                    .variantName("AllTraffic")
                                                    .modelName(MODEL)
                                                    .serverlessConfig(
                                                            s ->
                                                                    s.memorySizeInMB(1024)
                                                                            .maxConcurrency(2))
                                                    .build()));
            sageMaker.createEndpoint(r -> r.endpointName(MODEL).endpointConfigName(MODEL));
        }
    }

    private static S3Client s3(PlatformProcess platform) {
        return platform.client(S3Client.builder().forcePathStyle(true));
    }

    private static void createModel(SageMakerClient sageMaker, String name, String url) {
        sageMaker.createModel(
                r ->
                        r.modelName(name)
                                .executionRoleArn("arn:aws:iam::123456789012:role/any")
                                .primaryContainer(
                                        c -> c.image("example/dormouse-onnx:1").modelDataUrl(url)));
    }

    /// Objects and models are made until the platform is gone; an answer counts, its absence does not.
    private void workUntilKilled(PlatformProcess platform, int round, Duration after)
            throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(WRITERS);
        for (int writer = 0; writer < WRITERS; writer++) {
            String prefix = "r" + round + "-w" + writer + "-";
            Thread.startVirtualThread(
                    () -> {
                        work(platform, prefix);
                        ended.countDown();
                    });
        }
        LockSupport.parkNanos(after.toNanos());
        platform.kill();
        ended.await();
    }

    private void work(PlatformProcess platform, String prefix) {
        try (S3Client s3 = s3(platform);
                SageMakerClient sageMaker = platform.client(SageMakerClient.builder());
                SageMakerRuntimeClient runtime =
                        platform.client(SageMakerRuntimeClient.builder())) {
            for (int i = 0; ; i++) {
                String name = prefix + i;
                String content = name.repeat(1 + i % 400);
                s3.putObject(r -> r.bucket(MODEL).key(name), RequestBody.fromString(content));
                acknowledged.objects().put(name, content);
                createModel(sageMaker, name, "s3://kill/model.onnx");
                acknowledged.models().put(name, name);
                if (i % 4 == 3) {
                    invoke(runtime);
                }
            }
        } catch (SdkException e) {
            // The platform was killed: what it had not answered is nobody's.
        }
    }

    private static String invoke(SageMakerRuntimeClient runtime) {
        String row = "{\"inputs\":{\"input_ids\":[[101,102]],\"attention_mask\":[[1,1]],\"token_type_ids\":[[0,0]]}}";
        return runtime.invokeEndpoint(
                        r ->
                                r.endpointName(MODEL)
                                        .contentType("application/json")
                                        .body(SdkBytes.fromUtf8String(row)))
                .body()
                .asUtf8String();
    }

    private void check(PlatformProcess platform, String when) {
        try (S3Client s3 = s3(platform);
                SageMakerClient sageMaker = platform.client(SageMakerClient.builder());
                SageMakerRuntimeClient runtime =
                        platform.client(SageMakerRuntimeClient.builder())) {
            List<String> lost = new ArrayList<>();
            acknowledged
                    .objects()
                    .forEach(
                            (key, content) -> {
                                if (!content.equals(read(s3, key))) {
                                    lost.add("object " + key);
                                }
                            });
            List<String> models =
                    sageMaker.listModelsPaginator(r -> r.maxResults(100)).models().stream()
                            .map(model -> model.modelName())
                            .toList();
            acknowledged.models().keySet().stream()
                    .filter(model -> !models.contains(model))
                    .forEach(model -> lost.add("model " + model));
            assertEquals(List.of(), lost, when);
            sageMaker.waiter().waitUntilEndpointInService(r -> r.endpointName(MODEL));
            assertTrue(invoke(runtime).contains("last_hidden_state"), when);
        }
    }

    private static String read(S3Client s3, String key) {
        try {
            return s3.getObjectAsBytes(r -> r.bucket(MODEL).key(key))
                    .asString(StandardCharsets.UTF_8);
        } catch (SdkException e) {
            return e.toString();
        }
    }

    /// A worker ends by itself when its platform is gone: its descriptor 0 closes.
    private void assertNoWorkerIsLeft() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        List<Long> left = workers();
        while (!left.isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "workers left over: " + left);
            LockSupport.parkNanos(20_000_000);
            left = workers();
        }
    }

    private List<Long> workers() {
        return ProcessHandle.allProcesses()
                .filter(process -> commandLine(process.pid()).contains(data.toString()))
                .map(ProcessHandle::pid)
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException e) {
            return ""; // it has ended, or is somebody else's
        }
    }
}
