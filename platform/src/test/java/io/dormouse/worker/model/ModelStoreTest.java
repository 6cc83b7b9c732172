package io.dormouse.worker.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.artifact.Archive;
import io.dormouse.artifact.Objects;
import io.dormouse.store.Store;
import io.dormouse.timing.ManualTime;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.ModelSource;
import io.dormouse.worker.Preparation;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PreparedModel.Kind;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

class ModelStoreTest {
    private static final LogSink QUIET = line -> {};
    private static final String XGBOOST =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";

    @TempDir private Path folder;
    private Store records;
    private Objects s3;
    private ModelStore models;
    private final ManualTime time = new ManualTime();
    private final List<String> prepared = new ArrayList<>();

    /// Notes what it was asked to prepare, and lays a file into the form.
    private final Preparation preparation =
            new Preparation() {
                @Override
                public String version() {
                    return "v1";
                }

                @Override
                public Outcome prepare(Kind kind, Path model, Path into, LogSink progress) {
                    prepared.add(kind.argument());
                    try {
                        Files.writeString(into.resolve("form"), "form");
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return new Outcome(kind == Kind.ONNX, 123_456);
                }
            };

    @BeforeEach
    void open() throws IOException {
        records = Store.open(folder.resolve("db"), InstantSource.system(), List.of(Objects.SCHEMA));
        s3 = new Objects(records, folder.resolve("s3"), InstantSource.system());
        s3.createBucket(request -> request.bucket("models"));
        models = new ModelStore(folder.resolve("cache"), s3, preparation, time);
    }

    @AfterEach
    void close() {
        records.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void put(String key, byte[] bytes) {
        s3.putObject(request -> request.bucket("models").key(key), RequestBody.fromBytes(bytes));
    }

    private void putArchive(String key, String file, String content) throws IOException {
        Path inside = Files.createTempDirectory(folder, "inside");
        Files.createDirectories(inside.resolve(file).getParent());
        Files.writeString(inside.resolve(file), content);
        Path archive = Files.createTempFile(folder, "model", ".tar.gz");
        Archive.pack(inside, archive);
        put(key, Files.readAllBytes(archive));
    }

    private PreparedModel prepare(String image, String key) throws StartFailed {
        return models.prepare(new ModelSource(image, "s3://models/" + key, Map.of()), QUIET);
    }

    private StartFailed refused(String image, String url, Map<String, String> environment) {
        return assertThrows(
                StartFailed.class,
                () -> models.prepare(new ModelSource(image, url, environment), QUIET));
    }

    @Test
    void anArchiveIsLaidOutAndPreparedOnce() throws Exception {
        putArchive("a/model.tar.gz", "model.onnx", "weights");
        PreparedModel model = prepare("dormouse/onnx", "a/model.tar.gz");
        assertEquals(Kind.ONNX, model.kind());
        assertEquals("weights", Files.readString(model.folder().resolve("model.onnx")));
        assertEquals("form", Files.readString(model.prepared().orElseThrow().resolve("form")));
        assertEquals(123_456, model.peakBytes());
        // The same bytes under another key, and after a restart.
        putArchive("b/model.tar.gz", "model.onnx", "weights");
        assertEquals(model, prepare("dormouse/onnx", "b/model.tar.gz"));
        models = new ModelStore(folder.resolve("cache"), s3, preparation, time);
        assertEquals(model, prepare("dormouse/onnx", "a/model.tar.gz"));
        assertEquals(List.of("onnx"), prepared);
    }

    @Test
    void whatNobodyServesForAWeekGoesAndComesBack() throws Exception {
        put("served.onnx", bytes("served"));
        put("left.onnx", bytes("left"));
        PreparedModel served = prepare("dormouse/onnx", "served.onnx");
        PreparedModel left = prepare("dormouse/onnx", "left.onnx");
        for (int day = 1; day <= 7; day++) {
            time.pass(Duration.ofDays(1));
            models.sweep(Set.of(served.folder()));
            assertTrue(Files.exists(left.folder()), "day " + day);
        }
        time.pass(Duration.ofDays(1));
        models.sweep(Set.of(served.folder()));
        assertFalse(Files.exists(left.folder()));
        assertTrue(Files.exists(served.folder()));
        assertTrue(Files.exists(served.prepared().orElseThrow()));
        assertEquals(left, prepare("dormouse/onnx", "left.onnx"));
        assertTrue(Files.exists(left.folder()));
    }

    @Test
    void anObjectThatWasOverwrittenIsAnotherModel() throws Exception {
        put("m.ubj", bytes("one"));
        PreparedModel one = prepare(XGBOOST, "m.ubj");
        put("m.ubj", bytes("two"));
        PreparedModel two = prepare(XGBOOST, "m.ubj");
        assertEquals("one", Files.readString(one.folder().resolve("m.ubj")));
        assertEquals("two", Files.readString(two.folder().resolve("m.ubj")));
    }

    @Test
    void aSingleFileIsAModelToo() throws Exception {
        for (String name : List.of("m.json", "m.ubj", "xgboost-model")) {
            put(name, bytes(name));
            PreparedModel model = prepare(XGBOOST, name);
            assertEquals(Kind.XGBOOST, model.kind());
            assertTrue(model.prepared().isEmpty());
            assertEquals(name, Files.readString(model.folder().resolve(name)));
        }
        put("m.onnx", bytes("weights"));
        assertEquals(Kind.ONNX, prepare("dormouse/onnx", "m.onnx").kind());
        assertEquals(Kind.XGBOOST, prepare("dormouse/onnx:latest", "m.json").kind());
    }

    @Test
    void whatCannotBeServedIsRefusedWithASentence() throws Exception {
        put("notes.txt", bytes("hello"));
        put("broken.tar.gz", new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3});
        put("model.onnx", bytes("weights"));
        Map<String, String> none = Map.of();
        for (String[] each :
                new String[][] {
                    {"dormouse/onnx", "s3://models/notes.txt", "model.tar.gz"},
                    {"dormouse/onnx", "s3://models/broken.tar.gz", "cannot be unpacked"},
                    {"dormouse/onnx", "s3://models/absent", "Could not find model data"},
                    {"dormouse/onnx", "s3://nowhere/absent", "Could not find model data"},
                    {"dormouse/onnx", "", "ModelDataUrl"},
                    {"dormouse/onnx", "https://example.com/m", "s3://bucket/key"},
                    {XGBOOST, "s3://models/model.onnx", "holds model.onnx"}
                }) {
            StartFailed failed = refused(each[0], each[1], none);
            assertEquals(StartFailed.Cause.MODEL, failed.reason(), failed.getMessage());
            assertTrue(failed.getMessage().contains(each[2]), failed.getMessage());
        }
        assertEquals(List.of(), prepared);
    }

    @Test
    void whatNeedsAnotherModelServerIsToldApart() {
        String foreign = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1";
        StartFailed failed = refused(foreign, "s3://models/m", Map.of());
        assertEquals(StartFailed.Cause.PLATFORM, failed.reason());
        assertTrue(failed.getMessage().contains("container engine"), failed.getMessage());
        assertTrue(models.trouble(foreign).orElse("").contains("container engine"));
        assertEquals(
                Optional.empty(),
                models.trouble(
                        "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2"));
    }

    @Test
    void aFailedPreparationIsTriedAgain() throws Exception {
        put("m.onnx", bytes("weights"));
        Preparation failing =
                new Preparation() {
                    @Override
                    public String version() {
                        return "v1";
                    }

                    @Override
                    public Outcome prepare(Kind kind, Path model, Path into, LogSink progress)
                            throws StartFailed {
                        throw new StartFailed(StartFailed.Cause.MODEL, "this is no model");
                    }
                };
        models = new ModelStore(folder.resolve("cache"), s3, failing, time);
        assertEquals(
                "this is no model",
                refused("dormouse/onnx", "s3://models/m.onnx", Map.of()).getMessage());
        models = new ModelStore(folder.resolve("cache"), s3, preparation, time);
        assertEquals(Kind.ONNX, prepare("dormouse/onnx", "m.onnx").kind());
        try (var left = Files.list(folder.resolve("cache/tmp"))) {
            assertEquals(List.of(), left.toList());
        }
    }
}
