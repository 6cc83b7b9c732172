package io.dormouse.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Network;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.process.ProcessSettings;
import io.dormouse.worker.python.Python;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.model.CreateProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;
import software.amazon.awssdk.services.sagemaker.model.ProcessingJobStatus;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Scripts in Python, by a real interpreter; what they need beside its own library is in the
/// conformance tests.
class ScriptsTest {
    private static final String SKLEARN =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3";
    private static final String PYTORCH =
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3-cpu-py311";

    /// Tells what it was given, as its model.
    private static final String TELLING =
            """
            import argparse, json, os, sys
            import beside
            parser = argparse.ArgumentParser()
            parser.add_argument("--trees", type=int)
            parser.add_argument("--rate", type=float)
            parser.add_argument("-c", type=str)
            parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
            given, more = parser.parse_known_args()
            rows = open(os.path.join(os.environ["SM_CHANNEL_TRAIN"], "rows.csv")).read()
            told = dict(
                trees=given.trees, rate=given.rate, more=more, c=given.c, argv=sys.argv[1:],
                cwd=os.getcwd(), rows=rows, beside=beside.word,
                environment={k: v for k, v in os.environ.items()},
            )
            with open(os.path.join(given.model_dir, "told.json"), "w") as file:
                json.dump(told, file)
            with open(os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], "plot.txt"), "w") as file:
                file.write("a plot")
            print("loss=0.5;")
            print("accuracy=0.75;", file=sys.stderr)
            print("loss=0.25;")
            print("accuracy=0.875;", file=sys.stderr)
            """;

    @TempDir Path folder;
    private JobFixture jobs;

    @BeforeEach
    void open() throws IOException {
        Python.anyOrSkip();
        jobs = new JobFixture(folder).withBucket();
        jobs.put("train/rows.csv", "1,2\n3,4\n");
    }

    @AfterEach
    void close() {
        if (jobs != null) {
            jobs.close();
        }
    }

    private static Map<String, byte[]> telling() {
        return Map.of(
                "train.py", TELLING.getBytes(UTF_8), "beside.py", "word = 'yes'".getBytes(UTF_8));
    }

    private static Map<String, byte[]> only(String script) {
        return Map.of("train.py", script.getBytes(UTF_8));
    }

    private DescribeTrainingJobResponse train(String name, String image, String script)
            throws IOException {
        jobs.training.createTrainingJob(
                jobs.script(name, image, only(script), "train.py", Map.of()).build());
        return jobs.ended(name);
    }

    private JsonNode told(String job) throws IOException {
        String told = jobs.unpacked("models/" + job + "/output/model.tar.gz").get("told.json");
        return JsonMapper.shared().readTree(told);
    }

    @Test
    void aScriptIsGivenWhatSageMakerGivesIt() throws IOException {
        Map<String, String> hyperparameters =
                Map.of(
                        "trees",
                        "100",
                        "rate",
                        "0.5",
                        "c",
                        "\"gini\"",
                        "deep",
                        "true",
                        "no",
                        "null");
        jobs.training.createTrainingJob(
                jobs.script("told", SKLEARN, telling(), "train.py", hyperparameters)
                        .algorithmSpecification(a ->
                                a.trainingImage(SKLEARN)
                                        .trainingInputMode("File")
                                        .metricDefinitions(
                                                metric("loss", "loss=([0-9.]+);"),
                                                metric("accuracy", "accuracy=([0-9.]+);")))
                        .environment(Map.of("MINE", "yes"))
                        .build());
        DescribeTrainingJobResponse job = jobs.ended("told");
        assertEquals(TrainingJobStatus.COMPLETED, job.trainingJobStatus(), job.failureReason());
        assertEquals(
                Map.of("loss", 0.25f, "accuracy", 0.875f),
                Map.of(
                        job.finalMetricDataList().get(0).metricName(),
                        job.finalMetricDataList().get(0).value(),
                        job.finalMetricDataList().get(1).metricName(),
                        job.finalMetricDataList().get(1).value()));
        assertEquals(
                Map.of("plot.txt", "a plot"), jobs.unpacked("models/told/output/output.tar.gz"));
        JsonNode told = told("told");
        assertEquals(
                "[\"-c\",\"gini\",\"--deep\",\"True\",\"--no\",\"\",\"--rate\",\"0.5\",\"--trees\",\"100\"]",
                told.get("argv").toString());
        assertEquals(100, told.get("trees").asInt());
        assertEquals("yes", told.get("beside").asString());
        assertEquals("1,2\n3,4\n", told.get("rows").asString());
        assertEquals("/opt/ml/code", told.get("cwd").asString());
        JsonNode environment = told.get("environment");
        assertEquals("yes", environment.get("MINE").asString());
        checkVariables(environment);
    }

