package io.dormouse.worker.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.artifact.Archive;
import io.dormouse.artifact.Objects;
import io.dormouse.store.Store;
import io.dormouse.worker.Answer;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.ModelSource;
import io.dormouse.worker.Preparation;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.Request;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import io.dormouse.worker.model.ModelStore;
import io.dormouse.worker.process.ProcessLauncher;
import io.dormouse.worker.process.ProcessSettings;
import io.dormouse.worker.process.StrangeInstallation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/// Programs of script mode, from their archives in S3 to their answers, with a real interpreter.
class PythonServingTest {
    private static final String SKLEARN =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3";
    private static final String XGBOOST =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
    private static final String PYTORCH =
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-cpu-py312";

    @TempDir Path folder;
    private Store records;
    private Objects s3;
    private ProcessLauncher launcher;
    private ModelStore models;
    private final Queue<String> log = new ConcurrentLinkedQueue<>();

    protected ProcessSettings.Isolation isolation() {
        return ProcessSettings.Isolation.ALL;
    }

    @BeforeEach
    void open() throws IOException {
        Path python = Python.anyOrSkip();
        records = Store.open(folder.resolve("db"), InstantSource.system(), List.of(Objects.SCHEMA));
        s3 = new Objects(records, folder.resolve("s3"), InstantSource.system());
        s3.createBucket(request -> request.bucket("models"));
        launcher =
                new ProcessLauncher(
                        CompletableFuture.completedFuture(StrangeInstallation.of()),
                        ProcessSettings.in(folder.resolve("run"), folder.resolve("models"))
                                .isolating(isolation()),
                        log::add);
        var environments =
                new Environments(
                        folder.resolve("environments"),
                        python.toString(),
                        "",
                        new Installer(launcher, System.getenv(), 1024));
        var preparation =
                new PythonPreparation(
                        NOTHING,
                        environments,
                        folder.resolve("environments"),
                        launcher,
                        1024,
                        RoleAccess.NONE,
                        launcher::preload);
        models = new ModelStore(folder.resolve("models"), s3, preparation, InstantSource.system());
    }

    @AfterEach
    void close() {
        if (launcher != null) {
            launcher.close();
            records.close();
        }
    }

    private static final Preparation NOTHING =
            new Preparation() {
                @Override
                public String version() {
                    return "none";
                }

                @Override
                public Outcome prepare(
                        PreparedModel.Kind kind,
                        Path model,
                        Path into,
                        io.dormouse.worker.LogSink progress) {
                    return new Outcome(false, 0);
                }
            };

