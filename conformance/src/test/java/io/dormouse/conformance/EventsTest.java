package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// Events, topics and queues: told by boto3, by a clock that is moved; and `kill -9` in the middle
/// of dispatch, which loses nothing that was acknowledged.
class EventsTest {
    private static final int ROUNDS = 3;

    /// Acknowledged before a kill.
    private static final int WARM = 20;

    private static final String ACCOUNT = "us-east-1:123456789012:";

    @Test
    void boto3TrainsByNightAndByEventAndIsTold(@TempDir Path folder)
            throws IOException, InterruptedException {
        try (PlatformProcess platform = PlatformProcess.startEphemeral(folder)) {
            String told = Python.installed().script("events.py", platform.endpoint());
            assertTrue(told.contains("told, "), told);
        }
    }

    /// AWS's clients of one life.
    private record Life(
            PlatformProcess platform,
            EventBridgeClient events,
            SageMakerClient sageMaker,
            SnsClient sns,
            SqsClient sqs)
            implements AutoCloseable {
        static Life start(Path data) throws IOException {
            PlatformProcess platform = PlatformProcess.start(data);
            return new Life(
                    platform,
                    platform.client(EventBridgeClient.builder()),
                    platform.client(SageMakerClient.builder()),
                    platform.client(SnsClient.builder()),
                    platform.client(SqsClient.builder()));
        }

        @Override
        public void close() {
            platform.close();
        }
    }

    @Test
    void killsInTheMiddleOfDispatchLoseNothing(@TempDir Path data) throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        Random random = new Random(4600);
        try (Life life = Life.start(data)) {
            ask(life);
            life.platform.kill();
        }
        for (int round = 0; round < ROUNDS; round++) {
            try (Life life = Life.start(data)) {
                int before = acknowledged.size();
                CountDownLatch ended = work(life, round, acknowledged);
                awaitMore(acknowledged, before + WARM);
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(300)).toNanos());
                life.platform.kill();
                assertTrue(ended.await(1, TimeUnit.MINUTES), "a writer hangs");
            }
        }
        try (Life life = Life.start(data)) {
            assertEquals(Set.of(), missing(life, acknowledged));
        }
    }

    /// The writers' first calls take their time.
    private static void awaitMore(Set<String> acknowledged, int count) {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (acknowledged.size() < count) {
            assertTrue(System.nanoTime() < deadline, "the workload did next to nothing");
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    /// Everything ends in one queue: by a rule, and by a topic.
    private static void ask(Life life) {
        life.sqs.createQueue(r ->
                r.queueName("all")
                        .attributes(Map.of(QueueAttributeName.MESSAGE_RETENTION_PERIOD, "86400")));
        String queue = "arn:aws:sqs:" + ACCOUNT + "all";
        life.events.putRule(
                r -> r.name("all").eventPattern("{\"source\":[\"mine\",\"aws.sagemaker\"]}"));
        life.events.putTargets(
                r -> r.rule("all").targets(Target.builder().id("t").arn(queue).build()));
        String topic = life.sns.createTopic(r -> r.name("all")).topicArn();
        life.sns.subscribe(r -> r.topicArn(topic).protocol("sqs").endpoint(queue));
    }

    /// What it is told until it is gone: each answer counts.
    private static CountDownLatch work(Life life, int round, Set<String> acknowledged) {
        List<Writer> writers =
                List.of(
                        word ->
                                life.events.putEvents(r ->
                                        r.entries(
                                                PutEventsRequestEntry.builder()
                                                        .source("mine")
                                                        .detailType("Thing")
                                                        .detail("{\"word\":\"" + word + "\"}")
                                                        .build())),
                        word ->
                                life.sns.publish(r ->
                                        r.topicArn("arn:aws:sns:" + ACCOUNT + "all").message(word)),
                        word ->
                                life.sageMaker.createModelPackage(r ->
                                        r.modelPackageName(word)
                                                .inferenceSpecification(s ->
                                                        s.containers(
                                                                        ModelPackageContainerDefinition
                                                                                .builder()
                                                                                .image("onnx")
                                                                                .build())
                                                                .supportedContentTypes("text/csv")
                                                                .supportedResponseMIMETypes(
                                                                        "text/csv"))));
        CountDownLatch ended = new CountDownLatch(writers.size());
        for (int i = 0; i < writers.size(); i++) {
            String prefix = "word-" + round + "-" + i + "-";
            Writer writer = writers.get(i);
            Thread.startVirtualThread(() -> {
                try {
                    for (int n = 0; ; n++) {
                        writer.write(prefix + n + "x");
                        acknowledged.add(prefix + n + "x");
                    }
                } catch (SdkException e) {
                    // Gone: what was not acknowledged may be there or not.
                } finally {
                    ended.countDown();
                }
            });
        }
        return ended;
    }

    @FunctionalInterface
    private interface Writer {
        void write(String word);
    }

    /// Those that do not arrive within a minute.
    private static Set<String> missing(Life life, Set<String> acknowledged) {
        String url = life.sqs.getQueueUrl(r -> r.queueName("all")).queueUrl();
        Set<String> missing = new HashSet<>(acknowledged);
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!missing.isEmpty() && System.nanoTime() < deadline) {
            for (Message message :
                    life.sqs
                            .receiveMessage(
                                    r -> r.queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(1))
                            .messages()) {
                missing.removeIf(message.body()::contains);
                life.sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()));
            }
        }
        return missing;
    }
}