    private static MetricDefinition metric(String name, String regex) {
        return MetricDefinition.builder().name(name).regex(regex).build();
    }

    private static void checkVariables(JsonNode environment) {
        Map<String, String> expected =
                Map.ofEntries(
                        Map.entry("SM_MODEL_DIR", "/opt/ml/model"),
                        Map.entry("SM_INPUT_DIR", "/opt/ml/input"),
                        Map.entry("SM_INPUT_CONFIG_DIR", "/opt/ml/input/config"),
                        Map.entry("SM_OUTPUT_DIR", "/opt/ml/output"),
                        Map.entry("SM_OUTPUT_DATA_DIR", "/opt/ml/output/data"),
                        Map.entry("SM_OUTPUT_INTERMEDIATE_DIR", "/opt/ml/output/intermediate"),
                        Map.entry("SM_CHANNEL_TRAIN", "/opt/ml/input/data/train"),
                        Map.entry("SM_CHANNELS", "[\"train\"]"),
                        Map.entry(
                                "SM_HPS",
                                "{\"c\":\"gini\",\"deep\":true,\"no\":null,\"rate\":0.5,\"trees\":100}"),
                        Map.entry("SM_HP_TREES", "100"),
                        Map.entry("SM_HP_RATE", "0.5"),
                        Map.entry("SM_HP_C", "gini"),
                        Map.entry("SM_HP_DEEP", "true"),
                        Map.entry(
                                "SM_USER_ARGS",
                                "[\"-c\",\"gini\",\"--deep\",\"True\",\"--no\",\"\",\"--rate\",\"0.5\",\"--trees\",\"100\"]"),
                        Map.entry("SM_CURRENT_HOST", "algo-1"),
                        Map.entry("SM_HOSTS", "[\"algo-1\"]"),
                        Map.entry("SM_CURRENT_INSTANCE_TYPE", "ml.m5.large"),
                        Map.entry("SM_CURRENT_INSTANCE_GROUP", "homogeneousCluster"),
                        Map.entry("SM_NUM_GPUS", "0"),
                        Map.entry("SM_LOG_LEVEL", "20"),
                        Map.entry("SM_USER_ENTRY_POINT", "train.py"),
                        Map.entry("SM_MODULE_NAME", "train"),
                        Map.entry("SM_MODULE_DIR", "s3://jobs/told/source/sourcedir.tar.gz"),
                        Map.entry("SM_FRAMEWORK_PARAMS", "{}"),
                        Map.entry(
                                "SM_FRAMEWORK_MODULE", "sagemaker_sklearn_container.training:main"),
                        Map.entry(
                                "SM_INPUT_DATA_CONFIG",
                                "{\"train\":{\"ContentType\":\"text/csv\",\"RecordWrapperType\":\"None\","
                                        + "\"S3DistributionType\":\"FullyReplicated\",\"TrainingInputMode\":\"File\"}}"),
                        Map.entry("TRAINING_JOB_NAME", "told"),
                        Map.entry("SAGEMAKER_JOB_NAME", "told"),
                        Map.entry("SAGEMAKER_REGION", "us-east-1"));
        expected.forEach((name, value) ->
                assertEquals(value, environment.path(name).asString("none"), name));
        JsonNode training =
                JsonMapper.shared().readTree(environment.get("SM_TRAINING_ENV").asString());
        assertEquals("told", training.get("job_name").asString());
        assertTrue(training.get("is_master").asBoolean());
        assertEquals(100, training.get("hyperparameters").get("trees").asInt());
        JsonNode resources =
                JsonMapper.shared().readTree(environment.get("SM_RESOURCE_CONFIG").asString());
        assertEquals("ml.m5.large", resources.get("current_instance_type").asString());
        assertTrue(environment.get("SM_NUM_CPUS").asInt() > 0);
    }

