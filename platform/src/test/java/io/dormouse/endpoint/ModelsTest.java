package io.dormouse.endpoint;

import static io.dormouse.endpoint.ControlPlane.ARN;
import static io.dormouse.endpoint.ControlPlane.ARTIFACT;
import static io.dormouse.endpoint.ControlPlane.IMAGE;
import static io.dormouse.endpoint.ControlPlane.ROLE;
import static io.dormouse.endpoint.ControlPlane.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Shapes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ContainerMode;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelResponse;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ModelSortKey;
import software.amazon.awssdk.services.sagemaker.model.ModelSummary;
import software.amazon.awssdk.services.sagemaker.model.S3ModelDataType;
import tools.jackson.databind.JsonNode;

class ModelsTest {
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

    private static ContainerDefinition.Builder container() {
        return ContainerDefinition.builder().image(IMAGE).modelDataUrl(ARTIFACT);
    }

    private String refused(ContainerDefinition.Builder container) {
        return refusal(() ->
                plane.models.createModel(r ->
                        r.modelName("x")
                                .executionRoleArn(ROLE)
                                .primaryContainer(container.build())));
    }

    private String version() {
        plane.groups.createModelPackageGroup(r -> r.modelPackageGroupName("g"));
        return plane.packages
                .createModelPackage(r ->
                        r.modelPackageGroupName("g")
                                .inferenceSpecification(i ->
                                        i.containers(
                                                ModelPackageContainerDefinition.builder()
                                                        .image(IMAGE)
                                                        .modelDataUrl(ARTIFACT)
                                                        .environment(Map.of("A", "1", "B", "2"))
                                                        .build())))
                .modelPackageArn();
    }

    private void approve(String version) {
        plane.packages.updateModelPackage(
                r -> r.modelPackageArn(version).modelApprovalStatus(ModelApprovalStatus.APPROVED));
    }

    @Test
    void aModelIsWhatItWasMadeAs() {
        plane.model("Churn");
        plane.restart();
        DescribeModelResponse found = plane.models.describeModel(r -> r.modelName("churn"));
        assertEquals("Churn", found.modelName());
        assertEquals(ARN + "model/churn", found.modelArn());
        assertEquals(ROLE, found.executionRoleArn());
        assertEquals(plane.now, found.creationTime());
        assertEquals(ARTIFACT, found.primaryContainer().modelDataUrl());
        assertEquals(ContainerMode.SINGLE_MODEL, found.primaryContainer().mode());
        // Strict clients refuse an empty structure in place of none.
        assertFalse(Shapes.write(found, Shapes.Form.JSON).has("VpcConfig"));
        assertFalse(Shapes.write(found, Shapes.Form.JSON).has("Containers"));
        plane.models.deleteModel(r -> r.modelName("Churn"));
        assertEquals(
                "Could not find model \"" + ARN + "model/churn\".",
                refusal(() -> plane.models.describeModel(r -> r.modelName("churn"))));
    }

    @Test
    void sentencesThatClientsLookFor() {
        plane.model("m");
        assertEquals(
                "Cannot create already existing model \"" + ARN + "model/m\".",
                refusal(() -> plane.model("M")));
        assertEquals(
                "Could not find model \"" + ARN + "model/no\".",
                refusal(() -> plane.models.deleteModel(r -> r.modelName("no"))));
        assertEquals(
                "Could not access model data at s3://models/none. Please ensure that the role \""
                        + ROLE
                        + "\" exists and that its trust relationship policy allows the action"
                        + " \"sts:AssumeRole\" for the service principal"
                        + " \"sagemaker.amazonaws.com\". Also ensure that the role has"
                        + " \"s3:GetObject\" permissions and that the object is located in"
                        + " us-east-1.",
                refused(container().modelDataUrl("s3://models/none")));
        assertEquals(
                "Requested image own/thing:1 not found. Nothing runs it.",
                refused(container().image("own/thing:1")));
    }

    @Test
    void badDefinitionsAreRefusedWithWhatWasExpected() {
        assertTrue(
                refused(container().image(null)).startsWith("Container definition has no Image"));
        assertTrue(
                refused(container().modelDataUrl("https://example.org/m"))
                        .endsWith("expected the URL of an object in S3, s3://bucket/key."));
        assertTrue(refused(container().modelDataUrl("s3://models/")).contains("s3://bucket/key"));
        assertTrue(refused(container().mode(ContainerMode.MULTI_MODEL)).contains("SingleModel"));
        assertTrue(
                refused(container().modelDataSource(d -> d.s3DataSource(s -> s.s3Uri(ARTIFACT))))
                        .contains("both ModelDataUrl and ModelDataSource"));
        assertTrue(
                refused(
                                ContainerDefinition.builder()
                                        .image(IMAGE)
                                        .modelDataSource(d ->
                                                d.s3DataSource(s ->
                                                        s.s3Uri("s3://models/")
                                                                .s3DataType(
                                                                        S3ModelDataType
                                                                                .S3_PREFIX))))
                        .contains("use S3Object"));
        String either = "Must specify either Container definitions or a primary container";
        assertTrue(
                refusal(() -> plane.models.createModel(r -> r.modelName("x"))).startsWith(either));
        assertTrue(
                refusal(() ->
                                plane.models.createModel(r ->
                                        r.modelName("x")
                                                .primaryContainer(container().build())
                                                .containers(container().build())))
                        .startsWith(either));
    }

