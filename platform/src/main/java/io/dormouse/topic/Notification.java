package io.dormouse.topic;

import io.dormouse.aws.Shapes;
import io.dormouse.pattern.Patterns;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What was published, or the question whether to confirm a subscription.
///
/// @param type `Notification` or `SubscriptionConfirmation`, as the envelope says it
/// @param request its message, subject and attributes
/// @param token of a confirmation; empty otherwise
record Notification(String type, String id, PublishRequest request, String token, Instant at) {
    static final String PUBLISHED = "Notification";
    static final String QUESTION = "SubscriptionConfirmation";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /// As a parcel carries it.
    ObjectNode tree() {
        ObjectNode tree = NODES.objectNode();
        tree.put("type", type).put("id", id).put("token", token).put("at", at.toEpochMilli());
        tree.set("request", Shapes.write(request, Shapes.Form.JSON));
        return tree;
    }

    static Notification of(JsonNode tree) {
        return new Notification(
                tree.get("type").asString(),
                tree.get("id").asString(),
                Shapes.fill(PublishRequest.builder(), tree.get("request")).build(),
                tree.get("token").asString(),
                Instant.ofEpochMilli(tree.get("at").asLong()));
    }

    Map<String, MessageAttributeValue> attributes() {
        return request.messageAttributes();
    }

    /// The message for a protocol: with `MessageStructure` json, each may have its own.
    String message(String protocol) {
        if (!"json".equals(request.messageStructure())) {
            return request.message();
        }
        JsonNode each = JsonMapper.shared().readTree(request.message());
        return each.has(protocol) ? each.get(protocol).asString() : each.get("default").asString();
    }

    /// Whether a subscription wants it.
    boolean isFor(Subscription subscription, Patterns patterns) {
        Optional<String> policy = subscription.filterPolicy().filter(text -> !text.equals("{}"));
        if (policy.isEmpty()) {
            return true;
        }
        if (!subscription.filtersByBody()) {
            return patterns.of(policy.get()).matches(described().toString());
        }
        try {
            String message = message(subscription.protocol());
            return JsonMapper.shared().readTree(message).isObject()
                    && patterns.of(policy.get()).matches(message);
        } catch (JacksonException e) {
            return false;
        }
    }

    /// The attributes as the event that a filter policy is held against.
    private ObjectNode described() {
        ObjectNode event = NODES.objectNode();
        attributes()
                .forEach((name, value) -> {
                    String type = value.dataType();
                    if (type.startsWith("String.Array")) {
                        event.set(name, JsonMapper.shared().readTree(value.stringValue()));
                    } else if (type.startsWith("Number")) {
                        event.set(name, JsonMapper.shared().readTree(value.stringValue()));
                    } else if (type.startsWith("String")) {
                        event.put(name, value.stringValue());
                    }
                });
        return event;
    }

    /// AWS's envelope. It bears no signature: nothing here could sign in AWS's name.
    ///
    /// @param here where the platform answers
    String envelope(Subscription subscription, String here) {
        ObjectNode envelope = NODES.objectNode();
        envelope.put("Type", type).put("MessageId", id);
        if (!token.isEmpty()) {
            envelope.put("Token", token);
        }
        envelope.put("TopicArn", subscription.topic());
        if (request.subject() != null) {
            envelope.put("Subject", request.subject());
        }
        envelope.put("Message", message(subscription.protocol()));
        if (type.equals(QUESTION)) {
            envelope.put(
                    "SubscribeURL",
                    here
                            + "/?Action=ConfirmSubscription&Version=2010-03-31&TopicArn="
                            + subscription.topic()
                            + "&Token="
                            + token);
        }
        envelope.put("Timestamp", TIME.format(at));
        if (type.equals(PUBLISHED)) {
            envelope.put(
                    "UnsubscribeURL",
                    here
                            + "/?Action=Unsubscribe&Version=2010-03-31&SubscriptionArn="
                            + subscription.arn());
        }
        if (!attributes().isEmpty()) {
            ObjectNode all = envelope.putObject("MessageAttributes");
            attributes()
                    .forEach((name, value) -> {
                        JsonNode written = Shapes.write(value, Shapes.Form.JSON);
                        String text =
                                written.path("StringValue")
                                        .asString(written.path("BinaryValue").asString(""));
                        all.putObject(name).put("Type", value.dataType()).put("Value", text);
                    });
        }
        return envelope.toString();
    }

    /// What a function gets: the envelope in a list of one, [as AWS writes
    /// it](https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html).
    String event(Subscription subscription, String here) {
        ObjectNode event = NODES.objectNode();
        event.putArray("Records")
                .addObject()
                .put("EventSource", "aws:sns")
                .put("EventVersion", "1.0")
                .put("EventSubscriptionArn", subscription.arn())
                .set("Sns", JsonMapper.shared().readTree(envelope(subscription, here)));
        return event.toString();
    }
}
