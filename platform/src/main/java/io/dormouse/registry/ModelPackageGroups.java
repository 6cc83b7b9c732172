package io.dormouse.registry;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.aws.Shapes;
import io.dormouse.aws.TagList;
import io.dormouse.store.Codec;
import io.dormouse.store.Entry;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ConflictException;
import software.amazon.awssdk.services.sagemaker.model.CreateModelPackageGroupRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateModelPackageGroupResponse;
import software.amazon.awssdk.services.sagemaker.model.CrossAccountFilterOption;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelPackageGroupPolicyRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelPackageGroupPolicyResponse;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelPackageGroupRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelPackageGroupResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageGroupRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageGroupResponse;
import software.amazon.awssdk.services.sagemaker.model.GetModelPackageGroupPolicyRequest;
import software.amazon.awssdk.services.sagemaker.model.GetModelPackageGroupPolicyResponse;
import software.amazon.awssdk.services.sagemaker.model.ListModelPackageGroupsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListModelPackageGroupsResponse;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageGroup;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageGroupStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageGroupSummary;
import software.amazon.awssdk.services.sagemaker.model.PutModelPackageGroupPolicyRequest;
import software.amazon.awssdk.services.sagemaker.model.PutModelPackageGroupPolicyResponse;
import software.amazon.awssdk.services.sagemaker.model.SearchRecord;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemaker.model.UserContext;

/// Model package groups: what versions of a model are kept in. The only writer of their records.
///
/// AWS page:
/// [CreateModelPackageGroup](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html).
public final class ModelPackageGroups implements SageMakerClient {
    private static final String COUNT_VERSIONS =
            "SELECT count(*) FROM record WHERE kind = ? AND parent = ?";

    private final Store store;
    private final Tags tags;
    private final InstantSource clock;
    private final Records<DescribeModelPackageGroupResponse> groups;
    private final Records<String> policies;

    /// The number of each group's last version, which is not used again when that is deleted.
    private final Records<Integer> counters;

