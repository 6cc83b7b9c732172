package io.dormouse.topic;

import io.dormouse.aws.Caller;
import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Tx;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.CreateTopicRequest;
import software.amazon.awssdk.services.sns.model.CreateTopicResponse;
import software.amazon.awssdk.services.sns.model.DeleteTopicRequest;
import software.amazon.awssdk.services.sns.model.DeleteTopicResponse;
import software.amazon.awssdk.services.sns.model.GetTopicAttributesRequest;
import software.amazon.awssdk.services.sns.model.GetTopicAttributesResponse;
import software.amazon.awssdk.services.sns.model.ListTagsForResourceRequest;
import software.amazon.awssdk.services.sns.model.ListTagsForResourceResponse;
import software.amazon.awssdk.services.sns.model.ListTopicsRequest;
import software.amazon.awssdk.services.sns.model.ListTopicsResponse;
import software.amazon.awssdk.services.sns.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sns.model.SetTopicAttributesRequest;
import software.amazon.awssdk.services.sns.model.SetTopicAttributesResponse;
import software.amazon.awssdk.services.sns.model.Tag;
import software.amazon.awssdk.services.sns.model.TagResourceRequest;
import software.amazon.awssdk.services.sns.model.TagResourceResponse;
import software.amazon.awssdk.services.sns.model.Topic;
import software.amazon.awssdk.services.sns.model.UntagResourceRequest;
import software.amazon.awssdk.services.sns.model.UntagResourceResponse;

/// The topics, and their tags.
///
/// AWS page: [CreateTopic](https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html).
public final class Topics implements SnsClient {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,256}");

    /// Kept and shown; `Policy` is not enforced, as no resource's is.
    private static final Set<String> SETTABLE = Set.of("DisplayName", "Policy", "DeliveryPolicy");

    private final TopicRecords records;
    private final InstantSource clock;

    Topics(TopicRecords records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public CreateTopicResponse createTopic(CreateTopicRequest request) {
        String name = request.name();
        if (!NAME.matcher(name).matches()) {
            throw TopicErrors.invalid(
                    "Topic Name",
                    "It is made of letters, digits, hyphens and underscores; FIFO topics are not"
                            + " served here.");
        }
        request.attributes().forEach((attribute, _) -> check(attribute));
        String arn = Caller.current().resource("sns", name);
        Map<String, String> topic = new LinkedHashMap<>(request.attributes());
        topic.values().removeIf(String::isEmpty);
        topic.put("TopicArn", arn);
        topic.put("Owner", Caller.current().account());
        records.store.write(tx -> {
            records.topics.insert(tx, Entry.of(arn, clock.instant(), topic));
            records.tags.put(tx, arn, tags(request.tags()));
            return true;
        });
        return CreateTopicResponse.builder().topicArn(arn).build();
    }

    private static void check(String attribute) {
        if (!SETTABLE.contains(attribute)) {
            throw TopicErrors.invalid(
                    "AttributeName",
                    attribute + " cannot be set here: " + String.join(", ", SETTABLE) + " can.");
        }
    }

    @Override
    public GetTopicAttributesResponse getTopicAttributes(GetTopicAttributesRequest request) {
        return records.store.read(query -> {
            String arn = request.topicArn();
            Map<String, String> all = new LinkedHashMap<>(records.topic(query, arn).body());
            List<Subscription> subscriptions = records.of(query, arn);
            long pending = subscriptions.stream().filter(Subscription::isPending).count();
            all.put("SubscriptionsPending", Long.toString(pending));
            all.put("SubscriptionsConfirmed", Long.toString(subscriptions.size() - pending));
            all.put("SubscriptionsDeleted", "0");
            all.putIfAbsent("DisplayName", "");
            return GetTopicAttributesResponse.builder().attributes(all).build();
        });
    }

    @Override
    public SetTopicAttributesResponse setTopicAttributes(SetTopicAttributesRequest request) {
        check(request.attributeName());
        records.store.write(tx -> {
            Entry<Map<String, String>> entry = records.topic(tx, request.topicArn());
            Map<String, String> changed = new LinkedHashMap<>(entry.body());
            changed.put(
                    request.attributeName(),
                    Optional.ofNullable(request.attributeValue()).orElse(""));
            changed.values().removeIf(String::isEmpty);
            return records.topics.update(tx, entry.now("", clock.instant(), changed));
        });
        return SetTopicAttributesResponse.builder().build();
    }

    @Override
    public ListTopicsResponse listTopics(ListTopicsRequest request) {
        Page<Topic> page =
                TopicRecords.page(records.topics, Optional.empty(), request.nextToken())
                        .map(entry -> Topic.builder().topicArn(entry.name()).build());
        return ListTopicsResponse.builder()
                .topics(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    /// With it go its subscriptions. One that is not there is deleted as well.
    @Override
    public DeleteTopicResponse deleteTopic(DeleteTopicRequest request) {
        records.store.write(tx -> delete(tx, request.topicArn()));
        return DeleteTopicResponse.builder().build();
    }

    private boolean delete(Tx tx, String arn) {
        records.of(tx, arn).forEach(each -> records.subscriptions.delete(tx, each.arn()));
        records.tags.removeAll(tx, arn);
        return records.topics.delete(tx, arn);
    }

    @Override
    public ListTagsForResourceResponse listTagsForResource(ListTagsForResourceRequest request) {
        Map<String, String> tags =
                records.store.read(query -> {
                    required(query, request.resourceArn());
                    return records.tags.of(query, request.resourceArn());
                });
        return ListTagsForResourceResponse.builder()
                .tags(
                        tags.entrySet().stream()
                                .map(tag ->
                                        Tag.builder()
                                                .key(tag.getKey())
                                                .value(tag.getValue())
                                                .build())
                                .toList())
                .build();
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        records.store.write(tx -> {
            required(tx, request.resourceArn());
            records.tags.put(tx, request.resourceArn(), tags(request.tags()));
            return true;
        });
        return TagResourceResponse.builder().build();
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        records.store.write(tx -> {
            required(tx, request.resourceArn());
            records.tags.remove(tx, request.resourceArn(), request.tagKeys());
            return true;
        });
        return UntagResourceResponse.builder().build();
    }

    private void required(Query query, String arn) {
        if (records.topics.get(query, arn).isEmpty()) {
            throw ResourceNotFoundException.builder().message("Resource does not exist").build();
        }
    }

    private static Map<String, String> tags(List<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value, (_, later) -> later));
    }
}
