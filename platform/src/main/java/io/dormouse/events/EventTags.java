package io.dormouse.events;

import io.dormouse.store.Query;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ListTagsForResourceRequest;
import software.amazon.awssdk.services.eventbridge.model.ListTagsForResourceResponse;
import software.amazon.awssdk.services.eventbridge.model.Tag;
import software.amazon.awssdk.services.eventbridge.model.TagResourceRequest;
import software.amazon.awssdk.services.eventbridge.model.TagResourceResponse;
import software.amazon.awssdk.services.eventbridge.model.UntagResourceRequest;
import software.amazon.awssdk.services.eventbridge.model.UntagResourceResponse;

/// The tags of rules and buses.
///
/// AWS page:
/// [TagResource](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TagResource.html).
public final class EventTags implements EventBridgeClient {
    private final EventRecords records;

    EventTags(EventRecords records) {
        this.records = records;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    static Map<String, String> map(List<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value, (_, later) -> later));
    }

    private void required(Query query, String arn) {
        String path = arn.substring(arn.lastIndexOf(':') + 1);
        if (path.startsWith("event-bus/")) {
            records.requireBus(query, RuleKey.bus(arn));
            return;
        }
        String[] parts = path.split("/", -1);
        records.rule(
                query,
                parts.length == 3
                        ? new RuleKey(parts[1], parts[2])
                        : new RuleKey(RuleKey.DEFAULT_BUS, parts[parts.length - 1]));
    }

    @Override
    public ListTagsForResourceResponse listTagsForResource(ListTagsForResourceRequest request) {
        Map<String, String> tags =
                records.store.read(query -> {
                    required(query, request.resourceARN());
                    return records.tags.of(query, request.resourceARN());
                });
        return ListTagsForResourceResponse.builder()
                .tags(
                        tags.entrySet().stream()
                                .map(each ->
                                        Tag.builder()
                                                .key(each.getKey())
                                                .value(each.getValue())
                                                .build())
                                .toList())
                .build();
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        records.store.write(tx -> {
            required(tx, request.resourceARN());
            records.tags.put(tx, request.resourceARN(), map(request.tags()));
            return true;
        });
        return TagResourceResponse.builder().build();
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        records.store.write(tx -> {
            required(tx, request.resourceARN());
            records.tags.remove(tx, request.resourceARN(), request.tagKeys());
            return true;
        });
        return UntagResourceResponse.builder().build();
    }
}