    @Test
    void aScriptsFailureIsToldInTheToolkitsWords() throws IOException {
        DescribeTrainingJobResponse job =
                train(
                        "failing",
                        PYTORCH,
                        """
                        import sys
                        print("begun")
                        raise ValueError("no such tree")
                        """);
        assertEquals(TrainingJobStatus.FAILED, job.trainingJobStatus());
        String reason = job.failureReason();
        assertTrue(
                reason.startsWith(
                        "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \""),
                reason);
        assertTrue(reason.contains("ValueError: no such tree\"\nCommand \""), reason);
        assertTrue(reason.endsWith(" train.py\", exit code: 1"), reason);
        assertEquals(List.of(), jobs.keys("models/failing"));
        assertTrue(jobs.logged(line -> line.endsWith(" begun")));
    }

    @Test
    void aScriptsExitCodeIsTold() throws IOException {
        String reason = train("coded", SKLEARN, "import sys; sys.exit(7)").failureReason();
        assertTrue(
                reason.contains("ExecuteUserScriptError:\nExitCode 7\nErrorMessage \"\""), reason);
    }

    @Test
    void whatCannotRunIsRefusedWithWhatCould() throws IOException {
        String image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1";
        var refused = assertThrows(AwsServiceException.class, () -> train("image", image, ""));
        assertTrue(String.valueOf(refused.getMessage()).contains("sagemaker-scikit-learn"));
        jobs.training.createTrainingJob(
                jobs.script("program", SKLEARN, only(""), "other.py", Map.of()).build());
        String program = jobs.ended("program").failureReason();
        assertTrue(program.contains("there is no other.py in the source"), program);
        jobs.training.createTrainingJob(
                jobs.script("plain", SKLEARN, only(""), "train.py", Map.of())
                        .hyperParameters(Map.of("trees", "1"))
                        .build());
        String plain = jobs.ended("plain").failureReason();
        assertTrue(plain.startsWith("ClientError: ") && plain.contains("sagemaker_program"), plain);
        jobs.training.createTrainingJob(
                jobs.script("source", SKLEARN, only(""), "train.py", Map.of())
                        .hyperParameters(
                                Map.of(
                                        "sagemaker_program",
                                        "train.py",
                                        "sagemaker_submit_directory",
                                        "s3://jobs/nowhere.tar.gz"))
                        .build());
        String source = jobs.ended("source").failureReason();
        assertTrue(source.contains("s3://jobs/nowhere.tar.gz"), source);
    }

    @Test
    void requirementsThatCannotBeInstalledAreToldInTheToolkitsWords() throws IOException {
        Map<String, byte[]> source =
                Map.of(
                        "train.py",
                        "print('never')".getBytes(UTF_8),
                        "requirements.txt",
                        "./absent-1.0-py3-none-any.whl\n".getBytes(UTF_8));
        jobs.training.createTrainingJob(
                jobs.script("packages", SKLEARN, source, "train.py", Map.of()).build());
        String reason = jobs.ended("packages").failureReason();
        assertTrue(
                reason.startsWith("AlgorithmError: InstallRequirementsError:\nExitCode 1\n"),
                reason);
        assertTrue(reason.contains("absent-1.0"), reason);
        assertFalse(jobs.logged(line -> line.endsWith(" never")));
    }

