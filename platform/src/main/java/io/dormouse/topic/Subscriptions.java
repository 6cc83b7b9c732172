package io.dormouse.topic;

import io.dormouse.aws.Caller;
import io.dormouse.pattern.EventPattern;
import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import io.dormouse.store.Tx;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.ConfirmSubscriptionRequest;
import software.amazon.awssdk.services.sns.model.ConfirmSubscriptionResponse;
import software.amazon.awssdk.services.sns.model.GetSubscriptionAttributesRequest;
import software.amazon.awssdk.services.sns.model.GetSubscriptionAttributesResponse;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsByTopicRequest;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsByTopicResponse;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsRequest;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsResponse;
import software.amazon.awssdk.services.sns.model.SetSubscriptionAttributesRequest;
import software.amazon.awssdk.services.sns.model.SetSubscriptionAttributesResponse;
import software.amazon.awssdk.services.sns.model.SubscribeRequest;
import software.amazon.awssdk.services.sns.model.SubscribeResponse;
import software.amazon.awssdk.services.sns.model.UnsubscribeRequest;
import software.amazon.awssdk.services.sns.model.UnsubscribeResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Who gets what is published.
///
///     Subscribe http(s) ─► pending ── token, by ConfirmSubscription or its URL ─► confirmed
///     Subscribe sqs, lambda ─────────────────────────────────────────────────────►
///
/// AWS page: [Subscribe](https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html).
public final class Subscriptions implements SnsClient {
    private static final Set<String> SETTABLE =
            Set.of(
                    "DeliveryPolicy",
                    "FilterPolicy",
                    "FilterPolicyScope",
                    "RawMessageDelivery",
                    "RedrivePolicy");

    private final TopicRecords records;
    private final Deliveries deliveries;
    private final InstantSource clock;

