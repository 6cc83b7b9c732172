package io.dormouse.endpoint;

import static io.dormouse.endpoint.ControlPlane.ARN;
import static io.dormouse.endpoint.ControlPlane.ARTIFACT;
import static io.dormouse.endpoint.ControlPlane.IMAGE;
import static io.dormouse.endpoint.ControlPlane.ROLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import io.dormouse.wire.AwsService;
import io.dormouse.wire.HttpServer;
import io.dormouse.wire.OpenAccess;
import io.dormouse.wire.Operations;
import io.dormouse.wire.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.waiters.WaiterOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ConflictException;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.Filter;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ResourceType;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemaker.waiters.SageMakerWaiter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The control plane as AWS's own client meets it: the whole way over HTTP, constraints included.
@Timeout(60)
class HostingOverHttpTest {
    private static final int HEAD_BYTES_MAX = 32 * 1024;

    @TempDir Path folder;
    private ControlPlane plane;
    private HttpServer server;
    private SageMakerClient client;

    @BeforeEach
    void start() throws IOException {
        plane = new ControlPlane(folder);
        Operations operations =
                Operations.builder()
                        .join(
                                AwsService.SAGEMAKER,
                                plane.groups,
                                plane.packages,
                                plane.models,
                                plane.configs,
                                plane.endpoints,
                                plane.tagging,
                                plane.search)
                        .build();
        OpenAccess open =
                new OpenAccess(
                        Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION),
                        _ -> Optional.empty());
        Router router =
                new Router(
                        operations, open, exchange -> exchange.answer(404, Map.of(), new byte[0]));
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Duration idle = Duration.ofSeconds(30);
        Duration drain = Duration.ofMillis(100);
        server =
                new HttpServer(
                        new HttpServer.Settings(anyPort, idle, drain, HEAD_BYTES_MAX), router);
        client =
                SageMakerClient.builder()
                        .endpointOverride(uri())
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create("test", "test")))
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .build();
    }

    private URI uri() {
        return URI.create("http://localhost:" + server.port());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        plane.close();
    }

    private void model(String name, ContainerDefinition container) {
        client.createModel(r -> r.modelName(name).executionRoleArn(ROLE).containers(container));
    }

    private void model(String name) {
        model(name, ContainerDefinition.builder().image(IMAGE).modelDataUrl(ARTIFACT).build());
    }

    private void config(String name, String model) {
        client.createEndpointConfig(r ->
                r.endpointConfigName(name)
                        .productionVariants(ControlPlane.variant(model, 2048, 5)));
    }

    private SageMakerWaiter waiter() {
        return SageMakerWaiter.builder()
                .client(client)
                .overrideConfiguration(
                        WaiterOverrideConfiguration.builder()
                                .maxAttempts(500)
                                .backoffStrategyV2(
                                        BackoffStrategy.fixedDelayWithoutJitter(
                                                Duration.ofMillis(20)))
                                .build())
                .build();
    }

    private static String message(Executable call) {
        SageMakerException thrown = assertThrows(SageMakerException.class, call);
        assertEquals("ValidationException", thrown.awsErrorDetails().errorCode());
        assertEquals(400, thrown.statusCode());
        return thrown.awsErrorDetails().errorMessage();
    }

    private JsonNode raw(String operation, String body) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(uri())
                        .header("X-Amz-Target", "SageMaker." + operation)
                        .header("Content-Type", "application/x-amz-json-1.1")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return JsonMapper.shared()
                    .readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
    }

    @Test
    void fromAVersionToAnEndpointAndBack() {
        String group =
                client.createModelPackageGroup(r -> r.modelPackageGroupName("Flights"))
                        .modelPackageGroupArn();
        // AWS's notebook gives the ARN where the name is asked for.
        String version =
                client.createModelPackage(r ->
                                r.modelPackageGroupName(group)
                                        .inferenceSpecification(i ->
                                                i.containers(
                                                                ModelPackageContainerDefinition
                                                                        .builder()
                                                                        .image(IMAGE)
                                                                        .modelDataUrl(ARTIFACT)
                                                                        .build())
                                                        .supportedContentTypes("text/csv")
                                                        .supportedResponseMIMETypes("text/csv")))
                        .modelPackageArn();
        assertEquals(ARN + "model-package/flights/1", version);
        ContainerDefinition packaged =
                ContainerDefinition.builder().modelPackageName(version).build();
        assertTrue(message(() -> model("m", packaged)).contains("PendingManualApproval"));
        client.updateModelPackage(
                r -> r.modelPackageArn(version).modelApprovalStatus(ModelApprovalStatus.APPROVED));
        model("m", packaged);
        config("c", "m");
        client.createEndpoint(r -> r.endpointName("e").endpointConfigName("c"));
        try (SageMakerWaiter waiter = waiter()) {
            waiter.waitUntilEndpointInService(r -> r.endpointName("e"));
            config("c2", "m");
            client.updateEndpoint(r -> r.endpointName("e").endpointConfigName("c2"));
            waiter.waitUntilEndpointInService(r -> r.endpointName("e"));
            assertEquals(
                    "c2", client.describeEndpoint(r -> r.endpointName("e")).endpointConfigName());
            client.deleteEndpoint(r -> r.endpointName("e"));
            waiter.waitUntilEndpointDeleted(r -> r.endpointName("e"));
        }
        assertThrows(
                ConflictException.class,
                () -> client.deleteModelPackageGroup(r -> r.modelPackageGroupName("flights")));
    }

    @Test
    void theWaiterSeesAFailure() {
        plane.platform.failure = "no model";
        model("m");
        config("c", "m");
        client.createEndpoint(r -> r.endpointName("e").endpointConfigName("c"));
        plane.await("e", EndpointStatus.FAILED);
        try (SageMakerWaiter waiter = waiter()) {
            assertThrows(
                    SdkClientException.class,
                    () -> waiter.waitUntilEndpointInService(r -> r.endpointName("e")));
        }
    }

    @Test
    void constraintsAndRulesAnswerInAwsWords() {
        assertEquals(
                "Could not find endpoint \"" + ARN + "endpoint/none\".",
                message(() -> client.describeEndpoint(r -> r.endpointName("none"))));
        model("m");
        assertTrue(
                message(() ->
                                client.createEndpointConfig(r ->
                                        r.endpointConfigName("c")
                                                .productionVariants(
                                                        ControlPlane.variant("m", 1500, 5))))
                        .contains("Member must satisfy enum value set"));
        assertTrue(
                message(() ->
                                client.createEndpointConfig(r ->
                                        r.endpointConfigName("c")
                                                .productionVariants(
                                                        ControlPlane.variant("m", 1024, 500))))
                        .contains("less than or equal to 200"));
    }

    @Test
    void searchAndTagsAsTheSdkUsesThem() {
        client.createModelPackageGroup(r ->
                r.modelPackageGroupName("g")
                        .tags(Tag.builder().key("team").value("sleep").build()));
        Filter byName =
                Filter.builder()
                        .name("ModelPackageGroupName")
                        .operator("Equals")
                        .value("g")
                        .build();
        var found =
                client.search(r ->
                                r.resource(ResourceType.MODEL_PACKAGE_GROUP)
                                        .searchExpression(e -> e.filters(byName)))
                        .results();
        assertEquals("g", found.getFirst().modelPackageGroup().modelPackageGroupName());
        var tags = client.listTags(r -> r.resourceArn(ARN + "model-package-group/g")).tags();
        assertEquals(List.of("team"), tags.stream().map(Tag::key).toList());
    }

    @Test
    void absentMembersAreNotOnTheWire() throws Exception {
        model("m");
        config("c", "m");
        JsonNode model = raw("DescribeModel", "{\"ModelName\":\"m\"}");
        assertEquals(
                Set.of(
                        "Containers",
                        "CreationTime",
                        "EnableNetworkIsolation",
                        "ExecutionRoleArn",
                        "ModelArn",
                        "ModelName"),
                new TreeSet<>(model.propertyNames()));
        JsonNode config = raw("DescribeEndpointConfig", "{\"EndpointConfigName\":\"c\"}");
        assertEquals(
                Set.of(
                        "CreationTime",
                        "EnableNetworkIsolation",
                        "EndpointConfigArn",
                        "EndpointConfigName",
                        "ProductionVariants"),
                new TreeSet<>(config.propertyNames()));
        assertTrue(config.get("CreationTime").isNumber());
        assertFalse(raw("ListModels", "{}").has("NextToken"));
        assertTrue(raw("ListEndpoints", "{}").get("Endpoints").isArray());
    }
}
