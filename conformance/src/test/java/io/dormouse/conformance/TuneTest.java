package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `./dormouse tune` and `cost` as their user types them: on a platform, on another one that stands
/// for AWS, and on moto, a stranger.
class TuneTest {
    private static final Path XGBOOST =
            PlatformProcess.ROOT.resolve("modelserver/src/test/resources/xgboost/old-binary.json");
    private static final Path GREEDY = Path.of("src/test/resources/greedy.onnx");
    private static final String ACCOUNT = "210987654321";
    private static final Duration ENOUGH = Duration.ofSeconds(90);

    @TempDir private static Path shared;
    private static Path row;

    @BeforeAll
    static void payload() throws IOException {
        row = Files.writeString(shared.resolve("row.csv"), "1.0,2.0,0.5,3.0\n");
    }

    /// What a command printed on the one side and the other, and how it ended.
    private record Ended(int code, String out, String err) {}

    private static Process begin(Path folder, URI endpoint, String... words) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(PlatformProcess.ROOT.resolve("dormouse").toString()));
        command.addAll(Arrays.asList(words));
        command.addAll(List.of("--endpoint-url", endpoint.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().put("AWS_ACCESS_KEY_ID", "test");
        builder.environment().put("AWS_SECRET_ACCESS_KEY", "test");
        builder.environment().put("AWS_REGION", "us-east-1");
        builder.environment()
                .put(
                        "DORMOUSE_CACHE",
                        PlatformProcess.ROOT.resolve("conformance/target/cache").toString());
        return builder.directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private static Ended run(Path folder, URI endpoint, String... words) throws Exception {
        Process process = begin(folder, endpoint, words);
        if (!process.waitFor(ENOUGH.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Ended(
                process.waitFor(),
                Files.readString(folder.resolve("out")),
                Files.readString(folder.resolve("err")));
    }

    private static void serve(Clients clients, String name, Path model, String image, int memory)
            throws IOException {
        clients.s3().createBucket(r -> r.bucket(name));
        clients.s3()
                .putObject(
                        r -> r.bucket(name).key(model.getFileName().toString()),
                        RequestBody.fromFile(model));
        Serving.createModel(
                clients.sageMaker(), name, image, "s3://" + name + "/" + model.getFileName());
        Serving.deploy(clients.sageMaker(), name, memory, 2);
    }

    /// All endpoints and configurations, by name.
    private static List<String> there(SageMakerClient sageMaker) {
        List<String> all = new ArrayList<>();
        sageMaker.listEndpoints().endpoints().forEach(each -> all.add(each.endpointName()));
        sageMaker
                .listEndpointConfigs()
                .endpointConfigs()
                .forEach(each -> all.add(each.endpointConfigName()));
        return all;
    }

    @Test
    void sizesAreMeasuredColdAndWarmAndNothingIsLeft(@TempDir Path folder) throws Exception {
        try (PlatformProcess platform = PlatformProcess.start(folder);
                Clients clients = Clients.of(platform)) {
            serve(clients, "mine", XGBOOST, "example/sagemaker-xgboost:1", 3072);
            DescribeEndpointResponse before =
                    clients.sageMaker().describeEndpoint(r -> r.endpointName("mine"));
            Ended ended =
                    run(
                            folder,
                            platform.endpoint(),
                            "tune mine --payload %s --memory 2048,1024 --concurrency 1,2 --max-seconds 2 --max-cold 7 --cold-width 1 --max-calls 400 --json"
                                    .formatted(row)
                                    .split(" "));
            assertEquals(0, ended.code(), ended.err());
            assertTrue(ended.err().contains("On AWS this would cost at most $"), ended.err());
            JsonNode report = JsonMapper.shared().readTree(ended.out());
            assertEquals(2, report.at("/Sizes").size(), ended.out());
            for (JsonNode size : report.at("/Sizes")) {
                assertEquals(7, size.at("/Cold/Calls").asInt(), ended.out());
                // Each first call started an instance.
                assertTrue(size.at("/CloudWatch/Starts").asDouble() >= 7, ended.out());
                assertTrue(
                        size.at("/Cold/MedianMillis").asDouble()
                                > size.at("/Warm/0/MedianMillis").asDouble(),
                        ended.out());
                assertEquals(2, size.at("/Warm/1/Concurrency").asInt(), ended.out());
                assertTrue(size.at("/DollarsPerMillion").asDouble() > 0, ended.out());
            }
            assertEquals(1024, report.at("/Choice/Smallest").asInt(), ended.out());
            assertTrue(report.at("/BreakEven/0/RequestsAMonth").asDouble() > 0, ended.out());
            assertTrue(
                    Files.readString(folder.resolve("tune-mine.html")).contains("<svg"),
                    "no chart on the page");
            assertEquals(List.of("mine", "mine"), there(clients.sageMaker()));
            assertEquals(
                    before.toString(),
                    clients.sageMaker().describeEndpoint(r -> r.endpointName("mine")).toString());
            costIsReadFromItsMetrics(folder, platform, clients);
        }
    }

    private static void costIsReadFromItsMetrics(
            Path folder, PlatformProcess platform, Clients clients) throws Exception {
        for (int i = 0; i < 3; i++) {
            clients.runtime()
                    .invokeEndpoint(r ->
                            r.endpointName("mine")
                                    .contentType("text/csv")
                                    .body(SdkBytes.fromUtf8String("1,2,3,4")));
        }
        JsonNode bill;
        long deadline = System.nanoTime() + ENOUGH.toNanos();
        do {
            Ended ended = run(folder, platform.endpoint(), "cost", "mine", "--days", "2", "--json");
            assertEquals(0, ended.code(), ended.err());
            bill = JsonMapper.shared().readTree(ended.out());
        } while (bill.at("/Invocations").asInt() < 3 && System.nanoTime() < deadline);
        assertEquals(3, bill.at("/Invocations").asInt(), bill.toString());
        assertEquals(3072, bill.at("/MemorySizeInMB").asInt());
        double seconds = bill.at("/ModelSeconds").asDouble();
        assertTrue(seconds > 0, bill.toString());
        assertEquals(seconds * 3, bill.at("/GigabyteSeconds").asDouble(), 1e-9);
        assertEquals(seconds * 0.00006, bill.at("/Dollars").asDouble(), 1e-12);
        assertEquals(0.102 * 48, bill.at("/AlwaysOn/Dollars").asDouble(), 1e-9);
    }

    /// Its graph makes a table that takes 1.2 GB, so that 1024 MB are too small. The platform
    /// belongs to another account and stands for AWS.
    @Test
    @Tag("full")
    void anotherPlatformStandsForAwsAndTheSizeThatIsTooSmallSaysWhatIsNeeded(@TempDir Path folder)
            throws Exception {
        try (PlatformProcess platform = PlatformProcess.start(folder, ACCOUNT, "us-east-1");
                Clients clients = Clients.of(platform)) {
            serve(clients, "greedy", GREEDY, "example/onnx:1", 2048);
            String line = "tune greedy --payload %s --memory 1024 --to aws".formatted(row);
            Ended asked = run(folder, platform.endpoint(), line.split(" "));
            assertEquals(2, asked.code(), asked.err());
            assertTrue(
                    asked.err().contains("AWS account " + ACCOUNT + ", Region us-east-1"),
                    asked.err());
            assertTrue(asked.err().contains("On AWS this costs at most $"), asked.err());
            assertTrue(asked.err().contains("--yes"), asked.err());
            Ended ended = run(folder, platform.endpoint(), (line + " --yes").split(" "));
            assertEquals(1, ended.code(), ended.err());
            assertTrue(
                    ended.out().contains("1024 MB does not work: The model needs "), ended.out());
            assertTrue(ended.out().contains("set it to 2048 or more"), ended.out());
            assertEquals(List.of("greedy", "greedy"), there(clients.sageMaker()));
        }
    }

    /// As Ctrl-C does; but a build in the background of a shell has its children ignore that one.
    @Test
    void beingEndedInTheMiddleLeavesNothing(@TempDir Path folder) throws Exception {
        try (PlatformProcess platform = PlatformProcess.start(folder);
                Clients clients = Clients.of(platform)) {
            serve(clients, "mine", XGBOOST, "example/sagemaker-xgboost:1", 1024);
            Process tune =
                    begin(
                            folder,
                            platform.endpoint(),
                            "tune mine --payload %s --width 1 --p99-width 1 --max-seconds 60"
                                    .formatted(row)
                                    .split(" "));
            long deadline = System.nanoTime() + ENOUGH.toNanos();
            while (there(clients.sageMaker()).size() < 5 && System.nanoTime() < deadline) {
                LockSupport.parkNanos(5_000_000);
            }
            assertEquals(5, there(clients.sageMaker()).size(), "an endpoint and its two forms");
            assertEquals(
                    0,
                    new ProcessBuilder("kill", "-TERM", String.valueOf(tune.pid()))
                            .start()
                            .waitFor());
            assertTrue(tune.waitFor(60, TimeUnit.SECONDS), "it did not end");
            assertEquals(143, tune.exitValue());
            assertEquals(List.of("mine", "mine"), there(clients.sageMaker()));
        }
    }

    /// moto answers every invocation, keeps no metrics and cannot update an endpoint.
    @Test
    @Tag("full")
    void aStrangerThatSpeaksAwsIsTunedAndLeftAsItWas(@TempDir Path folder) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Process moto = Python.moto().begin(port, folder);
        URI at = URI.create("http://127.0.0.1:" + port);
        try (SageMakerClient sageMaker = PlatformProcess.client(at, SageMakerClient.builder())) {
            awaitAnswer(sageMaker, folder);
            Serving.createModel(sageMaker, "theirs", "example/xgboost:1", "s3://any/model.tar.gz");
            Serving.createConfig(sageMaker, "theirs", 2048, 2);
            sageMaker.createEndpoint(r -> r.endpointName("theirs").endpointConfigName("theirs"));
            Ended ended =
                    run(
                            folder,
                            at,
                            "tune theirs --payload %s --memory 1024 --concurrency 1,2 --max-seconds 1 --metrics-seconds 0 --to aws --yes"
                                    .formatted(row)
                                    .split(" "));
            assertEquals(0, ended.code(), ended.err());
            assertTrue(ended.err().contains("AWS account 123456789012"), ended.err());
            assertTrue(ended.out().contains("could not be made cold again"), ended.out());
            assertTrue(ended.out().contains("none found"), ended.out());
            assertEquals(List.of("theirs", "theirs"), there(sageMaker));
        } finally {
            moto.destroy();
        }
    }

    private static void awaitAnswer(SageMakerClient sageMaker, Path folder) throws Exception {
        long deadline = System.nanoTime() + ENOUGH.toNanos();
        while (true) {
            try {
                var _ = sageMaker.listModels();
                return;
            } catch (SdkClientException e) {
                assertTrue(
                        System.nanoTime() < deadline,
                        () ->
                                "moto did not start: "
                                        + e
                                        + PlatformProcess.read(folder.resolve("moto")));
                LockSupport.parkNanos(50_000_000);
            }
        }
    }
}
