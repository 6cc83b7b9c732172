package io.dormouse.function;

import io.dormouse.store.Query;
import java.util.Map;
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

    private Function required(Query query, String arn) {
        return records.latest(query, FunctionName.of(arn)).body();
    }

    @Override
    public ListTagsResponse listTags(ListTagsRequest request) {
        return records.store.read(query ->
                ListTagsResponse.builder()
                        .tags(records.tags.of(query, required(query, request.resource()).arn()))
                        .build());
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        check(request.tags());
        Function tagged =
                records.store.write(tx -> {
                    Function function = required(tx, request.resource());
                    records.tags.put(tx, function.arn(), request.tags());
                    return function;
                });
        groups.forget(tagged.name());
        return TagResourceResponse.builder().build();
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        Function untagged =
                records.store.write(tx -> {
                    Function function = required(tx, request.resource());
                    records.tags.remove(tx, function.arn(), request.tagKeys());
                    return function;
                });
        groups.forget(untagged.name());
        return UntagResourceResponse.builder().build();
    }
}
