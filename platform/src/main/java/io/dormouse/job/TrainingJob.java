package io.dormouse.job;

import io.dormouse.aws.Shapes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.CompressionType;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.MetricData;
import software.amazon.awssdk.services.sagemaker.model.OutputCompressionType;
import software.amazon.awssdk.services.sagemaker.model.OutputDataConfig;
import software.amazon.awssdk.services.sagemaker.model.ProfilingStatus;
import software.amazon.awssdk.services.sagemaker.model.RecordWrapper;
import software.amazon.awssdk.services.sagemaker.model.ResourceConfig;
import software.amazon.awssdk.services.sagemaker.model.S3DataDistribution;
import software.amazon.awssdk.services.sagemaker.model.S3DataSource;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatus;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatusTransition;
import software.amazon.awssdk.services.sagemaker.model.StoppingCondition;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;

/// A training job as its Describe answer, and the moves of its life.
record TrainingJob(DescribeTrainingJobResponse description) implements Job<TrainingJob> {
    /// A new one, as it was asked for and with what AWS fills in.
    static TrainingJob of(CreateTrainingJobRequest request, String arn, Instant at) {
        DescribeTrainingJobResponse described =
                Shapes.like(DescribeTrainingJobResponse.builder(), request)
                        .trainingJobArn(arn)
                        .trainingJobStatus(TrainingJobStatus.IN_PROGRESS)
                        .inputDataConfig(
                                request.inputDataConfig().stream()
                                        .map(TrainingJob::completed)
                                        .toList())
                        .outputDataConfig(completed(request.outputDataConfig()))
                        .modelArtifacts(a -> a.s3ModelArtifacts(artifacts(request)))
                        .stoppingCondition(completed(request.stoppingCondition()))
                        .enableNetworkIsolation(
                                Boolean.TRUE.equals(request.enableNetworkIsolation()))
                        .enableManagedSpotTraining(
                                Boolean.TRUE.equals(request.enableManagedSpotTraining()))
                        .enableInterContainerTrafficEncryption(
                                Boolean.TRUE.equals(
                                        request.enableInterContainerTrafficEncryption()))
                        .profilingStatus(ProfilingStatus.DISABLED)
                        .creationTime(at)
                        .build();
        return new TrainingJob(described)
                .moved(SecondaryStatus.STARTING, "Preparing the instances for training", at);
    }

    private static Channel completed(Channel channel) {
        Channel.Builder full = channel.toBuilder();
        if (channel.compressionType() == null) {
            full.compressionType(CompressionType.NONE);
        }
        if (channel.recordWrapperType() == null) {
            full.recordWrapperType(RecordWrapper.NONE);
        }
        S3DataSource source = channel.dataSource().s3DataSource();
        if (source.s3DataDistributionType() == null) {
            full.dataSource(d ->
                    d.s3DataSource(
                            source.toBuilder()
                                    .s3DataDistributionType(S3DataDistribution.FULLY_REPLICATED)
                                    .build()));
        }
        return full.build();
    }

    private static OutputDataConfig completed(OutputDataConfig output) {
        return output.compressionType() == null
                ? output.toBuilder().compressionType(OutputCompressionType.GZIP).build()
                : output;
    }

    /// @param given null where there is none, as the SDK's getter says it
    private static StoppingCondition completed(StoppingCondition given) {
        StoppingCondition condition = given == null ? StoppingCondition.builder().build() : given;
        return condition.maxRuntimeInSeconds() == null
                ? condition.toBuilder()
                        .maxRuntimeInSeconds((int) Task.USUAL_TIME.toSeconds())
                        .build()
                : condition;
    }

    private static String artifacts(CreateTrainingJobRequest request) {
        OutputDataConfig output = request.outputDataConfig();
        return (output.s3OutputPath() + "/").replaceFirst("/+$", "/")
                + request.trainingJobName()
                + (output.compressionType() == OutputCompressionType.NONE
                        ? "/output/model"
                        : "/output/model.tar.gz");
    }

    @Override
    public String name() {
        return description.trainingJobName();
    }

    @Override
    public String arn() {
        return description.trainingJobArn();
    }