    Subscriptions(TopicRecords records, Deliveries deliveries, InstantSource clock) {
        this.records = records;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public SubscribeResponse subscribe(SubscribeRequest request) {
        String protocol = request.protocol();
        String endpoint = Optional.ofNullable(request.endpoint()).orElse("");
        checkEndpoint(protocol, endpoint);
        request.attributes().forEach(Subscriptions::check);
        Instant now = clock.instant();
        Subscription made =
                records.store.write(tx -> subscribe(tx, request, protocol, endpoint, now));
        deliveries.look();
        boolean isShown = !made.isPending() || Boolean.TRUE.equals(request.returnSubscriptionArn());
        return SubscribeResponse.builder()
                .subscriptionArn(isShown ? made.arn() : "pending confirmation")
                .build();
    }

    /// Asked again, the same is found; one that is pending is asked to confirm once more.
    private Subscription subscribe(
            Tx tx, SubscribeRequest request, String protocol, String endpoint, Instant now) {
        String topic = request.topicArn();
        records.topic(tx, topic);
        Optional<Subscription> old =
                records.of(tx, topic).stream()
                        .filter(each ->
                                each.protocol().equals(protocol)
                                        && each.endpoint().equals(endpoint))
                        .findFirst();
        if (old.isPresent() && !old.get().isPending()) {
            return old.get();
        }
        Subscription subscription =
                old.orElseGet(() -> {
                    Subscription fresh = fresh(request, protocol, endpoint);
                    String status =
                            fresh.isPending() ? Subscription.PENDING : Subscription.CONFIRMED;
                    records.subscriptions.insert(
                            tx, new Entry<>(fresh.arn(), topic, status, now, now, fresh));
                    return fresh;
                });
        if (subscription.isPending()) {
            deliveries.askToConfirm(tx, subscription, now);
        }
        return subscription;
    }

    private static Subscription fresh(SubscribeRequest request, String protocol, String endpoint) {
        Map<String, String> attributes = new LinkedHashMap<>(request.attributes());
        attributes.values().removeIf(String::isEmpty);
        attributes.put("SubscriptionArn", request.topicArn() + ":" + UUID.randomUUID());
        attributes.put("TopicArn", request.topicArn());
        attributes.put("Protocol", protocol);
        attributes.put("Endpoint", endpoint);
        attributes.put("Owner", Caller.current().account());
        Subscription made = new Subscription(attributes);
        return Set.of("sqs", "lambda").contains(protocol)
                ? made.confirmed()
                : made.pending(UUID.randomUUID().toString().replace("-", "").repeat(4));
    }

    private static void checkEndpoint(String protocol, String endpoint) {
        boolean isRight =
                switch (protocol) {
                    case "sqs" -> endpoint.matches("arn:aws:sqs:[^:]*:[^:]*:[A-Za-z0-9_-]+");
                    case "lambda" -> endpoint.startsWith("arn:aws:lambda:");
                    case "http", "https" -> isUrl(protocol, endpoint);
                    default ->
                            throw TopicErrors.invalid(
                                    "Protocol",
                                    protocol
                                            + " is not served here: http, https, lambda and sqs"
                                            + " (a queue that is not FIFO) are.");
                };
        if (!isRight) {
            throw TopicErrors.invalid(
                    "Endpoint",
                    switch (protocol) {
                        case "sqs" -> "It must be the ARN of a queue that is not FIFO.";
                        case "lambda" -> "It must be the ARN of a function.";
                        default -> "It must be a URL that begins with " + protocol + "://.";
                    });
        }
    }

    private static boolean isUrl(String protocol, String endpoint) {
        try {
            URI uri = URI.create(endpoint);
            return protocol.equals(uri.getScheme()) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void check(String name, String value) {
        if (!SETTABLE.contains(name)) {
            throw TopicErrors.invalid(
                    "AttributeName",
                    name + " cannot be set here: " + String.join(", ", SETTABLE) + " can.");
        }
        if (value.isEmpty()) {
            return;
        }
        if (name.equals("RawMessageDelivery") && !Set.of("true", "false").contains(value)) {
            throw TopicErrors.invalid(name, "It must be true or false.");
        }
        if (name.equals("FilterPolicyScope")
                && !Set.of("MessageAttributes", "MessageBody").contains(value)) {
            throw TopicErrors.invalid(name, "It must be MessageAttributes or MessageBody.");
        }
        if (name.equals("FilterPolicy") && !value.equals("{}")) {
            EventPattern.problem(value)
                    .ifPresent(problem -> {
                        throw TopicErrors.invalid(name, problem);
                    });
        }
        if (name.endsWith("Policy") && !isObject(value)) {
            throw TopicErrors.invalid(name, "It must be a JSON object.");
        }
    }

    private static boolean isObject(String text) {
        try {
            return JsonMapper.shared().readTree(text).isObject();
        } catch (JacksonException e) {
            return false;
        }
    }

    @Override
    public ConfirmSubscriptionResponse confirmSubscription(ConfirmSubscriptionRequest request) {
        String arn =
                records.store.write(tx -> {
                    records.topic(tx, request.topicArn());
                    Subscription found =
                            records.of(tx, request.topicArn()).stream()
                                    .filter(each -> each.token().equals(request.token()))
                                    .filter(Subscription::isPending)
                                    .findFirst()
                                    .orElseThrow(() ->
                                            TopicErrors.invalid(
                                                    "Token",
                                                    "It is no token of a pending subscription."));
                    Entry<Subscription> entry = records.subscription(tx, found.arn());
                    records.subscriptions.update(
                            tx,
                            entry.now(Subscription.CONFIRMED, clock.instant(), found.confirmed()));
                    return found.arn();
                });
        return ConfirmSubscriptionResponse.builder().subscriptionArn(arn).build();
    }

    @Override
    public UnsubscribeResponse unsubscribe(UnsubscribeRequest request) {
        records.store.write(tx -> records.subscriptions.delete(tx, request.subscriptionArn()));
        return UnsubscribeResponse.builder().build();
    }

    @Override
    public ListSubscriptionsResponse listSubscriptions(ListSubscriptionsRequest request) {
        var page =
                TopicRecords.page(records.subscriptions, Optional.empty(), request.nextToken())
                        .map(Subscription::listed);
        return ListSubscriptionsResponse.builder()
                .subscriptions(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public ListSubscriptionsByTopicResponse listSubscriptionsByTopic(
            ListSubscriptionsByTopicRequest request) {
        records.store.read(query -> records.topic(query, request.topicArn()));
        Page<software.amazon.awssdk.services.sns.model.Subscription> page =
                TopicRecords.page(
                                records.subscriptions,
                                Optional.of(request.topicArn()),
                                request.nextToken())
                        .map(Subscription::listed);
        return ListSubscriptionsByTopicResponse.builder()
                .subscriptions(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public GetSubscriptionAttributesResponse getSubscriptionAttributes(
            GetSubscriptionAttributesRequest request) {
        return GetSubscriptionAttributesResponse.builder()
                .attributes(
                        records.store
                                .read(query ->
                                        records.subscription(query, request.subscriptionArn()))
                                .body()
                                .shown())
                .build();
    }

    @Override
    public SetSubscriptionAttributesResponse setSubscriptionAttributes(
            SetSubscriptionAttributesRequest request) {
        String value = Optional.ofNullable(request.attributeValue()).orElse("");
        check(request.attributeName(), value);
        records.store.write(tx -> {
            Entry<Subscription> entry = records.subscription(tx, request.subscriptionArn());
            return records.subscriptions.update(
                    tx,
                    entry.now(
                            entry.status(),
                            clock.instant(),
                            entry.body().with(request.attributeName(), value)));
        });
        return SetSubscriptionAttributesResponse.builder().build();
    }
}
