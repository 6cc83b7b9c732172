package io.dormouse.worker.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Answer;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PythonForm;
import io.dormouse.worker.Request;
import io.dormouse.worker.Serving;
import io.dormouse.worker.Steps;
import io.dormouse.worker.python.Environments;
import io.dormouse.worker.python.Installer;
import io.dormouse.worker.python.Python;
import io.dormouse.worker.python.PythonPreparation;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
        Path python = Python.anyOrSkip();
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
                        1024);
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

    private Instance start() throws Exception {
        return launcher.start(
                new InstanceSpec("endpoint/e/AllTraffic", model, 256, 1, Map.of(), log::add),
                new Steps());
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
        String ready =
                log.stream().filter(line -> line.contains("parent is ready")).findFirst().get();
        assertTrue(ready.contains("\"threads\": 1"), ready);
        long parent = Long.parseLong(ready.replaceAll(".*process ([0-9]+):.*", "$1"));
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

    private long held() {
        return capacity.usage().byOwner().entrySet().stream()
                .filter(each -> each.getKey().startsWith("python-parent/"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

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
    void itsEndAndItsLimitAreItsOwn() throws Exception {
        try (Instance other = start()) {
            assertEquals("1", ask(other, "1"));
            Instance dying = start();
            var death =
                    org.junit.jupiter.api.Assertions.assertThrows(
                            io.dormouse.worker.Fault.class, () -> ask(dying, "os._exit(7)"));
            assertTrue(death.getMessage().contains("exit code 7"), death.getMessage());
            assertEquals(7, dying.ending().get(20, TimeUnit.SECONDS).code());
            Instance greedy = start();
            var fault =
                    org.junit.jupiter.api.Assertions.assertThrows(
                            io.dormouse.worker.Fault.class,
                            () -> ask(greedy, "len(b'x' * (1 << 29))"));
            assertEquals(
                    io.dormouse.worker.Fault.Kind.OUT_OF_MEMORY, fault.kind(), fault.getMessage());
            assertEquals("2", ask(other, "2"), "the others go on");
        }
    }
}
