package io.dormouse.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.aws.Caller;
import io.dormouse.delivery.Outbox;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.timing.ManualTime;
import io.dormouse.worker.Serving;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.PutTargetsRequest;
import software.amazon.awssdk.services.eventbridge.model.RetryPolicy;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;
import tools.jackson.databind.JsonNode;

/// What becomes of an event whose target does not always answer, on a clock that the test moves.
class DispatchTest {
    private static final String QUEUE = "arn:aws:sqs:us-east-1:123456789012:work";
    private static final String DEAD = "arn:aws:sqs:us-east-1:123456789012:dead";

    @TempDir private Path folder;
    private final ManualTime time = new ManualTime();
    private final Queues queues = new Queues();
    private Store store;
    private EventsRoom room;

    /// Queues that fail when they are told to.
    private static final class Queues implements SqsClient {
        final List<SendMessageRequest> tried = new CopyOnWriteArrayList<>();
        final List<SendMessageRequest> dead = new CopyOnWriteArrayList<>();
        volatile IntPredicate fails = _ -> false;

        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}

        @Override
        public GetQueueUrlResponse getQueueUrl(GetQueueUrlRequest request) {
            return GetQueueUrlResponse.builder()
                    .queueUrl("http://x/" + request.queueName())
                    .build();
        }

        @Override
        public SendMessageResponse sendMessage(SendMessageRequest request) {
            if (request.queueUrl().endsWith("dead")) {
                dead.add(request);
                return SendMessageResponse.builder().build();
            }
            tried.add(request);
            if (fails.test(tried.size())) {
                throw SqsException.builder().statusCode(503).message("Not now").build();
            }
            return SendMessageResponse.builder().build();
        }
    }

    private static final class NoCalls implements Told.Calls {
        @Override
        public boolean serves(String service, String operation) {
            return false;
        }

        @Override
        public void call(String service, String operation, JsonNode input) {}
    }

    @BeforeEach
    void open() {
        store = Store.open(folder, time, List.of(Outbox.SCHEMA));
        Told told =
                new Told(
                        () -> queues,
                        () -> {
                            throw new IllegalStateException("no topics");
                        },
                        () -> {
                            throw new IllegalStateException("no logs");
                        },
                        new NoCalls(),
                        (_, _) -> {});
        room =
                new EventsRoom(
                        store,
                        new Tags(store),
                        told,
                        time,
                        time,
                        Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION));
    }

    @AfterEach
    void close() {
        room.close();
        store.close();
    }

    private void rule(RetryPolicy retry) {
        PutRuleRequest rule =
                PutRuleRequest.builder().name("r").eventPattern("{\"source\":[\"a\"]}").build();
        PutTargetsRequest targets =
                PutTargetsRequest.builder()
                        .rule("r")
                        .targets(
                                Target.builder()
                                        .id("t")
                                        .arn(QUEUE)
                                        .retryPolicy(retry)
                                        .deadLetterConfig(d -> d.arn(DEAD))
                                        .build())
                        .build();
        for (EventBridgeClient each : room.operations()) {
            if (each instanceof Rules rules) {
                rules.putRule(rule);
            }
        }
        for (EventBridgeClient each : room.operations()) {
            if (each instanceof RuleTargets owner) {
                owner.putTargets(targets);
            }
        }
    }

    private void happen(String detail) {
        store.write(tx -> {
            tx.append("a", "Something", "arn:aws:b:eu-west-1:210987654321:c", detail);
            return true;
        });
    }

    private void awaitTried(int count) {
        Serving.await(count + " attempts", () -> queues.tried.size() >= count);
        assertEquals(count, queues.tried.size());
    }

    /// Waits until somebody waits for the time to pass.
    private void awaitPause() {
        Serving.await("a pause", () -> time.alarms() > 0);
    }

    @Test
    void itIsTriedAgainWithGrowingPausesUntilItArrives() {
        room.start();
        queues.fails = attempt -> attempt < 3;
        rule(RetryPolicy.builder().build());
        happen("{\"n\":1}");
        awaitTried(1);
        awaitPause();
        time.pass(Duration.ofMillis(999));
        assertEquals(1, queues.tried.size());
        time.pass(Duration.ofMillis(1));
        awaitTried(2);
        awaitPause();
        time.pass(Duration.ofMillis(1999));
        assertEquals(2, queues.tried.size());
        time.pass(Duration.ofMillis(1));
        awaitTried(3);
        time.pass(Duration.ofHours(1));
        assertEquals(3, queues.tried.size());
        assertEquals(List.of(), queues.dead);
        assertEquals(List.of(), store.changesAfter(0, 10), "what is taken up leaves the feed");
    }

    @Test
    void afterTheLastAttemptItGoesToTheDeadLetters() {
        room.start();
        queues.fails = _ -> true;
        rule(RetryPolicy.builder().maximumRetryAttempts(1).build());
        happen("{\"n\":1}");
        awaitTried(1);
        awaitPause();
        time.pass(Duration.ofSeconds(1));
        awaitTried(2);
        Map<String, String> letter = letter();
        assertEquals("MaximumRetryAttempts", letter.get("EXHAUSTED_RETRY_CONDITION"));
        assertEquals("1", letter.get("RETRY_ATTEMPTS"));
        assertEquals(QUEUE, letter.get("TARGET_ARN"));
    }

    @Test
    void anOldEventIsGivenUp() {
        room.start();
        queues.fails = _ -> true;
        rule(RetryPolicy.builder().maximumEventAgeInSeconds(60).build());
        happen("{\"n\":1}");
        for (int attempt = 1; queues.dead.isEmpty(); attempt++) {
            awaitTried(attempt);
            Serving.await("a pause", () -> time.alarms() > 0 || !queues.dead.isEmpty());
            time.pass(Duration.ofSeconds(1L << Math.min(attempt - 1, 6)));
        }
        assertEquals("MaximumEventAgeInSeconds", letter().get("EXHAUSTED_RETRY_CONDITION"));
        assertEquals(7, queues.tried.size(), "at 0, 1, 3, 7, 15, 31 and 63 seconds");
    }

    private Map<String, String> letter() {
        Serving.await("a dead letter", () -> !queues.dead.isEmpty());
        return queues.dead.getFirst().messageAttributes().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().stringValue()));
    }

    @Test
    void theNextLifeTakesUpFeedAndOrders() {
        rule(RetryPolicy.builder().build());
        happen("{\"n\":1}");
        close();
        open();
        queues.fails = _ -> true;
        room.start();
        awaitTried(1);
        awaitPause();
        close();
        open();
        queues.fails = _ -> false;
        room.start();
        time.pass(Duration.ofSeconds(1));
        awaitTried(2);
        String body = queues.tried.getLast().messageBody();
        assertEquals(queues.tried.getFirst().messageBody(), body, "the same event");
        assertEquals(true, body.contains("\"region\":\"eu-west-1\""), body);
        assertEquals(true, body.contains("\"account\":\"210987654321\""), body);
    }
}
