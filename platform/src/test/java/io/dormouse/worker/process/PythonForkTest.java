package io.dormouse.worker.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Answer;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.Fault;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Network;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PythonForm;
import io.dormouse.worker.Request;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.Serving;
import io.dormouse.worker.Steps;
import io.dormouse.worker.python.Environments;
import io.dormouse.worker.python.Installer;
import io.dormouse.worker.python.Python;
import io.dormouse.worker.python.PythonPreparation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an instance is kept from that was forked, and what becomes of its parent.
class PythonForkTest {
    /// Does what a request says, and tells how it went.
    private static final String PROGRAM =
            """
            import os, socket
            def model_fn(model_dir):
                return model_dir
            def transform_fn(model, data, kind, accept):
                try:
                    return str(eval(data.decode(), {"os": os, "socket": socket, "model": model,
                        "read": lambda path: open(path).read()})), "text/plain"
                except Exception as e:
                    return type(e).__name__, "text/plain"
            """;

    @TempDir Path folder;
    private ProcessLauncher launcher;
    private PreparedModel model;
    private final Capacity capacity = new Capacity(8192, 8);
    private final Queue<String> log = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void open() throws Exception {
        Path python = interpreter();
        launcher =
                new ProcessLauncher(
                        CompletableFuture.completedFuture(StrangeInstallation.of()),
                        new ProcessSettings(
                                folder.resolve("run"),
                                folder.resolve("models"),
                                Duration.ofSeconds(20),
                                Duration.ofMillis(500),
                                Duration.ofSeconds(1),
                                ProcessSettings.Isolation.ALL,
                                16,
                                Duration.ofMillis(500)),
                        capacity,
                        log::add);
        Path artifact = Files.createDirectories(folder.resolve("models/mine/code"));
        Files.writeString(artifact.resolve("inference.py"), PROGRAM);
        Files.writeString(folder.resolve("models/mine/weights"), "mine");
        Files.writeString(folder.resolve("secret"), "secret");
        Path form = Files.createDirectories(folder.resolve("models/form"));
        Environments environments =
                new Environments(
                        folder.resolve("environments"),
                        python.toString(),
                        "",
                        new Installer(launcher, Map.of(), 1024));
        new PythonForm(
                        "inference.py",
                        PythonForm.Code.MODEL,
                        "toolkit",
                        environments.chosen(),
                        Path.of(""),
                        List.of())
                .write(form);
        var preparation =
                new PythonPreparation(
                        new ProcessPreparation(launcher, 1024),
                        environments,
                        folder.resolve("environments"),
                        launcher,
                        1024,
                        RoleAccess.NONE,
                        (_, _) -> {});
        var artifactFolder = folder.resolve("models/mine");
        preparation.prepare(PreparedModel.Kind.PYTHON, artifactFolder, form, log::add);
        model =
                new PreparedModel(
                        PreparedModel.Kind.PYTHON, artifactFolder, Optional.of(form), 0, "python");
    }

    @AfterEach
    void close() {
        if (launcher != null) {
            launcher.close();
        }
    }

    /// Of its own, with a module that starts a thread as soon as it is imported.
    private Path interpreter() throws Exception {
        Path place = folder.resolve("venv");
        Process made =
                new ProcessBuilder(
                                Python.anyOrSkip().toString(),
                                "-m",
                                "venv",
                                "--without-pip",
                                place.toString())
                        .inheritIO()
                        .start();
        assumeTrue(
                made.waitFor(60, TimeUnit.SECONDS) && made.exitValue() == 0,
                "this Python makes no virtual environments");
        try (var libraries = Files.list(place.resolve("lib"))) {
            Path packages = libraries.findFirst().orElseThrow().resolve("site-packages");
            Files.writeString(
                    packages.resolve("antithread.py"),
                    "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n");
        }
        return place.resolve("bin/python");
    }

    private Instance start() throws Exception {
        return start(model, Map.of());
    }

    private Instance start(PreparedModel which, Map<String, String> environment) throws Exception {
        return launcher.start(
                new InstanceSpec("endpoint/e/AllTraffic", which, 256, 1, environment, log::add),
                new Steps());
    }

