package io.dormouse.gateway;

import io.dormouse.artifact.Objects;
import io.dormouse.aws.Caller;
import io.dormouse.gateway.async.AsyncInvocations;
import io.dormouse.gateway.payload.PayloadSettings;
import io.dormouse.gateway.payload.Payloads;
import io.dormouse.gateway.payload.Sweep;
import io.dormouse.metrics.Meters;
import io.dormouse.store.Store;
import io.dormouse.timing.ManualTime;
import io.dormouse.wire.AwsService;
import io.dormouse.wire.HttpServer;
import io.dormouse.wire.OpenAccess;
import io.dormouse.wire.Operations;
import io.dormouse.wire.Router;
import io.dormouse.wire.s3.S3Handler;
import io.dormouse.wire.sign.ObjectAuthenticator;
import io.dormouse.wire.sign.PresignedUrl;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.GroupSpec;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.PoolSettings;
import io.dormouse.worker.Pools;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.Serving;
import io.dormouse.worker.WarmPool;
import io.dormouse.worker.WarmSpec;
import io.dormouse.worker.WorkerGroup;
import io.dormouse.worker.process.GroupFolders;
import io.dormouse.worker.process.ProcessLauncher;
import io.dormouse.worker.process.ProcessSettings;
import io.dormouse.worker.process.StrangeInstallation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import software.amazon.awssdk.services.sns.model.PublishResponse;

/// Endpoints whose workers are strange: AWS's SDK over HTTP, the gateway, the pool and the process
/// launcher, limits and isolation on, and real processes that misbehave when they are asked to.
final class StrangeEndpoints implements AutoCloseable {
    private static final Duration HASTE = Duration.ofSeconds(1);

