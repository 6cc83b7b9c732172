package io.dormouse.metrics.alarm;

import io.dormouse.store.Query;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.ListTagsForResourceRequest;
import software.amazon.awssdk.services.cloudwatch.model.ListTagsForResourceResponse;
import software.amazon.awssdk.services.cloudwatch.model.ResourceNotFoundException;
import software.amazon.awssdk.services.cloudwatch.model.Tag;
import software.amazon.awssdk.services.cloudwatch.model.TagResourceRequest;
import software.amazon.awssdk.services.cloudwatch.model.TagResourceResponse;
import software.amazon.awssdk.services.cloudwatch.model.UntagResourceRequest;
import software.amazon.awssdk.services.cloudwatch.model.UntagResourceResponse;

/// The tags of alarms.
public final class AlarmTags implements CloudWatchClient {
    private final AlarmRecords records;

    AlarmTags(AlarmRecords records) {
        this.records = records;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

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
                                .map(e -> Tag.builder().key(e.getKey()).value(e.getValue()).build())
                                .toList())
                .build();
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        Webhooks.check(map(request.tags()));
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

    private void required(Query query, String arn) {
        if (records.find(query, arn).isEmpty()) {
            throw ResourceNotFoundException.builder().message(arn + " does not exist").build();
        }
    }

    static Map<String, String> map(List<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value, (_, later) -> later));
    }
}