    public ModelPackageGroups(Store store, Tags tags, InstantSource clock) {
        this.store = store;
        this.tags = tags;
        this.clock = clock;
        this.groups =
                new Records<>(
                        store,
                        "model-package-group",
                        Codec.shape(DescribeModelPackageGroupResponse::builder));
        Codec<String> text = new Codec<>(Function.identity(), Function.identity());
        this.policies = new Records<>(store, "model-package-group-policy", text);
        this.counters =
                new Records<>(
                        store,
                        "model-package-counter",
                        new Codec<>(String::valueOf, Integer::valueOf));
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public CreateModelPackageGroupResponse createModelPackageGroup(
            CreateModelPackageGroupRequest request) {
        Map<String, String> given = TagList.toMap(request.tags());
        String arn = PackageName.groupArn(request.modelPackageGroupName());
        Instant now = clock.instant();
        DescribeModelPackageGroupResponse group =
                Shapes.like(DescribeModelPackageGroupResponse.builder(), request)
                        .modelPackageGroupArn(arn)
                        .creationTime(now)
                        .createdBy(caller())
                        .modelPackageGroupStatus(ModelPackageGroupStatus.COMPLETED)
                        .build();
        String key = PackageName.key(group.modelPackageGroupName());
        store.write(tx -> {
            if (!groups.insert(tx, Entry.of(key, now, group))) {
                throw AwsError.VALIDATION.of("Model Package Group already exists: " + arn);
            }
            tags.put(tx, arn, given);
            return true;
        });
        return CreateModelPackageGroupResponse.builder().modelPackageGroupArn(arn).build();
    }

    /// Who is calling, as SageMaker tells it.
    static UserContext caller() {
        String arn = Caller.current().arn();
        return UserContext.builder()
                .iamIdentity(identity -> identity.arn(arn).principalId(Caller.current().account()))
                .build();
    }

    @Override
    public DescribeModelPackageGroupResponse describeModelPackageGroup(
            DescribeModelPackageGroupRequest request) {
        return store.read(query -> required(query, request.modelPackageGroupName())).body();
    }

    /// The group of that name or ARN.
    Entry<DescribeModelPackageGroupResponse> required(Query query, String nameOrArn) {
        return groups.get(query, PackageName.key(nameOrArn))
                .orElseThrow(() ->
                        AwsError.VALIDATION.of(
                                "ModelPackageGroup "
                                        + PackageName.groupArn(nameOrArn)
                                        + " does not exist."));
    }

    /// The number of a new version of this group.
    int nextVersion(Tx tx, String group) {
        Optional<Entry<Integer>> last = counters.get(tx, group);
        int next = last.map(Entry::body).orElse(0) + 1;
        Entry<Integer> entry = Entry.of(group, clock.instant(), next);
        if (!counters.update(tx, entry)) {
            counters.insert(tx, entry);
        }
        return next;
    }

    @Override
    public ListModelPackageGroupsResponse listModelPackageGroups(
            ListModelPackageGroupsRequest request) {
        if (request.crossAccountFilterOption() == CrossAccountFilterOption.CROSS_ACCOUNT) {
            // Nothing here is shared from another account.
            return ListModelPackageGroupsResponse.builder()
                    .modelPackageGroupSummaryList(List.of())
                    .build();
        }
        Page<ModelPackageGroupSummary> page =
                groups.page(Listing.of(request))
                        .map(each ->
                                Shapes.like(ModelPackageGroupSummary.builder(), each.body())
                                        .build());
        return ListModelPackageGroupsResponse.builder()
                .modelPackageGroupSummaryList(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public DeleteModelPackageGroupResponse deleteModelPackageGroup(
            DeleteModelPackageGroupRequest request) {
        String key = PackageName.key(request.modelPackageGroupName());
        return store.write(tx -> {
            DescribeModelPackageGroupResponse group = required(tx, key).body();
            if (tx.number(COUNT_VERSIONS, ModelPackages.KIND, key) > 0) {
                throw ConflictException.builder()
                        .message(
                                "Model Package Group "
                                        + group.modelPackageGroupArn()
                                        + " cannot be deleted because it still contains Model"
                                        + " Packages. Delete its versions first.")
                        .build();
            }
            groups.delete(tx, key);
            policies.delete(tx, key);
            counters.delete(tx, key);
            tags.removeAll(tx, group.modelPackageGroupArn());
            return DeleteModelPackageGroupResponse.builder().build();
        });
    }

    @Override
    public PutModelPackageGroupPolicyResponse putModelPackageGroupPolicy(
            PutModelPackageGroupPolicyRequest request) {
        String key = PackageName.key(request.modelPackageGroupName());
        Entry<String> entry = Entry.of(key, clock.instant(), request.resourcePolicy());
        String arn =
                store.write(tx -> {
                    String group = known(tx, key).modelPackageGroupArn();
                    if (!policies.update(tx, entry)) {
                        policies.insert(tx, entry);
                    }
                    return group;
                });
        return PutModelPackageGroupPolicyResponse.builder().modelPackageGroupArn(arn).build();
    }

    @Override
    public GetModelPackageGroupPolicyResponse getModelPackageGroupPolicy(
            GetModelPackageGroupPolicyRequest request) {
        String key = PackageName.key(request.modelPackageGroupName());
        return store.read(query -> {
            String arn = known(query, key).modelPackageGroupArn();
            String policy =
                    policies.get(query, key).map(Entry::body).orElseThrow(() -> noPolicy(arn));
            return GetModelPackageGroupPolicyResponse.builder().resourcePolicy(policy).build();
        });
    }

    @Override
    public DeleteModelPackageGroupPolicyResponse deleteModelPackageGroupPolicy(
            DeleteModelPackageGroupPolicyRequest request) {
        String key = PackageName.key(request.modelPackageGroupName());
        return store.write(tx -> {
            String arn = known(tx, key).modelPackageGroupArn();
            if (!policies.delete(tx, key)) {
                throw noPolicy(arn);
            }
            return DeleteModelPackageGroupPolicyResponse.builder().build();
        });
    }

    /// The group, or the policy operations' own words for its absence.
    private DescribeModelPackageGroupResponse known(Query query, String key) {
        return groups.get(query, key)
                .map(Entry::body)
                .orElseThrow(() ->
                        AwsError.VALIDATION.of(
                                "Cannot find Model Package Group: "
                                        + PackageName.groupArn(key)
                                        + "."));
    }

    private static AwsServiceException noPolicy(String groupArn) {
        return AwsError.VALIDATION.of("Cannot find resource policy for: " + groupArn + ".");
    }

    /// The ARN of the group of this name, where there is one.
    public Optional<String> arn(Query query, String name) {
        return groups.get(query, PackageName.key(name))
                .map(entry -> entry.body().modelPackageGroupArn());
    }

    /// Every group, as Search shows it.
    public List<SearchRecord> searchRecords() {
        return groups.all().stream().map(each -> searchRecord(each.body())).toList();
    }

    private SearchRecord searchRecord(DescribeModelPackageGroupResponse group) {
        List<Tag> tagged = TagList.of(tags.of(group.modelPackageGroupArn()));
        ModelPackageGroup shown =
                Shapes.like(ModelPackageGroup.builder(), group).tags(tagged).build();
        return SearchRecord.builder().modelPackageGroup(shown).build();
    }
}
