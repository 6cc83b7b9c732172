package io.dormouse.modelserver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The installation of a machine, made from one jar as it is shipped, and workers started with it.
class InstallTest {
    private static final Properties FACTS = new Properties();

    @TempDir static Path folder;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        OneJar.write(folder.resolve("modelserver-all.jar"));
        try (InputStream in = Files.newInputStream(run().resolve("install.properties"))) {
            FACTS.load(in);
        }
    }

    private static Path run() throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Worker.java(),
                        "-cp",
                        folder.resolve("modelserver-all.jar").toString(),
                        Install.class.getName(),
                        "--into",
                        folder.resolve("machine").toString());
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.redirectError(folder.resolve("install.log").toFile());
        Process process = builder.start();
        String out =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), Files.readString(folder.resolve("install.log")));
        return Path.of(out);
    }

    private static List<String> command(List<String> flags, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(FACTS.getProperty("java"));
        command.add("@" + FACTS.getProperty("args"));
        command.addAll(flags);
        command.add(FACTS.getProperty("main"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Worker serve(List<String> flags) throws IOException {
        String warm = FACTS.getProperty("warm");
        return Worker.exec(
                command(flags, "--stdio", "--kind", "onnx", "--model", warm, "--prepared", warm));
    }

    @Test
    void workersAcceptTheAotCache() throws IOException {
        assertEquals("on", FACTS.getProperty("aot"));
        // In this mode a cache that does not fit ends the JVM.
        try (Worker worker = serve(List.of("-XX:AOTMode=on"))) {
            assertEquals(200, worker.http().invoke("text/csv", "1,2,3,4").status());
        }
    }

    @Test
    void workersWithAnotherHeapAcceptTheAotCache() throws IOException {
        try (Worker worker = serve(List.of("-XX:AOTMode=on", "-Xmx300m"))) {
            assertEquals(200, worker.http().invoke("text/csv", "1,2,3,4").status());
        }
    }

    @Test
    void everyClassOfAStartComesOutOfTheAotCache() throws IOException {
        assertEquals(List.of(), classesFromElsewhere("onnx", FACTS.getProperty("warm")));
        String trees = Path.of(FACTS.getProperty("warm")).resolve("xgboost-ubj").toString();
        assertEquals(List.of(), classesFromElsewhere("xgboost", trees));
    }

    private static List<String> classesFromElsewhere(String kind, String model) throws IOException {
        Path log = folder.resolve(kind + ".log");
        List<String> flags = List.of("-XX:AOTMode=on", "-Xlog:class+load:file=" + log);
        try (Worker worker =
                Worker.exec(
                        command(
                                flags,
                                "--stdio",
                                "--kind",
                                kind,
                                "--model",
                                model,
                                "--prepared",
                                model))) {
            assertEquals(200, worker.http().invoke("text/csv", "1,2,3,4").status());
            // Before the end, which may load what it likes.
            List<String> loaded = Files.readAllLines(log);
            worker.process().getOutputStream().close();
            assertEquals(0, worker.exitCode());
            assertEquals("", worker.log());
            return loaded.stream()
                    .filter(line -> line.contains("io.dormouse") || line.contains("ai.onnxruntime"))
                    .filter(line -> !line.contains("shared objects file"))
                    .toList();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aWorkerMayHaveItsEnvironmentMadeAheadOfTheJvm() throws IOException {
        String ahead = FACTS.getProperty("ahead");
        assumeFalse(ahead.isEmpty(), "there is no C compiler here");
        String warm = FACTS.getProperty("warm");
        try (Worker worker =
                Worker.exec(
                        command(
                                List.of("-XX:AOTMode=on"),
                                "--stdio",
                                "--kind",
                                "onnx",
                                "--model",
                                warm,
                                "--prepared",
                                warm),
                        Map.of("LD_PRELOAD", ahead))) {
            assertEquals(200, worker.http().invoke("text/csv", "1,2,3,4").status());
            Path maps = Path.of("/proc/" + worker.process().pid() + "/maps");
            assertTrue(Files.readString(maps).contains(ahead));
        }
    }

    @Test
    void workersBootFromTheModulesThatTheyUse() throws IOException {
        Path java = Path.of(FACTS.getProperty("java"));
        assertTrue(java.startsWith(folder.resolve("machine")), java.toString());
        String release = Files.readString(java.resolveSibling("../release"));
        assertTrue(release.contains("MODULES=\"java.base java.logging\""), release);
    }

    @Test
    void isFoundAgain() throws IOException, InterruptedException {
        Path home = run();
        long made = Files.getLastModifiedTime(home.resolve("worker.aot")).toMillis();
        assertEquals(home, run());
        assertEquals(made, Files.getLastModifiedTime(home.resolve("worker.aot")).toMillis());
    }

    @Test
    void aStartOnDescriptorsLoadsNeitherNetworkNorSecurityClasses() throws IOException {
        // Without the cache: it brings the classes of the other transport along, linked and not
        // initialised.
        Path log = folder.resolve("classes.log");
        try (Worker worker = serve(List.of("-Xlog:class+load:file=" + log, "-XX:AOTMode=off"))) {
            assertEquals(200, worker.http().invoke("text/csv", "1,2,3,4").status());
            worker.process().getOutputStream().close();
            assertEquals(0, worker.exitCode());
        }
        String loaded = Files.readString(log);
        assertTrue(loaded.contains("io.dormouse.modelserver.Main "));
        assertFalse(loaded.contains("java.security.SecureRandom"));
        assertFalse(loaded.contains("sun.nio.ch.Net "));
        assertFalse(loaded.contains("sun.nio.ch.SocketChannelImpl"));
    }

    @Test
    void mapsTheLibraryThatWasUnpackedOnceAndLeavesNothingBehind() throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        try (Worker worker = serve(List.of("-Djava.io.tmpdir=" + temporary))) {
            assertEquals(200, worker.http().invoke("text/csv", "1,2,3,4").status());
            Path maps = Path.of("/proc/" + worker.process().pid() + "/maps");
            if (Files.isReadable(maps)) {
                Path unpacked = Path.of(FACTS.getProperty("args")).resolveSibling("native");
                assertTrue(
                        Files.readString(maps)
                                .contains(unpacked.resolve("libonnxruntime.so") + "\n"));
            }
        }
        try (var files = Files.list(temporary)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void leavesNoTraceOfTelemetryInAHomeFolder() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        String warm = FACTS.getProperty("warm");
        List<String> command = command(List.of(), "--stdio", "--warm", warm);
        try (Worker worker = Worker.exec(command, Map.of("HOME", home.toString()))) {
            assertEquals(200, worker.http().get("/ping").status());
            worker.process().getOutputStream().close();
            assertEquals(0, worker.exitCode());
        }
        try (var files = Files.list(home)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void theWarmModelIsWhatTheSourceSays() throws IOException {
        try (InputStream in = Install.class.getResourceAsStream("setup/warm.onnx")) {
            assertArrayEquals(Models.warm().bytes(), in.readAllBytes());
        }
    }
}