    @Override
    public String status() {
        return description.trainingJobStatusAsString();
    }

    @Override
    public Instant created() {
        return description.creationTime();
    }

    @Override
    public Instant modified() {
        return description.lastModifiedTime();
    }

    @Override
    public String instanceType() {
        return Optional.ofNullable(description.resourceConfig())
                .map(ResourceConfig::instanceTypeAsString)
                .orElse(USUAL_INSTANCE);
    }

    @Override
    public String roleArn() {
        return description.roleArn();
    }

    @Override
    public boolean isolated() {
        return Boolean.TRUE.equals(description.enableNetworkIsolation());
    }

    @Override
    public TrainingJob preparing(Instant at) {
        return moved(SecondaryStatus.DOWNLOADING, "Downloading input data", at);
    }

    @Override
    public TrainingJob running(Instant at) {
        TrainingJob moved = moved(SecondaryStatus.TRAINING, "Training in-progress", at);
        return new TrainingJob(moved.description.toBuilder().trainingStartTime(at).build());
    }

    @Override
    public TrainingJob uploading(Instant at) {
        return moved(SecondaryStatus.UPLOADING, "Uploading generated training model", at);
    }

    @Override
    public TrainingJob stopping(Instant at) {
        TrainingJob moved = moved(SecondaryStatus.STOPPING, "Stopping the training job", at);
        return new TrainingJob(
                moved.description.toBuilder()
                        .trainingJobStatus(TrainingJobStatus.STOPPING)
                        .build());
    }

    /// The last value of each metric.
    TrainingJob withMetrics(List<MetricData> metrics) {
        return metrics.isEmpty()
                ? this
                : new TrainingJob(description.toBuilder().finalMetricDataList(metrics).build());
    }

    @Override
    public TrainingJob ended(Ending ending, Instant at) {
        return switch (ending) {
            case Ending.Done _ ->
                    ended(
                            TrainingJobStatus.COMPLETED,
                            SecondaryStatus.COMPLETED,
                            "Training job completed",
                            at);
            case Ending.Stopped _ ->
                    ended(
                            TrainingJobStatus.STOPPED,
                            SecondaryStatus.STOPPED,
                            "Training job stopped",
                            at);
            case Ending.OutOfTime _ ->
                    ended(
                            TrainingJobStatus.STOPPED,
                            SecondaryStatus.MAX_RUNTIME_EXCEEDED,
                            "Training job runtime exceeded MaxRuntimeInSeconds provided",
                            at);
            case Ending.Failed(String reason) -> {
                TrainingJob failed =
                        ended(
                                TrainingJobStatus.FAILED,
                                SecondaryStatus.FAILED,
                                "Training job failed",
                                at);
                yield new TrainingJob(failed.description.toBuilder().failureReason(reason).build());
            }
        };
    }

    private TrainingJob ended(
            TrainingJobStatus status, SecondaryStatus secondary, String message, Instant at) {
        TrainingJob moved = moved(secondary, message, at);
        DescribeTrainingJobResponse.Builder ended =
                moved.description.toBuilder().trainingJobStatus(status).trainingEndTime(at);
        Instant started = description.trainingStartTime();
        if (started != null) {
            int seconds = (int) Math.max(1, Duration.between(started, at).toSeconds());
            ended.trainingTimeInSeconds(seconds).billableTimeInSeconds(seconds);
        }
        return new TrainingJob(ended.build());
    }

    /// The last transition ends where the new one begins.
    private TrainingJob moved(SecondaryStatus to, String message, Instant at) {
        List<SecondaryStatusTransition> transitions = new ArrayList<>();
        for (SecondaryStatusTransition past : description.secondaryStatusTransitions()) {
            transitions.add(past.endTime() == null ? past.toBuilder().endTime(at).build() : past);
        }
        transitions.add(
                SecondaryStatusTransition.builder()
                        .status(to)
                        .startTime(at)
                        .statusMessage(message)
                        .build());
        return new TrainingJob(
                description.toBuilder()
                        .secondaryStatus(to)
                        .secondaryStatusTransitions(transitions)
                        .lastModifiedTime(at)
                        .build());
    }
}
