package io.dormouse.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.model.ConflictException;
import software.amazon.awssdk.services.sagemaker.model.CreateModelPackageRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageResponse;
import software.amazon.awssdk.services.sagemaker.model.ListModelPackagesRequest;
import software.amazon.awssdk.services.sagemaker.model.ListModelPackagesResponse;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageSummary;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageType;
import software.amazon.awssdk.services.sagemaker.model.SortOrder;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RegistryTest {
    private static final String ARN = "arn:aws:sagemaker:us-east-1:123456789012:";

    @TempDir Path folder;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Store store;
    private Tags tags;
    private ModelPackageGroups groups;
    private ModelPackages packages;

    @BeforeEach
    void open() {
        store = Store.open(folder, () -> now, List.of());
        tags = new Tags(store);
        groups = new ModelPackageGroups(store, tags, () -> now);
        packages = new ModelPackages(store, tags, () -> now, groups);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private void group(String name) {
        groups.createModelPackageGroup(r ->
                r.modelPackageGroupName(name)
                        .modelPackageGroupDescription("flights")
                        .tags(Tag.builder().key("team").value("sleep").build()));
    }

    private String version(
            @Nullable String group, Consumer<CreateModelPackageRequest.Builder> more) {
        return packages.createModelPackage(
                        r -> {
                            r.modelPackageGroupName(group)
                                    .inferenceSpecification(i ->
                                            i.containers(
                                                            ModelPackageContainerDefinition
                                                                    .builder()
                                                                    .image("x/xgboost:1")
                                                                    .modelDataUrl("s3://b/m.tar.gz")
                                                                    .build())
                                                    .supportedContentTypes("text/csv")
                                                    .supportedResponseMIMETypes("text/csv"));
                            more.accept(r);
                        })
                .modelPackageArn();
    }

    private String version(@Nullable String group) {
        return version(group, _ -> {});
    }

    private DescribeModelPackageResponse describe(String name) {
        return packages.describeModelPackage(r -> r.modelPackageName(name));
    }

    private static String refusal(Executable call) {
        AwsServiceException e = assertThrows(AwsServiceException.class, call);
        assertEquals("ValidationException", e.awsErrorDetails().errorCode());
        assertEquals(400, e.statusCode());
        return e.awsErrorDetails().errorMessage();
    }

    private JsonNode lastEvent() {
        List<Store.Change> changes = store.changesAfter(0, 1000);
        Store.Change last = changes.getLast();
        assertEquals("SageMaker Model Package State Change", last.detailType());
        return JsonMapper.shared().readTree(last.detail());
    }

    @Test
    void aGroupIsWhatItWasMadeAs() {
        group("Flights");
        assertEquals(
                "Model Package Group already exists: " + ARN + "model-package-group/flights",
                refusal(() -> group("FLIGHTS")));
        reopen();
        for (String name : List.of("Flights", "flights", ARN + "model-package-group/flights")) {
            var found = groups.describeModelPackageGroup(r -> r.modelPackageGroupName(name));
            assertEquals("Flights", found.modelPackageGroupName());
            assertEquals(ARN + "model-package-group/flights", found.modelPackageGroupArn());
            assertEquals("Completed", found.modelPackageGroupStatusAsString());
            assertEquals("flights", found.modelPackageGroupDescription());
            assertEquals(now, found.creationTime());
            assertNotNull(found.createdBy().iamIdentity().arn());
        }
        assertEquals(Map.of("team", "sleep"), tags.of(ARN + "model-package-group/flights"));
        String missing =
                refusal(() -> groups.describeModelPackageGroup(r -> r.modelPackageGroupName("no")));
        assertEquals(
                "ModelPackageGroup " + ARN + "model-package-group/no does not exist.", missing);
    }

    @Test
    void aGroupWithVersionsStays() {
        group("g");
        String first = version("g");
        assertThrows(
                ConflictException.class,
                () -> groups.deleteModelPackageGroup(r -> r.modelPackageGroupName("g")));
        packages.deleteModelPackage(r -> r.modelPackageName(first));
        assertEquals("ModelPackage " + first + " does not exist.", refusal(() -> describe(first)));
        // A number is not given twice.
        assertEquals(ARN + "model-package/g/2", version("g"));
        packages.deleteModelPackage(r -> r.modelPackageName(ARN + "model-package/g/2"));
        groups.deleteModelPackageGroup(r -> r.modelPackageGroupName("g"));
        assertTrue(refusal(() -> version("g")).endsWith("model-package-group/g does not exist."));
        assertEquals(Map.of(), tags.of(ARN + "model-package-group/g"));
    }

    @Test
    void aPolicyIsKeptUntilItIsDeleted() {
        group("g");
        assertTrue(
                refusal(() -> groups.getModelPackageGroupPolicy(r -> r.modelPackageGroupName("g")))
                        .startsWith("Cannot find resource policy"));
        groups.putModelPackageGroupPolicy(
                r -> r.modelPackageGroupName("g").resourcePolicy("{\"Version\":\"2012-10-17\"}"));
        reopen();
        assertEquals(
                "{\"Version\":\"2012-10-17\"}",
                groups.getModelPackageGroupPolicy(r -> r.modelPackageGroupName("g"))
                        .resourcePolicy());
        groups.deleteModelPackageGroupPolicy(r -> r.modelPackageGroupName("g"));
        assertTrue(
                refusal(() ->
                                groups.deleteModelPackageGroupPolicy(
                                        r -> r.modelPackageGroupName("g")))
                        .startsWith("Cannot find resource policy"));
        assertTrue(
                refusal(() ->
                                groups.putModelPackageGroupPolicy(
                                        r -> r.modelPackageGroupName("no").resourcePolicy("{}")))
                        .startsWith("Cannot find Model Package Group"));
    }

    @Test
    void versionsCountFromOne() {
        group("Flights");
        assertEquals(ARN + "model-package/flights/1", version("Flights"));
        assertEquals(
                ARN + "model-package/flights/2",
                version(
                        ARN + "model-package-group/flights",
                        r ->
                                r.modelMetrics(m ->
                                                m.modelQuality(q ->
                                                        q.statistics(s ->
                                                                s.contentType("application/json")
                                                                        .s3Uri("s3://b/e.json"))))
                                        .customerMetadataProperties(Map.of("auc", "0.74"))));
        reopen();
        DescribeModelPackageResponse second = describe(ARN + "model-package/flights/2");
        assertEquals(second, describe("flights/2"));
        assertEquals("Flights", second.modelPackageGroupName());
        assertEquals("Flights", second.modelPackageName());
        assertEquals(2, second.modelPackageVersion());
        assertEquals(ModelPackageStatus.COMPLETED, second.modelPackageStatus());
        assertTrue(second.modelPackageStatusDetails().hasValidationStatuses());
        assertEquals(ModelApprovalStatus.PENDING_MANUAL_APPROVAL, second.modelApprovalStatus());
        assertEquals("s3://b/e.json", second.modelMetrics().modelQuality().statistics().s3Uri());
        assertEquals(Map.of("auc", "0.74"), second.customerMetadataProperties());
        assertNull(second.driftCheckBaselines());
        assertFalse(second.hasAdditionalInferenceSpecifications());
        JsonNode event = lastEvent();
        assertEquals("PendingManualApproval", event.get("ModelApprovalStatus").asString());
        assertEquals(now.toString(), event.get("CreationTime").asString());
        assertEquals(2, event.get("ModelPackageVersion").asInt());
        assertFalse(event.has("UpdatedModelPackageFields"));
    }

    @Test
    void aRepeatedRequestMakesOneVersion() {
        group("g");
        String first = version("g", r -> r.clientToken("t-1"));
        assertEquals(first, version("g", r -> r.clientToken("t-1")));
        assertThrows(
                ConflictException.class,
                () -> version("g", r -> r.clientToken("t-1").modelPackageDescription("other")));
        assertEquals(ARN + "model-package/g/2", version("g", r -> r.clientToken("t-2")));
    }

    @Test
    void aPackageMayStandAlone() {
        String arn = version(null, r -> r.modelPackageName("Alone"));
        assertEquals(ARN + "model-package/alone", arn);
        DescribeModelPackageResponse alone = describe("Alone");
        assertEquals("Alone", alone.modelPackageName());
        assertNull(alone.modelPackageVersion());
        assertNull(alone.modelApprovalStatus());
        assertEquals(
                "Model Package already exists: " + arn,
                refusal(() -> version(null, r -> r.modelPackageName("alone"))));
        assertTrue(
                refusal(() ->
                                packages.updateModelPackage(r ->
                                        r.modelPackageArn(arn)
                                                .modelApprovalStatus(ModelApprovalStatus.APPROVED)))
                        .startsWith("ModelApprovalStatus applies to versioned"));
        group("g");
        assertTrue(
                refusal(() -> version("g", r -> r.modelPackageName("x")))
                        .startsWith("Both ModelPackageName and ModelPackageGroupName"));
        assertTrue(refusal(() -> version(null)).startsWith("Missing ARN"));
    }

    @Test
    void approvalMovesAndIsToldInTheFeed() {
        group("g");
        String arn = version("g");
        for (ModelApprovalStatus next :
                List.of(
                        ModelApprovalStatus.APPROVED,
                        ModelApprovalStatus.REJECTED,
                        ModelApprovalStatus.APPROVED,
                        ModelApprovalStatus.PENDING_MANUAL_APPROVAL)) {
            now = now.plusSeconds(1);
            packages.updateModelPackage(r ->
                    r.modelPackageArn(arn).modelApprovalStatus(next).approvalDescription("seen"));
            assertEquals(next, describe(arn).modelApprovalStatus());
            assertEquals("seen", describe(arn).approvalDescription());
            assertEquals(now, describe(arn).lastModifiedTime());
            assertEquals(next.toString(), lastEvent().get("ModelApprovalStatus").asString());
            assertEquals(
                    "[\"ModelApprovalStatus\",\"ApprovalDescription\"]",
                    lastEvent().get("UpdatedModelPackageFields").toString());
        }
    }

    @Test
    void metadataIsAddedAndRemoved() {
        group("g");
        String arn = version("g", r -> r.customerMetadataProperties(Map.of("a", "1", "b", "2")));
        packages.updateModelPackage(r ->
                r.modelPackageArn(arn)
                        .customerMetadataProperties(Map.of("c", "3"))
                        .customerMetadataPropertiesToRemove("a"));
        assertEquals(Map.of("b", "2", "c", "3"), describe(arn).customerMetadataProperties());
        assertTrue(
                refusal(() -> packages.updateModelPackage(r -> r.modelPackageArn(arn)))
                        .startsWith("Nothing to update"));
    }

    private List<Integer> versions(Consumer<ListModelPackagesRequest.Builder> asked) {
        List<Integer> versions = new ArrayList<>();
        @Nullable String token = null;
        do {
            @Nullable String from = token;
            ListModelPackagesResponse page =
                    packages.listModelPackages(r -> {
                        asked.accept(r);
                        r.nextToken(from);
                    });
            page.modelPackageSummaryList().stream()
                    .map(ModelPackageSummary::modelPackageVersion)
                    .forEach(versions::add);
            token = page.nextToken();
        } while (token != null);
        return versions;
    }

    @Test
    void listsGoByGroupApprovalAndOrder() {
        group("g");
        group("h");
        version(null, r -> r.modelPackageName("alone"));
        version("h");
        // All at one instant: the version decides.
        IntStream.range(0, 12).forEach(_ -> version("g"));
        for (int approved : List.of(3, 11)) {
            packages.updateModelPackage(r ->
                    r.modelPackageArn(ARN + "model-package/g/" + approved)
                            .modelApprovalStatus(ModelApprovalStatus.APPROVED));
        }
        List<Integer> ascending = IntStream.rangeClosed(1, 12).boxed().toList();
        assertEquals(ascending.reversed(), versions(r -> r.modelPackageGroupName("g")));
        assertEquals(
                ascending,
                versions(r ->
                        r.modelPackageGroupName(ARN + "model-package-group/g")
                                .sortOrder(SortOrder.ASCENDING)
                                .maxResults(5)));
        assertEquals(
                List.of(11, 3),
                versions(r ->
                        r.modelPackageGroupName("g")
                                .modelApprovalStatus(ModelApprovalStatus.APPROVED)));
        assertEquals(1, versions(_ -> {}).size());
        assertEquals(13, versions(r -> r.modelPackageType(ModelPackageType.VERSIONED)).size());
        assertEquals(14, versions(r -> r.modelPackageType(ModelPackageType.BOTH)).size());
        assertEquals(List.of(), versions(r -> r.modelPackageGroupName("g").nameContains("1")));
        assertTrue(
                refusal(() -> versions(r -> r.modelPackageGroupName("no")))
                        .contains("does not exist"));
        var named = groups.listModelPackageGroups(r -> r.nameContains("H"));
        assertEquals(1, named.modelPackageGroupSummaryList().size());
        assertEquals("h", named.modelPackageGroupSummaryList().getFirst().modelPackageGroupName());
        var shared = groups.listModelPackageGroups(r -> r.crossAccountFilterOption("CrossAccount"));
        assertTrue(shared.modelPackageGroupSummaryList().isEmpty());
        var own = groups.listModelPackageGroups(r -> r.crossAccountFilterOption("SameAccount"));
        assertEquals(2, own.modelPackageGroupSummaryList().size());
    }

    @Test
    void aBatchTellsWhatIsThereAndWhatIsNot() {
        group("g");
        String there = version("g");
        String gone = ARN + "model-package/g/9";
        var batch = packages.batchDescribeModelPackage(r -> r.modelPackageArnList(there, gone));
        var found = batch.modelPackageSummaries().values().iterator().next();
        assertEquals(Set.of(there), batch.modelPackageSummaries().keySet());
        assertEquals(1, found.modelPackageVersion());
        assertEquals(Set.of(gone), batch.batchDescribeModelPackageErrorMap().keySet());
        var error = batch.batchDescribeModelPackageErrorMap().values().iterator().next();
        assertEquals("ValidationException", error.errorCode());
        assertEquals("ModelPackage " + gone + " does not exist.", error.errorResponse());
    }
}
