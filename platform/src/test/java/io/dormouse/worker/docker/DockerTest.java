package io.dormouse.worker.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.timing.ManualTime;
import io.dormouse.worker.Answer;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.Fault;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.Request;
import io.dormouse.worker.Serving;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What is particular to containers. The rest is what every launcher must do, in
/// [DockerLauncherTest].
class DockerTest {
    @TempDir private Path folder;
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final Capacity capacity = new Capacity(4096, 100);
    private final ManualTime time = new ManualTime();
    private DockerLauncher launcher;

    /// Where there is none, all of it is skipped.
    @BeforeAll
    static void engine() {
        EngineHere.assumed();
    }

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(folder.resolve("model"));
        Files.createDirectories(folder.resolve("data"));
        launcher = launcher();
    }

    @AfterEach
    void close() {
        launcher.close();
    }

    private DockerLauncher launcher() {
        return Docker.launcher(folder.resolve("data"), capacity, time, log::add);
    }

    private InstanceSpec spec(Map<String, String> environment) {
        return new InstanceSpec(
                "endpoint/e/AllTraffic",
                Docker.model(folder.resolve("model")),
                256,
                1,
                environment,
                log::add);
    }

    private Instance start() throws StartFailed {
        return launcher.start(spec(Map.of()), new Steps());
    }

    private static String answer(Instance instance, String command) throws Fault, IOException {
        byte[] body = command.getBytes(UTF_8);
        Request request =
                new Request(
                        "POST",
                        "/invocations",
                        Map.of(),
                        OptionalLong.of(body.length),
                        Duration.ofSeconds(20));
        try (Answer answer = instance.send(request, new ByteArrayInputStream(body))) {
            return new String(answer.body().readAllBytes(), UTF_8);
        }
    }

    /// The containers of this platform, as the engine lists them.
    private List<JsonNode> containers() {
        var filter = JsonNodeFactory.instance.objectNode();
        filter.putArray("label").add(ContainerBody.DATA + "=" + folder.resolve("data"));
        try {
            JsonNode listed =
                    EngineHere.assumed()
                            .engine()
                            .get(
                                    "/containers/json?all=true&filters="
                                            + Engine.encoded(filter.toString()));
            return listed.valueStream().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Instance.Ending ending(Instance instance) throws Exception {
        return instance.ending().get(20, TimeUnit.SECONDS);
    }

    @Test
    void itIsMadeWithAsFewRightsAsThereAre() throws Exception {
        try (Instance instance = start()) {
            assertEquals("you said hello", answer(instance, "hello"));
            JsonNode one = containers().getFirst();
            assertEquals(
                    "endpoint/e/AllTraffic",
                    one.path("Labels").path(ContainerBody.OWNER).asString(""));
            assertEquals("/dormouse-" + instance.id(), one.path("Names").path(0).asString(""));
            String status = answer(instance, "status");
            assertTrue(status.contains("CapBnd:\t0000000000000000"), status);
            assertTrue(status.contains("NoNewPrivs:\t1"), status);
            String read = answer(instance, "write /opt/ml/model/x");
            assertTrue(read.contains("Read-only file system"), read);
            assertTrue(instance.memoryBytes() > 1 << 20, "" + instance.memoryBytes());
        }
        Serving.await("it is removed", () -> containers().isEmpty());
    }

    @Test
    void oneThatIsIdleSleepsAndWakesFasterThanItStarts() throws Exception {
        Steps cold = new Steps();
        Instance first = launcher.start(spec(Map.of()), cold);
        answer(first, "hello");
        first.rest();
        assertEquals("it sleeps, paused", ending(first).reason());
        assertEquals("paused", containers().getFirst().path("State").asString(""));
        Map<String, Long> held = capacity.usage().byOwner();
        assertTrue(held.getOrDefault("endpoint/e/AllTraffic (asleep)", 0L) > 1, "" + held);

        Instance other = launcher.start(spec(Map.of("A", "1")), new Steps());
        assertNotEquals(first.id(), other.id());
        other.close();
        ending(other);
        log.clear();
        Steps warm = new Steps();
        Instance second = launcher.start(spec(Map.of()), warm);
        assertEquals(first.id(), second.id());
        assertEquals(List.of("wake"), warm.stamps().stream().map(Steps.Stamp::name).toList());
        assertTrue(
                warm.ready() - warm.begin() < cold.ready() - cold.begin(), cold + " and " + warm);
        assertEquals("said", answer(second, "say good morning"));
        Serving.await("its log", () -> log.contains("good morning"));
        assertEquals(Map.of(), capacity.usage().byOwner());
        second.rest();
        assertEquals(1, containers().size());
        launcher.forget("endpoint/e/AllTraffic");
        Serving.await("it is removed", () -> containers().isEmpty());
    }

    @Test
    void oneThatSleepsGoesWhenItsTimeIsUpOrItsRoomIsNeeded() throws Exception {
        Instance first = start();
        first.rest();
        time.pass(Duration.ofMinutes(31));
        Serving.await("it is removed", () -> containers().isEmpty());

        Instance second = start();
        second.rest();
        assertEquals(1, containers().size());
        capacity.reserve("training-job/large", 4096, 1, Duration.ofSeconds(20)).close();
        Serving.await("it made room", () -> containers().isEmpty());
    }

    @Test
    void whatACrashLeftIsEndedByTheNextLife() throws Exception {
        Instance left = start();
        try (DockerLauncher next = launcher()) {
            Serving.await("it is removed", () -> containers().isEmpty());
            assertEquals(-1, ending(left).code());
            Serving.await(
                    "it is said",
                    () -> log.contains("ended 1 containers that an earlier platform left"));
            assertEquals(List.of(), next.found());
        }
    }

    @Test
    void oneThatIsNotReadyYetEndsWithThePlatform() throws Exception {
        Files.createFile(folder.resolve("model/never-ready"));
        var failed = new CompletableFuture<StartFailed>();
        Thread.ofVirtual()
                .start(() -> failed.complete(assertThrows(StartFailed.class, this::start)));
        Serving.await(
                "it runs",
                () ->
                        containers().stream()
                                .anyMatch(
                                        each -> each.path("State").asString("").equals("running")));
        launcher.close();
        assertEquals(List.of(), containers());
        String said = String.valueOf(failed.get(20, TimeUnit.SECONDS).getMessage());
        assertFalse(said.isEmpty(), "whoever waits for it is told");
        assertFalse(Files.exists(folder.resolve("containers")), "nothing is left to look for");
    }

    @Test
    void itsShareOfCpuIsSetWhenItIsReadyAndItsMemoryFromTheStart() throws Exception {
        try (Instance instance = start()) {
            String path = "/containers/dormouse-" + instance.id() + "/json";
            Engine engine = EngineHere.assumed().engine();
            JsonNode limits = engine.get(path).path("HostConfig");
            assertEquals(256L << 20, limits.path("Memory").asLong(0));
            assertEquals(256L << 20, limits.path("MemorySwap").asLong(0));
            assertEquals(0, limits.path("CpuQuota").asLong(-1));
            instance.limitCpu(0.5);
            assertEquals(50_000, engine.get(path).path("HostConfig").path("CpuQuota").asLong(0));
        }
    }

    @Test
    void outOfMemoryIsToldWithWhatItHad() throws Exception {
        Instance instance = start();
        Fault fault = assertThrows(Fault.class, () -> answer(instance, "eat"));
        assertEquals(Fault.Kind.OUT_OF_MEMORY, fault.kind(), fault.getMessage());
        assertTrue(fault.getMessage().contains("256 MB"), fault.getMessage());
        assertTrue(ending(instance).outOfMemory());
    }

    @Test
    void anOldServersAnswerEndsWithItsConnection() throws Exception {
        try (Instance instance = start()) {
            assertEquals("an old answer", answer(instance, "old"));
            assertEquals("you said hello", answer(instance, "hello"));
        }
    }

    @Test
    void aContainerThatEndsAtOnceSaysWhy() throws Exception {
        Files.createFile(folder.resolve("model/dead-on-arrival"));
        StartFailed failed = assertThrows(StartFailed.class, this::start);
        assertEquals(StartFailed.Cause.BROKEN, failed.reason());
        assertTrue(failed.getMessage().contains("exit code 1"), failed.getMessage());
        Serving.await("nothing is left", () -> containers().isEmpty());
    }

    @Test
    void oneThatDoesNotBecomeHealthyIsEndedAndSaysWhatItLastDid() throws Exception {
        Files.createFile(folder.resolve("model/never-ready"));
        DockerSettings usual = Docker.settings(folder.resolve("data"), ImageNames.of(""));
        DockerSettings hasty =
                new DockerSettings(
                        usual.data(),
                        usual.mark(),
                        Duration.ofMillis(700),
                        usual.closeGrace(),
                        usual.stopGrace(),
                        usual.asleepMax(),
                        usual.scratchMb(),
                        usual.images(),
                        usual.capabilities(),
                        usual.environment());
        try (DockerLauncher impatient = new DockerLauncher(hasty, capacity, time, time, log::add)) {
            StartFailed failed =
                    assertThrows(
                            StartFailed.class, () -> impatient.start(spec(Map.of()), new Steps()));
            assertEquals(StartFailed.Cause.TIMEOUT, failed.reason());
            assertTrue(failed.getMessage().contains("nothing listens on port 8080"), "" + failed);
            Serving.await("it is removed", () -> containers().isEmpty());
        }
    }

    @Test
    void wherePlatformsMayNotEnterItsNetworkItsPortIsForwarded() throws Exception {
        DockerSettings settings = Docker.settings(folder.resolve("data"), ImageNames.of(""));
        try (DockerLauncher outside =
                        new DockerLauncher(settings, capacity, time, time, log::add, false);
                Instance instance = outside.start(spec(Map.of()), new Steps())) {
            assertEquals("you said hello", answer(instance, "hello"));
            assertFalse(outside.can().contains(Launcher.Capability.ISOLATION));
        }
    }
}
