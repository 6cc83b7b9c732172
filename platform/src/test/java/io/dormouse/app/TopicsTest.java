package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.Subscription;
import software.amazon.awssdk.services.sns.model.Tag;
import software.amazon.awssdk.services.sqs.model.Message;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Topics over HTTP by AWS's own client: what is published arrives.
@Timeout(120)
class TopicsTest {
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

    private String topic() {
        return platform.sns.createTopic(r -> r.name("news")).topicArn();
    }

    /// A queue that a topic's messages go to.
    private String queue(String topic, String name, Map<String, String> attributes) {
        String url = platform.queue(name, Map.of());
        platform.sns.subscribe(r ->
                r.topicArn(topic)
                        .protocol("sqs")
                        .endpoint(MessagingPlatform.queueArn(name))
                        .attributes(attributes));
        return url;
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
    }

    @Test
    void aQueueGetsTheEnvelopeOrTheBareMessage() {
        String topic = topic();
        assertEquals("arn:aws:sns:us-east-1:123456789012:news", topic);
        String enveloped = queue(topic, "enveloped", Map.of());
        String raw = queue(topic, "raw", Map.of("RawMessageDelivery", "true"));
        String id =
                platform.sns
                        .publish(r ->
                                r.topicArn(topic)
                                        .subject("Hi")
                                        .message("hello")
                                        .messageAttributes(Map.of("kind", text("greeting"))))
                        .messageId();
        JsonNode envelope =
                JsonMapper.shared().readTree(platform.await(enveloped, 1).getFirst().body());
        assertEquals("Notification", envelope.get("Type").asString());
        assertEquals(id, envelope.get("MessageId").asString());
        assertEquals(topic, envelope.get("TopicArn").asString());
        assertEquals("Hi", envelope.get("Subject").asString());
        assertEquals("hello", envelope.get("Message").asString());
        assertEquals("greeting", envelope.at("/MessageAttributes/kind/Value").asString());
        Message bare = platform.await(raw, 1).getFirst();
        assertEquals("hello", bare.body());
        assertTrue(bare.messageAttributes().containsKey("kind"));
    }

    @Test
    void aFilterPolicyChooses() {
        String topic = topic();
        String alarms =
                queue(
                        topic,
                        "alarms",
                        Map.of(
                                "FilterPolicy",
                                "{\"state\":[\"ALARM\"],\"load\":[{\"numeric\":[\">\",5]}]}",
                                "RawMessageDelivery",
                                "true"));
        String bodies =
                queue(
                        topic,
                        "bodies",
                        Map.of(
                                "FilterPolicy", "{\"a\":{\"b\":[{\"prefix\":\"x\"}]}}",
                                "FilterPolicyScope", "MessageBody",
                                "RawMessageDelivery", "true"));
        publish(topic, "no attributes", Map.of());
        publish(topic, "calm", Map.of("state", text("OK"), "load", number("9")));
        publish(topic, "idle", Map.of("state", text("ALARM"), "load", number("5")));
        publish(topic, "hot", Map.of("state", text("ALARM"), "load", number("9")));
        publish(topic, "{\"a\":{\"b\":\"y\"}}", Map.of());
        publish(topic, "{\"a\":{\"b\":\"xy\"}}", Map.of());
        assertEquals("hot", platform.await(alarms, 1).getFirst().body());
        assertEquals("{\"a\":{\"b\":\"xy\"}}", platform.await(bodies, 1).getFirst().body());
    }

    private static MessageAttributeValue number(String value) {
        return MessageAttributeValue.builder().dataType("Number").stringValue(value).build();
    }

    private void publish(
            String topic, String message, Map<String, MessageAttributeValue> attributes) {
        platform.sns.publish(r -> r.topicArn(topic).message(message).messageAttributes(attributes));
    }

    @Test
    void aWebhookConfirmsAndIsTold() throws Exception {
        String topic = topic();
        try (Subscriber subscriber = new Subscriber()) {
            assertEquals(
                    "pending confirmation",
                    platform.sns
                            .subscribe(r ->
                                    r.topicArn(topic).protocol("http").endpoint(subscriber.url()))
                            .subscriptionArn());
            Subscriber.Told question = subscriber.await(1).getFirst();
            assertEquals("SubscriptionConfirmation", question.type());
            publish(topic, "too early", Map.of());
            assertEquals(200, visit(question.json().get("SubscribeURL")));
            List<Subscription> all =
                    platform.sns.listSubscriptionsByTopic(r -> r.topicArn(topic)).subscriptions();
            String arn = all.getFirst().subscriptionArn();
            assertTrue(arn.startsWith(topic + ":"), arn);
            publish(topic, "now", Map.of());
            Subscriber.Told told = subscriber.await(2).get(1);
            assertEquals("Notification", told.type());
            assertEquals(arn, told.subscription());
            assertEquals("now", told.json().get("Message").asString());
            assertEquals(200, visit(told.json().get("UnsubscribeURL")));
            assertEquals(
                    List.of(),
                    platform.sns.listSubscriptionsByTopic(r -> r.topicArn(topic)).subscriptions());
        }
    }

