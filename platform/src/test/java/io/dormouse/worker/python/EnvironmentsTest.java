package io.dormouse.worker.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.PythonEnvironment;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.process.ProcessLauncher;
import io.dormouse.worker.process.ProcessSettings;
import io.dormouse.worker.process.StrangeInstallation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a real interpreter and pip, and a package that lies beside its `requirements.txt`.
class EnvironmentsTest {
    @TempDir Path folder;
    private Launcher launcher;
    private final Queue<String> said = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void open() throws IOException {
        Path python = Python.anyOrSkip();
        assertTrue(Files.exists(python));
        launcher =
                new ProcessLauncher(
                        CompletableFuture.completedFuture(StrangeInstallation.of()),
                        ProcessSettings.in(folder.resolve("run"), folder.resolve("models")),
                        said::add);
    }

    @AfterEach
    void close() {
        if (launcher != null) {
            launcher.close();
        }
    }

    private Environments environments(String chosen) {
        var installer = new Installer(launcher, System.getenv(), 1024);
        String path = System.getenv().getOrDefault("PATH", "");
        return new Environments(folder.resolve("environments"), chosen, path, installer);
    }

    private Path requirements(String folderName, String text) throws IOException {
        Path code = Files.createDirectories(folder.resolve(folderName));
        return Files.writeString(code.resolve("requirements.txt"), text);
    }

    private static void wheel(Path beside, String greeting) throws IOException {
        try (OutputStream file =
                        Files.newOutputStream(beside.resolveSibling("doze-1.0-py3-none-any.whl"));
                var zip = new ZipOutputStream(file)) {
            Map<String, String> content =
                    Map.of(
                            "doze.py",
                            "greeting = '" + greeting + "'\n",
                            "doze-1.0.dist-info/METADATA",
                            "Metadata-Version: 2.1\nName: doze\nVersion: 1.0\n",
                            "doze-1.0.dist-info/WHEEL",
                            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                            "doze-1.0.dist-info/RECORD",
                            "doze.py,,\ndoze-1.0.dist-info/METADATA,,\n"
                                    + "doze-1.0.dist-info/WHEEL,,\ndoze-1.0.dist-info/RECORD,,\n");
            for (var each : content.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue().getBytes(UTF_8));
            }
        }
    }

    private static String printed(PythonEnvironment environment, String program) throws Exception {
        Process process =
                new ProcessBuilder(environment.python().toString(), "-I", "-c", program)
                        .redirectErrorStream(true)
                        .start();
        return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    }

    @Test
    void packagesAreInstalledOnceForTheirContent() throws Exception {
        Path first = requirements("one", "./doze-1.0-py3-none-any.whl\n");
        wheel(first, "good night");
        Environments environments = environments("");
        PythonEnvironment built = environments.with(first, said::add);
        assertEquals("good night", printed(built, "import doze; print(doze.greeting)"));
        assertTrue(said.stream().anyMatch(line -> line.contains("Successfully installed doze")));

        said.clear();
        Path same = requirements("two", "./doze-1.0-py3-none-any.whl\n");
        Files.copy(
                first.resolveSibling("doze-1.0-py3-none-any.whl"),
                same.resolveSibling("doze-1.0-py3-none-any.whl"));
        assertEquals(built, environments("").with(same, said::add), "of another platform's life");
        assertEquals("[]", said.toString(), "nothing is to be done");

        wheel(same, "good morning");
        PythonEnvironment other = environments.with(same, said::add);
        assertNotEquals(built.key(), other.key());
        assertEquals("good morning", printed(other, "import doze; print(doze.greeting)"));
        assertFalse(environments.chosen().readable().contains(other.python().getParent()));
    }

    @Test
    void whatPipSaysIsTheReason() throws Exception {
        Path bad = requirements("bad", "./no-such-0.1-py3-none-any.whl\n");
        StartFailed failed =
                assertThrows(StartFailed.class, () -> environments("").with(bad, said::add));
        assertEquals(StartFailed.Cause.MODEL, failed.reason());
        assertTrue(
                failed.getMessage()
                                .startsWith(
                                        "the packages of requirements.txt cannot be installed: ERROR: ")
                        && failed.getMessage().contains("no-such-0.1"),
                failed.getMessage());
        try (var left = Files.list(folder.resolve("environments"))) {
            assertEquals(0, left.count(), "a half of an environment");
        }
    }

    @Test
    void aHalfBuiltOneIsBuiltAnew() throws Exception {
        Path file = requirements("one", "./doze-1.0-py3-none-any.whl\n");
        wheel(file, "good night");
        PythonEnvironment built = environments("").with(file, said::add);
        Path place = folder.resolve("environments").resolve(built.key());
        Files.delete(place.resolve("complete"));
        Files.delete(place.resolve("bin/python"));
        assertEquals(built, environments("").with(file, said::add));
        assertEquals("good night", printed(built, "import doze; print(doze.greeting)"));
    }

    /// SageMaker's images have their framework, and `requirements.txt` names what is missing.
    @Test
    void packagesOfTheChosenInterpreterAreSeen() throws Exception {
        Path first = requirements("one", "./doze-1.0-py3-none-any.whl\n");
        wheel(first, "of the chosen");
        PythonEnvironment chosen = environments("").with(first, said::add);
        Path nothing = requirements("two", "# nothing more\n");
        PythonEnvironment built = environments(chosen.python().toString()).with(nothing, said::add);
        assertEquals("of the chosen", printed(built, "import doze; print(doze.greeting)"));
        assertNotEquals(chosen.python(), built.python());
    }

    @Test
    void withoutAnInterpreterTheSettingIsNamed() {
        for (String chosen : new String[] {"/no/such/python", "/bin/false"}) {
            StartFailed failed =
                    assertThrows(StartFailed.class, () -> environments(chosen).chosen());
            assertTrue(failed.getMessage().contains("DORMOUSE_PYTHON"), failed.getMessage());
            assertTrue(failed.getMessage().contains(chosen), failed.getMessage());
        }
    }
}
