package io.dormouse.modelserver.setup;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/// One folder with all that workers of this version share on this machine. Its name says what it depends on:
/// JVM, class path, flags, CPU.
///
///     native/        ONNX Runtime's libraries, their licence and checksums; what opens them ahead of the JVM
///     warm/          the tiny models that generic warm workers rehearse with
///     worker.aot     the AOT cache (JEP 483, 514, 515), recorded on a real start
///     worker.args    the command line
///     install.properties
///
/// It is written aside and renamed, so it is whole or not there.
public final class Installation {
    private static final String FACTS = "install.properties";

    private final Path into;

    public Installation(Path into) {
        this.into = into.toAbsolutePath().normalize();
    }

    /// The folder, made if it is not there.
    public Path complete() throws IOException {
        String cpu = Cpu.id();
        Files.createDirectories(into);
        String java = SmallRuntime.java(into).toString();
        Path home = into.resolve(key(cpu, java));
        if (Files.isRegularFile(home.resolve(FACTS))
                && NativeLibrary.isWhole(home.resolve("native"))) {
            Files.setLastModifiedTime(home, FileTime.from(Instant.now()));
            return home;
        }
        Path aside = Files.createTempDirectory(into, "making-");
        try {
            sweep(Files.getLastModifiedTime(aside).toInstant());
            fill(aside, home, cpu, java);
            if (Files.exists(home) && !Files.isRegularFile(home.resolve(FACTS))) {
                delete(home);
            }
            moveInto(aside, home);
        } finally {
            delete(aside);
        }
        return home;
    }

    /// Takes away what an installation left that was ended, and installations that nobody asked for
    /// in a week: other versions may share the folder.
    private void sweep(Instant now) throws IOException {
        try (Stream<Path> folders = Files.list(into)) {
            for (Path folder : folders.toList()) {
                boolean unfinished = folder.getFileName().toString().startsWith("making-");
                Duration kept = unfinished ? Duration.ofHours(1) : Duration.ofDays(7);
                if (Files.getLastModifiedTime(folder).toInstant().isBefore(now.minus(kept))) {
                    delete(folder);
                }
            }
        }
    }

    private static void moveInto(Path aside, Path home) throws IOException {
        try {
            Files.move(aside, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Another process was faster, and what it made is the same.
            if (!Files.isRegularFile(home.resolve(FACTS))) {
                throw e;
            }
        }
    }

    private static String key(String cpu, String java) throws IOException {
        StringBuilder text = new StringBuilder(cpu);
        text.append('\n').append(java);
        text.append('\n').append(System.getProperty("java.vm.version"));
        text.append('\n').append(Command.FLAGS);
        for (String entry : Command.classPath().split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            text.append('\n').append(entry);
            if (Files.isRegularFile(path)) {
                text.append(Files.size(path)).append(Files.getLastModifiedTime(path));
            }
        }
        return Digest.of(text.toString()).substring(0, 16);
    }

    private static void fill(Path aside, Path home, String cpu, String java) throws IOException {
        NativeLibrary.unpack(aside.resolve("native"));
        Optional<String> noAhead = Ahead.build(aside);
        noAhead.ifPresent(why ->
                System.err.println(
                        "install: workers open ONNX Runtime only when the JVM is up, which takes some"
                                + " 10 ms more of a start: "
                                + why));
        Path args = aside.resolve("worker.args");
        Command.write(args, aside, cpu, false);
        warmModels(aside, java, args);
        String aot = record(aside, java, args);
        Command.write(args, home, cpu, aot.equals("on"));
        Properties facts = new Properties();
        facts.setProperty("java", java);
        facts.setProperty("ahead", noAhead.isEmpty() ? Ahead.library(home).toString() : "");
        facts.setProperty("args", home.resolve("worker.args").toString());
        facts.setProperty("main", "io.dormouse.modelserver.Main");
        facts.setProperty("prepare", "io.dormouse.modelserver.Prepare");
        facts.setProperty("warm", home.resolve("warm").toString());
        facts.setProperty("onnxruntime", onnxRuntimeVersion(aside));
        facts.setProperty("cpu", cpu);
        facts.setProperty("aot", aot);
        try (OutputStream out = Files.newOutputStream(aside.resolve(FACTS))) {
            facts.store(out, null);
        }
    }

    private static void warmModels(Path aside, String java, Path args) throws IOException {
        Path original = aside.resolve("warm");
        resource("warm.onnx", original.resolve("model.onnx"));
        for (String form : List.of("json", "ubj")) {
            Path trees = original.resolve("xgboost-" + form);
            resource("warm-xgboost." + form, trees.resolve("xgboost-model"));
        }
        prepare(java, args, "onnx", original);
        prepare(java, args, "xgboost", original.resolve("xgboost-ubj"));
    }

    /// Lays what is prepared of a tiny model beside it.
    private static void prepare(String java, Path args, String kind, Path model)
            throws IOException {
        Path prepared = Files.createTempDirectory(args.resolveSibling(""), "prepared-");
        List<String> command = command(java, args, List.of());
        command.addAll(
                List.of(
                        "io.dormouse.modelserver.Prepare",
                        "--kind",
                        kind,
                        "--model",
                        model.toString(),
                        "--into",
                        prepared.toString(),
                        "--quick"));
        run(command);
        try (Stream<Path> files = Files.list(prepared)) {
            for (Path file : files.toList()) {
                Files.move(file, model.resolve(file.getFileName()));
            }
        }
        Files.delete(prepared);
    }

    private static void resource(String name, Path target) throws IOException {
        Files.createDirectories(target.resolveSibling(""));
        try (InputStream in = Installation.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the class path has no " + name);
            }
            Files.copy(in, target);
        }
    }