    /// The same model with a program that imports more: modules of its interpreter.
    private PreparedModel importing(String name, String... more) throws Exception {
        Path form = Files.createDirectories(folder.resolve("models/" + name));
        PythonForm known = PythonForm.read(model.prepared().orElseThrow());
        List<String> imports = new ArrayList<>(known.imports());
        imports.addAll(List.of(more));
        new PythonForm(
                        known.program(),
                        known.code(),
                        known.family(),
                        known.environment(),
                        known.server(),
                        imports)
                .write(form);
        return new PreparedModel(
                PreparedModel.Kind.PYTHON, model.folder(), Optional.of(form), 0, "python");
    }

    private void assumeForked() {
        assumeTrue(
                log.stream().anyMatch(line -> line.startsWith("a Python parent is ready")),
                "nothing is forked here: " + log);
    }

    private static String ask(Instance instance, String expression) throws Exception {
        byte[] bytes = expression.getBytes(UTF_8);
        var request =
                new Request(
                        "POST",
                        "/invocations",
                        Map.of("Content-Type", "x/y"),
                        OptionalLong.of(bytes.length),
                        Duration.ofSeconds(20));
        try (Answer answer = instance.send(request, new ByteArrayInputStream(bytes))) {
            return new String(answer.body().readAllBytes(), UTF_8);
        }
    }

    @Test
    void aParentHasOneThreadAndIsCountedAndEndsWhenIdle() throws Exception {
        Instance instance = start();
        assertEquals("3", ask(instance, "1 + 2"));
        assumeForked();
        assertTrue(ready().contains("\"threads\": 1"), ready());
        long parent = parent();
        try (var tasks = Files.list(Path.of("/proc/" + parent + "/task"))) {
            assertEquals(1, tasks.count());
        }
        assertTrue(held() > 0, "" + capacity.usage());
        instance.close();
        Serving.await("the parent's end", () -> held() == 0);
        Serving.await("its process's end", () -> !Files.exists(Path.of("/proc/" + parent)));
        try (Instance again = start()) {
            assertEquals("7", ask(again, "7"));
        }
    }

    private String ready() {
        return log.stream().filter(line -> line.contains("parent is ready")).findFirst().get();
    }

    private long parent() {
        return Long.parseLong(ready().replaceAll(".*process ([0-9]+):.*", "$1"));
    }

