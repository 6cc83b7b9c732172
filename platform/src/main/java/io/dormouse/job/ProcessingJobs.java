package io.dormouse.job;

import static io.dormouse.aws.AwsError.VALIDATION;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.CreateProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ListProcessingJobsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListProcessingJobsResponse;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInput;
import software.amazon.awssdk.services.sagemaker.model.ProcessingJobSummary;
import software.amazon.awssdk.services.sagemaker.model.StopProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.StopProcessingJobResponse;

/// Processing jobs: create, describe, list, stop.
public final class ProcessingJobs implements SageMakerClient {
    private final JobRoom room;
    private final Lives<ProcessingJob> lives;

    public ProcessingJobs(JobRoom room) {
        this.room = room;
        this.lives = new Lives<>(room, new Processing(room));
    }

    /// Runs again what the platform was ended in.
    public void resume() {
        lives.resume();
    }

    @Override
    public CreateProcessingJobResponse createProcessingJob(CreateProcessingJobRequest request) {
        check(request);
        String arn = lives.arn(request.processingJobName());
        lives.begin(ProcessingJob.of(request, arn, room.clock().instant()), request.tags());
        return CreateProcessingJobResponse.builder().processingJobArn(arn).build();
    }

    private void check(CreateProcessingJobRequest request) {
        if (request.processingResources().clusterConfig().instanceCount() > 1) {
            throw VALIDATION.of(
                    "ProcessingResources.ClusterConfig.InstanceCount must be 1: distributed"
                            + " processing is not served");
        }
        String image = request.appSpecification().imageUri();
        room.programs()
                .trouble(image, Programs.PROCESSING)
                .ifPresent(why -> {
                    throw VALIDATION.of("AppSpecification.ImageUri: " + why);
                });
        for (ProcessingInput input : request.processingInputs()) {
            if (input.s3Input() == null || input.s3Input().localPath() == null) {
                throw VALIDATION.of(
                        "ProcessingInputs: "
                                + input.inputName()
                                + " needs S3Input with a LocalPath (DatasetDefinition is not served)");
            }
            checkPath(input.inputName(), input.s3Input().localPath());
        }
        if (request.processingOutputConfig() != null) {
            request.processingOutputConfig()
                    .outputs()
                    .forEach(output -> {
                        if (output.s3Output() == null) {
                            throw VALIDATION.of(
                                    "ProcessingOutputConfig: "
                                            + output.outputName()
                                            + " needs S3Output");
                        }
                        checkPath(output.outputName(), output.s3Output().localPath());
                    });
        }
    }

    private static void checkPath(String name, String path) {
        if (!path.startsWith("/opt/ml/processing/") || path.contains("..")) {
            throw VALIDATION.of(
                    "LocalPath of " + name + " must be below /opt/ml/processing/, was " + path);
        }
    }

    @Override
    public DescribeProcessingJobResponse describeProcessingJob(
            DescribeProcessingJobRequest request) {
        return lives.find(request.processingJobName()).description();
    }

    @Override
    public StopProcessingJobResponse stopProcessingJob(StopProcessingJobRequest request) {
        lives.stop(request.processingJobName());
        return StopProcessingJobResponse.builder().build();
    }

    @Override
    public ListProcessingJobsResponse listProcessingJobs(ListProcessingJobsRequest request) {
        Page<ProcessingJobSummary> page =
                lives.page(Listing.of(request))
                        .map(job ->
                                Shapes.like(ProcessingJobSummary.builder(), job.description())
                                        .build());
        return ListProcessingJobsResponse.builder()
                .processingJobSummaries(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    /// The ARN of a job, where there is one of that name.
    public Optional<String> arn(Query query, String name) {
        return lives.arn(query, name);
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    /// Ends what runs; it is run again when the platform starts again.
    @Override
    public void close() {
        lives.close();
    }
}
