package io.dormouse.worker.docker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// A real Docker Engine for tests: the one that `DOCKER_HOST` names, the machine's own, or, where
/// `dockerd` is installed and this is root, one that is started for these tests and ends with them.
/// Without one, tests say so and skip.
public final class EngineHere {
    /// The strange worker, in an image that is made of this machine's own files: no registry needs
    /// to be reached.
    public static final String IMAGE = "dormouse-test/strange:1";

    private static final Path TARGET = Path.of("target").toAbsolutePath();

    /// To be changed with what [#layOut] lays out.
    private static final String LAYOUT = "2-";

    private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static Optional<EngineHere> found = Optional.empty();
    private static String trouble = "";

    private final Map<String, String> environment;
    private final Engine engine;

    private EngineHere(Map<String, String> environment, Engine engine) {
        this.environment = environment;
        this.engine = engine;
    }

    /// What the launcher is to be started with.
    public Map<String, String> environment() {
        return environment;
    }

    Engine engine() {
        return engine;
    }

    /// Containers of a platform.
    ///
    /// @param data its folder, or one above it
    public long running(Path data) {
        try {
            return engine.get("/containers/json?all=true")
                    .valueStream()
                    .map(each -> each.path("Labels").path(ContainerBody.DATA).asString(""))
                    .filter(label -> label.startsWith(data.toString()))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The engine, with the image; skips the test where there is none.
    public static synchronized EngineHere assumed() {
        if (found.isEmpty() && trouble.isEmpty()) {
            try {
                EngineHere here = started();
                here.importImage();
                found = Optional.of(here);
            } catch (IOException e) {
                trouble = "no Docker Engine: " + e.getMessage();
            }
        }
        assumeTrue(found.isPresent(), trouble);
        return found.get();
    }

    private static EngineHere started() throws IOException {
        try {
            return at(System.getenv());
        } catch (IOException e) {
            Path folder = Files.createDirectories(Path.of("/tmp/dormouse-dockerd"));
            Path socket = folder.resolve("docker.sock");
            Map<String, String> environment = Map.of("DOCKER_HOST", "unix://" + socket);
            Process daemon = daemon(folder, socket);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(daemon)));
            long deadline = System.nanoTime() + START_NANOS_MAX;
            while (true) {
                try {
                    return at(environment);
                } catch (IOException notYet) {
                    if (!daemon.isAlive() || System.nanoTime() > deadline) {
                        end(daemon);
                        throw new IOException(
                                "dockerd does not start, see " + folder.resolve("log"), notYet);
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                }
            }
        }
    }

    /// No bridge and no rules: containers of tests have no network but their own loopback.
    private static Process daemon(Path folder, Path socket) throws IOException {
        return new ProcessBuilder(
                        "dockerd",
                        "--host=unix://" + socket,
                        "--data-root=" + folder.resolve("data"),
                        "--exec-root=" + folder.resolve("exec"),
                        "--pidfile=" + folder.resolve("pid"),
                        "--bridge=none",
                        "--iptables=false",
                        "--ip6tables=false")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private static void end(Process daemon) {
        daemon.destroy();
        try {
            if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static EngineHere at(Map<String, String> environment) throws IOException {
        var clock =
                new ScheduledThreadPoolExecutor(
                        1, work -> Thread.ofPlatform().daemon().unstarted(work));
        clock.setRemoveOnCancelPolicy(true);
        Engine engine = new Engine(EngineAddress.of(environment), clock);
        engine.ping();
        return new EngineHere(environment, engine);
    }

    /// Unless it is there, of these very classes.
    private void importImage() throws IOException {
        String content = content();
        JsonNode old = there();
        if (content.equals(old.path("Config").path("Labels").path("content").asString(""))) {
            return;
        }
        Path root = TARGET.resolve("strange-root-" + LAYOUT);
        if (!Files.exists(root.resolve("whole"))) {
            layOut(root);
        }
        Path into = Files.createDirectories(root.resolve("classes/io/dormouse/worker/process"));
        for (Path each : classes()) {
            Files.copy(each, into.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        Path archive = TARGET.resolve("strange.tar");
        run("tar", "-C", root.toString(), "-cf", archive.toString(), ".");
        engine.open(
                        "POST",
                        "/images/create?fromSrc=-&repo=dormouse-test/strange&tag=1&changes="
                                + Engine.encoded("LABEL content=" + content),
                        Map.of("Content-Type", "application/x-tar"),
                        Files.readAllBytes(archive),
                        Duration.ofMinutes(1))
                .readAllBytes();
        Files.delete(archive);
        if (old.has("Id")) {
            engine.delete("/images/" + old.path("Id").asString("") + "?force=true");
        }
    }

    private JsonNode there() throws IOException {
        try {
            return engine.get("/images/" + IMAGE + "/json");
        } catch (EngineFailed e) {
            return MissingNode.getInstance();
        }
    }

    private static List<Path> classes() throws IOException {
        Path classes = TARGET.resolve("test-classes/io/dormouse/worker/process");
        try (Stream<Path> all = Files.list(classes)) {
            return all.filter(EngineHere::isWorkers).sorted().toList();
        }
    }

    private static String content() throws IOException {
        CRC32 sum = new CRC32();
        sum.update(System.getProperty("java.vm.version", "").getBytes(StandardCharsets.UTF_8));
        for (Path each : classes()) {
            sum.update(Files.readAllBytes(each));
        }
        return LAYOUT + Long.toHexString(sum.getValue());
    }

    private static boolean isWorkers(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("StrangeWorker") || name.startsWith("Probes");
    }

    /// A JVM of this JDK, a shell, a few programs, and the libraries that they need.
    private static void layOut(Path root) throws IOException {
        Path home = Path.of(System.getProperty("java.home"));
        run("rm", "-rf", root.toString());
        Files.createDirectories(root);
        run(
                home.resolve("bin/jlink").toString(),
                "--add-modules=java.base",
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--generate-cds-archive",
                "--output=" + root.resolve("java"));
        List<String> programs = new ArrayList<>();
        for (String each : List.of("sh", "sleep", "head", "tr", "cat", "env", "touch", "id")) {
            Path from = Path.of("/bin", each).toRealPath();
            Path to = root.resolve("bin").resolve(each);
            copy(from, to);
            programs.add(from.toString());
        }
        programs.add(root.resolve("java/bin/java").toString());
        programs.add(root.resolve("java/lib/server/libjvm.so").toString());
        for (String program : programs) {
            for (String word : run("ldd", program).split("\\s+")) {
                if (word.startsWith("/") && !word.startsWith(root.toString())) {
                    copy(Path.of(word).toRealPath(), root.resolve(word.substring(1)));
                }
            }
        }
        program(
                root.resolve("bin/serve"),
                "exec /java/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
                        + " -Dstderr.encoding=UTF-8 -cp /classes io.dormouse.worker.process.StrangeWorker serve");
        program(
                root.resolve("bin/train"),
                "echo training $TRAINING_JOB_NAME with $(cat"
                        + " /opt/ml/input/config/hyperparameters.json)\n"
                        + "cat /opt/ml/input/data/train/rows.csv > /opt/ml/model/model.txt");
        Files.createFile(root.resolve("whole"));
    }

    private static void program(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(to.resolveSibling("."));
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said;
        try (InputStream out = process.getInputStream()) {
            said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return said;
    }
}
