package io.dormouse.registry;

import io.dormouse.artifact.Retention;
import io.dormouse.aws.AwsError;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.BatchDescribeModelPackageError;
import software.amazon.awssdk.services.sagemaker.model.BatchDescribeModelPackageRequest;
import software.amazon.awssdk.services.sagemaker.model.BatchDescribeModelPackageResponse;
import software.amazon.awssdk.services.sagemaker.model.BatchDescribeModelPackageSummary;
import software.amazon.awssdk.services.sagemaker.model.ConflictException;
import software.amazon.awssdk.services.sagemaker.model.CreateModelPackageRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateModelPackageResponse;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelPackageRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelPackageResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageResponse;
import software.amazon.awssdk.services.sagemaker.model.ListModelPackagesRequest;
import software.amazon.awssdk.services.sagemaker.model.ListModelPackagesResponse;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackage;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageStatusDetails;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageSummary;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageType;
import software.amazon.awssdk.services.sagemaker.model.SearchRecord;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemaker.model.UpdateModelPackageRequest;
import software.amazon.awssdk.services.sagemaker.model.UpdateModelPackageResponse;

/// Model packages: the versions of groups, and those that stand alone. The only writer of their
/// records; each change is an event in the change feed.
///
/// AWS page:
/// [CreateModelPackage](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html).
public final class ModelPackages implements SageMakerClient, Retention {
    static final String KIND = "model-package";

    private final Store store;
    private final Tags tags;
    private final InstantSource clock;
    private final ModelPackageGroups groups;

    /// By [PackageName#recordKey]; the parent is the group, the status the approval.
    private final Records<DescribeModelPackageResponse> packages;

    /// The request of each client token; the parent is the package that it made.
    private final Records<String> tokens;

