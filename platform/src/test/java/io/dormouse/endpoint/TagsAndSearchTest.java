package io.dormouse.endpoint;

import static io.dormouse.endpoint.ControlPlane.ARN;
import static io.dormouse.endpoint.ControlPlane.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sagemaker.model.BooleanOperator;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.Filter;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.NestedFilters;
import software.amazon.awssdk.services.sagemaker.model.Operator;
import software.amazon.awssdk.services.sagemaker.model.ResourceType;
import software.amazon.awssdk.services.sagemaker.model.SearchExpression;
import software.amazon.awssdk.services.sagemaker.model.SearchRequest;
import software.amazon.awssdk.services.sagemaker.model.SearchSortOrder;
import software.amazon.awssdk.services.sagemaker.model.Tag;

class TagsAndSearchTest {
    @TempDir Path folder;
    private ControlPlane plane;

    @BeforeEach
    void open() {
        plane = new ControlPlane(folder);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    private List<Tag> tags(String arn) {
        return plane.tagging.listTags(r -> r.resourceArn(arn)).tags();
    }

    private void group(String name, Tag... tagged) {
        plane.now = plane.now.plusSeconds(1);
        plane.groups.createModelPackageGroup(
                r -> r.modelPackageGroupName(name).tags(List.of(tagged)));
    }

    private void version(String group) {
        plane.packages.createModelPackage(r ->
                r.modelPackageGroupName(group)
                        .inferenceSpecification(
                                i -> i.containers(List.of()).supportedContentTypes("text/csv")));
    }

    @Test
    void everyResourceHasTags() {
        plane.endpoint("e", tag("a", "1"));
        group("g");
        version("g");
        for (String path :
                List.of(
                        "model/m",
                        "endpoint-config/c",
                        "endpoint/e",
                        "model-package-group/g",
                        "model-package/g/1")) {
            String arn = ARN + path;
            plane.tagging.addTags(r -> r.resourceArn(arn).tags(tag("team", "sleep")));
            assertTrue(tags(arn).contains(tag("team", "sleep")), arn);
            plane.tagging.deleteTags(r -> r.resourceArn(arn).tagKeys("team"));
            assertTrue(!tags(arn).contains(tag("team", "sleep")), arn);
        }
        assertEquals(List.of(tag("a", "1")), tags(ARN + "endpoint/e"));
        // An ARN with the name as it was given means the same endpoint.
        assertEquals(List.of(tag("a", "1")), tags(ARN + "endpoint/E"));
    }

    @Test
    void tagsOfNothingAreRefused() {
        for (String arn :
                List.of(
                        ARN + "endpoint/none",
                        ARN + "training-job/none",
                        "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e",
                        "arn:aws:s3:::bucket")) {
            assertEquals("Could not find resource \"" + arn + "\".", refusal(() -> tags(arn)));
        }
        plane.model("m");
        String arn = ARN + "model/m";
        assertTrue(
                refusal(() ->
                                plane.tagging.addTags(
                                        r -> r.resourceArn(arn).tags(tag("AWS:x", "1"))))
                        .contains("reserved"));
        assertTrue(
                refusal(() ->
                                plane.tagging.addTags(
                                        r -> r.resourceArn(arn).tags(tag("k", "1"), tag("k", "2"))))
                        .contains("given twice"));
    }

    @Test
    void tagsGoWithTheirResource() {
        plane.model("m");
        plane.tagging.addTags(r -> r.resourceArn(ARN + "model/m").tags(tag("a", "1")));
        plane.models.deleteModel(r -> r.modelName("m"));
        plane.model("m");
        assertEquals(List.of(), tags(ARN + "model/m"));
    }

    private static Filter filter(String name, Operator operator, @Nullable String value) {
        return Filter.builder().name(name).operator(operator).value(value).build();
    }

    private List<String> groups(Consumer<SearchRequest.Builder> asked) {
        return plane
                .search
                .searchPaginator(r ->
                        asked.accept(r.resource(ResourceType.MODEL_PACKAGE_GROUP).maxResults(2)))
                .results()
                .stream()
                .map(each -> each.modelPackageGroup().modelPackageGroupName())
                .toList();
    }

    private List<String> groups(Filter... filters) {
        return groups(r -> r.searchExpression(e -> e.filters(filters)));
    }

    @Test
    void groupsAreFoundByNameAsTheSdkRegisters() {
        List.of("flights", "flights-2", "churn").forEach(this::group);
        assertEquals(
                List.of("flights"),
                groups(filter("ModelPackageGroupName", Operator.EQUALS, "flights")));
        assertEquals(List.of(), groups(filter("ModelPackageGroupName", Operator.EQUALS, "none")));
        assertEquals(
                List.of("flights-2", "flights"),
                groups(filter("ModelPackageGroupName", Operator.CONTAINS, "light")));
        assertEquals(
                List.of("churn"),
                groups(
                        filter("ModelPackageGroupName", Operator.NOT_EQUALS, "flights"),
                        filter("ModelPackageGroupName", Operator.NOT_EQUALS, "flights-2")));
        assertEquals(
                List.of("churn", "flights"),
                groups(filter("ModelPackageGroupName", Operator.IN, "flights, churn")));
        assertEquals(List.of("churn", "flights-2", "flights"), groups(_ -> {}));
        assertEquals(
                List.of("churn", "flights", "flights-2"),
                groups(r ->
                        r.sortBy("ModelPackageGroupName").sortOrder(SearchSortOrder.ASCENDING)));
        var hits = plane.search.search(r -> r.resource(ResourceType.MODEL_PACKAGE_GROUP));
        assertEquals(3, hits.totalHits().value());
        assertNull(hits.nextToken());
    }

    @Test
    void filtersKnowTimesTagsAndAbsence() {
        group("a", tag("team", "sleep"));
        group("b");
        String then = "2026-01-01T00:00:01";
        assertEquals(List.of("b"), groups(filter("CreationTime", Operator.GREATER_THAN, then)));
        assertEquals(
                List.of("b", "a"),
                groups(filter("CreationTime", Operator.GREATER_THAN_OR_EQUAL_TO, then + "Z")));
        assertEquals(List.of("a"), groups(filter("Tags.team", Operator.EQUALS, "sleep")));
        assertEquals(List.of("b"), groups(filter("Tags.team", Operator.NOT_EXISTS, null)));
        assertEquals(
                List.of(), groups(filter("ModelPackageGroupDescription", Operator.EXISTS, null)));
        assertEquals(
                "Unknown property name: Colour.",
                refusal(() -> groups(filter("Colour", Operator.EQUALS, "red"))));
        assertTrue(
                refusal(() -> groups(filter("CreationTime", Operator.LESS_THAN, "yesterday")))
                        .contains("expected a time as Value"));
        assertTrue(
                refusal(() -> plane.search.search(r -> r.resource(ResourceType.EXPERIMENT)))
                        .startsWith("Search over Experiment is not served"));
    }

    @Test
    void expressionsNestAndJoin() {
        group("g");
        version("g");
        version("g");
        version("g");
        plane.packages.updateModelPackage(r ->
                r.modelPackageArn(ARN + "model-package/g/2")
                        .modelApprovalStatus(ModelApprovalStatus.APPROVED));
        SearchExpression one =
                SearchExpression.builder()
                        .filters(filter("ModelPackageVersion", Operator.EQUALS, "1"))
                        .build();
        SearchExpression approved =
                SearchExpression.builder()
                        .filters(filter("ModelApprovalStatus", Operator.EQUALS, "Approved"))
                        .build();
        assertEquals(
                List.of(1, 2),
                plane
                        .search
                        .search(r ->
                                r.resource(ResourceType.MODEL_PACKAGE)
                                        .sortBy("ModelPackageVersion")
                                        .sortOrder(SearchSortOrder.ASCENDING)
                                        .searchExpression(e ->
                                                e.operator(BooleanOperator.OR)
                                                        .subExpressions(one, approved)))
                        .results()
                        .stream()
                        .map(each -> each.modelPackage().modelPackageVersion())
                        .toList());
    }

    @Test
    void endpointsAndModelsAreFoundByWhatTheyServe() {
        plane.endpoint("e", tag("a", "1"));
        plane.await("e", EndpointStatus.IN_SERVICE);
        NestedFilters variants =
                NestedFilters.builder()
                        .nestedPropertyName("ProductionVariants")
                        .filters(
                                filter(
                                        "ProductionVariants.VariantName",
                                        Operator.EQUALS,
                                        "AllTraffic"),
                                filter("ProductionVariants.CurrentWeight", Operator.LESS_THAN, "2"))
                        .build();
        var found =
                plane.search
                        .search(r ->
                                r.resource(ResourceType.ENDPOINT)
                                        .searchExpression(e ->
                                                e.nestedFilters(variants)
                                                        .filters(
                                                                filter(
                                                                        "EndpointStatus",
                                                                        Operator.EQUALS,
                                                                        "InService"))))
                        .results();
        assertEquals("e", found.getFirst().endpoint().endpointName());
        assertEquals(List.of(tag("a", "1")), found.getFirst().endpoint().tags());
        var models =
                plane.search
                        .search(r ->
                                r.resource(ResourceType.MODEL)
                                        .searchExpression(e ->
                                                e.filters(
                                                        filter("ModelName", Operator.EQUALS, "m"))))
                        .results();
        assertEquals("m", models.getFirst().model().model().modelName());
    }
}