    @Test
    void checkpointsOutliveAFailureAndAreThereForTheNextJob() throws IOException {
        String script =
                """
                import os, sys
                path = "/opt/ml/checkpoints/epoch.txt"
                epoch = int(open(path).read()) if os.path.exists(path) else 0
                with open(path, "w") as file:
                    file.write(str(epoch + 1))
                sys.exit(1 if epoch == 0 else 0)
                """;
        for (String name : List.of("first", "second")) {
            jobs.training.createTrainingJob(
                    jobs.script(name, SKLEARN, only(script), "train.py", Map.of())
                            .checkpointConfig(c -> c.s3Uri("s3://jobs/checkpoints/one/"))
                            .build());
            jobs.ended(name);
        }
        assertEquals(TrainingJobStatus.FAILED, jobs.ended("first").trainingJobStatus());
        assertEquals(TrainingJobStatus.COMPLETED, jobs.ended("second").trainingJobStatus());
        assertEquals(List.of("checkpoints/one/epoch.txt"), jobs.keys("checkpoints/"));
        assertEquals(
                "2",
                jobs.s3
                        .getObjectAsBytes(r -> r.bucket("jobs").key("checkpoints/one/epoch.txt"))
                        .asUtf8String());
    }

    @Test
    void aStoppedScriptIsAskedFirst() throws IOException {
        String script =
                """
                import signal, sys, time
                def end(*_):
                    open("/opt/ml/model/half.txt", "w").write("half")
                    sys.exit(0)
                signal.signal(signal.SIGTERM, end)
                print("waiting")
                while True:
                    time.sleep(0.05)
                """;
        jobs.training.createTrainingJob(
                jobs.script("asked", SKLEARN, only(script), "train.py", Map.of()).build());
        JobFixture.until(() -> jobs.logged(line -> line.endsWith(" waiting")), isSo -> isSo);
        jobs.training.stopTrainingJob(r -> r.trainingJobName("asked"));
        DescribeTrainingJobResponse job = jobs.ended("asked");
        assertEquals(TrainingJobStatus.STOPPED, job.trainingJobStatus(), job.failureReason());
        assertEquals(Map.of("half.txt", "half"), jobs.unpacked("models/asked/output/model.tar.gz"));
    }

    @Test
    void anXgboostImageRunsAScriptWhereOneIsNamed() throws IOException {
        jobs.training.createTrainingJob(
                jobs.script("boosted", JobFixture.XGBOOST, telling(), "train.py", Map.of())
                        .build());
        DescribeTrainingJobResponse job = jobs.ended("boosted");
        assertEquals(TrainingJobStatus.COMPLETED, job.trainingJobStatus(), job.failureReason());
        assertEquals(
                "sagemaker_xgboost_container.training:main",
                told("boosted").get("environment").get("SM_FRAMEWORK_MODULE").asString());
    }

    @Test
    void aProcessingJobRunsAScriptOfAFrameworksImage() throws IOException {
        jobs.put("in/rows.csv", "3,4\n");
        jobs.put(
                "code/adding/add.py",
                """
                import sys
                rows = open("/opt/ml/processing/input/in/rows.csv").read()
                with open("/opt/ml/processing/out/sum.txt", "w") as file:
                    file.write(sys.argv[1] + " " + str(sum(map(int, rows.split(",")))))
                """);
        CreateProcessingJobRequest request =
                jobs.program("adding", "")
                        .appSpecification(a ->
                                a.imageUri(SKLEARN)
                                        .containerEntrypoint(
                                                "python3", "/opt/ml/processing/input/code/add.py")
                                        .containerArguments("sum"))
                        .build();
        jobs.processing.createProcessingJob(request);
        DescribeProcessingJobResponse job = jobs.endedProcessing("adding");
        assertEquals(ProcessingJobStatus.COMPLETED, job.processingJobStatus(), job.failureReason());
        assertEquals(
                "sum 7",
                jobs.s3
                        .getObjectAsBytes(r -> r.bucket("jobs").key("out/adding/sum.txt"))
                        .asUtf8String());
    }

