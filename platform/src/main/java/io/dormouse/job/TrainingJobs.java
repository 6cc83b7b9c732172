package io.dormouse.job;

import static io.dormouse.aws.AwsError.VALIDATION;

import io.dormouse.aws.Shapes;
import io.dormouse.aws.TagList;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ListTrainingJobsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListTrainingJobsResponse;
import software.amazon.awssdk.services.sagemaker.model.SearchRecord;
import software.amazon.awssdk.services.sagemaker.model.StopTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.StopTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.TrainingInputMode;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobSummary;

/// Training jobs: create, describe, list, stop.
public final class TrainingJobs implements SageMakerClient {
    private final JobRoom room;
    private final Lives<TrainingJob> lives;

    public TrainingJobs(JobRoom room) {
        this.room = room;
        this.lives = new Lives<>(room, new Training(room));
    }

    /// Runs again what the platform was ended in.
    public void resume() {
        lives.resume();
    }

    @Override
    public CreateTrainingJobResponse createTrainingJob(CreateTrainingJobRequest request) {
        check(request);
        String arn = lives.arn(request.trainingJobName());
        lives.begin(TrainingJob.of(request, arn, room.clock().instant()), request.tags());
        return CreateTrainingJobResponse.builder().trainingJobArn(arn).build();
    }

    private void check(CreateTrainingJobRequest request) {
        if (request.algorithmSpecification().trainingImage() == null) {
            throw VALIDATION.of(
                    "AlgorithmSpecification.TrainingImage is required: algorithms of the marketplace"
                            + " (AlgorithmName) are not served");
        }
        if (request.resourceConfig() != null
                && request.resourceConfig().instanceCount() != null
                && request.resourceConfig().instanceCount() > 1) {
            throw VALIDATION.of(
                    "ResourceConfig.InstanceCount must be 1: distributed training is not served");
        }
        if (request.algorithmSpecification().trainingInputMode() == TrainingInputMode.PIPE) {
            throw VALIDATION.of(
                    "AlgorithmSpecification.TrainingInputMode must be File or FastFile: Pipe is not"
                            + " served");
        }
        if (!request.outputDataConfig().s3OutputPath().startsWith("s3://")) {
            throw VALIDATION.of(
                    "OutputDataConfig.S3OutputPath must be an S3 URI such as s3://bucket/prefix, was "
                            + request.outputDataConfig().s3OutputPath());
        }
        String image = request.algorithmSpecification().trainingImage();
        room.programs()
                .trouble(image, Programs.TRAINING)
                .ifPresent(why -> {
                    throw VALIDATION.of("AlgorithmSpecification.TrainingImage: " + why);
                });
        for (Channel channel : request.inputDataConfig()) {
            if (channel.dataSource().s3DataSource() == null) {
                throw VALIDATION.of(
                        "InputDataConfig: channel "
                                + channel.channelName()
                                + " needs DataSource.S3DataSource");
            }
        }
    }

    @Override
    public DescribeTrainingJobResponse describeTrainingJob(DescribeTrainingJobRequest request) {
        return lives.find(request.trainingJobName()).description();
    }

    @Override
    public StopTrainingJobResponse stopTrainingJob(StopTrainingJobRequest request) {
        lives.stop(request.trainingJobName());
        return StopTrainingJobResponse.builder().build();
    }

    @Override
    public ListTrainingJobsResponse listTrainingJobs(ListTrainingJobsRequest request) {
        if (request.warmPoolStatusEquals() != null || request.trainingPlanArnEquals() != null) {
            // No job here has a warm pool or a training plan.
            return ListTrainingJobsResponse.builder().trainingJobSummaries(List.of()).build();
        }
        Page<TrainingJobSummary> page =
                lives.page(Listing.of(request))
                        .map(job ->
                                Shapes.like(TrainingJobSummary.builder(), job.description())
                                        .build());
        return ListTrainingJobsResponse.builder()
                .trainingJobSummaries(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    /// The ARN of a job, where there is one of that name.
    public Optional<String> arn(Query query, String name) {
        return lives.arn(query, name);
    }

    /// Every job, as Search has it.
    public List<SearchRecord> searchRecords() {
        return lives.all().stream().map(this::searchRecord).toList();
    }

    private SearchRecord searchRecord(TrainingJob job) {
        var shown =
                Shapes.like(
                                software.amazon.awssdk.services.sagemaker.model.TrainingJob
                                        .builder(),
                                job.description())
                        .tags(TagList.of(room.tags().of(job.arn())))
                        .build();
        return SearchRecord.builder().trainingJob(shown).build();
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