    static final Caller OWNER = Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION);

    private final ManualTime time = new ManualTime();
    private final Store store;
    private final Objects objects;
    private final Payloads payloads;
    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private final Queue<String> measured = new ConcurrentLinkedQueue<>();
    private AsyncInvocations later;
    private final Routes routes = new Routes();
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final List<SageMakerRuntimeClient> clients = new ArrayList<>();
    private final List<HttpServer> servers = new ArrayList<>();
    private final List<WorkerGroup> groups = new ArrayList<>();
    private final Path run;
    private final Path model;
    private final ProcessLauncher launcher;
    private final List<Path> controlGroups;
    private final Pools pools;
    private final SageMakerRuntimeClient patient;
    private final SageMakerRuntimeClient hasty;

    private StrangeEndpoints(Path folder) throws Exception {
        run = folder.resolve("run").toAbsolutePath();
        model = Files.createDirectories(folder.resolve("model"));
        ProcessSettings settings =
                new ProcessSettings(
                        run,
                        folder,
                        Duration.ofSeconds(4),
                        Duration.ofMillis(300),
                        Duration.ofSeconds(1),
                        ProcessSettings.Isolation.ALL,
                        16);
        launcher =
                new ProcessLauncher(
                        CompletableFuture.completedFuture(StrangeInstallation.of()),
                        settings,
                        log::add);
        controlGroups = GroupFolders.of(run);
        Capacity capacity = new Capacity(1 << 16, 8);
        WarmPool warm = new WarmPool(launcher, capacity, time, time, new WarmSpec(128), 0);
        pools =
                new Pools(
                        launcher,
                        capacity,
                        warm,
                        time,
                        time,
                        (group, stream, line) -> log.add(group + " " + stream + " " + line),
                        PoolSettings.forCores(2));
        // Clients say by the real clock when a reference expires.
        time.pass(Duration.between(time.instant(), InstantSource.system().instant()));
        store = Store.open(folder.resolve("store"), time, List.of(Objects.SCHEMA));
        objects = new Objects(store, folder.resolve("objects"), time);
        PayloadSettings settled = PayloadSettings.of(OWNER);
        payloads =
                new Payloads(
                        objects,
                        settled,
                        new PresignedUrl.Signer(
                                "test", "test", OWNER.region(), InstantSource.system()),
                        time);
        new Sweep(objects, settled, time, time, OWNER).start();
        later = later();
        patient = client(InvocationLimits.DEFAULT.answerWait());
        hasty = client(HASTE);
    }

    /// What a topic was told.
    record Told(String topic, String message) {}

    /// A topic that keeps what it is told.
    private final class Topics implements SnsClient {
        @Override
        public PublishResponse publish(PublishRequest request) {
            told.add(new Told(request.topicArn(), request.message()));
            return PublishResponse.builder().messageId("1").build();
        }

        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}
    }

    private AsyncInvocations later() {
        InvocationLimits limits =
                new InvocationLimits(
                        1L << 30,
                        InvocationLimits.DEFAULT.answerWait(),
                        InvocationLimits.DEFAULT.startWait());
        return new AsyncInvocations(
                routes,
                new Invocations(routes, Meters.NONE, limits),
                store,
                objects,
                time,
                (due, task) -> time.at(due, () -> Thread.startVirtualThread(task)),
                OWNER,
                PayloadSettings.ownBucket(OWNER),
                1L << 30,
                new AsyncInvocations.Telling(
                        Topics::new,
                        (namespace, name, dimensions, value, unit) ->
                                measured.add(name + " " + value)));
    }

    /// Another life of what carries asynchronous requests out, on what the last one left.
    void restartLater() {
        later.close();
        later = later();
        later.start();
    }

    Queue<Told> told() {
        return told;
    }

    /// Each a metric's name and value.
    Queue<String> measured() {
        return measured;
    }

    SageMakerRuntimeClient runtime() {
        return patient;
    }

    /// Makes an endpoint's requests asynchronous.
    void defer(String endpoint, AsyncSettings settings) {
        routes.update(table ->
                table.with(
                        new Route(
                                endpoint,
                                table.route(endpoint).orElseThrow().variants(),
                                Optional.of(settings))));
    }

    static StrangeEndpoints start(Path folder) throws Exception {
        return new StrangeEndpoints(folder);
    }

    private SageMakerRuntimeClient client(Duration answerWait) throws IOException {
        InvocationLimits limits =
                new InvocationLimits(6_291_456, answerWait, InvocationLimits.DEFAULT.startWait());
        Invocations invocations =
                new Invocations(routes, Meters.NONE, limits, Optional.of(payloads));
        Operations operations =
                Operations.builder().stream(
                                AwsService.SAGEMAKER_RUNTIME, "InvokeEndpoint", invocations)
                        .stream(
                                AwsService.SAGEMAKER_RUNTIME,
                                "InvokeEndpointWithResponseStream",
                                new ResponseStreams(invocations, answerWait))
                        .stream(AwsService.SAGEMAKER_RUNTIME, "InvokeEndpointAsync", later)
                        .build();
        OpenAccess open = new OpenAccess(OWNER, _ -> Optional.empty());
        HttpServer server =
                new HttpServer(
                        HttpServer.Settings.at(new InetSocketAddress("127.0.0.1", 0)),
                        new Router(
                                operations,
                                open,
                                new S3Handler(objects, ObjectAuthenticator.open(open))));
        SageMakerRuntimeClient client =
                SageMakerRuntimeClient.builder()
                        .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create("test", "test")))
                        .httpClient(UrlConnectionHttpClient.create())
                        .overrideConfiguration(o -> o.retryStrategy(b -> b.maxAttempts(1)))
                        .build();
        clients.add(client);
        servers.add(server);
        return client;
    }

    /// The S3 of these endpoints.
    Objects objects() {
        return objects;
    }

    /// The platform's time.
    Instant now() {
        return time.instant();
    }

    /// Where clients reach them: the patient way, and that where an answer may take a second.
    List<URI> addresses() {
        return servers.stream().map(each -> URI.create("http://127.0.0.1:" + each.port())).toList();
    }

    /// The folder of every endpoint's model.
    Path model() {
        return model;
    }

    WorkerGroup serve(String endpoint) {
        return serve(endpoint, 1);
    }

    WorkerGroup serve(String endpoint, int slots) {
        PreparedModel prepared =
                new PreparedModel(
                        PreparedModel.Kind.ONNX, model, Optional.empty(), 0, "dormouse/onnx");
        WorkerGroup group =
                pools.create(
                        new GroupSpec(
                                endpoint,
                                "AllTraffic",
                                prepared,
                                256,
                                4,
                                0,
                                Map.of(),
                                Serving.slots(slots)));
        groups.add(group);
        Variant variant = new Variant("AllTraffic", 1, 0, group);
        routes.update(table -> table.with(new Route(endpoint, List.of(variant))));
        return group;
    }

    String ask(String endpoint, String command) {
        return ask(patient, endpoint, command);
    }

    /// The same where an answer may take a second, not sixty.
    String askHastily(String endpoint, String command) {
        return ask(hasty, endpoint, command);
    }

    private static String ask(SageMakerRuntimeClient client, String endpoint, String command) {
        return client.invokeEndpoint(r ->
                        r.endpointName(endpoint)
                                .contentType("text/plain")
                                .body(SdkBytes.fromUtf8String(command)))
                .body()
                .asUtf8String();
    }

    void pass(Duration duration) {
        time.pass(duration);
    }

    /// Whether a stream of the endpoint's log group holds a text.
    boolean logged(String endpoint, String text) {
        String stream = "/aws/sagemaker/Endpoints/" + endpoint + " AllTraffic/";
        return log.stream().anyMatch(line -> line.startsWith(stream) && line.contains(text));
    }

    boolean sharesCpu() {
        return launcher.can().contains(Launcher.Capability.CPU_LIMIT);
    }

    boolean hasGroups() {
        return launcher.can().contains(Launcher.Capability.MEMORY_LIMIT);
    }

    /// The processes of workers, those of their sandboxes included.
    List<ProcessHandle> workers() {
        return ProcessHandle.current()
                .descendants()
                .filter(each -> each.info().commandLine().orElse("").contains("StrangeWorker"))
                .toList();
    }

    void killWorkers() {
        workers().forEach(ProcessHandle::destroyForcibly);
    }

    /// Lets every endpoint answer what it has accepted, and end.
    void drain() throws Exception {
        for (WorkerGroup each : groups) {
            each.drain().get(Serving.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        Serving.await("nothing is left over", () -> leftOver().isEmpty());
    }

    /// What a worker has of the machine: processes, files, sockets, control groups.
    List<String> leftOver() {
        List<String> left = new ArrayList<>();
        workers().forEach(each -> left.add("process " + each.pid()));
        try (Stream<Path> files = Files.walk(run)) {
            files.filter(each -> !each.equals(run) && !each.endsWith("spawn"))
                    .forEach(each -> left.add("file " + each));
            for (Path ours : controlGroups) {
                try (Stream<Path> inside = Files.list(ours)) {
                    inside.filter(Files::isDirectory).forEach(each -> left.add("group " + each));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            left.add("something that goes just now: " + e);
        }
        return left;
    }

    /// The CPU quotas of all workers, in the words of the kernel: none is `-1` or `max`.
    List<String> cpuQuotas() {
        List<String> quotas = new ArrayList<>();
        for (Path ours : controlGroups) {
            try (Stream<Path> files = Files.find(ours, 2, (each, _) -> isQuota(each))) {
                for (Path each : files.toList()) {
                    quotas.add(Files.readString(each).strip().split(" ", -1)[0]);
                }
            } catch (IOException | UncheckedIOException e) {
                quotas.add("gone: " + e);
            }
        }
        return quotas;
    }

    private static boolean isQuota(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        boolean workers = parent != null && String.valueOf(parent.getFileName()).startsWith("i-");
        return workers && (file.endsWith("cpu.cfs_quota_us") || file.endsWith("cpu.max"));
    }

    @Override
    public void close() {
        later.close();
        launcher.close();
        clients.forEach(SageMakerRuntimeClient::close);
        servers.forEach(HttpServer::close);
        store.close();
    }
}