    private static int visit(JsonNode url) throws Exception {
        return TestPlatform.send(HttpRequest.newBuilder(URI.create(url.asString()))).statusCode();
    }

    @Test
    void whoDoesNotAnswerIsTriedAgainAndThenGoesToTheDeadLetters() throws Exception {
        String topic = topic();
        String dead = platform.queue("dead", Map.of());
        try (Subscriber subscriber = new Subscriber()) {
            String arn =
                    platform.sns
                            .subscribe(r ->
                                    r.topicArn(topic)
                                            .protocol("http")
                                            .endpoint(subscriber.url())
                                            .returnSubscriptionArn(true)
                                            .attributes(
                                                    Map.of(
                                                            "RedrivePolicy",
                                                            "{\"deadLetterTargetArn\":\""
                                                                    + MessagingPlatform.queueArn(
                                                                            "dead")
                                                                    + "\"}",
                                                            "RawMessageDelivery",
                                                            "true")))
                            .subscriptionArn();
            String token = subscriber.await(1).getFirst().json().get("Token").asString();
            platform.sns.confirmSubscription(r -> r.topicArn(topic).token(token));
            // Fails, is well again at the third attempt.
            subscriber.answers(n -> n < 3 ? 503 : 200);
            publish(topic, "patience", Map.of());
            for (int seen = 2; seen <= 4; seen++) {
                assertEquals("patience", subscriber.await(seen).getLast().body());
                tickUntilTold(subscriber, seen + 1, 4);
            }
            subscriber.answers(_ -> 500);
            publish(topic, "hopeless", Map.of());
            tickUntilTold(subscriber, 8, 8);
            subscriber.await(8);
            assertEquals("hopeless", platform.await(dead, 1).getFirst().body());
            assertEquals(8, subscriber.told().size(), "three more attempts and no further one");
            assertEquals(
                    "false",
                    platform.sns
                            .getSubscriptionAttributes(r -> r.subscriptionArn(arn))
                            .attributes()
                            .get("PendingConfirmation"));
        }
    }

    /// Moves the clock on by a pause at a time until so many were told, but not for more than are
    /// to come.
    private void tickUntilTold(Subscriber subscriber, int count, int all) {
        io.dormouse.worker.Serving.await(
                count + " told",
                () -> {
                    if (count > all || subscriber.told().size() >= count) {
                        return true;
                    }
                    try {
                        platform.pass(Duration.ofSeconds(20));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    return false;
                });
    }

    @Test
    void topicsAreListedTaggedAndGo() {
        String topic = topic();
        platform.sns.tagResource(
                r -> r.resourceArn(topic).tags(Tag.builder().key("team").value("ml").build()));
        assertEquals(
                "ml",
                platform.sns
                        .listTagsForResource(r -> r.resourceArn(topic))
                        .tags()
                        .getFirst()
                        .value());
        platform.sns.setTopicAttributes(
                r -> r.topicArn(topic).attributeName("DisplayName").attributeValue("News"));
        queue(topic, "one", Map.of());
        Map<String, String> attributes =
                platform.sns.getTopicAttributes(r -> r.topicArn(topic)).attributes();
        assertEquals("News", attributes.get("DisplayName"));
        assertEquals("1", attributes.get("SubscriptionsConfirmed"));
        assertEquals(topic, platform.sns.listTopics().topics().getFirst().topicArn());
        platform.sns.deleteTopic(r -> r.topicArn(topic));
        assertFalse(
                platform.sns.listTopics().hasTopics()
                        && !platform.sns.listTopics().topics().isEmpty());
        NotFoundException gone =
                assertThrows(NotFoundException.class, () -> publish(topic, "x", Map.of()));
        assertEquals("Topic does not exist", gone.awsErrorDetails().errorMessage());
        assertEquals("NotFound", gone.awsErrorDetails().errorCode());
    }

    @Test
    void aBatchIsPublishedAndNonsenseRefused() {
        String topic = topic();
        String url = queue(topic, "all", Map.of("RawMessageDelivery", "true"));
        var answer =
                platform.sns.publishBatch(r ->
                        r.topicArn(topic)
                                .publishBatchRequestEntries(
                                        entry("a", "one"), entry("b", "two"), entry("c", "")));
        assertEquals(2, answer.successful().size());
        assertEquals("InvalidParameter", answer.failed().getFirst().code());
        assertEquals(
                List.of("one", "two"),
                platform.await(url, 2).stream().map(Message::body).sorted().toList());
        assertThrows(
                InvalidParameterException.class,
                () ->
                        platform.sns.subscribe(
                                r -> r.topicArn(topic).protocol("sms").endpoint("+491234")));
        assertThrows(
                InvalidParameterException.class,
                () -> queue(topic, "odd", Map.of("FilterPolicy", "{\"a\":[{\"numeric\":[1]}]}")));
    }

    private static PublishBatchRequestEntry entry(String id, String message) {
        return PublishBatchRequestEntry.builder().id(id).message(message).build();
    }
}
