package io.dormouse.topic;

import io.dormouse.aws.AwsError;
import io.dormouse.delivery.Courier;
import io.dormouse.delivery.Courier.Outcome;
import io.dormouse.delivery.FunctionCalls;
import io.dormouse.delivery.Outbox;
import io.dormouse.delivery.Parcel;
import io.dormouse.pattern.Patterns;
import io.dormouse.store.Entry;
import io.dormouse.store.Tx;
import io.dormouse.timing.Alarms;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Takes notifications to their subscribers.
///
/// AWS page: [delivery
/// retries](https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html).
final class Deliveries implements Courier, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dormouse.topic");
    private static final Duration QUEUE_PAUSE_MAX = Duration.ofMinutes(5);
    private static final int ATTRIBUTES_MAX = 10;

    private final TopicRecords records;
    private final Supplier<SqsClient> sqs;
    private final FunctionCalls functions;
    private final Supplier<URI> here;
    private final Posts posts = new Posts();
    private final Patterns patterns = new Patterns();
    private final Outbox outbox;

    Deliveries(
            TopicRecords records,
            Supplier<SqsClient> sqs,
            FunctionCalls functions,
            Supplier<URI> here,
            InstantSource clock,
            Alarms alarms) {
        this.records = records;
        this.sqs = sqs;
        this.functions = functions;
        this.here = here;
        this.outbox = new Outbox(records.store, "topic", clock, alarms, this);
    }

    /// Keeps it for those who take it, and returns when it is kept.
    void send(Notification notification, List<Subscription> all) {
        List<Subscription> takers =
                all.stream()
                        .filter(each -> !each.isPending() && notification.isFor(each, patterns))
                        .toList();
        if (takers.isEmpty()) {
            return;
        }
        records.store.write(tx -> {
            takers.forEach(each -> add(tx, notification, each));
            return true;
        });
        outbox.look();
    }

    /// Asks a subscriber to confirm.
    void askToConfirm(Tx tx, Subscription subscription, Instant now) {
        String message =
                "You have chosen to subscribe to the topic "
                        + subscription.topic()
                        + ".\nTo confirm the subscription, visit the SubscribeURL included in this"
                        + " message.";
        add(
                tx,
                new Notification(
                        Notification.QUESTION,
                        UUID.randomUUID().toString(),
                        PublishRequest.builder().message(message).build(),
                        subscription.token(),
                        now),
                subscription);
    }

    private void add(Tx tx, Notification notification, Subscription to) {
        ObjectNode parcel = notification.tree();
        parcel.put("to", to.arn());
        outbox.add(tx, parcel.toString());
    }

    void look() {
        outbox.look();
    }

    @Override
    public Outcome deliver(Parcel parcel) throws InterruptedException {
        JsonNode tree = JsonMapper.shared().readTree(parcel.body());
        Optional<Subscription> to =
                records.subscriptions.get(tree.get("to").asString()).map(Entry::body);
        if (to.isEmpty()) {
            return Outcome.DONE; // unsubscribed meanwhile
        }
        Notification notification = Notification.of(tree);
        return switch (to.get().protocol()) {
            case "sqs" -> toQueue(notification, to.get(), parcel);
            case "lambda" -> toFunction(notification, to.get(), parcel);
            default -> toUrl(notification, to.get(), parcel);
        };
    }

    private Outcome toFunction(Notification notification, Subscription to, Parcel parcel) {
        try {
            functions.tell(to.endpoint(), notification.event(to, here.get().toString()));
            return Outcome.DONE;
        } catch (AwsServiceException e) {
            return e.statusCode() >= 500
                    ? new Outcome.Later(Courier.pause(parcel.attempts(), QUEUE_PAUSE_MAX))
                    : giveUp(notification, to, AwsError.sentenceOf(e));
        }
    }

    private Outcome toQueue(Notification notification, Subscription to, Parcel parcel) {
        try {
            Map<String, MessageAttributeValue> attributes = new HashMap<>();
            if (to.isRaw()) {
                notification.attributes().entrySet().stream()
                        .limit(ATTRIBUTES_MAX)
                        .forEach(each -> attributes.put(each.getKey(), attribute(each.getValue())));
            }
            send(to.endpoint(), body(notification, to), attributes);
            return Outcome.DONE;
        } catch (AwsServiceException e) {
            if (e.statusCode() >= 500) {
                return new Outcome.Later(Courier.pause(parcel.attempts(), QUEUE_PAUSE_MAX));
            }
            return giveUp(notification, to, AwsError.sentenceOf(e));
        }
    }

    private static MessageAttributeValue attribute(
            software.amazon.awssdk.services.sns.model.MessageAttributeValue value) {
        // A type of SNS alone: SQS knows String.
        String type = value.dataType().equals("String.Array") ? "String" : value.dataType();
        return MessageAttributeValue.builder()
                .dataType(type)
                .stringValue(value.stringValue())
                .binaryValue(value.binaryValue())
                .build();
    }

    private String body(Notification notification, Subscription to) {
        return to.isRaw()
                ? notification.message(to.protocol())
                : notification.envelope(to, here.get().toString());
    }

    private void send(String arn, String body, Map<String, MessageAttributeValue> attributes) {
        String[] parts = arn.split(":", -1);
        SqsClient client = sqs.get();
        String url =
                client.getQueueUrl(r -> r.queueName(parts[5]).queueOwnerAWSAccountId(parts[4]))
                        .queueUrl();
        client.sendMessage(r -> r.queueUrl(url).messageBody(body).messageAttributes(attributes));
    }

    private Outcome toUrl(Notification notification, Subscription to, Parcel parcel)
            throws InterruptedException {
        boolean isRaw = to.isRaw() && notification.type().equals(Notification.PUBLISHED);
        Posts.Result result =
                posts.post(
                        to,
                        notification,
                        isRaw
                                ? notification.message(to.protocol())
                                : notification.envelope(to, here.get().toString()),
                        isRaw);
        if (result.isDelivered()) {
            return Outcome.DONE;
        }
        Optional<Duration> pause = Retries.of(to).pause(parcel.attempts());
        return result.isFinal() || pause.isEmpty()
                ? giveUp(notification, to, result.reason())
                : new Outcome.Later(pause.get());
    }

    /// It goes to the dead letters, where the subscription has some.
    private Outcome giveUp(Notification notification, Subscription to, String reason) {
        LOG.log(
                System.Logger.Level.WARNING,
                "Gave up " + notification.id() + " to " + to.endpoint() + ": " + reason);
        try {
            to.deadLetters().ifPresent(arn -> send(arn, body(notification, to), Map.of()));
        } catch (AwsServiceException e) {
            LOG.log(System.Logger.Level.WARNING, "No dead letters", e);
        }
        return Outcome.DONE;
    }

    @Override
    public void close() {
        outbox.close();
        posts.close();
    }
}
