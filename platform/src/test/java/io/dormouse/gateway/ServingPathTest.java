package io.dormouse.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.aws.Caller;
import io.dormouse.metrics.Meters;
import io.dormouse.timing.ManualTime;
import io.dormouse.wire.AwsService;
import io.dormouse.wire.HttpServer;
import io.dormouse.wire.OpenAccess;
import io.dormouse.wire.Operations;
import io.dormouse.wire.Router;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.GroupSpec;
import io.dormouse.worker.PoolSettings;
import io.dormouse.worker.Pools;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.Serving;
import io.dormouse.worker.Tuning;
import io.dormouse.worker.WarmPool;
import io.dormouse.worker.WarmSpec;
import io.dormouse.worker.WorkerGroup;
import io.dormouse.worker.process.Installation;
import io.dormouse.worker.process.ModelServer;
import io.dormouse.worker.process.ProcessLauncher;
import io.dormouse.worker.process.ProcessSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.SageMakerRuntimeException;
import tools.jackson.databind.JsonNode;

/// The whole path with nothing put in its place: AWS's SDK over HTTP, the gateway, the pool, and
/// model servers that are processes.
class ServingPathTest {
    private static final Queue<String> LOG = new ConcurrentLinkedQueue<>();

    @TempDir private static Path folder;
    private static final ManualTime TIME = new ManualTime();
    private static final Routes ROUTES = new Routes();
    private static Path model;
    private static ProcessLauncher launcher;
    private static WarmPool warm;
    private static Pools pools;
    private static HttpServer server;
    private static SageMakerRuntimeClient client;