    @Test
    void withoutNamespacesTheVariablesNameThePathsAndAFailureSaysSo(@TempDir Path other)
            throws IOException {
        jobs.close();
        jobs = new JobFixture(other, ProcessSettings.Isolation.NONE).withBucket();
        jobs.put("train/rows.csv", "1,2\n3,4\n");
        jobs.training.createTrainingJob(
                jobs.script("told", SKLEARN, telling(), "train.py", Map.of()).build());
        DescribeTrainingJobResponse job = jobs.ended("told");
        assertEquals(TrainingJobStatus.COMPLETED, job.trainingJobStatus(), job.failureReason());
        JsonNode told = told("told");
        assertEquals("1,2\n3,4\n", told.get("rows").asString());
        assertTrue(
                told.get("environment")
                        .get("SM_CHANNEL_TRAIN")
                        .asString()
                        .startsWith(other.toString()));
        String reason =
                train("fixed", SKLEARN, "open('/opt/ml/input/data/train/rows.csv')")
                        .failureReason();
        assertTrue(
                reason.startsWith("AlgorithmError: There is no /opt/ml here")
                        && reason.contains("SM_CHANNEL_")
                        && reason.contains("FileNotFoundError"),
                reason);
    }

    /// Tells of each address whether something answers there.
    private static final String CALLING =
            """
            import json, os, socket, sys
            def call(host, port):
                try:
                    with socket.create_connection((host, port), 5) as connection:
                        connection.shutdown(socket.SHUT_WR)
                        return connection.makefile().read()
                except OSError as e:
                    return type(e).__name__
            told = {address: call(*address.rsplit(":", 1)) for address in os.environ["ASK"].split(",")}
            with open("/opt/ml/model/told.json", "w") as file:
                json.dump(told, file)
            """;

    @Test
    void aScriptReachesThePlatformAndNothingElse(@TempDir Path other) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket platform = new ServerSocket(0, 10, loopback);
                ServerSocket stranger = new ServerSocket(0, 10, loopback)) {
            greet(platform, "the platform");
            greet(stranger, "a stranger");
            jobs.close();
            var network =
                    new Network.Platform(new InetSocketAddress(loopback, platform.getLocalPort()));
            Map<String, String> environment = Map.of("AWS_REGION", "eu-west-1");
            jobs =
                    new JobFixture(
                                    other,
                                    ProcessSettings.Isolation.ALL,
                                    (_, _) -> new RoleAccess.Pass(environment, network, () -> {}))
                            .withBucket();
            assumeTrue(jobs.isolates(), "no namespaces here");
            jobs.put("train/rows.csv", "1");
            String here = "127.0.0.1:" + platform.getLocalPort();
            String there = "127.0.0.1:" + stranger.getLocalPort();
            jobs.training.createTrainingJob(
                    jobs.script("calling", SKLEARN, only(CALLING), "train.py", Map.of())
                            .environment(Map.of("ASK", here + "," + there + ",192.0.2.1:80"))
                            .build());
            DescribeTrainingJobResponse job = jobs.ended("calling");
            assertEquals(TrainingJobStatus.COMPLETED, job.trainingJobStatus(), job.failureReason());
            JsonNode told = told("calling");
            assertEquals("the platform", told.get(here).asString());
            assertEquals("ConnectionRefusedError", told.get(there).asString());
            assertEquals("OSError", told.get("192.0.2.1:80").asString());
            jobs.training.createTrainingJob(
                    jobs.script("alone", SKLEARN, only(CALLING), "train.py", Map.of())
                            .environment(Map.of("ASK", here))
                            .enableNetworkIsolation(true)
                            .build());
            assertEquals(TrainingJobStatus.COMPLETED, jobs.ended("alone").trainingJobStatus());
            assertEquals("ConnectionRefusedError", told("alone").get(here).asString());
        }
    }

    private static void greet(ServerSocket server, String word) {
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try (Socket caller = server.accept()) {
                    caller.getOutputStream().write(word.getBytes(UTF_8));
                } catch (IOException e) {
                    // Closed.
                }
            }
        });
    }
}
