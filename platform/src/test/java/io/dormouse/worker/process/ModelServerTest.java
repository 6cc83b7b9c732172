package io.dormouse.worker.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.artifact.Objects;
import io.dormouse.store.Store;
import io.dormouse.worker.Answer;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.ModelSource;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PreparedModel.Kind;
import io.dormouse.worker.Request;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import io.dormouse.worker.WarmSpec;
import io.dormouse.worker.model.ModelStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/// The process launcher with the real model server: installed, prepared for, started, asked.
class ModelServerTest {
    private static final Queue<String> LOG = new ConcurrentLinkedQueue<>();

    @TempDir private static Path folder;
    private static Path model;
    private static ProcessLauncher launcher;

    @BeforeAll
    static void install() throws Exception {
        Path jar = Path.of("../modelserver/target/modelserver-0.1.0-all.jar");
        assumeTrue(Files.exists(jar), "the model server is not packaged: run ./build");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        CompletableFuture<Installation> installation =
                ModelServer.install(
                        java, jar.toAbsolutePath(), folder.resolve("install"), LOG::add);
        Path warm = installation.get(2, TimeUnit.MINUTES).warm();
        launcher =
                new ProcessLauncher(
                        installation, ProcessSettings.in(folder.resolve("run"), folder), LOG::add);
        model = Files.createDirectories(folder.resolve("model"));
        try (var files = Files.newDirectoryStream(warm, "*.onnx")) {
            for (Path file : files) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
    }

    @AfterAll
    static void close() {
        if (launcher != null) {
            launcher.close();
        }
    }

    private static InstanceSpec spec(int slots) {
        var prepared = new PreparedModel(Kind.ONNX, model, Optional.empty(), 0, "dormouse/onnx");
        return new InstanceSpec("endpoint/e", prepared, 1024, slots, Map.of(), LOG::add);
    }

    private static String ask(Instance instance) throws Exception {
        byte[] body = "1,2,3,4\n".getBytes(UTF_8);
        var request =
                new Request(
                        "POST",
                        "/invocations",
                        Map.of("Content-Type", "text/csv", "Accept", "application/json"),
                        OptionalLong.of(body.length),
                        Duration.ofSeconds(20));
        try (Answer answer = instance.send(request, new ByteArrayInputStream(body))) {
            String text = new String(answer.body().readAllBytes(), UTF_8);
            assertEquals(200, answer.status(), text);
            return text;
        }
    }

    @Test
    void workersHaveNoLogManager() throws Exception {
        try (JarFile jar = new JarFile("../modelserver/target/modelserver-0.1.0-all.jar")) {
            for (JarEntry each : jar.stream().toList()) {
                if (each.getName().endsWith(".class")) {
                    byte[] bytes = jar.getInputStream(each).readAllBytes();
                    assertFalse(
                            new String(bytes, ISO_8859_1).contains("java/util/logging"),
                            each.getName());
                }
            }
        }
    }

    @Test
    void answersOverBothTransportsAndFromWarmWithTheSameWords() throws Exception {
        Steps steps = new Steps();
        try (Instance one = launcher.start(spec(1), steps);
                Instance four = launcher.start(spec(4), new Steps());
                Instance warm = launcher.warm(new WarmSpec(256))) {
            String answer = ask(one);
            assertEquals(answer, ask(one));
            assertEquals(answer, ask(four));
            warm.load(spec(1), new Steps());
            assertEquals(answer, ask(warm));
            List<String> names = steps.stamps().stream().map(Steps.Stamp::name).toList();
            assertEquals(
                    List.of(
                            "spawn",
                            "runtime",
                            "library",
                            "environment",
                            "model",
                            "first-inference"),
                    names);
        }
    }

    @Test
    void aModelIsPreparedAndMeasured() throws Exception {
        Path form = Files.createDirectories(folder.resolve("form"));
        var preparation = new ProcessPreparation(launcher, 2048);
        var outcome = preparation.prepare(Kind.ONNX, model, form, LOG::add);
        assertTrue(outcome.form(), "" + LOG);
        assertTrue(outcome.peakBytes() > 10 << 20, "" + outcome);
        var prepared =
                new PreparedModel(
                        Kind.ONNX, model, Optional.of(form), outcome.peakBytes(), "dormouse/onnx");
        var spec = new InstanceSpec("endpoint/e", prepared, 1024, 1, Map.of(), LOG::add);
        try (Instance instance = launcher.start(spec, new Steps())) {
            ask(instance);
        }
        var small = new InstanceSpec("endpoint/e", prepared, 10, 1, Map.of(), LOG::add);
        StartFailed failed =
                assertThrows(StartFailed.class, () -> launcher.start(small, new Steps()));
        assertEquals(StartFailed.Cause.MEMORY, failed.reason());
    }

    @Test
    void treesArePreparedAndServedFromTheirFormInEveryKindOfStart() throws Exception {
        Path trees = Files.createDirectories(folder.resolve("trees"));
        Path file = trees.resolve("xgboost-model");
        Path warmModels = launcher.installed().warm();
        Files.copy(warmModels.resolve("xgboost-ubj/xgboost-model"), file);
        Path form = Files.createDirectories(folder.resolve("trees-form"));
        var outcome =
                new ProcessPreparation(launcher, 2048).prepare(Kind.XGBOOST, trees, form, LOG::add);
        assertTrue(outcome.form(), "" + LOG);
        assertTrue(outcome.peakBytes() > 10 << 20, "" + outcome);
        String expected;
        try (Instance plain = launcher.start(trees(trees, Optional.empty(), 1), new Steps())) {
            expected = ask(plain);
        }
        // As long as it was: what answers now is the form.
        Files.write(file, new byte[(int) Files.size(file)]);
        try (Instance one = launcher.start(trees(trees, Optional.of(form), 1), new Steps());
                Instance four = launcher.start(trees(trees, Optional.of(form), 4), new Steps());
                Instance warm = launcher.warm(new WarmSpec(256))) {
            warm.load(trees(trees, Optional.of(form), 1), new Steps());
            assertEquals(List.of(expected, expected), List.of(ask(one), ask(four)));
            assertEquals(expected, ask(warm));
        }
    }

    @Test
    void anXgboostModelOfS3IsLaidOutWithItsForm() throws Exception {
        Path trees = launcher.installed().warm().resolve("xgboost-json/xgboost-model");
        try (Store records =
                Store.open(folder.resolve("db"), InstantSource.system(), List.of(Objects.SCHEMA))) {
            var s3 = new Objects(records, folder.resolve("s3"), InstantSource.system());
            s3.createBucket(request -> request.bucket("models"));
            s3.putObject(
                    request -> request.bucket("models").key("trees.json"),
                    RequestBody.fromBytes(Files.readAllBytes(trees)));
            var models =
                    new ModelStore(
                            folder.resolve("models"),
                            s3,
                            new ProcessPreparation(launcher, 2048),
                            InstantSource.system());
            String image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
            PreparedModel model =
                    models.prepare(
                            new ModelSource(image, "s3://models/trees.json", Map.of()), LOG::add);
            assertTrue(Files.exists(model.prepared().orElseThrow().resolve("model.flat")));
            assertTrue(model.peakBytes() > 10 << 20, "" + model);
            var spec = new InstanceSpec("endpoint/s", model, 1024, 1, Map.of(), LOG::add);
            try (Instance instance = launcher.start(spec, new Steps())) {
                ask(instance);
            }
            assertTrue(LOG.stream().noneMatch(line -> line.contains("can't be used")), "" + LOG);
        }
    }

    private static InstanceSpec trees(Path folder, Optional<Path> form, int slots) {
        var prepared = new PreparedModel(Kind.XGBOOST, folder, form, 0, "xgboost");
        return new InstanceSpec("endpoint/t", prepared, 1024, slots, Map.of(), LOG::add);
    }

    @Test
    void treesThatCannotBeServedAreRefusedInTheWordsOfAStart() throws Exception {
        Path garbage = Files.createDirectories(folder.resolve("no-trees"));
        Files.writeString(garbage.resolve("xgboost-model"), "this is no model");
        Path form = Files.createDirectories(folder.resolve("no-trees-form"));
        var preparation = new ProcessPreparation(launcher, 2048);
        StartFailed prepared =
                assertThrows(
                        StartFailed.class,
                        () -> preparation.prepare(Kind.XGBOOST, garbage, form, LOG::add));
        StartFailed started =
                assertThrows(
                        StartFailed.class,
                        () ->
                                ask(
                                        launcher.start(
                                                trees(garbage, Optional.empty(), 4), new Steps())));
        assertEquals(started.getMessage(), prepared.getMessage());
        assertEquals(StartFailed.Cause.MODEL, prepared.reason());
    }

    @Test
    void whatIsNoModelIsRefusedAtDeployment() throws Exception {
        for (Kind kind : List.of(Kind.ONNX, Kind.XGBOOST)) {
            Path garbage = Files.createDirectories(folder.resolve("garbage-" + kind));
            String name = kind == Kind.ONNX ? "model.onnx" : "xgboost-model";
            Files.writeString(garbage.resolve(name), "this is no model");
            Path form = Files.createDirectories(folder.resolve("form-" + kind));
            var preparation = new ProcessPreparation(launcher, 2048);
            StartFailed failed =
                    assertThrows(
                            StartFailed.class,
                            () -> preparation.prepare(kind, garbage, form, LOG::add));
            assertEquals(StartFailed.Cause.MODEL, failed.reason(), failed.getMessage());
            assertTrue(failed.getMessage().length() > 20, failed.getMessage());
        }
    }

    @Test
    void aBrokenInstallationIsSaid() throws IOException {
        var broken =
                ModelServer.install(
                        Path.of("/no/java"), folder, folder.resolve("broken"), LOG::add);
        try (var launcher =
                new ProcessLauncher(
                        broken, ProcessSettings.in(folder.resolve("run2"), folder), LOG::add)) {
            StartFailed failed =
                    assertThrows(StartFailed.class, () -> launcher.start(spec(1), new Steps()));
            assertEquals(StartFailed.Cause.PLATFORM, failed.reason());
            assertTrue(failed.getMessage().contains("/no/java"), failed.getMessage());
        }
    }
}
