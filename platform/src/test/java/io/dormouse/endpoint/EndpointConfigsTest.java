package io.dormouse.endpoint;

import static io.dormouse.endpoint.ControlPlane.ARN;
import static io.dormouse.endpoint.ControlPlane.refusal;
import static io.dormouse.endpoint.ControlPlane.variant;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Shapes;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointConfigRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.EndpointConfigSummary;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantInstanceType;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import tools.jackson.databind.JsonNode;

class EndpointConfigsTest {
    @TempDir Path folder;
    private ControlPlane plane;

    @BeforeEach
    void open() {
        plane = new ControlPlane(folder);
        plane.model("m");
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private String refused(Consumer<CreateEndpointConfigRequest.Builder> asked) {
        return refusal(() ->
                plane.configs.createEndpointConfig(r -> {
                    r.endpointConfigName("c").productionVariants(variant("m", 2048, 5));
                    asked.accept(r);
                }));
    }

    @Test
    void aConfigurationIsWhatItWasMadeAs() {
        plane.config("C-1", "m", 2048, 5);
        plane.restart();
        DescribeEndpointConfigResponse found =
                plane.configs.describeEndpointConfig(r -> r.endpointConfigName("c-1"));
        assertEquals("C-1", found.endpointConfigName());
        assertEquals(ARN + "endpoint-config/c-1", found.endpointConfigArn());
        assertEquals(1f, found.productionVariants().getFirst().initialVariantWeight());
        assertEquals(
                ProductionVariantServerlessConfig.builder()
                        .memorySizeInMB(2048)
                        .maxConcurrency(5)
                        .build(),
                found.productionVariants().getFirst().serverlessConfig());
        assertEquals(false, found.enableNetworkIsolation());
        for (String absent :
                List.of("DataCaptureConfig", "VpcConfig", "ShadowProductionVariants")) {
            assertFalse(Shapes.write(found, Shapes.Form.JSON).has(absent));
        }
        assertEquals(
                "Cannot create already existing endpoint configuration \""
                        + ARN
                        + "endpoint-config/c-1\".",
                refusal(() -> plane.config("c-1", "m", 1024, 1)));
        plane.configs.deleteEndpointConfig(r -> r.endpointConfigName("C-1"));
        assertEquals(
                "Could not find endpoint configuration \"" + ARN + "endpoint-config/c-1\".",
                refusal(() ->
                        plane.configs.describeEndpointConfig(r -> r.endpointConfigName("c-1"))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 2048, 3072, 4096, 5120, 6144})
    void theSizesOfServerless(int memoryMb) {
        plane.config("c", "m", memoryMb, 200);
    }

    @ParameterizedTest
    @ValueSource(ints = {1025, 1500, 6000})
    void otherSizesAreRefusedInAwsWords(int memoryMb) {
        assertEquals(
                "1 validation error detected: Value '"
                        + memoryMb
                        + "' at 'productionVariants.1.member.serverlessConfig.memorySizeInMB' failed"
                        + " to satisfy constraint: Member must satisfy enum value set: [1024, 2048,"
                        + " 3072, 4096, 5120, 6144]",
                refused(r -> r.productionVariants(variant("m", memoryMb, 5))));
    }

    @Test
    void onlyOneServerlessVariantIsServed() {
        assertEquals(
                "Could not find model \"" + ARN + "model/none\".",
                refused(r -> r.productionVariants(variant("none", 2048, 5))));
        assertTrue(
                refused(r ->
                                r.productionVariants(
                                        variant("m", 2048, 5),
                                        variant("m", 2048, 5).toBuilder().variantName("b").build()))
                        .startsWith("Serverless endpoints have exactly one production variant"));
        ProductionVariant instances =
                ProductionVariant.builder()
                        .variantName("a")
                        .modelName("m")
                        .instanceType(ProductionVariantInstanceType.ML_M5_LARGE)
                        .initialInstanceCount(1)
                        .build();
        assertTrue(
                refused(r -> r.productionVariants(instances))
                        .startsWith("Production variant a has no ServerlessConfig"));
        assertTrue(
                refused(r ->
                                r.productionVariants(
                                        instances.toBuilder()
                                                .serverlessConfig(s ->
                                                        s.memorySizeInMB(1024).maxConcurrency(1))
                                                .build()))
                        .endsWith("give one or the other."));
    }

    @Test
    void provisionedConcurrencyStaysWithinMaxConcurrency() {
        Consumer<ProductionVariantServerlessConfig.Builder> tooMuch =
                s -> s.memorySizeInMB(1024).maxConcurrency(5).provisionedConcurrency(6);
        assertEquals(
                "ProvisionedConcurrency 6 is greater than MaxConcurrency 5: it must be less than or"
                        + " equal to it.",
                refused(r ->
                        r.productionVariants(
                                variant("m", 1024, 5).toBuilder()
                                        .serverlessConfig(tooMuch)
                                        .build())));
    }

    @Test
    void whatServerlessHasNotIsRefused() {
        assertTrue(
                refused(r -> r.shadowProductionVariants(variant("m", 1024, 1)))
                        .startsWith("ShadowProductionVariants is not supported"));
        assertTrue(
                refused(r -> r.dataCaptureConfig(d -> d.enableCapture(true)))
                        .startsWith("DataCaptureConfig is not supported"));
        assertTrue(
                refused(r -> r.asyncInferenceConfig(a -> a.outputConfig(o -> o.kmsKeyId("k"))))
                        .startsWith("KmsKeyId of AsyncInferenceConfig.OutputConfig"));
        assertTrue(
                refused(r ->
                                r.asyncInferenceConfig(
                                        a -> a.outputConfig(o -> o.s3OutputPath("https://b/o"))))
                        .contains("expected s3://bucket/prefix"));
        assertTrue(refused(r -> r.kmsKeyId("k")).startsWith("KmsKeyId is not supported"));
        ContainerDefinition container =
                ContainerDefinition.builder()
                        .image(ControlPlane.IMAGE)
                        .modelDataUrl(ControlPlane.ARTIFACT)
                        .build();
        plane.models.createModel(r -> r.modelName("two").containers(container, container));
        assertTrue(
                refused(r -> r.productionVariants(variant("two", 1024, 1)))
                        .contains("inference pipelines are not supported"));
        plane.models.createModel(
                r -> r.modelName("alone").primaryContainer(container).enableNetworkIsolation(true));
        assertTrue(
                refused(r -> r.productionVariants(variant("alone", 1024, 1)))
                        .startsWith("EnableNetworkIsolation of model alone is not supported"));
    }

    @Test
    void makingAndDeletingAConfigurationAreEvents() {
        plane.configs.createEndpointConfig(r ->
                r.endpointConfigName("C-1")
                        .productionVariants(variant("m", 2048, 5))
                        .tags(Tag.builder().key("team").value("sleep").build()));
        plane.configs.deleteEndpointConfig(r -> r.endpointConfigName("c-1"));
        List<JsonNode> events = plane.events("SageMaker Endpoint Config State Change");
        assertEquals(
                List.of("{\"team\":\"sleep\"}", "{}"),
                events.stream().map(event -> event.get("Tags").toString()).toList());
        for (JsonNode event : events) {
            assertEquals("C-1", event.get("EndpointConfigName").asString());
            assertEquals(ARN + "endpoint-config/c-1", event.get("EndpointConfigArn").asString());
            assertEquals(plane.now.toEpochMilli(), event.get("CreationTime").asLong());
            assertEquals("m", event.get("ProductionVariants").get(0).get("ModelName").asString());
        }
    }

    @Test
    void listsAreNewestFirst() {
        for (String name : List.of("a", "b", "c")) {
            plane.now = plane.now.plusSeconds(1);
            plane.config(name, "m", 1024, 1);
        }
        assertEquals(
                List.of("c", "b", "a"),
                plane
                        .configs
                        .listEndpointConfigsPaginator(r -> r.maxResults(2))
                        .endpointConfigs()
                        .stream()
                        .map(EndpointConfigSummary::endpointConfigName)
                        .toList());
    }
}
