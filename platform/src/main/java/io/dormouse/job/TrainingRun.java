package io.dormouse.job;

import io.dormouse.artifact.Archive;
import io.dormouse.worker.Execution;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;
import software.amazon.awssdk.services.sagemaker.model.S3DataSource;

/// One training job from its start to its end, on a thread of its own.
final class TrainingRun {
    /// Makes a move of the job's life and tells how it is then.
    @FunctionalInterface
    interface Life {
        TrainingJob move(UnaryOperator<TrainingJob> move);
    }

    private static final String LOG_GROUP = "/aws/sagemaker/TrainingJobs";

    private final JobRoom room;
    private final String name;
    private final Life life;
    private final S3Files files;
    private final JobExecution execution = new JobExecution();

    TrainingRun(JobRoom room, String name, Life life) {
        this.room = room;
        this.name = name;
        this.life = life;
        this.files = new S3Files(room.s3());
    }

    void stop() {
        execution.stop();
    }

    void abandon() {
        execution.abandon();
    }

    void run() {
        try {
            toItsEnd();
        } catch (JobFailed e) {
            fail(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            if (!execution.isAbandoned()) {
                life.move(job -> job.stopped(room.clock().instant()));
            }
        } catch (IOException | RuntimeException e) {
            System.getLogger(TrainingRun.class.getName())
                    .log(System.Logger.Level.WARNING, "Training job " + name, e);
            fail("InternalServerError: " + e);
        }
    }

    private void fail(String reason) {
        if (!execution.isAbandoned()) {
            life.move(job -> job.failed(reason, room.clock().instant()));
        }
    }

    private void toItsEnd() throws JobFailed, IOException, InterruptedException {
        DescribeTrainingJobResponse job = life.move(UnaryOperator.identity()).description();
        if (new TrainingJob(job).stopping()) {
            throw new InterruptedException("asked to stop in an earlier life");
        }
        Programs.Program program =
                room.programs().training(job.algorithmSpecification().trainingImage());
        InstanceShape shape = shape(job);
        execution.waits(Thread.currentThread());
        try (JobRoom.Place _ =
                        room.capacity()
                                .reserve("training-job/" + name, shape.memoryMb(), shape.cores());
                JobFolder folder = JobFolder.fresh(room.folder())) {
            execution.waitsNoMore();
            prepare(folder, job);
            train(folder, job, program, shape);
        } finally {
            execution.waitsNoMore();
        }
    }

    private InstanceShape shape(DescribeTrainingJobResponse job) {
        return room.shape(
                job.resourceConfig() == null || job.resourceConfig().instanceType() == null
                        ? "ml.m5.large"
                        : job.resourceConfig().instanceTypeAsString());
    }

    private void prepare(JobFolder folder, DescribeTrainingJobResponse job)
            throws JobFailed, IOException {
        life.move(
                before -> before.stopping() ? before : before.downloading(room.clock().instant()));
        TrainingDocuments documents = new TrainingDocuments(folder);
        documents.hyperparameters(job.hyperParameters());
        documents.channels(job.inputDataConfig());
        documents.resources(
                job.resourceConfig() == null
                        ? "ml.m5.large"
                        : job.resourceConfig().instanceTypeAsString());
        for (Channel channel : job.inputDataConfig()) {
            S3DataSource source = channel.dataSource().s3DataSource();
            if (!"S3Prefix".equals(source.s3DataTypeAsString())) {
                throw JobFailed.client(
                        "channel "
                                + channel.channelName()
                                + ": S3DataType must be S3Prefix, was "
                                + source.s3DataTypeAsString());
            }
            files.download(source.s3Uri(), folder.folder("input/data/" + channel.channelName()));
        }
        folder.folder("model");
        folder.folder("output/data");
        folder.folder("checkpoints");
        folder.folder("tmp");
    }

    private void train(
            JobFolder folder,
            DescribeTrainingJobResponse job,
            Programs.Program program,
            InstanceShape shape)
            throws JobFailed, IOException, InterruptedException {
        String host = name + "/algo-1";
        String stream = host + "-" + room.clock().instant().getEpochSecond();
        MetricWatch metrics = new MetricWatch(definitions(job), room.meters(), room.clock(), host);
        TrainingJob now =
                life.move(before ->
                        before.stopping() ? before : before.training(room.clock().instant()));
        if (now.stopping()) {
            throw new InterruptedException("asked to stop before it began");
        }
        RunSpec spec =
                new RunSpec(
                        "training-job/" + name,
                        program.command(),
                        folder.root(),
                        environment(job),
                        shape.memoryMb(),
                        shape.cores(),
                        Duration.ofSeconds(job.stoppingCondition().maxRuntimeInSeconds()),
                        program.readable());
        try {
            execution.begun(
                    room.launcher()
                            .run(
                                    spec,
                                    line -> {
                                        room.logs().append(LOG_GROUP, stream, line);
                                        metrics.line(line);
                                    }));
        } catch (StartFailed e) {
            throw new JobFailed("InternalServerError: " + e.getMessage(), e);
        }
        Execution.Result result = execution.result();
        if (execution.isAbandoned()) {
            throw new InterruptedException("the platform ends");
        }
        life.move(before -> before.withMetrics(metrics.last()));
        end(folder, job, result, shape);
    }

    private void end(
            JobFolder folder,
            DescribeTrainingJobResponse job,
            Execution.Result result,
            InstanceShape shape)
            throws JobFailed, IOException {
        boolean saved = result.exitCode() == 0 || result.timedOut() || execution.isStopped();
        if (!saved) {
            String failure = folder.failure();
            throw result.outOfMemory()
                    ? JobFailed.algorithm(
                            "the program needed more than the "
                                    + shape.memoryMb()
                                    + " MB of its instance: choose a larger InstanceType",
                            result.exitCode())
                    : JobFailed.algorithm(
                            failure.isEmpty()
                                    ? "the program wrote no /opt/ml/output/failure"
                                    : failure,
                            result.exitCode());
        }
        life.move(before -> before.stopping() ? before : before.uploading(room.clock().instant()));
        upload(folder, job);
        life.move(before -> {
            if (before.stopping()) {
                return before.stopped(room.clock().instant());
            }
            return result.timedOut()
                    ? before.outOfTime(room.clock().instant())
                    : before.completed(room.clock().instant());
        });
    }

    private void upload(JobFolder folder, DescribeTrainingJobResponse job)
            throws JobFailed, IOException {
        S3Files.Location model = S3Files.Location.of(job.modelArtifacts().s3ModelArtifacts());
        Path archive = folder.resolve("tmp/model.tar.gz");
        pack(folder.folder("model"), archive);
        files.put(model, archive);
        Path data = folder.folder("output/data");
        if (!isEmpty(data)) {
            Path output = folder.resolve("tmp/output.tar.gz");
            pack(data, output);
            String key = model.key().replaceFirst("model\\.tar\\.gz$", "output.tar.gz");
            files.put(new S3Files.Location(model.bucket(), key), output);
        }
    }

    private static void pack(Path folder, Path archive) throws IOException {
        try (OutputStream out = Files.newOutputStream(archive)) {
            Archive.pack(folder, out);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private static Map<String, String> environment(DescribeTrainingJobResponse job) {
        Map<String, String> environment = new HashMap<>(job.environment());
        // Threads that wait by spinning take from endpoints what they do not need themselves.
        environment.putIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
        environment.put("TRAINING_JOB_NAME", job.trainingJobName());
        environment.put("TRAINING_JOB_ARN", job.trainingJobArn());
        return environment;
    }

    /// The request's, or for a built-in algorithm those that it prints.
    private static List<MetricDefinition> definitions(DescribeTrainingJobResponse job) {
        return job.algorithmSpecification().metricDefinitions().isEmpty()
                ? TrainingDocuments.builtInMetrics()
                : job.algorithmSpecification().metricDefinitions();
    }
}