    public ModelPackages(Store store, Tags tags, InstantSource clock, ModelPackageGroups groups) {
        this.store = store;
        this.tags = tags;
        this.clock = clock;
        this.groups = groups;
        this.packages =
                new Records<>(store, KIND, Codec.shape(DescribeModelPackageResponse::builder));
        Codec<String> text = new Codec<>(Function.identity(), Function.identity());
        this.tokens = new Records<>(store, "model-package-token", text);
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    /// Approved versions need their models, and so do those that wait for approval unless a later
    /// one of their group has it; packages without versions always.
    @Override
    public Map<String, String> needed(Query query) {
        List<DescribeModelPackageResponse> all =
                packages.all(query).stream().map(Entry::body).toList();
        Map<String, Integer> approved = new HashMap<>();
        for (DescribeModelPackageResponse each : all) {
            if (each.modelApprovalStatus() == ModelApprovalStatus.APPROVED) {
                approved.merge(each.modelPackageGroupName(), each.modelPackageVersion(), Math::max);
            }
        }
        Map<String, String> needed = new HashMap<>();
        for (DescribeModelPackageResponse each : all) {
            if (isNeeded(each, approved) && each.inferenceSpecification() != null) {
                String why =
                        "model package "
                                + each.modelPackageArn()
                                + (each.modelPackageVersion() == null
                                        ? " has no versions"
                                        : " is " + each.modelApprovalStatusAsString());
                each.inferenceSpecification().containers().stream()
                        .map(ModelPackages::artifact)
                        .flatMap(Optional::stream)
                        .forEach(uri -> needed.put(uri, why));
            }
        }
        return needed;
    }

    private static boolean isNeeded(
            DescribeModelPackageResponse each, Map<String, Integer> approved) {
        if (each.modelPackageVersion() == null) {
            return true;
        }
        return switch (each.modelApprovalStatus()) {
            case APPROVED -> true;
            case REJECTED -> false;
            case PENDING_MANUAL_APPROVAL, UNKNOWN_TO_SDK_VERSION ->
                    each.modelPackageVersion()
                            > approved.getOrDefault(each.modelPackageGroupName(), 0);
        };
    }

    private static Optional<String> artifact(ModelPackageContainerDefinition container) {
        return container.modelDataSource() != null
                        && container.modelDataSource().s3DataSource() != null
                ? Optional.ofNullable(container.modelDataSource().s3DataSource().s3Uri())
                : Optional.ofNullable(container.modelDataUrl());
    }

    @Override
    public CreateModelPackageResponse createModelPackage(CreateModelPackageRequest request) {
        check(request);
        Map<String, String> given = TagList.toMap(request.tags());
        Instant now = clock.instant();
        String arn =
                store.write(tx -> {
                    Optional<String> before = madeBy(tx, request);
                    if (before.isPresent()) {
                        return before.get();
                    }
                    PackageName name = name(tx, request);
                    DescribeModelPackageResponse made = make(tx, request, name, now);
                    insert(tx, name, made);
                    remember(tx, request, name, now);
                    tags.put(tx, made.modelPackageArn(), given);
                    PackageEvent.tell(tx, made, List.of());
                    return made.modelPackageArn();
                });
        return CreateModelPackageResponse.builder().modelPackageArn(arn).build();
    }

    private static void check(CreateModelPackageRequest request) {
        boolean versioned = request.modelPackageGroupName() != null;
        if (versioned && request.modelPackageName() != null) {
            throw AwsError.VALIDATION.of(
                    "Both ModelPackageName and ModelPackageGroupName are provided in the input."
                            + " Cannot determine which one to use.");
        }
        if (versioned) {
            return;
        }
        if (request.modelPackageName() == null) {
            throw AwsError.VALIDATION.of(
                    "Missing ARN: give a ModelPackageGroupName, or a ModelPackageName for a package"
                            + " without versions.");
        }
        if (request.modelApprovalStatus() != null) {
            throw AwsError.VALIDATION.of(
                    "ModelApprovalStatus applies to versioned model packages only: leave it out, or"
                            + " give a ModelPackageGroupName.");
        }
        if (request.inferenceSpecification() == null
                && request.sourceAlgorithmSpecification() == null) {
            throw AwsError.VALIDATION.of(
                    "An InferenceSpecification or a SourceAlgorithmSpecification is required for a"
                            + " model package without versions.");
        }
    }

    /// The package that the same request with the same token made before: AWS's clients repeat a
    /// request whose answer they did not see.
    private Optional<String> madeBy(Tx tx, CreateModelPackageRequest request) {
        if (request.clientToken() == null) {
            return Optional.empty();
        }
        Optional<Entry<String>> token = tokens.get(tx, request.clientToken());
        if (token.isPresent() && !token.get().body().equals(Shapes.toJson(request))) {
            throw ConflictException.builder()
                    .message(
                            "ClientToken "
                                    + request.clientToken()
                                    + " was used by another request: give each request its own.")
                    .build();
        }
        return token.flatMap(each -> packages.get(tx, each.parent()))
                .map(each -> each.body().modelPackageArn());
    }

    private void remember(Tx tx, CreateModelPackageRequest request, PackageName name, Instant now) {
        if (request.clientToken() != null) {
            String body = Shapes.toJson(request);
            tokens.insert(tx, Entry.of(request.clientToken(), now, body).within(name.recordKey()));
        }
    }

    private PackageName name(Tx tx, CreateModelPackageRequest request) {
        if (request.modelPackageGroupName() == null) {
            return PackageName.of(request.modelPackageName());
        }
        String group = PackageName.key(groups.required(tx, request.modelPackageGroupName()).name());
        return PackageName.of(group, groups.nextVersion(tx, group));
    }

    private DescribeModelPackageResponse make(
            Tx tx, CreateModelPackageRequest request, PackageName name, Instant now) {
        DescribeModelPackageResponse.Builder made =
                Shapes.like(DescribeModelPackageResponse.builder(), request)
                        .modelPackageArn(name.arn())
                        .creationTime(now)
                        .createdBy(ModelPackageGroups.caller())
                        .modelPackageStatus(ModelPackageStatus.COMPLETED)
                        .modelPackageStatusDetails(NOTHING_TO_VALIDATE)
                        .certifyForMarketplace(
                                Boolean.TRUE.equals(request.certifyForMarketplace()));
        if (name.version().isEmpty()) {
            return made.build();
        }
        String group = groups.required(tx, name.name()).body().modelPackageGroupName();
        ModelApprovalStatus approval =
                Optional.ofNullable(request.modelApprovalStatus())
                        .orElse(ModelApprovalStatus.PENDING_MANUAL_APPROVAL);
        return made.modelPackageName(group)
                .modelPackageGroupName(group)
                .modelPackageVersion(name.version().getAsInt())
                .modelApprovalStatus(approval)
                .build();
    }

    private static final ModelPackageStatusDetails NOTHING_TO_VALIDATE =
            ModelPackageStatusDetails.builder()
                    .validationStatuses(List.of())
                    .imageScanStatuses(List.of())
                    .build();

    private void insert(Tx tx, PackageName name, DescribeModelPackageResponse made) {
        String parent = name.version().isPresent() ? name.name() : "";
        Entry<DescribeModelPackageResponse> entry =
                Entry.of(name.recordKey(), made.creationTime(), made)
                        .within(parent)
                        .now(approval(made), made.creationTime(), made);
        if (!packages.insert(tx, entry)) {
            throw AwsError.VALIDATION.of("Model Package already exists: " + made.modelPackageArn());
        }
    }

    private static String approval(DescribeModelPackageResponse modelPackage) {
        return Optional.ofNullable(modelPackage.modelApprovalStatusAsString()).orElse("");
    }

    @Override
    public DescribeModelPackageResponse describeModelPackage(DescribeModelPackageRequest request) {
        return store.read(query -> required(query, request.modelPackageName())).body();
    }

    private Entry<DescribeModelPackageResponse> required(Query query, String nameOrArn) {
        PackageName name = PackageName.parse(nameOrArn);
        return packages.get(query, name.recordKey()).orElseThrow(() -> missing(name));
    }

    private static AwsServiceException missing(PackageName name) {
        return AwsError.VALIDATION.of("ModelPackage " + name.arn() + " does not exist.");
    }

    @Override
    public BatchDescribeModelPackageResponse batchDescribeModelPackage(
            BatchDescribeModelPackageRequest request) {
        Map<String, BatchDescribeModelPackageSummary> found = new HashMap<>();
        Map<String, BatchDescribeModelPackageError> failed = new HashMap<>();
        for (String arn : request.modelPackageArnList()) {
            PackageName name = PackageName.parse(arn);
            packages.get(name.recordKey())
                    .map(each ->
                            Shapes.like(BatchDescribeModelPackageSummary.builder(), each.body())
                                    .build())
                    .ifPresentOrElse(
                            summary -> found.put(arn, summary),
                            () -> failed.put(arn, error(missing(name))));
        }
        BatchDescribeModelPackageResponse.Builder response =
                BatchDescribeModelPackageResponse.builder().modelPackageSummaries(found);
        if (!failed.isEmpty()) {
            response.batchDescribeModelPackageErrorMap(failed);
        }
        return response.build();
    }

    private static BatchDescribeModelPackageError error(AwsServiceException missing) {
        return BatchDescribeModelPackageError.builder()
                .errorCode(missing.awsErrorDetails().errorCode())
                .errorResponse(missing.awsErrorDetails().errorMessage())
                .build();
    }

    /// Newest first unless asked otherwise. The API's model says ascending; AWS's own deployment
    /// templates take the first of the answer as the latest approved version.
    @Override
    public ListModelPackagesResponse listModelPackages(ListModelPackagesRequest request) {
        Optional<String> group =
                Optional.ofNullable(request.modelPackageGroupName()).map(PackageName::key);
        group.ifPresent(name -> store.read(query -> groups.required(query, name)));
        Listing listing =
                Listing.of(request)
                        .status(Optional.ofNullable(request.modelApprovalStatusAsString()))
                        .within(group.or(() -> parent(request.modelPackageType())));
        Page<ModelPackageSummary> page =
                packages.page(listing)
                        .map(each ->
                                Shapes.like(ModelPackageSummary.builder(), each.body()).build());
        return ListModelPackagesResponse.builder()
                .modelPackageSummaryList(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    private static Optional<String> parent(ModelPackageType type) {
        return switch (type) {
            case VERSIONED -> Optional.of(Listing.ANY_PARENT);
            case BOTH -> Optional.empty();
            case null, default -> Optional.of("");
        };
    }

    @Override
    public UpdateModelPackageResponse updateModelPackage(UpdateModelPackageRequest request) {
        Instant now = clock.instant();
        return store.write(tx -> {
            Entry<DescribeModelPackageResponse> entry = required(tx, request.modelPackageArn());
            PackageUpdate update = new PackageUpdate(entry.body(), request);
            DescribeModelPackageResponse changed = update.changed(now, ModelPackageGroups.caller());
            packages.update(tx, entry.now(approval(changed), now, changed));
            PackageEvent.tell(tx, changed, update.fields());
            return UpdateModelPackageResponse.builder()
                    .modelPackageArn(changed.modelPackageArn())
                    .build();
        });
    }

    @Override
    public DeleteModelPackageResponse deleteModelPackage(DeleteModelPackageRequest request) {
        return store.write(tx -> {
            Entry<DescribeModelPackageResponse> entry = required(tx, request.modelPackageName());
            packages.delete(tx, entry.name());
            tx.update(
                    "DELETE FROM record WHERE kind = ? AND parent = ?",
                    "model-package-token",
                    entry.name());
            tags.removeAll(tx, entry.body().modelPackageArn());
            return DeleteModelPackageResponse.builder().build();
        });
    }

    /// The ARN of the package of this name (`churn/3`), where there is one.
    public Optional<String> arn(Query query, String name) {
        return packages.get(query, PackageName.parse(name).recordKey())
                .map(entry -> entry.body().modelPackageArn());
    }

    /// Every package, as Search shows it.
    public List<SearchRecord> searchRecords() {
        return packages.all().stream().map(each -> searchRecord(each.body())).toList();
    }

    private SearchRecord searchRecord(DescribeModelPackageResponse modelPackage) {
        List<Tag> tagged = TagList.of(tags.of(modelPackage.modelPackageArn()));
        ModelPackage shown = Shapes.like(ModelPackage.builder(), modelPackage).tags(tagged).build();
        return SearchRecord.builder().modelPackage(shown).build();
    }
}