    /// Records the cache on a worker that does what workers do, and makes sure that a worker
    /// accepts it.
    ///
    /// @return `on`, or why there is none: workers then start slower, and all else is the same
    private static String record(Path aside, String java, Path args) {
        if (!Command.isJars()) {
            return "off: the class path holds a folder";
        }
        Path cache = aside.resolve("worker.aot");
        try {
            work(aside, command(java, args, List.of("-XX:AOTCacheOutput=" + cache)), true);
            if (!Files.isRegularFile(cache)) {
                return "off: this JVM recorded none";
            }
            // With this mode a cache that does not fit ends the JVM, where it would be ignored
            // otherwise.
            work(
                    aside,
                    command(java, args, List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on")),
                    false);
            return "on";
        } catch (IOException e) {
            System.err.println("install: workers start without an AOT cache: " + e.getMessage());
            return "off: " + e.getMessage();
        }
    }

    private static void work(Path aside, List<String> command, boolean warm) throws IOException {
        Path model = aside.resolve("warm");
        command.add("io.dormouse.modelserver.Main");
        command.addAll(
                warm
                        ? List.of("--warm", model.toString())
                        : List.of(
                                "--kind",
                                "onnx",
                                "--model",
                                model.toString(),
                                "--prepared",
                                model.toString()));
        // What a start on descriptors needs is loaded by every JVM; what a socket needs is recorded
        // so.
        Path place = Files.createTempDirectory("dm");
        try (Probe probe =
                warm
                        ? Probe.listen(command, place.resolve("s"))
                        : Probe.start(command, Ahead.environment(aside))) {
            if (warm) {
                byte[] body =
                        "{\"kind\":\"onnx\",\"model\":\"%s\",\"prepared\":\"%s\",\"environment\":{}}"
                                .formatted(model, model)
                                .getBytes(StandardCharsets.UTF_8);
                expect(probe.post("/load", "application/json", body));
            }
            expect(probe.invoke("text/csv", ascii("1,2,3,4\n")));
            expect(probe.invoke("application/json", ascii("{\"instances\":[[1,2,3,4.5]]}")));
            int code = probe.end();
            if (code != 0) {
                throw new IOException("the worker ended with code " + code);
            }
        } finally {
            delete(place);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void expect(Probe.Reply reply) throws IOException {
        if (reply.status() != 200) {
            throw new IOException("the worker answered " + reply.status() + ": " + reply.text());
        }
    }

    private static String onnxRuntimeVersion(Path aside) throws IOException {
        Properties prepared = new Properties();
        try (InputStream in = Files.newInputStream(aside.resolve("warm/prepared.properties"))) {
            prepared.load(in);
        }
        return prepared.getProperty("onnxruntime", "");
    }

    private static List<String> command(String java, Path args, List<String> flags) {
        List<String> command = new ArrayList<>();
        command.add(java);
        command.add("@" + args);
        command.addAll(flags);
        return command;
    }

    private static void run(List<String> command) throws IOException {
        Process process =
                Probe.builder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("a step of the installation ended with code " + code);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
