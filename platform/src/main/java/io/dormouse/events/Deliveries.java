package io.dormouse.events;

import io.dormouse.aws.AwsError;
import io.dormouse.delivery.Courier;
import io.dormouse.delivery.Outbox;
import io.dormouse.delivery.Parcel;
import io.dormouse.store.Store;
import io.dormouse.store.Tx;
import io.dormouse.timing.Alarms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tells targets what they are to be told, again and again where it may help, and the dead letters
/// what could not be told.
///
/// AWS page: [retry policies and dead-letter
/// queues](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html).
final class Deliveries implements Courier, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dormouse.events");
    private static final Duration PAUSE_MAX = Duration.ofMinutes(10);

    /// Where events of another bus go on.
    @FunctionalInterface
    interface Onwards {
        void put(String bus, JsonNode event, int hops);
    }

    private final Told told;
    private final Onwards onwards;
    private final InstantSource clock;
    private final Outbox outbox;

    Deliveries(Store store, Told told, Onwards onwards, InstantSource clock, Alarms alarms) {
        this.told = told;
        this.onwards = onwards;
        this.clock = clock;
        this.outbox = new Outbox(store, "events", clock, alarms, this);
    }

    /// Keeps orders in the transaction of their cause. [#look] is to be called after it.
    void add(Tx tx, List<Order> orders) {
        orders.forEach(order -> outbox.add(tx, order.write()));
    }

    void look() {
        outbox.look();
    }

    @Override
    public Outcome deliver(Parcel parcel) {
        Order order = Order.read(parcel.body());
        try {
            tell(order, parcel);
            return Outcome.DONE;
        } catch (AwsServiceException e) {
            return failed(order, parcel, AwsError.codeOf(e), AwsError.sentenceOf(e), mayPass(e));
        } catch (JacksonException e) {
            String why = "The input is no JSON: " + e.getOriginalMessage();
            return failed(order, parcel, "SerializationException", why, false);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Telling " + order.target() + " failed", e);
            return failed(order, parcel, "InternalFailure", String.valueOf(e.getMessage()), true);
        }
    }

    /// Whether the same may succeed later: what is wrong with the request itself stays wrong.
    private static boolean mayPass(AwsServiceException thrown) {
        String code = AwsError.codeOf(thrown);
        return thrown.statusCode() >= 500
                || code.contains("Throttl")
                || code.contains("LimitExceeded");
    }

    private void tell(Order order, Parcel parcel) {
        switch (Destination.of(order.target())) {
            case Destination.Queue queue -> send(queue, order.input(), order.group(), Map.of());
            case Destination.Topic topic ->
                    told.sns().get().publish(r -> r.topicArn(topic.arn()).message(order.input()));
            case Destination.Function function ->
                    told.functions().tell(function.arn(), order.input());
            case Destination.LogGroup group -> log(group.name(), order);
            case Destination.Bus bus ->
                    onwards.put(
                            bus.name(),
                            JsonMapper.shared().readTree(order.input()),
                            order.hops() + 1);
            case Destination.Call call ->
                    told.calls()
                            .call(
                                    call.service(),
                                    call.operation(),
                                    JsonMapper.shared().readTree(attempt(order, parcel)));
        }
    }

    private static String attempt(Order order, Parcel parcel) {
        return order.input()
                .replace("<aws.scheduler.attempt-number>", Integer.toString(parcel.attempts() + 1));
    }

    private void send(
            Destination.Queue queue,
            String body,
            String group,
            Map<String, MessageAttributeValue> attributes) {
        SqsClient sqs = told.sqs().get();
        String url =
                sqs.getQueueUrl(r ->
                                r.queueName(queue.name()).queueOwnerAWSAccountId(queue.account()))
                        .queueUrl();
        sqs.sendMessage(r ->
                r.queueUrl(url)
                        .messageBody(body)
                        .messageAttributes(attributes)
                        .messageGroupId(group.isEmpty() ? null : group));
    }

    /// One stream for each rule.
    private void log(String group, Order order) {
        String stream = order.cause().substring(order.cause().lastIndexOf('/') + 1);
        CloudWatchLogsClient logs = told.logs().get();
        try {
            logs.createLogStream(r -> r.logGroupName(group).logStreamName(stream));
        } catch (ResourceAlreadyExistsException e) {
            // From the event before.
        }
        logs.putLogEvents(r ->
                r.logGroupName(group)
                        .logStreamName(stream)
                        .logEvents(
                                InputLogEvent.builder()
                                        .timestamp(clock.instant().toEpochMilli())
                                        .message(order.input())
                                        .build()));
    }

    private Outcome failed(
            Order order, Parcel parcel, String code, String sentence, boolean mayPass) {
        Instant now = clock.instant();
        boolean isOld = now.isAfter(parcel.made().plus(order.policy().ageMax()));
        if (mayPass && !isOld && parcel.attempts() < order.policy().retriesMax()) {
            return new Outcome.Later(Courier.pause(parcel.attempts(), PAUSE_MAX));
        }
        LOG.log(
                System.Logger.Level.WARNING,
                order.cause() + " gave up " + order.target() + ": " + code + ": " + sentence);
        if (!order.policy().deadLetters().isEmpty()) {
            bury(order, parcel, code, sentence, mayPass ? exhausted(isOld) : "");
        }
        return Outcome.DONE;
    }

    private static String exhausted(boolean isOld) {
        return isOld ? "MaximumEventAgeInSeconds" : "MaximumRetryAttempts";
    }

    private void bury(Order order, Parcel parcel, String code, String sentence, String exhausted) {
        Map<String, MessageAttributeValue> attributes = new LinkedHashMap<>();
        put(attributes, order.isScheduled() ? "SCHEDULE_ARN" : "RULE_ARN", order.cause());
        put(attributes, "TARGET_ARN", order.target());
        put(attributes, "ERROR_CODE", code);
        put(attributes, "ERROR_MESSAGE", sentence);
        put(attributes, "EXHAUSTED_RETRY_CONDITION", exhausted);
        put(attributes, "RETRY_ATTEMPTS", Integer.toString(parcel.attempts()));
        try {
            if (Destination.of(order.policy().deadLetters()) instanceof Destination.Queue queue) {
                send(queue, order.event(), order.group(), attributes);
            }
        } catch (AwsServiceException e) {
            LOG.log(System.Logger.Level.WARNING, "No dead letters: " + AwsError.sentenceOf(e));
        }
    }

    private static void put(
            Map<String, MessageAttributeValue> attributes, String name, String value) {
        if (!value.isEmpty()) {
            attributes.put(
                    name,
                    MessageAttributeValue.builder().dataType("String").stringValue(value).build());
        }
    }

    @Override
    public void close() {
        outbox.close();
    }
}
