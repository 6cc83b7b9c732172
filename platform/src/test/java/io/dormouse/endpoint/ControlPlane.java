package io.dormouse.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dormouse.gateway.Routes;
import io.dormouse.gateway.Variant;
import io.dormouse.registry.ModelPackageGroups;
import io.dormouse.registry.ModelPackages;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.worker.RoleAccess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.ResourceType;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The rooms `registry` and `endpoint` on a real store, with a platform beneath that is made by
/// hand: it prepares no model and starts no process.
final class ControlPlane implements AutoCloseable {
    static final String ARN = "arn:aws:sagemaker:us-east-1:123456789012:";
    static final String IMAGE =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
    static final String ARTIFACT = "s3://models/churn/model.tar.gz";
    static final String ROLE = "arn:aws:iam::123456789012:role/sagemaker";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// Objects by URL.
    final Set<String> objects = new HashSet<>(Set.of(ARTIFACT));

    /// Endpoints that others were told are gone.
    final List<String> gone = new CopyOnWriteArrayList<>();

    final Platform platform;
    private final Path folder;
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    Store store;
    Tags tags;
    ModelPackageGroups groups;
    ModelPackages packages;
    Models models;
    EndpointConfigs configs;
    Endpoints endpoints;
    SageMakerTags tagging;
    Search search;
    Routes routes;

    ControlPlane(Path folder) {
        this.folder = folder;
        this.platform = new Platform(folder.resolve("laid-out"));
        open();
    }

    private void open() {
        store = Store.open(folder.resolve("data"), () -> now, List.of());
        tags = new Tags(store);
        routes = new Routes();
        groups = new ModelPackageGroups(store, tags, () -> now);
        packages = new ModelPackages(store, tags, () -> now, groups);
        Containers containers =
                new Containers(
                        packages,
                        new Objects(),
                        image ->
                                image.contains("xgboost")
                                        ? Optional.empty()
                                        : Optional.of("Nothing runs it."));
        models = new Models(store, tags, () -> now, containers);
        configs = new EndpointConfigs(store, tags, () -> now, models);
        endpoints =
                new Endpoints(
                        store,
                        tags,
                        () -> now,
                        configs,
                        models,
                        platform,
                        platform::group,
                        routes,
                        (_, name) -> gone.add(name),
                        RoleAccess.NONE);
        tagging =
                new SageMakerTags(
                        store,
                        tags,
                        List.of(
                                SageMakerTags.Taggable.of("model", models::arn),
                                SageMakerTags.Taggable.of("endpoint-config", configs::arn),
                                SageMakerTags.Taggable.of("model-package-group", groups::arn),
                                SageMakerTags.Taggable.of("model-package", packages::arn),
                                new SageMakerTags.Taggable(
                                        "endpoint",
                                        endpoints::arn,
                                        endpoints::checkTags,
                                        endpoints::tagsChanged)));
        search =
                new Search(
                        List.of(
                                new Search.View(ResourceType.MODEL, models::searchRecords),
                                new Search.View(ResourceType.ENDPOINT, endpoints::searchRecords),
                                new Search.View(
                                        ResourceType.MODEL_PACKAGE, packages::searchRecords),
                                new Search.View(
                                        ResourceType.MODEL_PACKAGE_GROUP, groups::searchRecords)));
        endpoints.start();
    }

    /// Ends this life of the platform, as `kill -9` would as far as records go, and begins another.
    void restart() {
        close();
        platform.live();
        open();
    }

    @Override
    public void close() {
        store.close();
        endpoints.close();
    }

    void model(String name) {
        models.createModel(r ->
                r.modelName(name)
                        .executionRoleArn(ROLE)
                        .primaryContainer(
                                ContainerDefinition.builder()
                                        .image(IMAGE)
                                        .modelDataUrl(ARTIFACT)
                                        .build()));
    }

    static ProductionVariant variant(String model, int memoryMb, int maxConcurrency) {
        return ProductionVariant.builder()
                .variantName("AllTraffic")
                .modelName(model)
                .serverlessConfig(s -> s.memorySizeInMB(memoryMb).maxConcurrency(maxConcurrency))
                .build();
    }

    void config(String name, String model, int memoryMb, int maxConcurrency) {
        configs.createEndpointConfig(r ->
                r.endpointConfigName(name)
                        .productionVariants(variant(model, memoryMb, maxConcurrency)));
    }

    /// Model `m`, configuration `c` (2048 MB, 5 at once) and the endpoint.
    void endpoint(String name, Tag... tagged) {
        model("m");
        config("c", "m", 2048, 5);
        endpoints.createEndpoint(
                r -> r.endpointName(name).endpointConfigName("c").tags(List.of(tagged)));
    }

    DescribeEndpointResponse describe(String name) {
        return endpoints.describeEndpoint(r -> r.endpointName(name));
    }

    DescribeEndpointResponse await(String name, EndpointStatus status) {
        await(name + " " + status, () -> describe(name).endpointStatus() == status);
        return describe(name);
    }

    void awaitGone(String name) {
        await(name + " gone", () -> store.read(query -> endpoints.arn(query, name)).isEmpty());
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Waited in vain for " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// The variant that the gateway would send a request to.
    Variant routed(String name) {
        return routes.current().route(name).orElseThrow().variants().getFirst();
    }

    /// The details of the events that the change feed tells.
    List<JsonNode> events(String detailType) {
        return store.changesAfter(0, 1000).stream()
                .filter(each -> each.detailType().equals(detailType))
                .map(each -> JsonMapper.shared().readTree(each.detail()))
                .toList();
    }

    /// The statuses that the change feed tells of an endpoint.
    List<String> told(String name) {
        return events("SageMaker Endpoint State Change").stream()
                .filter(each -> each.get("EndpointName").asString().equals(name))
                .map(each -> each.get("EndpointStatus").asString())
                .toList();
    }

    JsonNode lastEvent() {
        return JsonMapper.shared().readTree(store.changesAfter(0, 1000).getLast().detail());
    }

    static String refusal(Executable call) {
        AwsServiceException e = assertThrows(AwsServiceException.class, call);
        assertEquals("ValidationException", e.awsErrorDetails().errorCode());
        assertEquals(400, e.statusCode());
        return e.awsErrorDetails().errorMessage();
    }

    /// S3 with nothing but names.
    private final class Objects implements S3Client {
        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}

        @Override
        public HeadObjectResponse headObject(Consumer<HeadObjectRequest.Builder> asked) {
            HeadObjectRequest.Builder builder = HeadObjectRequest.builder();
            asked.accept(builder);
            HeadObjectRequest request = builder.build();
            if (!objects.contains("s3://" + request.bucket() + "/" + request.key())) {
                throw NoSuchKeyException.builder().statusCode(404).message("no such key").build();
            }
            return HeadObjectResponse.builder().build();
        }
    }
}
