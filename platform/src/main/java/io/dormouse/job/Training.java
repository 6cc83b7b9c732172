package io.dormouse.job;

import io.dormouse.artifact.Archive;
import io.dormouse.store.Codec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sagemaker.model.AlgorithmSpecification;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.CheckpointConfig;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;
import software.amazon.awssdk.services.sagemaker.model.OutputCompressionType;
import software.amazon.awssdk.services.sagemaker.model.S3DataSource;

/// Training: channels in, a model out, and metrics read from the log.
///
/// AWS page: [how a training container is
/// run](https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html).
final class Training implements JobKind<TrainingJob> {
    private final JobRoom room;
    private final S3Files files;

    Training(JobRoom room) {
        this.room = room;
        this.files = new S3Files(room.s3());
    }

    @Override
    public String word() {
        return "Training";
    }

    @Override
    public Codec<TrainingJob> codec() {
        return Codec.shape(DescribeTrainingJobResponse::builder)
                .in(TrainingJob::new, TrainingJob::description);
    }

    @Override
    public String missing(String name) {
        return "Requested resource not found.";
    }

    @Override
    public Task task(TrainingJob job) throws JobFailed {
        DescribeTrainingJobResponse asked = job.description();
        Map<String, String> environment = new HashMap<>(asked.environment());
        // Threads that wait by spinning take from endpoints what they do not need themselves.
        environment.putIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
        AlgorithmSpecification algorithm = asked.algorithmSpecification();
        return new Task(
                room.programs()
                        .training(
                                algorithm.trainingImage(),
                                asked.hyperParameters(),
                                algorithm.containerEntrypoint(),
                                algorithm.containerArguments()),
                environment,
                Duration.ofSeconds(asked.stoppingCondition().maxRuntimeInSeconds()));
    }

    @Override
    public void prepare(TrainingJob job, JobFolder folder) throws JobFailed, IOException {
        DescribeTrainingJobResponse asked = job.description();
        TrainingDocuments documents = new TrainingDocuments(folder);
        documents.hyperparameters(asked.hyperParameters());
        documents.channels(asked.inputDataConfig());
        documents.resources(job.instanceType());
        for (Channel channel : asked.inputDataConfig()) {
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
        CheckpointConfig checkpoints = asked.checkpointConfig();
        if (checkpoints != null) {
            files.downloadAny(checkpoints.s3Uri(), folder.folder(checkpointPath(checkpoints)));
        }
        folder.folder("tmp");
    }

    @Override
    public Witness<TrainingJob> witness(TrainingJob job) throws JobFailed {
        List<MetricDefinition> definitions =
                job.description().algorithmSpecification().metricDefinitions();
        return new Measures(
                new MetricWatch(
                        definitions.isEmpty() ? TrainingDocuments.builtInMetrics() : definitions,
                        room.meters(),
                        room.clock(),
                        job.name() + "/algo-1"));
    }

    /// Checkpoints, above all of a job that failed or was stopped: the next one goes on from them.
    @Override
    public void ended(TrainingJob job, JobFolder folder) throws JobFailed, IOException {
        CheckpointConfig checkpoints = job.description().checkpointConfig();
        if (checkpoints != null) {
            files.putAll(
                    S3Files.Location.of(checkpoints.s3Uri()),
                    folder.folder(checkpointPath(checkpoints)));
        }
    }

    private static String checkpointPath(CheckpointConfig checkpoints) {
        return Objects.requireNonNullElse(checkpoints.localPath(), "/opt/ml/checkpoints");
    }

    /// A model that is not finished is a model, and may be what the caller stopped the job for.
    @Override
    public boolean keeps(Ending ending) {
        return !(ending instanceof Ending.Failed);
    }

    @Override
    public void upload(TrainingJob job, JobFolder folder) throws JobFailed, IOException {
        DescribeTrainingJobResponse asked = job.description();
        S3Files.Location model = S3Files.Location.of(asked.modelArtifacts().s3ModelArtifacts());
        if (asked.outputDataConfig().compressionType() == OutputCompressionType.NONE) {
            files.putAll(model, folder.folder("model"));
        } else {
            pack(folder, "model", model);
        }
        pack(folder, "output/data", model.beside("output.tar.gz"));
    }

    /// Nothing is left of a folder with nothing in it: a job that was stopped may have no model.
    private void pack(JobFolder folder, String path, S3Files.Location to)
            throws JobFailed, IOException {
        Path from = folder.folder(path);
        if (isEmpty(from)) {
            return;
        }
        Path archive = folder.resolve("tmp/outputs.tar.gz");
        try (OutputStream out = Files.newOutputStream(archive)) {
            Archive.pack(from, out);
        }
        files.put(to, archive);
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    /// The metrics that a program's log holds.
    private record Measures(MetricWatch metrics) implements Witness<TrainingJob> {
        @Override
        public void line(String text) {
            metrics.line(text);
        }

        @Override
        public String lastWords(JobFolder folder) throws IOException {
            String failure = folder.text("output/failure");
            return failure.isEmpty() ? "the program wrote no /opt/ml/output/failure" : failure;
        }

        @Override
        public UnaryOperator<TrainingJob> account(JobFolder folder) {
            return now -> now.withMetrics(metrics.last());
        }
    }
}
