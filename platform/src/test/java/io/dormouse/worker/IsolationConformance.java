package io.dormouse.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every launcher that isolates must keep an instance from. As [LauncherConformance], it is
/// held with the strange worker, which here tries what its request says and tells how far it got.
public abstract class IsolationConformance {
    /// Takes numbers only, so that a test that fails changes nothing.
    private static final String HARMLESS = "/proc/sys/kernel/panic";

    @TempDir protected Path folder;
    protected Launcher launcher;
    protected final Queue<String> log = new ConcurrentLinkedQueue<>();

    /// A launcher whose model server is the strange worker, with 16 MB of scratch space.
    protected abstract Launcher launcher(Path run, LogSink notices) throws IOException;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(folder.resolve("models/mine"));
        Files.writeString(folder.resolve("models/mine/weights"), "mine");
        Files.createDirectories(folder.resolve("models/others"));
        Files.writeString(folder.resolve("models/others/weights"), "others");
        Files.writeString(folder.resolve("records.db"), "secret");
        launcher = launcher(folder.resolve("run"), log::add);
    }

    @AfterEach
    void close() {
        launcher.close();
    }

    /// The model that the strange worker serves.
    protected PreparedModel prepared(Path folder) {
        return new PreparedModel(
                PreparedModel.Kind.ONNX, folder, Optional.empty(), 0, "dormouse/onnx");
    }

    protected InstanceSpec spec(int slots) {
        return new InstanceSpec(
                "endpoint/e/AllTraffic",
                prepared(folder.resolve("models/mine")),
                256,
                slots,
                Map.of(),
                log::add);
    }

    protected Instance start(int slots) throws StartFailed {
        Instance instance = launcher.start(spec(slots), new Steps());
        assumeTrue(
                launcher.can().contains(Launcher.Capability.ISOLATION),
                "nothing can be isolated here");
        return instance;
    }

    protected static String ask(Instance instance, String command) throws Fault, IOException {
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

    /// The value of a line of `/proc/self/status`.
    private static String status(Instance instance, String name) throws Exception {
        return ask(instance, "status")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /// Where the worker was told that its model is.
    protected Path model(Instance instance) throws Exception {
        String[] words = ask(instance, "read /proc/self/cmdline").split("\0", -1);
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals("--model")) {
                return Path.of(words[i + 1]);
            }
        }
        throw new AssertionError("no model in " + String.join(" ", words));
    }

    @Test
    void aWorkerReachesNoNetworkNotEvenLoopback() throws Exception {
        try (ServerSocket platform = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                Instance instance = start(1)) {
            for (String host : new String[] {"127.0.0.1", "::1", "192.0.2.1"}) {
                String said = ask(instance, "connect " + host + " " + platform.getLocalPort());
                assertTrue(said.contains("Exception"), host + ": " + said);
            }
        }
    }

    @Test
    void aWorkerReadsItsModelAndNobodyElses() throws Exception {
        for (int slots : new int[] {1, 2}) {
            try (Instance instance = start(slots)) {
                Path model = model(instance);
                assertEquals("mine", ask(instance, "read " + model.resolve("weights")));
                for (String hidden : new String[] {"models/others/weights", "records.db"}) {
                    String said = ask(instance, "read " + folder.resolve(hidden));
                    assertTrue(said.contains("NoSuchFile"), hidden + ": " + said);
                }
                for (String hidden : new String[] {"/root", "/home", "/var/lib", "/etc/shadow"}) {
                    String said = ask(instance, "list " + hidden);
                    assertTrue(said.contains("NoSuchFile"), hidden + ": " + said);
                }
            }
        }
    }

    @Test
    void aWorkerWritesToItsScratchSpaceAlone() throws Exception {
        try (Instance instance = start(1);
                Instance other = start(1)) {
            assertEquals("written", ask(instance, "write /tmp/mine"));
            assertFalse(Files.exists(Path.of("/tmp/mine")), "it is the machine's /tmp");
            assertFalse(ask(other, "list /tmp").contains("mine"), "it is shared");
            String model = model(instance).toString();
            // The last is a setting of the machine, which root may write without a capability.
            String[] others = {"/x", "/usr/x", "/etc/x", "/opt/x", model + "/x", HARMLESS};
            for (String at : others) {
                String said = ask(instance, "write " + at);
                assertTrue(said.contains("Exception"), at + ": " + said);
                assertFalse(said.contains("Invalid argument"), at + ": " + said);
            }
        }
    }

    @Test
    void itsScratchSpaceIsBounded() throws Exception {
        try (Instance instance = start(1)) {
            String said = ask(instance, "fill /tmp/full");
            assertTrue(said.matches("after 1[0-6] MB: No space left on device"), said);
        }
    }

    @Test
    void aWorkerHasNoPrivilegesAndCanGetNone() throws Exception {
        try (Instance instance = start(1)) {
            for (String set : new String[] {"CapPrm", "CapEff", "CapAmb"}) {
                assertEquals("0000000000000000", status(instance, set), set);
            }
            assertEquals("1", status(instance, "NoNewPrivs"));
        }
    }

    @Test
    void aWorkerSeesNoProcessButItsOwn() throws Exception {
        try (Instance instance = start(1);
                Instance other = start(1)) {
            ask(other, "hello");
            String seen = ask(instance, "list /proc").replaceAll("[^0-9,]+,", "");
            long processes = seen.chars().filter(c -> c == ',').count();
            assertTrue(processes <= 2, seen);
        }
    }

    @Test
    void aWorkerInheritsNoDescriptors() throws Exception {
        try (Instance instance = start(1)) {
            String open = ask(instance, "descriptors");
            assertFalse(open.contains(folder.toString()), open);
            assertFalse(open.contains("eventpoll"), open);
        }
    }

    @Test
    void aForkBombIsBoundedAndEndsWithItsWorker() throws Exception {
        Instance instance = start(1);
        assumeTrue(launcher.can().contains(Launcher.Capability.MEMORY_LIMIT), "no groups");
        long before = sleepers();
        String said = ask(instance, "fork");
        assertTrue(said.endsWith(" started"), said);
        instance.close();
        instance.ending().get(20, TimeUnit.SECONDS);
        Serving.await("its processes are gone", () -> sleepers() <= before);
    }

    private static long sleepers() {
        return ProcessHandle.allProcesses()
                .filter(each -> each.info().commandLine().orElse("").equals("/bin/sleep 60"))
                .count();
    }

    @Test
    void aGenericWorkerSeesItsModelOnceItHasOne() throws Exception {
        assumeTrue(launcher.can().contains(Launcher.Capability.WARM), "no generic ones");
        try (Instance instance = launcher.warm(new WarmSpec(256))) {
            instance.load(spec(1), new Steps());
            Serving.await("its command", () -> log.stream().anyMatch(l -> l.startsWith("load ")));
            String told = log.stream().filter(l -> l.startsWith("load ")).findFirst().orElse("");
            String model = told.replaceAll(".*\"model\":\"([^\"]*)\".*", "$1");
            assertTrue(told.contains(model), told + log);
            assertEquals("mine", ask(instance, "read " + model + "/weights"));
            String said = ask(instance, "read " + folder.resolve("records.db"));
            assertTrue(said.contains("NoSuchFile"), said);
            assertTrue(ask(instance, "write " + model + "/x").contains("Exception"));
        }
    }
}
