package io.dormouse.topic;

import io.dormouse.store.Codec;
import io.dormouse.store.Entry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sns.model.GetSubscriptionAttributesResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A subscription, as its attributes say it. A pending one has a token, which is nobody's to see
/// but the subscriber's.
record Subscription(Map<String, String> attributes) {
    static final String CONFIRMED = "confirmed";
    static final String PENDING = "pending";
    static final Codec<Subscription> CODEC =
            Codec.shape(GetSubscriptionAttributesResponse::builder)
                    .in(
                            shape -> new Subscription(shape.attributes()),
                            each ->
                                    GetSubscriptionAttributesResponse.builder()
                                            .attributes(each.attributes)
                                            .build());

    private static final String TOKEN = "Token";

    Subscription {
        attributes = Map.copyOf(attributes);
    }

    String arn() {
        return text("SubscriptionArn");
    }

    String topic() {
        return text("TopicArn");
    }

    String protocol() {
        return text("Protocol");
    }

    String endpoint() {
        return text("Endpoint");
    }

    String owner() {
        return text("Owner");
    }

    String token() {
        return text(TOKEN);
    }

    boolean isPending() {
        return Boolean.parseBoolean(text("PendingConfirmation"));
    }

    boolean isRaw() {
        return Boolean.parseBoolean(text("RawMessageDelivery"));
    }

    /// A JSON pattern.
    Optional<String> filterPolicy() {
        return Optional.ofNullable(attributes.get("FilterPolicy"));
    }

    boolean filtersByBody() {
        return "MessageBody".equals(text("FilterPolicyScope"));
    }

    /// The ARN of the queue for what cannot be delivered.
    Optional<String> deadLetters() {
        return Optional.ofNullable(attributes.get("RedrivePolicy"))
                .map(JsonMapper.shared()::readTree)
                .map(policy -> policy.path("deadLetterTargetArn").asString(""))
                .filter(arn -> !arn.isEmpty());
    }

    /// How deliveries over HTTP are tried again.
    JsonNode retries() {
        return JsonMapper.shared()
                .readTree(attributes.getOrDefault("DeliveryPolicy", "{}"))
                .path("healthyRetryPolicy");
    }

    private String text(String name) {
        return attributes.getOrDefault(name, "");
    }

    Subscription with(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(attributes);
        all.put(name, value);
        // An empty policy takes it away.
        all.values().removeIf(String::isEmpty);
        return new Subscription(all);
    }

    Subscription pending(String token) {
        return with("PendingConfirmation", "true").with(TOKEN, token);
    }

    Subscription confirmed() {
        return with("PendingConfirmation", "false")
                .with(TOKEN, "")
                .with("ConfirmationWasAuthenticated", "true");
    }

    /// What GetSubscriptionAttributes shows.
    Map<String, String> shown() {
        Map<String, String> shown = new LinkedHashMap<>(attributes);
        shown.remove(TOKEN);
        shown.putIfAbsent("RawMessageDelivery", "false");
        if (filterPolicy().isPresent()) {
            shown.putIfAbsent("FilterPolicyScope", "MessageAttributes");
        }
        return shown;
    }

    /// As a listing shows it.
    static software.amazon.awssdk.services.sns.model.Subscription listed(
            Entry<Subscription> entry) {
        Subscription each = entry.body();
        return software.amazon.awssdk.services.sns.model.Subscription.builder()
                .subscriptionArn(each.isPending() ? "PendingConfirmation" : each.arn())
                .topicArn(each.topic())
                .protocol(each.protocol())
                .endpoint(each.endpoint())
                .owner(each.owner())
                .build();
    }
}