    @Test
    void emptyMapsAndListsAreLegal() {
        plane.models.createModel(r ->
                r.modelName("m")
                        .executionRoleArn(ROLE)
                        .containers(List.of())
                        .primaryContainer(container().environment(Map.of()).build())
                        .tags(List.of()));
        plane.config("c", "m", 2048, 5);
        plane.endpoints.createEndpoint(
                r -> r.endpointName("e").endpointConfigName("c").tags(List.of()));
        plane.await("e", EndpointStatus.IN_SERVICE);
    }

    @Test
    void aListOfOneContainerAndAModelDeletedFirst() {
        plane.models.createModel(
                r -> r.modelName("m").executionRoleArn(ROLE).containers(container().build()));
        assertNull(plane.models.describeModel(r -> r.modelName("m")).primaryContainer());
        plane.config("c", "m", 2048, 5);
        plane.endpoints.createEndpoint(r -> r.endpointName("e").endpointConfigName("c"));
        plane.await("e", EndpointStatus.IN_SERVICE);
        plane.models.deleteModel(r -> r.modelName("m"));
        plane.configs.deleteEndpointConfig(r -> r.endpointConfigName("c"));
        assertEquals(EndpointStatus.IN_SERVICE, plane.describe("e").endpointStatus());
        plane.endpoints.deleteEndpoint(r -> r.endpointName("e"));
        plane.awaitGone("e");
    }

    @Test
    void anApprovedVersionBecomesAModelThatNeedsTheRegistryNoMore() {
        String version = version();
        ContainerDefinition.Builder named =
                ContainerDefinition.builder()
                        .modelPackageName(version)
                        .environment(Map.of("B", "3"));
        assertEquals(
                "Cannot create a model from ModelPackage "
                        + version
                        + ": its ModelApprovalStatus is PendingManualApproval, and only an"
                        + " Approved version can be deployed.",
                refused(named));
        approve(version);
        plane.models.createModel(
                r -> r.modelName("m").executionRoleArn(ROLE).containers(named.build()));
        ContainerDefinition complete =
                plane.models.describeModel(r -> r.modelName("m")).containers().getFirst();
        assertEquals(version, complete.modelPackageName());
        assertEquals(IMAGE, complete.image());
        assertEquals(ARTIFACT, complete.modelDataUrl());
        assertEquals(Map.of("A", "1", "B", "3"), complete.environment());
        plane.packages.deleteModelPackage(r -> r.modelPackageName(version));
        plane.config("c", "m", 2048, 5);
        plane.endpoints.createEndpoint(r -> r.endpointName("e").endpointConfigName("c"));
        plane.await("e", EndpointStatus.IN_SERVICE);
        assertEquals(
                Map.of("A", "1", "B", "3"), plane.platform.groups.getFirst().spec.environment());
        assertTrue(
                refused(ContainerDefinition.builder().modelPackageName(version))
                        .endsWith("does not exist."));
    }

    @Test
    void aPackageAndAnImageOfItsOwnContradict() {
        String version = version();
        approve(version);
        assertTrue(
                refused(container().modelPackageName(version))
                        .startsWith("Container definition has a ModelPackageName and an Image"));
        assertTrue(
                refused(
                                ContainerDefinition.builder()
                                        .modelPackageName(version)
                                        .inferenceSpecificationName("small"))
                        .endsWith("has no inference specification named \"small\"."));
    }

    @Test
    void makingAndDeletingAModelAreEvents() {
        plane.model("Churn");
        DescribeModelResponse model = plane.models.describeModel(r -> r.modelName("churn"));
        plane.models.deleteModel(r -> r.modelName("Churn"));
        List<JsonNode> events = plane.events("SageMaker Model State Change");
        assertEquals(2, events.size());
        for (JsonNode event : events) {
            assertEquals("Churn", event.get("ModelName").asString());
            assertEquals(ARN + "model/churn", event.get("ModelArn").asString());
            assertEquals(ROLE, event.get("ExecutionRoleArn").asString());
            assertEquals(ARTIFACT, event.get("PrimaryContainer").get("ModelDataUrl").asString());
            assertEquals(model.creationTime().toEpochMilli(), event.get("CreationTime").asLong());
            assertEquals("{}", event.get("Tags").toString());
        }
    }

    @Test
    void listsFilterSortAndPage() {
        for (int i = 0; i < 12; i++) {
            plane.now = plane.now.plusSeconds(1);
            plane.model("m%02d".formatted(i));
        }
        var first = plane.models.listModels(r -> r.maxResults(5));
        assertEquals("m11", first.models().getFirst().modelName());
        assertEquals(
                12,
                plane.models.listModelsPaginator(r -> r.maxResults(5)).models().stream().count());
        assertEquals(
                List.of("m09", "m08"),
                plane
                        .models
                        .listModels(r ->
                                r.sortBy(ModelSortKey.NAME)
                                        .nameContains("M0")
                                        .creationTimeAfter(plane.now.minusSeconds(4)))
                        .models()
                        .stream()
                        .map(ModelSummary::modelName)
                        .toList());
    }
}