    @BeforeAll
    static void start() throws Exception {
        Path jar = Path.of("../modelserver/target/modelserver-0.1.0-all.jar");
        assumeTrue(Files.exists(jar), "the model server is not packaged: run ./build");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        CompletableFuture<Installation> installation =
                ModelServer.install(
                        java, jar.toAbsolutePath(), folder.resolve("install"), LOG::add);
        Path tiny = installation.get(2, TimeUnit.MINUTES).warm();
        launcher =
                new ProcessLauncher(
                        installation, ProcessSettings.in(folder.resolve("run"), folder), LOG::add);
        model = Files.createDirectories(folder.resolve("model"));
        try (var files = Files.newDirectoryStream(tiny, "*.onnx")) {
            for (Path file : files) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Capacity capacity = new Capacity(4096, 2);
        warm = new WarmPool(launcher, capacity, TIME, TIME, new WarmSpec(128), 1);
        pools =
                new Pools(
                        launcher,
                        capacity,
                        warm,
                        TIME,
                        TIME,
                        (group, stream, line) -> LOG.add(group + " " + stream + " " + line),
                        PoolSettings.forCores(2));
        Operations operations =
                Operations.builder().stream(
                                AwsService.SAGEMAKER_RUNTIME,
                                "InvokeEndpoint",
                                new Invocations(ROUTES, Meters.NONE, InvocationLimits.DEFAULT))
                        .build();
        Caller owner = Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION);
        server =
                new HttpServer(
                        HttpServer.Settings.at(new InetSocketAddress("127.0.0.1", 0)),
                        new Router(
                                operations,
                                new OpenAccess(owner, _ -> Optional.empty()),
                                exchange -> exchange.answer(404, Map.of(), new byte[0])));
        client =
                SageMakerRuntimeClient.builder()
                        .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create("test", "test")))
                        .httpClient(UrlConnectionHttpClient.create())
                        .overrideConfiguration(o -> o.retryStrategy(b -> b.maxAttempts(1)))
                        .build();
    }

    @AfterAll
    static void stop() {
        if (launcher != null) {
            client.close();
            server.close();
            warm.close();
            launcher.close();
        }
    }

    private static WorkerGroup serve(String endpoint, Path folder, Tuning tuning) {
        PreparedModel prepared =
                new PreparedModel(
                        PreparedModel.Kind.ONNX, folder, Optional.empty(), 0, "dormouse/onnx");
        WorkerGroup group =
                pools.create(
                        new GroupSpec(
                                endpoint, "AllTraffic", prepared, 1024, 2, 0, Map.of(), tuning));
        Variant variant = new Variant("AllTraffic", 1, 0, group);
        ROUTES.update(table -> table.with(new Route(endpoint, List.of(variant))));
        return group;
    }

    private static InvokeEndpointResponse invoke(String endpoint, String body) {
        return client.invokeEndpoint(r ->
                r.endpointName(endpoint)
                        .contentType("text/csv")
                        .accept("application/json")
                        .customAttributes("trace=1")
                        .body(SdkBytes.fromUtf8String(body)));
    }

    private static List<String> steps(String endpoint) {
        JsonNode start =
                new EndpointPages(ROUTES)
                        .page(endpoint, "starts")
                        .orElseThrow()
                        .path("starts")
                        .get(0);
        return start.path("steps").valueStream().map(step -> step.path("step").asString()).toList();
    }

    @Test
    void theFirstRequestWakesAndTheEndpointGoesBackToZero() throws Exception {
        WorkerGroup group = serve("churn", model, Serving.slots(1));
        assertEquals(0, group.stats().instances());
        InvokeEndpointResponse first = invoke("churn", "1,2,3,4\n");
        assertEquals("AllTraffic", first.invokedProductionVariant());
        assertEquals("application/json", first.contentType());
        assertEquals("trace=1", first.customAttributes());
        assertEquals(
                List.of(
                        "queue",
                        "spawn",
                        "runtime",
                        "library",
                        "environment",
                        "model",
                        "first-inference"),
                steps("churn"));
        assertEquals(
                first.body().asUtf8String(), invoke("churn", "1,2,3,4\n").body().asUtf8String());
        assertEquals(1, group.stats().instances());
        TIME.pass(Duration.ofMinutes(5));
        Serving.await("no process is left", () -> group.stats().instances() == 0);
    }

    @Test
    void aWarmWorkerAnswersTheSame() throws Exception {
        serve("cold", model, Serving.slots(1));
        String answer = invoke("cold", "1,2,3,4\n").body().asUtf8String();
        warm.fill();
        Serving.await(
                "a worker is warm",
                () -> {
                    TIME.pass(Duration.ofMillis(500));
                    return warm.ready() == 1;
                });
        WorkerGroup group = serve("warmed", model, Serving.slots(1));
        assertEquals(answer, invoke("warmed", "1,2,3,4\n").body().asUtf8String());
        assertEquals("warm", group.journal().starts().getFirst().origin());
    }

    @Test
    void wrongInputIsQuotedFromTheModel() {
        serve("quoted", model, Serving.slots(1));
        ModelErrorException refused =
                assertThrows(ModelErrorException.class, () -> invoke("quoted", "a,b\n"));
        assertEquals(424, refused.statusCode());
        assertEquals(400, refused.originalStatusCode());
        assertTrue(refused.originalMessage().length() > 10, refused.originalMessage());
        assertTrue(
                refused.awsErrorDetails()
                        .errorMessage()
                        .startsWith("Received client error (400) from primary with message \""),
                refused.awsErrorDetails().errorMessage());
        assertTrue(refused.logStreamArn().endsWith("/aws/sagemaker/Endpoints/quoted"));
    }

    @Test
    void aModelThatIsNoneIsTheModelsFault() throws Exception {
        Path broken = Files.createDirectories(folder.resolve("broken"));
        Files.writeString(broken.resolve("model.onnx"), "not a model");
        WorkerGroup group = serve("broken", broken, Serving.slots(1));
        ModelErrorException refused =
                assertThrows(ModelErrorException.class, () -> invoke("broken", "1,2,3,4\n"));
        assertTrue(refused.originalMessage().contains("cannot be loaded"), refused.toString());
        Serving.await("no process is left", () -> group.stats().instances() == 0);
    }

    @Test
    void aKilledWorkerIsReplacedBeforeTheNextAnswer() throws Exception {
        WorkerGroup group = serve("killed", model, Serving.slots(1));
        String answer = invoke("killed", "1,2,3,4\n").body().asUtf8String();
        ProcessHandle.current()
                .children()
                .filter(each -> each.info().commandLine().orElse("").contains("modelserver"))
                .forEach(ProcessHandle::destroyForcibly);
        Serving.await("it is missed", () -> group.stats().instances() == 0);
        assertEquals(answer, invoke("killed", "1,2,3,4\n").body().asUtf8String());
        assertEquals(2, group.journal().starts().size());
    }

    @Test
    void moreSlotsServeMoreAtOnceInOneProcess() throws Exception {
        WorkerGroup group = serve("slots", model, Serving.slots(2));
        WorkerGroup.Lease held = group.lease(Serving.PATIENCE);
        invoke("slots", "1,2,3,4\n");
        assertEquals(1, group.stats().instances());
        WorkerGroup.Lease other = group.lease(Serving.PATIENCE);
        SageMakerRuntimeException throttled =
                assertThrows(SageMakerRuntimeException.class, () -> invoke("slots", "1,2,3,4\n"));
        assertEquals(400, throttled.statusCode());
        assertEquals("ThrottlingException", throttled.awsErrorDetails().errorCode());
        held.close();
        other.close();
    }
}
