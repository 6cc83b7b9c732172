package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.model.InvalidAttributeValueException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageNotInflightException;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/// Queues over HTTP by AWS's own client, on a clock that is moved.
@Timeout(120)
class QueuesTest {
    @TempDir private Path folder;
    private MessagingPlatform platform;

    @BeforeEach
    void start() throws Exception {
        platform = new MessagingPlatform(TestPlatform.settings(folder));
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    private String queue(String name) {
        return platform.queue(name, Map.of());
    }

    private void send(String url, String body) {
        platform.sqs.sendMessage(r -> r.queueUrl(url).messageBody(body));
    }

    private String attribute(String url, QueueAttributeName name) {
        return platform.sqs
                .getQueueAttributes(r -> r.queueUrl(url).attributeNames(name))
                .attributes()
                .getOrDefault(name, "none");
    }

    @Test
    void aMessageIsHiddenWhileInFlightAndComesBack() throws Exception {
        String url = queue("work");
        assertEquals(platform.platform.endpoint() + "/123456789012/work", url);
        // The client checks the digests of body and attributes, there and back.
        platform.sqs.sendMessage(r ->
                r.queueUrl(url)
                        .messageBody("größer")
                        .messageAttributes(
                                Map.of(
                                        "kind",
                                        MessageAttributeValue.builder()
                                                .dataType("String")
                                                .stringValue("job")
                                                .build(),
                                        "size",
                                        MessageAttributeValue.builder()
                                                .dataType("Number")
                                                .stringValue("3")
                                                .build())));
        Message first = platform.receive(url).getFirst();
        assertEquals("größer", first.body());
        assertEquals(
                Map.of("kind", "job", "size", "3"),
                first.messageAttributes().entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey, e -> e.getValue().stringValue())));
        assertEquals(
                "1", first.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT));
        assertFalse(platform.sqs.receiveMessage(r -> r.queueUrl(url)).hasMessages());
        assertEquals(
                "1", attribute(url, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE));
        platform.pass(Duration.ofSeconds(31));
        Message again = platform.receive(url).getFirst();
        assertEquals(first.messageId(), again.messageId());
        assertEquals(
                "2", again.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT));
        platform.sqs.changeMessageVisibility(
                r -> r.queueUrl(url).receiptHandle(again.receiptHandle()).visibilityTimeout(0));
        Message third = platform.receive(url).getFirst();
        platform.sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(third.receiptHandle()));
        assertThrows(
                MessageNotInflightException.class,
                () ->
                        platform.sqs.changeMessageVisibility(r ->
                                r.queueUrl(url)
                                        .receiptHandle(third.receiptHandle())
                                        .visibilityTimeout(1)));
        platform.pass(Duration.ofDays(1));
        assertEquals(List.of(), platform.receive(url));
    }

    @Test
    void aLongPollWaitsForAMessageAndForTheClock() throws Exception {
        String url = queue("slow");
        var sent = poll(url);
        assertFalse(sent.isDone());
        send(url, "hello");
        assertEquals("hello", sent.get(30, TimeUnit.SECONDS).getFirst().body());
        platform.sqs.sendMessage(r -> r.queueUrl(url).messageBody("later").delaySeconds(600));
        assertEquals(
                "1", attribute(url, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED));
        var delayed = poll(url);
        platform.pass(Duration.ofSeconds(601));
        assertTrue(
                delayed.get(30, TimeUnit.SECONDS).stream()
                        .map(Message::body)
                        .toList()
                        .contains("later"));
    }

    private CompletableFuture<List<Message>> poll(String url) {
        return CompletableFuture.supplyAsync(() ->
                platform.sqs
                        .receiveMessage(
                                r -> r.queueUrl(url).waitTimeSeconds(20).maxNumberOfMessages(10))
                        .messages());
    }

    @Test
    void whatFailsTooOftenGoesToTheDeadLetters() throws Exception {
        String dead = queue("dead");
        String arn = attribute(dead, QueueAttributeName.QUEUE_ARN);
        String url =
                platform.queue(
                        "fragile",
                        Map.of(
                                QueueAttributeName.REDRIVE_POLICY,
                                "{\"deadLetterTargetArn\":\""
                                        + arn
                                        + "\",\"maxReceiveCount\":\"2\"}"));
        send(url, "poison");
        for (int i = 0; i < 2; i++) {
            assertEquals(1, platform.receive(url).size());
            assertEquals(List.of(), platform.receive(dead));
            platform.pass(Duration.ofSeconds(31));
        }
        assertEquals(List.of(), platform.receive(url));
        Message buried = platform.receive(dead).getFirst();
        assertEquals("poison", buried.body());
        assertEquals(
                MessagingPlatform.queueArn("fragile"),
                buried.attributes().get(MessageSystemAttributeName.DEAD_LETTER_QUEUE_SOURCE_ARN));
        assertEquals(
                List.of(url),
                platform.sqs.listDeadLetterSourceQueues(r -> r.queueUrl(dead)).queueUrls());
    }

    @Test
    void aFifoQueueKeepsTheOrderOfAGroupAndTellsTwins() {
        String url =
                platform.queue(
                        "line.fifo",
                        Map.of(
                                QueueAttributeName.FIFO_QUEUE,
                                "true",
                                QueueAttributeName.CONTENT_BASED_DEDUPLICATION,
                                "true"));
        for (String body : List.of("a1", "a2", "a1", "b1")) {
            platform.sqs.sendMessage(
                    r -> r.queueUrl(url).messageBody(body).messageGroupId(body.substring(0, 1)));
        }
        Message first = one(url);
        assertEquals("a1", first.body());
        assertEquals("b1", one(url).body(), "a2 waits until a1 is done");
        assertEquals(List.of(), platform.receive(url));
        platform.sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(first.receiptHandle()));
        assertEquals("a2", one(url).body());
        assertEquals(List.of(), platform.receive(url), "the second a1 is a twin");
    }

    private Message one(String url) {
        return platform.sqs
                .receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(1))
                .messages()
                .getFirst();
    }

    @Test
    void aBatchTellsWhatFailed() {
        String url = queue("batch");
        SendMessageBatchResponse sent =
                platform.sqs.sendMessageBatch(r ->
                        r.queueUrl(url)
                                .entries(
                                        entry("good", "body"),
                                        entry("bad", "\u0001"),
                                        entry("other", "body"))
                                .build());
        assertEquals(
                List.of("good", "other"), sent.successful().stream().map(e -> e.id()).toList());
        assertEquals("InvalidMessageContents", sent.failed().getFirst().code());
        assertEquals(2, platform.receive(url).size());
    }

    private static SendMessageBatchRequestEntry entry(String id, String body) {
        return SendMessageBatchRequestEntry.builder().id(id).messageBody(body).build();
    }

    @Test
    void queuesAreListedTaggedEmptiedAndDeleted() {
        List<String> urls = List.of(queue("app-a"), queue("app-b"), queue("other"));
        assertEquals(
                urls.subList(0, 2),
                platform
                        .sqs
                        .listQueuesPaginator(r -> r.queueNamePrefix("app-").maxResults(1))
                        .queueUrls()
                        .stream()
                        .toList());
        platform.sqs.tagQueue(r -> r.queueUrl(urls.get(0)).tags(Map.of("team", "ml")));
        assertEquals(
                Map.of("team", "ml"),
                platform.sqs.listQueueTags(r -> r.queueUrl(urls.get(0))).tags());
        send(urls.get(0), "x");
        platform.sqs.purgeQueue(r -> r.queueUrl(urls.get(0)));
        assertEquals(List.of(), platform.receive(urls.get(0)));
        platform.sqs.deleteQueue(r -> r.queueUrl(urls.get(0)));
        QueueDoesNotExistException gone =
                assertThrows(QueueDoesNotExistException.class, () -> send(urls.get(0), "x"));
        assertEquals("AWS.SimpleQueueService.NonExistentQueue", gone.awsErrorDetails().errorCode());
        assertEquals("The specified queue does not exist.", gone.awsErrorDetails().errorMessage());
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        queue("taken");
        assertThrows(
                QueueNameExistsException.class,
                () -> platform.queue("taken", Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "31")));
        assertEquals(
                "Invalid value for the parameter VisibilityTimeout. Reason: Must be a whole number"
                        + " from 0 to 43200.",
                assertThrows(
                                InvalidAttributeValueException.class,
                                () ->
                                        platform.queue(
                                                "new",
                                                Map.of(
                                                        QueueAttributeName.VISIBILITY_TIMEOUT,
                                                        "many")))
                        .awsErrorDetails()
                        .errorMessage());
        assertThrows(
                InvalidAttributeValueException.class,
                () ->
                        platform.queue(
                                "new", Map.of(QueueAttributeName.KMS_MASTER_KEY_ID, "alias/x")));
    }

    @Test
    void anotherLifeFindsWhatWasSent() throws Exception {
        platform.close();
        platform = new MessagingPlatform(TestPlatform.settings(folder).lasting());
        String url = queue("kept");
        send(url, "still here");
        platform.close();
        platform = new MessagingPlatform(TestPlatform.settings(folder).lasting());
        String again = platform.sqs.getQueueUrl(r -> r.queueName("kept")).queueUrl();
        assertEquals("still here", platform.receive(again).getFirst().body());
    }
}
