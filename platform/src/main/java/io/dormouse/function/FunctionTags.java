package io.dormouse.function;

import io.dormouse.store.Query;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.ListTagsRequest;
import software.amazon.awssdk.services.lambda.model.ListTagsResponse;
import software.amazon.awssdk.services.lambda.model.TagResourceRequest;
import software.amazon.awssdk.services.lambda.model.TagResourceResponse;
import software.amazon.awssdk.services.lambda.model.UntagResourceRequest;
import software.amazon.awssdk.services.lambda.model.UntagResourceResponse;

/// The tags of functions; those that begin with `dormouse:` are settings.
///
/// AWS page: [TagResource](https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html).
public final class FunctionTags implements LambdaClient {
    private final FunctionRecords records;
    private final FunctionGroups groups;

    FunctionTags(FunctionRecords records, FunctionGroups groups) {
        this.records = records;
        this.groups = groups;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    /// Refuses tags that are AWS's, or settings that are none.
    static void check(Map<String, String> tags) {
        tags.keySet().stream()
                .filter(key -> key.startsWith("aws:"))
                .findFirst()
                .ifPresent(key -> {
                    throw FunctionErrors.invalid(
                            "Tag key \"" + key + "\" is reserved: keys may not begin with aws:");
                });
        try {
            FunctionGroups.tuning(tags);
            UrlKeys.of(tags);
        } catch (IllegalArgumentException e) {
            throw FunctionErrors.invalid(String.valueOf(e.getMessage()));
        }
    }

    private FunctionName required(Query query, String arn) {
        FunctionName name = FunctionName.of(arn);
        records.latest(query, name);
        return new FunctionName(name.name(), Optional.empty());
    }

    @Override
    public ListTagsResponse listTags(ListTagsRequest request) {
        return records.store.read(query ->
                ListTagsResponse.builder()
                        .tags(records.tags.of(query, required(query, request.resource()).bareArn()))
                        .build());
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        check(request.tags());
        FunctionName name =
                records.store.write(tx -> {
                    FunctionName its = required(tx, request.resource());
                    records.tags.put(tx, its.bareArn(), request.tags());
                    return its;
                });
        groups.forget(name.name());
        return TagResourceResponse.builder().build();
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        FunctionName name =
                records.store.write(tx -> {
                    FunctionName its = required(tx, request.resource());
                    records.tags.remove(tx, its.bareArn(), request.tagKeys());
                    return its;
                });
        groups.forget(name.name());
        return UntagResourceResponse.builder().build();
    }
}
