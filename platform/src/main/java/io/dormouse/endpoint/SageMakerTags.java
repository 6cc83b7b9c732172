package io.dormouse.endpoint;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.aws.TagList;
import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.AddTagsRequest;
import software.amazon.awssdk.services.sagemaker.model.AddTagsResponse;
import software.amazon.awssdk.services.sagemaker.model.DeleteTagsRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteTagsResponse;
import software.amazon.awssdk.services.sagemaker.model.ListTagsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListTagsResponse;

/// The tags of SageMaker's resources, whichever room has them.
///
/// AWS page: [AddTags](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html).
public final class SageMakerTags implements SageMakerClient {
    /// A kind of resource that has tags.
    ///
    /// @param type as ARNs spell it: `training-job`
    /// @param arn the ARN of the resource of that name, where there is one
    /// @param check refuses tags that the resource cannot have: all that it would have
    /// @param changed told the name of a resource whose tags have changed
    public record Taggable(
            String type,
            BiFunction<Query, String, Optional<String>> arn,
            Consumer<Map<String, String>> check,
            Consumer<String> changed) {
        /// A kind whose tags mean nothing to the platform.
        public static Taggable of(String type, BiFunction<Query, String, Optional<String>> arn) {
            return new Taggable(type, arn, _ -> {}, _ -> {});
        }
    }

    private record Target(Taggable kind, String name) {}

    private final Store store;
    private final Tags tags;
    private final Map<String, Taggable> kinds;

    public SageMakerTags(Store store, Tags tags, List<Taggable> kinds) {
        this.store = store;
        this.tags = tags;
        this.kinds = kinds.stream().collect(Collectors.toMap(Taggable::type, kind -> kind));
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public AddTagsResponse addTags(AddTagsRequest request) {
        Map<String, String> added = TagList.toMap(request.tags());
        Target target = target(request.resourceArn());
        Map<String, String> all =
                store.write(tx -> {
                    String arn = arn(tx, target, request.resourceArn());
                    tags.put(tx, arn, added);
                    Map<String, String> now = tags.of(tx, arn);
                    target.kind().check().accept(now);
                    return now;
                });
        target.kind().changed().accept(target.name());
        return AddTagsResponse.builder().tags(TagList.of(all)).build();
    }

    /// All of them in one page: a resource has fewer than a page holds.
    @Override
    public ListTagsResponse listTags(ListTagsRequest request) {
        Target target = target(request.resourceArn());
        Map<String, String> all =
                store.read(query -> tags.of(query, arn(query, target, request.resourceArn())));
        return ListTagsResponse.builder().tags(TagList.of(all)).build();
    }

    @Override
    public DeleteTagsResponse deleteTags(DeleteTagsRequest request) {
        Target target = target(request.resourceArn());
        store.write(tx -> {
            tags.remove(tx, arn(tx, target, request.resourceArn()), request.tagKeys());
            return true;
        });
        target.kind().changed().accept(target.name());
        return DeleteTagsResponse.builder().build();
    }

    /// What an ARN of this account and region names.
    private Target target(String arn) {
        String own = Caller.current().resource("sagemaker", "");
        int slash = arn.indexOf('/');
        if (!arn.startsWith(own) || slash < own.length()) {
            throw missing(arn);
        }
        Taggable kind = kinds.get(arn.substring(own.length(), slash));
        if (kind == null) {
            throw missing(arn);
        }
        return new Target(kind, arn.substring(slash + 1));
    }

    private static String arn(Query query, Target target, String asked) {
        return target.kind().arn().apply(query, target.name()).orElseThrow(() -> missing(asked));
    }

    private static AwsServiceException missing(String arn) {
        return AwsError.VALIDATION.of("Could not find resource \"" + arn + "\".");
    }
}
