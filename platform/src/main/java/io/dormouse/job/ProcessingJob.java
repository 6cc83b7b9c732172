package io.dormouse.job;

import io.dormouse.aws.Shapes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.services.sagemaker.model.CreateProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInput;
import software.amazon.awssdk.services.sagemaker.model.ProcessingJobStatus;
import software.amazon.awssdk.services.sagemaker.model.ProcessingOutput;

/// A processing job as its Describe answer, and the moves of its life. AWS shows fewer of them than
/// of a training job's.
record ProcessingJob(DescribeProcessingJobResponse description) implements Job<ProcessingJob> {
    /// A new one, as it was asked for and with what AWS fills in.
    static ProcessingJob of(CreateProcessingJobRequest request, String arn, Instant at) {
        DescribeProcessingJobResponse.Builder described =
                Shapes.like(DescribeProcessingJobResponse.builder(), request)
                        .processingJobArn(arn)
                        .processingJobStatus(ProcessingJobStatus.IN_PROGRESS)
                        .creationTime(at)
                        .lastModifiedTime(at);
        if (request.hasProcessingInputs()) {
            described.processingInputs(
                    request.processingInputs().stream().map(ProcessingJob::completed).toList());
        }
        if (request.processingOutputConfig() != null) {
            List<ProcessingOutput> outputs =
                    request.processingOutputConfig().outputs().stream()
                            .map(ProcessingJob::completed)
                            .toList();
            described.processingOutputConfig(
                    request.processingOutputConfig().toBuilder().outputs(outputs).build());
        }
        if (request.stoppingCondition() == null) {
            described.stoppingCondition(
                    s -> s.maxRuntimeInSeconds((int) Task.USUAL_TIME.toSeconds()));
        }
        return new ProcessingJob(described.build());
    }

    private static ProcessingInput completed(ProcessingInput input) {
        return input.appManaged() == null ? input.toBuilder().appManaged(false).build() : input;
    }

    private static ProcessingOutput completed(ProcessingOutput output) {
        return output.appManaged() == null ? output.toBuilder().appManaged(false).build() : output;
    }

    /// What it leaves; empty where it has no outputs.
    List<ProcessingOutput> outputs() {
        return description.processingOutputConfig() == null
                ? List.of()
                : description.processingOutputConfig().outputs();
    }

    Duration timeLimit() {
        return description.stoppingCondition() == null
                ? Task.USUAL_TIME
                : Duration.ofSeconds(description.stoppingCondition().maxRuntimeInSeconds());
    }

    @Override
    public String name() {
        return description.processingJobName();
    }

    @Override
    public String arn() {
        return description.processingJobArn();
    }

    @Override
    public String status() {
        return description.processingJobStatusAsString();
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
        return description.processingResources().clusterConfig().instanceTypeAsString();
    }

    @Override
    public String roleArn() {
        return description.roleArn();
    }

    @Override
    public boolean isolated() {
        return description.networkConfig() != null
                && Boolean.TRUE.equals(description.networkConfig().enableNetworkIsolation());
    }

    /// Nothing of it is shown.
    @Override
    public ProcessingJob preparing(Instant at) {
        return this;
    }

    @Override
    public ProcessingJob running(Instant at) {
        return new ProcessingJob(
                description.toBuilder().processingStartTime(at).lastModifiedTime(at).build());
    }

    /// Nothing of it is shown.
    @Override
    public ProcessingJob uploading(Instant at) {
        return this;
    }

    @Override
    public ProcessingJob stopping(Instant at) {
        return new ProcessingJob(
                description.toBuilder()
                        .processingJobStatus(ProcessingJobStatus.STOPPING)
                        .lastModifiedTime(at)
                        .build());
    }

    /// What the program left in `output/message`.
    ProcessingJob saying(String exitMessage) {
        return exitMessage.isEmpty()
                ? this
                : new ProcessingJob(description.toBuilder().exitMessage(exitMessage).build());
    }

    @Override
    public ProcessingJob ended(Ending ending, Instant at) {
        return switch (ending) {
            case Ending.Done _ -> ended(ProcessingJobStatus.COMPLETED, at);
            case Ending.Stopped _ -> ended(ProcessingJobStatus.STOPPED, at);
            case Ending.OutOfTime(var limit) ->
                    failed(
                            "ClientError: the job ran longer than its"
                                    + " StoppingCondition.MaxRuntimeInSeconds of "
                                    + limit.toSeconds(),
                            at);
            case Ending.Failed(String reason) -> failed(reason, at);
        };
    }

    private ProcessingJob failed(String reason, Instant at) {
        ProcessingJob failed = ended(ProcessingJobStatus.FAILED, at);
        return new ProcessingJob(failed.description.toBuilder().failureReason(reason).build());
    }

    private ProcessingJob ended(ProcessingJobStatus status, Instant at) {
        return new ProcessingJob(
                description.toBuilder()
                        .processingJobStatus(status)
                        .processingEndTime(at)
                        .lastModifiedTime(at)
                        .build());
    }
}
