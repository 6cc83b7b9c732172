package io.dormouse.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every launcher must do. A launcher's test says how to make one that starts the strange
/// worker: a model server that does what a request's body says, misbehaving included.
public abstract class LauncherConformance {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir protected Path folder;
    protected Launcher launcher;
    private final Queue<String> log = new ConcurrentLinkedQueue<>();

    /// A launcher whose model server is the strange worker.
    protected abstract Launcher launcher(Path run, LogSink notices) throws IOException;

    /// The model that the strange worker serves.
    protected PreparedModel model(Path folder) {
        return new PreparedModel(
                PreparedModel.Kind.ONNX, folder, Optional.empty(), 0, "dormouse/onnx");
    }

    /// The image of the programs that are run; empty for those of this machine.
    protected Optional<RunSpec.Image> image() {
        return Optional.empty();
    }

    /// Variables that the technology itself puts into every environment.
    protected List<String> ownVariables() {
        return List.of();
    }

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(folder.resolve("model"));
        launcher = launcher(folder.resolve("run"), log::add);
    }

    @AfterEach
    void close() {
        launcher.close();
    }

    private InstanceSpec spec(int slots) {
        return spec(slots, Map.of());
    }

    protected InstanceSpec spec(int slots, Map<String, String> environment) {
        return new InstanceSpec(
                "endpoint/e/AllTraffic",
                model(folder.resolve("model")),
                256,
                slots,
                environment,
                log::add);
    }

    /// Whether an instance of one slot is started before it is ready, and its first answer says
    /// that it is: as the built-in model servers do.
    private boolean answersAreReadiness() {
        return image().isEmpty();
    }

    private Instance start(int slots) throws StartFailed {
        return launcher.start(spec(slots), new Steps());
    }

    private static Request request(long length, Duration timeout) {
        return new Request(
                "POST",
                "/invocations",
                Map.of("Content-Type", "text/csv", "X-Amzn-SageMaker-Custom-Attributes", "a=1"),
                length < 0 ? OptionalLong.empty() : OptionalLong.of(length),
                timeout);
    }

    private static Answer ask(Instance instance, String command) throws Fault {
        byte[] body = command.getBytes(UTF_8);
        return instance.send(request(body.length, PATIENCE), new ByteArrayInputStream(body));
    }

    protected static String answer(Instance instance, String command) throws Fault, IOException {
        try (Answer answer = ask(instance, command)) {
            return answer.status() + " " + new String(answer.body().readAllBytes(), UTF_8);
        }
    }

    private static Fault fault(Instance instance, String command) {
        return assertThrows(Fault.class, () -> answer(instance, command));
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "never happened: " + what);
            Thread.onSpinWait();
        }
    }

    private static Instance.Ending ending(Instance instance) throws Exception {
        return instance.ending().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void startsAndAnswersManyTimes() throws Exception {
        Instance instance = start(1);
        assertEquals("endpoint/e/AllTraffic", instance.owner());
        for (int i = 0; i < 20; i++) {
            assertEquals("200 you said hello " + i, answer(instance, "hello " + i));
        }
        assertTrue(instance.memoryBytes() > 1 << 20);
    }

    @Test
    void theStepsOfAStartAreStamped() throws Exception {
        Steps steps = new Steps();
        Instance instance = launcher.start(spec(1), steps);
        try (Answer answer = ask(instance, "hello")) {
            assertEquals(Optional.empty(), answer.header("X-Dormouse-Steps"));
        }
        List<String> names = steps.stamps().stream().map(Steps.Stamp::name).toList();
        assertTrue(names.containsAll(List.of("spawn", "runtime", "first-inference")), "" + names);
    }

    @Test
    void headersReachTheModelServer() throws Exception {
        String head = answer(start(1), "head");
        assertTrue(head.contains("\r\nContent-Type: text/csv\r\n"), head);
        assertTrue(head.contains("\r\nX-Amzn-SageMaker-Custom-Attributes: a=1\r\n"), head);
    }

    @Test
    void wrongInputPassesThrough() throws Exception {
        Instance instance = start(1);
        assertEquals("400 the input is wrong", answer(instance, "wrong"));
        assertEquals("200 you said hello", answer(instance, "hello"));
    }

    @Test
    void bodiesStreamBothWays() throws Exception {
        Instance instance = start(1);
        byte[] body = new byte[3_000_000];
        java.util.Arrays.fill(body, (byte) 3);
        for (long length : new long[] {body.length, -1}) {
            try (Answer answer =
                    instance.send(request(length, PATIENCE), new ByteArrayInputStream(body))) {
                assertEquals(
                        "3000000 bytes, 9000000", new String(answer.body().readAllBytes(), UTF_8));
            }
        }
        try (Answer answer = ask(instance, "zeros 5000000")) {
            assertEquals(OptionalLong.of(5_000_000), answer.contentLength());
            assertEquals(5_000_000, answer.body().readAllBytes().length);
        }
        try (Answer answer = ask(instance, "chunked")) {
            assertEquals(OptionalLong.empty(), answer.contentLength());
            assertEquals("hello, world", new String(answer.body().readAllBytes(), UTF_8));
        }
        assertEquals("200 you said hello", answer(instance, "hello"));
    }

    @Test
    void anAnswerThatNobodyReadsDoesNotSpoilTheNext() throws Exception {
        Instance instance = start(1);
        ask(instance, "zeros 100000").close();
        assertEquals("200 you said hello", answer(instance, "hello"));
    }

    @Test
    void eachSlotAnswersAtTheSameTime() throws Exception {
        Instance instance = start(4);
        var begun = new CountDownLatch(4);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers =
                    java.util.stream.IntStream.range(0, 4)
                            .mapToObj(i -> threads.submit(() -> halfSent(instance, begun)))
                            .toList();
            for (var answer : answers) {
                assertEquals("200 you said hello", answer.get(20, TimeUnit.SECONDS));
            }
        }
    }

    /// Sends half of the body and the rest when all others have done so too.
    private static String halfSent(Instance instance, CountDownLatch begun) throws Exception {
        InputStream body =
                new InputStream() {
                    private int next;

                    @Override
                    public int read() throws IOException {
                        if (next == 3) {
                            begun.countDown();
                            try {
                                assertTrue(begun.await(20, TimeUnit.SECONDS));
                            } catch (InterruptedException e) {
                                throw new IOException(e);
                            }
                        }
                        return next < 5 ? "hello".charAt(next++) : -1;
                    }
                };
        try (Answer answer = instance.send(request(5, PATIENCE), body)) {
            return answer.status() + " " + new String(answer.body().readAllBytes(), UTF_8);
        }
    }

    @Test
    void aModelThatCannotBeLoadedSaysWhy() throws Exception {
        Files.createFile(folder.resolve("model/unloadable"));
        if (answersAreReadiness()) {
            Instance one = start(1);
            Fault fault = fault(one, "hello");
            assertEquals(Fault.Kind.UNLOADABLE, fault.kind());
            assertEquals("this is no model", fault.getMessage());
            assertEquals(3, ending(one).code());
            assertEquals("this is no model", ending(one).reason());
        }
        StartFailed failed = assertThrows(StartFailed.class, () -> start(2));
        assertEquals(StartFailed.Cause.MODEL, failed.reason());
        assertEquals("this is no model", failed.getMessage());
    }

    @Test
    void aDeathIsToldAndWatched() throws Exception {
        for (int slots : new int[] {1, 2}) {
            Instance instance = start(slots);
            Fault fault = fault(instance, "die");
            assertEquals(Fault.Kind.DIED, fault.kind());
            assertTrue(fault.getMessage().contains("exit code 7"), fault.getMessage());
            assertEquals(7, ending(instance).code());
            assertEquals(Fault.Kind.DIED, fault(instance, "hello").kind());
        }
    }

    @Test
    void deathBeforeItWasReadyIsTold() throws Exception {
        Files.createFile(folder.resolve("model/dead-on-arrival"));
        if (answersAreReadiness()) {
            assertEquals(Fault.Kind.DIED, fault(start(1), "hello").kind());
        }
        StartFailed failed = assertThrows(StartFailed.class, () -> start(2));
        assertEquals(StartFailed.Cause.BROKEN, failed.reason());
    }

    @Test
    void itsMemoryIsLimited() throws Exception {
        Instance instance = start(1);
        instance.limitCpu(0.5);
        Fault fault = fault(instance, "eat");
        assertEquals(Fault.Kind.OUT_OF_MEMORY, fault.kind(), fault.getMessage());
        assertTrue(fault.getMessage().contains("256 MB"), fault.getMessage());
        assertTrue(ending(instance).outOfMemory());
    }

    @Test
    void aHangEndsAtTheDeadline() throws Exception {
        for (int slots : new int[] {1, 2}) {
            Instance instance = start(slots);
            assertEquals("200 you said hello", answer(instance, "hello"));
            byte[] body = "hang".getBytes(UTF_8);
            Fault fault =
                    assertThrows(
                            Fault.class,
                            () ->
                                    instance.send(
                                            request(4, Duration.ofMillis(300)),
                                            new ByteArrayInputStream(body)));
            assertEquals(Fault.Kind.TIMEOUT, fault.kind());
            ending(instance);
        }
    }

    @Test
    void anAnswerThatStallsEndsAtTheDeadline() throws Exception {
        Instance instance = start(1);
        byte[] body = "stall".getBytes(UTF_8);
        Request request = request(5, Duration.ofSeconds(2));
        try (Answer answer = instance.send(request, new ByteArrayInputStream(body))) {
            IOException e = assertThrows(IOException.class, () -> answer.body().readAllBytes());
            assertEquals(Fault.Kind.TIMEOUT, assertInstanceOf(Fault.class, e.getCause()).kind());
        }
        ending(instance);
    }

    @Test
    void whatIsNotHttpIsGarbage() throws Exception {
        for (String command : List.of("garbage", "no-length", "two-lengths")) {
            Instance instance = start(1);
            assertEquals(Fault.Kind.GARBAGE, fault(instance, command).kind(), command);
            ending(instance);
        }
    }

    @Test
    void anAnswerThatEndsInItsMiddleIsTruncated() throws Exception {
        assertEquals(Fault.Kind.TRUNCATED, fault(start(1), "truncated-head").kind());
        for (String command : List.of("truncated", "truncated-chunk")) {
            try (Answer answer = ask(start(1), command)) {
                IOException e = assertThrows(IOException.class, () -> answer.body().readAllBytes());
                assertEquals(
                        Fault.Kind.TRUNCATED, assertInstanceOf(Fault.class, e.getCause()).kind());
            }
        }
    }

    @Test
    void aCallerWhoGoesAwayIsNotTheInstancesFault() throws Exception {
        Instance instance = start(2);
        Fault fault =
                assertThrows(
                        Fault.class,
                        () ->
                                instance.send(
                                        request(10, PATIENCE),
                                        new ByteArrayInputStream("half".getBytes(UTF_8))));
        assertEquals(Fault.Kind.CALLER_GONE, fault.kind());
        assertEquals("200 you said hello", answer(instance, "hello"));
    }

    @Test
    void itsLogArrivesLineByLine() throws Exception {
        Instance instance = start(1);
        answer(instance, "say größer");
        await("the line", () -> log.contains("größer"));
        assertTrue(log.contains("strange worker is up"));
    }

    @Test
    void itSeesItsOwnersEnvironmentAndNothingElse() throws Exception {
        Instance instance = launcher.start(spec(1, Map.of("MY_MODEL", "7")), new Steps());
        String seen = answer(instance, "environment");
        assertTrue(seen.contains("MY_MODEL=7"), seen);
        for (String name : System.getenv().keySet()) {
            boolean given = name.equals("PATH") || name.equals("LANG");
            if (!given && !ownVariables().contains(name)) {
                assertFalse(seen.matches(".*[{ ]" + name + "=.*"), name + " in " + seen);
            }
        }
    }

    @Test
    void aGenericInstanceTakesAModel() throws Exception {
        assumeTrue(launcher.can().contains(Launcher.Capability.WARM));
        Instance instance = launcher.warm(new WarmSpec(256));
        assertEquals("", instance.owner());
        Steps steps = new Steps();
        instance.load(spec(1, Map.of("A", "quote \" and \\")), steps);
        assertEquals("endpoint/e/AllTraffic", instance.owner());
        assertEquals("200 you said hello", answer(instance, "hello"));
        assertEquals("handover", steps.stamps().getFirst().name());
        await("the command", () -> log.stream().anyMatch(line -> line.contains("\"model\":\"/")));
    }

    @Test
    void aGenericInstanceThatCannotLoadSaysWhy() throws Exception {
        assumeTrue(launcher.can().contains(Launcher.Capability.WARM));
        Instance instance = launcher.warm(new WarmSpec(256));
        instance.load(spec(1, Map.of("A", "broken")), new Steps());
        Fault fault = fault(instance, "hello");
        assertEquals(Fault.Kind.UNLOADABLE, fault.kind(), fault.getMessage());
        assertEquals("this is no model", fault.getMessage());
        ending(instance);
    }

    @Test
    void closingEndsItAndLeavesNothing() throws Exception {
        for (int slots : new int[] {1, 2}) {
            Instance instance = start(slots);
            answer(instance, "hello");
            instance.close();
            instance.close();
            assertEquals("it was ended by the platform", ending(instance).reason());
        }
        await("an empty folder", () -> isEmpty(folder.resolve("run")));
    }

    private static boolean isEmpty(Path folder) {
        try (var left = Files.list(folder)) {
            return left.allMatch(file -> file.endsWith("spawn"));
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void closingEndsAlsoOneThatHangs() throws Exception {
        Instance instance = start(2);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var hanging = threads.submit(() -> fault(instance, "hang"));
            answer(instance, "hello");
            instance.close();
            ending(instance);
            assertEquals(Fault.Kind.DIED, hanging.get(20, TimeUnit.SECONDS).kind());
        }
    }

    private Execution run(Duration timeout, int memoryMb, String... script) throws Exception {
        Path root = Files.createDirectories(folder.resolve("ml"));
        List<String> command = List.of("/bin/sh", "-c", String.join("\n", script));
        return launcher.run(
                new RunSpec(
                        "training-job/t",
                        command,
                        root,
                        Map.of("PATH", "/usr/bin:/bin", "A", "1"),
                        memoryMb,
                        1,
                        timeout,
                        List.of(),
                        Network.NONE,
                        image()),
                log::add);
    }

    private static Execution.Result result(Execution run) throws Exception {
        return run.result().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aProgramRunsToItsEnd() throws Exception {
        Execution run =
                run(
                        PATIENCE,
                        256,
                        "echo a line",
                        "echo another >&2",
                        "echo done > $DORMOUSE_ML_ROOT/file",
                        "env",
                        "exit 5");
        assertEquals(new Execution.Result(5, false, false), result(run));
        assertTrue(log.containsAll(List.of("a line", "another", "A=1")), "" + log);
        for (String name : List.of("HOME=", "USER=", "JAVA_HOME=")) {
            boolean own = ownVariables().contains(name.substring(0, name.length() - 1));
            assertTrue(own || log.stream().noneMatch(line -> line.startsWith(name)), "" + log);
        }
        assertEquals("done\n", Files.readString(folder.resolve("ml/file")));
        assertEquals(new Execution.Result(0, false, false), result(run(PATIENCE, 256, "cat")));
    }

    @Test
    void aProgramIsStoppedPolitelyFirst() throws Exception {
        Execution polite =
                run(
                        PATIENCE,
                        256,
                        "trap 'echo saved; exit 0' TERM",
                        "echo up",
                        "while :; do sleep 0.05; done");
        await("its start", () -> log.contains("up"));
        polite.stop();
        assertEquals(new Execution.Result(0, false, false), result(polite));
        assertTrue(log.contains("saved"));
        log.clear();
        Execution deaf =
                run(PATIENCE, 256, "trap '' TERM", "echo up", "while :; do sleep 0.05; done");
        await("its start", () -> log.contains("up"));
        deaf.stop();
        assertEquals(new Execution.Result(-1, false, false), result(deaf));
    }

    @Test
    void aProgramHasATimeLimit() throws Exception {
        Execution run =
                run(
                        Duration.ofMillis(300),
                        256,
                        "trap 'exit 9' TERM",
                        "while :; do sleep 0.05; done");
        assertEquals(new Execution.Result(9, true, false), result(run));
    }

    @Test
    void aProgramHasAMemoryLimit() throws Exception {
        Execution run =
                run(PATIENCE, 64, "x=$(head -c 300000000 /dev/zero | tr '\\0' a)", "sleep 20");
        assertTrue(result(run).outOfMemory());
    }

    @Test
    void aProgramThatIsNotThereFailsToStart() throws Exception {
        var spec =
                new RunSpec(
                        "job",
                        List.of("/no/such/program"),
                        folder,
                        Map.of(),
                        64,
                        1,
                        PATIENCE,
                        List.of(),
                        Network.NONE,
                        image());
        StartFailed failed = assertThrows(StartFailed.class, () -> launcher.run(spec, log::add));
        assertTrue(failed.getMessage().contains("/no/such/program"), failed.getMessage());
    }
}