    /// Puts an archive of files by name and content.
    private String archive(String key, String... namesAndTexts) throws IOException {
        Path inside = Files.createTempDirectory(folder, "inside");
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            Path file = inside.resolve(namesAndTexts[i]);
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, namesAndTexts[i + 1]);
        }
        Path packed = Files.createTempFile(folder, "archive", ".tar.gz");
        Archive.pack(inside, packed);
        s3.putObject(r -> r.bucket("models").key(key), RequestBody.fromFile(packed));
        return "s3://models/" + key;
    }

    private PreparedModel prepare(String image, String url, Map<String, String> environment)
            throws StartFailed {
        return models.prepare(new ModelSource(image, url, environment), log::add);
    }

    private Instance start(PreparedModel model, int slots, Map<String, String> environment)
            throws StartFailed {
        return launcher.start(
                new InstanceSpec(
                        "endpoint/e/AllTraffic", model, 1024, slots, environment, log::add),
                new Steps());
    }

    private static String ask(Instance instance, String kind, String accept, String body)
            throws Exception {
        byte[] bytes = body.getBytes(UTF_8);
        var headers = Map.of("Content-Type", kind, "Accept", accept);
        var request =
                new Request(
                        "POST",
                        "/invocations",
                        headers,
                        OptionalLong.of(bytes.length),
                        Duration.ofSeconds(20));
        try (Answer answer = instance.send(request, new ByteArrayInputStream(bytes))) {
            return answer.status()
                    + " "
                    + answer.header("Content-Type").orElse("")
                    + " "
                    + new String(answer.body().readAllBytes(), UTF_8);
        }
    }

    @Test
    void theFunctionsOfAProgramAnswer() throws Exception {
        String url =
                archive(
                        "m.tar.gz",
                        "weight",
                        "3",
                        "code/inference.py",
                        """
                        import os, helper
                        def model_fn(model_dir):
                            assert model_dir == os.environ["SM_MODEL_DIR"]
                            return int(open(os.path.join(model_dir, "weight")).read())
                        def input_fn(data, content_type):
                            return helper.parsed(data, content_type)
                        def predict_fn(data, model):
                            print("predicting", data)
                            return [each * model for each in data]
                        def output_fn(prediction, accept):
                            return " ".join(map(str, prediction)), "text/x-" + accept.split("/")[1]
                        """,
                        "code/helper.py",
                        """
                        def parsed(data, kind):
                            assert isinstance(data, str) == (kind == "text/csv")
                            return [int(each) for each in data.split("," if kind == "text/csv" else None)]
                        """);
        PreparedModel model = prepare(SKLEARN, url, Map.of("SAGEMAKER_PROGRAM", "inference.py"));
        assertTrue(model.peakBytes() > 1 << 20);
        for (int slots : new int[] {1, 3}) {
            try (Instance instance = start(model, slots, Map.of())) {
                assertEquals(
                        "200 text/x-plain 3 6", ask(instance, "text/csv", "text/plain", "1,2"));
                assertEquals("200 text/x-json 9", ask(instance, "x/y", "*/*", "3"));
            }
        }
        assertTrue(log.contains("predicting [1, 2]"), "" + log);
        // The same again is laid out already.
        assertEquals(model, prepare(SKLEARN, url, Map.of("SAGEMAKER_PROGRAM", "inference.py")));
    }

    /// As the SageMaker SDK's `SKLearnModel.deploy` has it: model and program each in an archive.
    @Test
    void aProgramMayComeInAnArchiveOfItsOwn() throws Exception {
        String url = archive("m.tar.gz", "weight", "3");
        String code =
                archive(
                        "sourcedir.tar.gz",
                        "serve_me.py",
                        """
                        import os
                        def model_fn(model_dir):
                            return os.listdir(model_dir) + [os.environ["COLOUR"]]
                        def transform_fn(model, data, content_type, accept):
                            return (repr(model), "text/plain")
                        """);
        Map<String, String> environment =
                Map.of(
                        "SAGEMAKER_PROGRAM", "serve_me.py",
                        "SAGEMAKER_SUBMIT_DIRECTORY", code,
                        "COLOUR", "red");
        for (String image : new String[] {SKLEARN, XGBOOST, PYTORCH}) {
            PreparedModel model = prepare(image, url, environment);
            assertEquals(PreparedModel.Kind.PYTHON, model.kind());
            try (Instance instance = start(model, 1, environment)) {
                assertEquals("200 text/plain ['weight', 'red']", ask(instance, "a/b", "*/*", "x"));
            }
        }
    }

    @Test
    void whatIsWrongWithAProgramIsSaidAtDeployment() throws Exception {
        Map<String, String> environment = Map.of("SAGEMAKER_PROGRAM", "inference.py");
        Map<String, String> wrong =
                Map.of(
                        "import no_such_library\n",
                        "inference.py needs the module no_such_library",
                        "def model_fn(d):\n    return open(d + '/no-weights').read()\n",
                        "model_fn failed: FileNotFoundError: [Errno 2] No such file",
                        "def transform_fn(*a): pass\ndef input_fn(*a): pass\n",
                        "Cannot use transform_fn implementation",
                        "x = 1\n",
                        "Please provide a model_fn implementation");
        for (var each : wrong.entrySet()) {
            String url = archive("m.tar.gz", "code/inference.py", each.getKey());
            StartFailed failed =
                    assertThrows(StartFailed.class, () -> prepare(SKLEARN, url, environment));
            assertTrue(failed.getMessage().contains(each.getValue()), failed.getMessage());
            assertEquals(StartFailed.Cause.MODEL, failed.reason());
        }
        String url = archive("m.tar.gz", "weight", "1");
        StartFailed failed =
                assertThrows(StartFailed.class, () -> prepare(SKLEARN, url, environment));
        assertTrue(failed.getMessage().contains("SAGEMAKER_PROGRAM"), failed.getMessage());
    }

    @Test
    void theDefaultsAreThoseOfTheImage() throws Exception {
        assumeTrue(Python.has(Python.anyOrSkip(), "numpy"), "DORMOUSE_PYTHON has no numpy");
        String program =
                """
                class Twice:
                    def predict(self, x):
                        return (x * 2).tolist() if x.dtype == "float32" else x
                def model_fn(model_dir):
                    return Twice()
                """;
        Map<String, String> environment = Map.of("SAGEMAKER_PROGRAM", "inference.py");
        String url = archive("m.tar.gz", "code/inference.py", program);
        try (Instance instance = start(prepare(SKLEARN, url, environment), 1, environment)) {
            String json = "application/json";
            assertEquals(
                    "200 application/json [[2.0, 4.0]]", ask(instance, json, "*/*", "[[1,2]]"));
            assertEquals(
                    "200 text/csv 2.0,4.0\n6.0,8.0\n",
                    ask(instance, "text/csv", "text/csv", "1,2\n3,4"));
            String refused = ask(instance, "text/html", json, "x");
            assertTrue(refused.startsWith("415 application/json {\"error\": \"Unsupp"), refused);
            String unknown = ask(instance, json, "text/html", "[[1]]");
            assertTrue(unknown.startsWith("406 "), unknown);
            String failed = ask(instance, json, json, "no json");
            assertTrue(failed.startsWith("500 text/plain; charset=utf-8 Expecting"), failed);
        }
    }
}
