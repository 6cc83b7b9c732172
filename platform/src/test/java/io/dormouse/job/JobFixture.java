package io.dormouse.job;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.artifact.Archive;
import io.dormouse.artifact.Folders;
import io.dormouse.artifact.Objects;
import io.dormouse.metrics.Meters;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.worker.ContainerImages;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.process.Installation;
import io.dormouse.worker.process.ProcessLauncher;
import io.dormouse.worker.process.ProcessSettings;
import io.dormouse.worker.python.Environments;
import io.dormouse.worker.python.Installer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.CreateProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInput;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInstanceType;
import software.amazon.awssdk.services.sagemaker.model.ProcessingOutput;
import software.amazon.awssdk.services.sagemaker.model.S3DataType;
import software.amazon.awssdk.services.sagemaker.model.TrainingInputMode;
import software.amazon.awssdk.services.sagemaker.model.TrainingInstanceType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A job room on real parts: a database, objects, and processes of this JDK.
final class JobFixture implements AutoCloseable {
    static final String BUCKET = "jobs";
    static final String XGBOOST =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
    static final String JAVA = "123456789012.dkr.ecr.us-east-1.amazonaws.com/dormouse-java:25";
    private static final String ROLE = "arn:aws:iam::123456789012:role/jobs";
    private static final Archive.Limits LIMITS = Archive.Limits.DEFAULT;
    private static final Duration ENOUGH = Duration.ofSeconds(60);

    final Store store;
    final Objects s3;
    final TrainingJobs training;
    final ProcessingJobs processing;
    final List<String> logs = new CopyOnWriteArrayList<>();

    /// The places on the machine; there is one for every job unless a test takes them.
    final Semaphore places = new Semaphore(100);

    private final Launcher launcher;

    JobFixture(Path folder) throws IOException {
        this(folder, ProcessSettings.Isolation.ALL);
    }

    JobFixture(Path folder, ProcessSettings.Isolation isolation) throws IOException {
        this(folder, isolation, RoleAccess.NONE);
    }

    JobFixture(Path folder, ProcessSettings.Isolation isolation, RoleAccess roles)
            throws IOException {
        InstantSource clock = InstantSource.system();
        store = Store.open(folder, clock, List.of(Objects.SCHEMA));
        s3 = new Objects(store, folder.resolve("objects"), clock);
        launcher =
                new ProcessLauncher(
                        new CompletableFuture<Installation>(),
                        ProcessSettings.in(folder.resolve("run"), folder.resolve("models"))
                                .isolating(isolation),
                        _ -> {});
        JobRoom room =
                new JobRoom(
                        store,
                        new Tags(store),
                        s3,
                        launcher,
                        (_, _, _) -> {
                            places.acquire();
                            return places::release;
                        },
                        new Programs(
                                Path.of(System.getProperty("java.home")),
                                Path.of("../trainer/target/trainer-0.1.0-all.jar")
                                        .toAbsolutePath()
                                        .normalize(),
                                new Scripts(
                                        new Environments(
                                                folder.resolve("environments"),
                                                "",
                                                System.getenv().getOrDefault("PATH", ""),
                                                new Installer(launcher, System.getenv(), 1024)),
                                        s3),
                                ContainerImages.NONE),
                        roles,
                        (group, stream, line) -> logs.add(group + " " + stream + " " + line),
                        Meters.NONE,
                        clock,
                        folder.resolve("jobs"),
                        new JobRoom.Machine(2, 2048));
        training = new TrainingJobs(room);
        processing = new ProcessingJobs(room);
    }

    JobFixture withBucket() {
        s3.createBucket(r -> r.bucket(BUCKET));
        return this;
    }

    boolean isolates() {
        return launcher.can().contains(Launcher.Capability.ISOLATION);
    }

    void put(String key, String text) {
        s3.putObject(r -> r.bucket(BUCKET).key(key), RequestBody.fromString(text));
    }

    List<String> keys(String prefix) {
        return s3.listObjectsV2(r -> r.bucket(BUCKET).prefix(prefix)).contents().stream()
                .map(object -> object.key())
                .toList();
    }

    /// A processing job that runs a Java source file, with `in/` as its input and `out/` its
    /// output.
    CreateProcessingJobRequest.Builder program(String name, String source) {
        put("code/" + name + "/Job.java", source);
        return CreateProcessingJobRequest.builder()
                .processingJobName(name)
                .roleArn(ROLE)
                .appSpecification(a ->
                        a.imageUri(JAVA)
                                .containerEntrypoint(
                                        "java", "/opt/ml/processing/input/code/Job.java")
                                .containerArguments("argument"))
                .processingInputs(
                        input(
                                "code",
                                "s3://jobs/code/" + name + "/",
                                "/opt/ml/processing/input/code"),
                        input("in", "s3://jobs/in/", "/opt/ml/processing/input/in"))
                .processingOutputConfig(o -> o.outputs(output("s3://jobs/out/" + name)))
                .processingResources(r ->
                        r.clusterConfig(c ->
                                c.instanceCount(1)
                                        .volumeSizeInGB(1)
                                        .instanceType(ProcessingInstanceType.ML_T3_MEDIUM)));
    }