    private long held() {
        return capacity.usage().byOwner().entrySet().stream()
                .filter(each -> each.getKey().startsWith("python-parent/"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    @Test
    void aParentLoadsWhatFurtherModelsImportAndForksNothingOnceThatStartsThreads()
            throws Exception {
        PreparedModel calm = importing("calm", "colorsys");
        PreparedModel busy = importing("busy", "concurrent.futures", "antithread");
        try (Instance one = start();
                Instance other = start(calm, Map.of());
                Instance whole = start(model, Map.of("DORMOUSE_FORK", "off"))) {
            assertEquals("False", ask(one, LOADED.formatted("colorsys")));
            assumeForked();
            assertEquals("True", ask(other, LOADED.formatted("colorsys")));
            assertEquals("False", ask(whole, LOADED.formatted("dormouse_python.parent")));
            assertEquals("True", ask(other, LOADED.formatted("dormouse_python.parent")));
            try (Instance alone = start(busy, Map.of());
                    Instance after = start()) {
                for (Instance each : List.of(alone, after)) {
                    assertEquals("False", ask(each, LOADED.formatted("dormouse_python.parent")));
                }
                assertTrue(said("started whole, not forked: antithread starts threads"), "" + log);
            }
        }
        // It goes with its children, and the next one does without that module.
        Serving.await("the parent's end", () -> held() == 0);
        try (Instance again = start()) {
            assertEquals("True", ask(again, LOADED.formatted("dormouse_python.parent")), "" + log);
        }
        try (Instance alone = start(busy, Map.of())) {
            assertEquals("False", ask(alone, LOADED.formatted("dormouse_python.parent")));
        }
    }

    private boolean said(String what) {
        return log.stream().anyMatch(line -> line.contains(what));
    }

    @Test
    void itsParentIsToldNothingThatIsItsOwn() throws Exception {
        String secret = "s3cr3t-of-one";
        try (Instance one = start(model, Map.of("SECRET", secret));
                Instance other = start(model, Map.of("MINE", "x"))) {
            assertEquals(secret, ask(one, "os.environ['SECRET']"));
            assumeForked();
            assertEquals(
                    "None x",
                    ask(other, "str(os.environ.get('SECRET')) + ' ' + os.environ['MINE']"));
            // Not in what it is a copy of either: its own request has the halves alone.
            String found = ask(other, SEARCH);
            assertEquals("0", found);
            assertEquals("True", ask(one, SEARCH + " > 0"));
        }
    }

    /// How often a text lies in the process's memory: looked for by a pattern that does not hold
    /// it.
    private static final String SEARCH =
            """
            (lambda find: sum(
                (m.seek(int(a, 16)) and 0) or len(find(m.read(int(b, 16) - int(a, 16))))
                for m in [open('/proc/self/mem', 'rb', 0)]
                for a, b in [l.split()[0].split('-') for l in open('/proc/self/maps')
                             if ' rw-p ' in l and '[v' not in l])
            )(__import__('re').compile(b'[s]3cr3t-of-on[e]').findall)\
            """;

    @Test
    void aParentsDeathIsItsChildrensAndNotTheNextOnes() throws Exception {
        Instance one = start();
        assertEquals("1", ask(one, "1"));
        assumeForked();
        ProcessHandle.of(parent()).orElseThrow().destroyForcibly();
        one.ending().get(20, TimeUnit.SECONDS);
        log.clear();
        try (Instance next = start()) {
            assertEquals("2", ask(next, "2"));
            assertEquals("True", ask(next, LOADED.formatted("dormouse_python.parent")), "" + log);
        }
    }

    @Test
    void whatLibrariesReadWhenTheyAreImportedIsReadAnew() throws Exception {
        try (Instance one = start(model, Map.of("OMP_NUM_THREADS", "3"))) {
            assertEquals("3", ask(one, "os.environ['OMP_NUM_THREADS']"));
            assertEquals("False", ask(one, LOADED.formatted("dormouse_python.parent")));
            assertTrue(said("not forked: its environment has OMP_NUM_THREADS"), "" + log);
        }
    }

    @Test
    void aFileOfTheProgramsOwnComesBeforeALibraryOfItsName() throws Exception {
        PreparedModel calm = importing("calm", "colorsys");
        try (Instance library = start(calm, Map.of())) {
            assertEquals("True", ask(library, COLORSYS + ".startswith('/opt/ml') == False"));
            assumeForked();
        }
        Files.writeString(folder.resolve("models/mine/code/colorsys.py"), "OWN = 1\n");
        try (Instance own = start(calm, Map.of())) {
            assertEquals("True", ask(own, LOADED.formatted("dormouse_python.parent")));
            assertEquals("True", ask(own, COLORSYS + ".startswith(model)"));
        }
    }

    private static final String COLORSYS = "__import__('colorsys').__file__";

    @Test
    void severalSlotsAndTheStampsOfAStart() throws Exception {
        Steps steps = new Steps();
        var spec = new InstanceSpec("endpoint/e/A", model, 256, 3, Map.of(), log::add);
        try (Instance one = launcher.start(spec, steps)) {
            assertEquals("5", ask(one, "5"));
            assertEquals("True", ask(one, LOADED.formatted("dormouse_python.parent")), "" + log);
            List<String> names = steps.stamps().stream().map(Steps.Stamp::name).toList();
            assertTrue(
                    names.containsAll(List.of("spawn", "runtime", "first-inference")), "" + names);
        }
    }

    @Test
    void severalSlotsLeaveNoDescriptorBehind() throws Exception {
        var spec = new InstanceSpec("endpoint/e/A", model, 256, 3, Map.of(), log::add);
        askAndEnd(spec);
        assumeForked();
        Path own = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(own), "descriptors are not told here");
        try (Instance _ = start()) {
            long before = descriptors(own);
            for (int i = 0; i < 8; i++) {
                askAndEnd(spec);
            }
            Serving.await("they are closed", () -> descriptors(own) < before + 8);
        }
    }

    private void askAndEnd(InstanceSpec spec) throws Exception {
        Instance instance = launcher.start(spec, new Steps());
        assertEquals("5", ask(instance, "5"));
        instance.close();
        instance.ending().get(20, TimeUnit.SECONDS);
    }

    private static long descriptors(Path of) {
        try (var open = Files.list(of)) {
            return open.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void nothingIsLoadedAheadForWhatIsNotForked() throws Exception {
        assumeTrue(PythonParents.possible(new Open(new PipeSpawner(), folder)));
        launcher.preload(model, Map.of("DORMOUSE_FORK", "off"));
        Serving.await(
                "it is said",
                () -> said("Python libraries are not loaded ahead: DORMOUSE_FORK is off"));
        assertEquals(0, held());
    }

    private static final String LOADED = "'%s' in __import__('sys').modules";

    @Test
    void whatIsForkedStandsBehindItsOwnWalls() throws Exception {
        try (Instance one = start();
                Instance other = start()) {
            assertEquals("mine", ask(one, "read('/opt/ml/model/weights')"));
            assumeForked();
            assumeTrue(launcher.isolation().equals("namespaces"), launcher.isolation());
            assertEquals("/opt/ml/model", ask(one, "model"));
            String secret = folder.resolve("secret").toString();
            assertEquals("FileNotFoundError", ask(one, "read('" + secret + "')"));
            assertEquals("FileNotFoundError", ask(one, "os.listdir('/home')"));
            assertEquals("OSError", ask(one, "open('/opt/ml/model/x', 'w')"));
            ask(one, "open('/tmp/mine', 'w').write('x')");
            assertEquals("True", ask(one, "os.path.exists('/tmp/mine')"));
            assertEquals("False", ask(other, "os.path.exists('/tmp/mine')"));
            String status = ask(one, "read('/proc/self/status')");
            for (String set : new String[] {"CapPrm", "CapEff", "CapAmb", "CapBnd"}) {
                assertTrue(status.contains(set + ":\t0000000000000000\n"), status);
            }
            assertTrue(status.contains("NoNewPrivs:\t1"), status);
            assertEquals("['1']", ask(one, "[p for p in os.listdir('/proc') if p.isdigit()]"));
            assertEquals("OSError", ask(one, "socket.create_connection(('127.0.0.1', 1), 1)"));
            assertEquals("['0', '1', '2', '3']", ask(one, "os.listdir('/proc/self/fd')"));
        }
    }

    @Test
    void itReachesThePlatformAndNothingElse() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket platform = new ServerSocket(0, 8, loopback);
                ServerSocket other = new ServerSocket(0, 8, loopback)) {
            Thread.ofVirtual().start(() -> greet(platform));
            var network =
                    new Network.Platform((InetSocketAddress) platform.getLocalSocketAddress());
            for (String fork : new String[] {"on", "off"}) {
                var spec =
                        new InstanceSpec(
                                "endpoint/e/AllTraffic",
                                model,
                                256,
                                1,
                                Map.of("DORMOUSE_FORK", fork),
                                log::add,
                                network);
                try (Instance instance = launcher.start(spec, new Steps());
                        Instance without = start(model, Map.of("DORMOUSE_FORK", fork))) {
                    String said =
                            ask(instance, CALL.formatted(platform.getLocalPort()) + ".recv(9)");
                    assertEquals("b'hello'", said);
                    assumeTrue(launcher.isolation().equals("namespaces"), launcher.isolation());
                    String refused = ask(instance, CALL.formatted(other.getLocalPort()));
                    assertEquals("ConnectionRefusedError", refused);
                    String none = ask(without, CALL.formatted(platform.getLocalPort()));
                    assertEquals("OSError", none);
                }
            }
        }
    }

    private static final String CALL = "socket.create_connection(('127.0.0.1', %d), 5)";

    private static void greet(ServerSocket server) {
        while (!server.isClosed()) {
            try (var caller = server.accept()) {
                caller.getOutputStream().write("hello".getBytes(UTF_8));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    @Test
    void itsEndAndItsLimitAreItsOwn() throws Exception {
        try (Instance other = start()) {
            assertEquals("1", ask(other, "1"));
            Instance dying = start();
            var death = assertThrows(Fault.class, () -> ask(dying, "os._exit(7)"));
            assertTrue(death.getMessage().contains("exit code 7"), death.getMessage());
            assertEquals(7, dying.ending().get(20, TimeUnit.SECONDS).code());
            Instance greedy = start();
            var fault = assertThrows(Fault.class, () -> ask(greedy, "len(b'x' * (1 << 29))"));
            assertEquals(Fault.Kind.OUT_OF_MEMORY, fault.kind(), fault.getMessage());
            assertEquals("2", ask(other, "2"), "the others go on");
        }
    }
}