    static ProcessingInput input(String name, String uri, String path) {
        return ProcessingInput.builder()
                .inputName(name)
                .s3Input(s -> s.s3Uri(uri).localPath(path).s3DataType("S3Prefix"))
                .build();
    }

    private static ProcessingOutput output(String uri) {
        return ProcessingOutput.builder()
                .outputName("out")
                .s3Output(s ->
                        s.s3Uri(uri).localPath("/opt/ml/processing/out").s3UploadMode("EndOfJob"))
                .build();
    }

    CreateTrainingJobRequest.Builder xgboost(String name, Map<String, String> hyperparameters) {
        return CreateTrainingJobRequest.builder()
                .trainingJobName(name)
                .roleArn(ROLE)
                .algorithmSpecification(
                        a -> a.trainingImage(XGBOOST).trainingInputMode(TrainingInputMode.FILE))
                .hyperParameters(hyperparameters)
                .inputDataConfig(
                        Channel.builder()
                                .channelName("train")
                                .contentType("text/csv")
                                .dataSource(d ->
                                        d.s3DataSource(s ->
                                                s.s3DataType(S3DataType.S3_PREFIX)
                                                        .s3Uri("s3://jobs/train")))
                                .build())
                .outputDataConfig(o -> o.s3OutputPath("s3://jobs/models/"))
                .resourceConfig(r ->
                        r.instanceCount(1)
                                .volumeSizeInGB(1)
                                .instanceType(TrainingInstanceType.ML_M5_LARGE))
                .stoppingCondition(s -> s.maxRuntimeInSeconds(120));
    }

    /// A training of a script, as the SDK's framework estimators ask for it.
    ///
    /// @param source the files of its source by their names
    /// @param program which of them is to run
    /// @param hyperparameters JSON each, as the SDK writes them
    CreateTrainingJobRequest.Builder script(
            String name,
            String image,
            Map<String, byte[]> source,
            String program,
            Map<String, String> hyperparameters)
            throws IOException {
        Path folder = Files.createTempDirectory("source");
        for (var each : source.entrySet()) {
            Files.write(folder.resolve(each.getKey()), each.getValue());
        }
        Path archive = Files.createTempFile("sourcedir", ".tar.gz");
        Archive.pack(folder, archive);
        s3.putObject(
                r -> r.bucket(BUCKET).key(name + "/source/sourcedir.tar.gz"),
                RequestBody.fromFile(archive));
        Files.delete(archive);
        Folders.delete(folder);
        Map<String, String> all = new HashMap<>(hyperparameters);
        all.put("sagemaker_program", "\"" + program + "\"");
        all.put("sagemaker_submit_directory", "\"s3://jobs/" + name + "/source/sourcedir.tar.gz\"");
        all.put("sagemaker_container_log_level", "20");
        all.put("sagemaker_job_name", "\"" + name + "\"");
        all.put("sagemaker_region", "\"us-east-1\"");
        return xgboost(name, all)
                .algorithmSpecification(
                        a -> a.trainingImage(image).trainingInputMode(TrainingInputMode.FILE));
    }

    /// The files of an archive, by their names.
    Map<String, String> unpacked(String key) throws IOException {
        Path folder = Files.createTempDirectory("unpacked");
        Map<String, String> files = new TreeMap<>();
        try {
            Archive.unpack(s3.getObject(r -> r.bucket(BUCKET).key(key)), folder, LIMITS);
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.filter(Files::isRegularFile).toList()) {
                    files.put(folder.relativize(each).toString(), Files.readString(each));
                }
            }
        } finally {
            Folders.delete(folder);
        }
        return files;
    }

    DescribeTrainingJobResponse ended(String trainingJob) {
        return until(
                () ->
                        training.describeTrainingJob(
                                DescribeTrainingJobRequest.builder()
                                        .trainingJobName(trainingJob)
                                        .build()),
                job -> new TrainingJob(job).hasEnded());
    }

    DescribeProcessingJobResponse endedProcessing(String job) {
        return until(() -> describe(job), now -> new ProcessingJob(now).hasEnded());
    }

    DescribeProcessingJobResponse describe(String processingJob) {
        return processing.describeProcessingJob(
                DescribeProcessingJobRequest.builder().processingJobName(processingJob).build());
    }

    /// Asks again until it is so.
    static <T> T until(java.util.function.Supplier<T> ask, Predicate<T> isSo) {
        long deadline = System.nanoTime() + ENOUGH.toNanos();
        T now = ask.get();
        while (!isSo.test(now)) {
            assertTrue(System.nanoTime() < deadline, "still " + now);
            LockSupport.parkNanos(5_000_000);
            now = ask.get();
        }
        return now;
    }

    /// The details of the events that the change feed tells.
    List<JsonNode> events(String detailType) {
        return store.changesAfter(0, 1000).stream()
                .filter(change -> change.detailType().equals(detailType))
                .map(change -> JsonMapper.shared().readTree(change.detail()))
                .toList();
    }

    boolean logged(Function<String, Boolean> line) {
        return logs.stream().anyMatch(line::apply);
    }

    @Override
    public void close() {
        training.close();
        processing.close();
        launcher.close();
        s3.close();
        store.close();
    }
}
