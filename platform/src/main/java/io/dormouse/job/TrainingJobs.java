package io.dormouse.job;

import static io.dormouse.aws.AwsError.VALIDATION;

import io.dormouse.aws.Caller;
import io.dormouse.aws.Shapes;
import io.dormouse.store.Codec;
import io.dormouse.store.Entry;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ListTrainingJobsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListTrainingJobsResponse;
import software.amazon.awssdk.services.sagemaker.model.ResourceInUseException;
import software.amazon.awssdk.services.sagemaker.model.SearchRecord;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatus;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatusTransition;
import software.amazon.awssdk.services.sagemaker.model.SortOrder;
import software.amazon.awssdk.services.sagemaker.model.StopTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.StopTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.StoppingCondition;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemaker.model.TrainingInputMode;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobSummary;

/// Training jobs: create, describe, list, stop.
public final class TrainingJobs implements SageMakerClient {
    private static final int DEFAULT_RUNTIME_SECONDS = 86_400;

    private final JobRoom room;
    private final Records<DescribeTrainingJobResponse> records;
    private final Map<String, TrainingRun> running = new ConcurrentHashMap<>();

    public TrainingJobs(JobRoom room) {
        this.room = room;
        this.records =
                new Records<>(
                        room.store(),
                        "training-job",
                        Codec.shape(DescribeTrainingJobResponse::builder));
    }

    /// Runs again what the platform was ended in.
    public void resume() {
        for (Entry<DescribeTrainingJobResponse> entry : records.all()) {
            TrainingJob job = new TrainingJob(entry.body());
            if (!job.ended()) {
                start(entry.name());
            }
        }
    }

    @Override
    public CreateTrainingJobResponse createTrainingJob(CreateTrainingJobRequest request) {
        check(request);
        String name = request.trainingJobName();
        String arn = Caller.current().resource("sagemaker", "training-job/" + name);
        DescribeTrainingJobResponse description = described(request, arn, room.clock().instant());
        room.store()
                .write(tx -> {
                    Entry<DescribeTrainingJobResponse> entry =
                            Entry.of(name, description.creationTime(), description)
                                    .now(
                                            description.trainingJobStatusAsString(),
                                            description.creationTime(),
                                            description);
                    if (!records.insert(tx, entry)) {
                        throw taken(arn);
                    }
                    room.tags().put(tx, arn, tags(request.tags()));
                    return event(tx, description);
                });
        start(name);
        return CreateTrainingJobResponse.builder().trainingJobArn(arn).build();
    }

    private static void check(CreateTrainingJobRequest request) {
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
        for (Channel channel : request.inputDataConfig()) {
            if (channel.dataSource().s3DataSource() == null) {
                throw VALIDATION.of(
                        "InputDataConfig: channel "
                                + channel.channelName()
                                + " needs DataSource.S3DataSource");
            }
        }
    }

    private static DescribeTrainingJobResponse described(
            CreateTrainingJobRequest request, String arn, Instant now) {
        StoppingCondition stopping =
                request.stoppingCondition() == null
                        ? StoppingCondition.builder()
                                .maxRuntimeInSeconds(DEFAULT_RUNTIME_SECONDS)
                                .build()
                        : request.stoppingCondition();
        String artifacts =
                (request.outputDataConfig().s3OutputPath() + "/").replaceFirst("/+$", "/")
                        + request.trainingJobName()
                        + "/output/model.tar.gz";
        return Shapes.like(DescribeTrainingJobResponse.builder(), request)
                .trainingJobArn(arn)
                .trainingJobStatus(TrainingJobStatus.IN_PROGRESS)
                .secondaryStatus(SecondaryStatus.STARTING)
                .secondaryStatusTransitions(
                        SecondaryStatusTransition.builder()
                                .status(SecondaryStatus.STARTING)
                                .startTime(now)
                                .statusMessage("Preparing the instances for training")
                                .build())
                .modelArtifacts(a -> a.s3ModelArtifacts(artifacts))
                .stoppingCondition(stopping)
                .enableNetworkIsolation(Boolean.TRUE.equals(request.enableNetworkIsolation()))
                .enableManagedSpotTraining(Boolean.TRUE.equals(request.enableManagedSpotTraining()))
                .enableInterContainerTrafficEncryption(
                        Boolean.TRUE.equals(request.enableInterContainerTrafficEncryption()))
                .creationTime(now)
                .lastModifiedTime(now)
                .build();
    }

    private static Map<String, String> tags(List<Tag> tags) {
        Map<String, String> map = new LinkedHashMap<>();
        tags.forEach(tag -> map.put(tag.key(), tag.value()));
        return map;
    }

    private static ResourceInUseException taken(String arn) {
        return ResourceInUseException.builder()
                .message(
                        "Job name must be unique within an AWS account and region, and a"
                                + " training job with this name already exists ("
                                + arn
                                + ")")
                .build();
    }

    private void start(String name) {
        TrainingRun run = new TrainingRun(room, name, move -> move(name, move));
        running.put(name, run);
        Thread.ofVirtual()
                .name("training-job/" + name)
                .start(() -> {
                    try {
                        run.run();
                    } finally {
                        running.remove(name, run);
                    }
                });
    }

    /// Makes one move of a job's life, with its event, in one transaction.
    ///
    /// @return the job as it is now
    private TrainingJob move(String name, UnaryOperator<TrainingJob> move) {
        return room.store()
                .write(tx -> {
                    Entry<DescribeTrainingJobResponse> entry =
                            records.get(tx, name).orElseThrow(TrainingJobs::missing);
                    TrainingJob before = new TrainingJob(entry.body());
                    if (before.ended()) {
                        return before;
                    }
                    TrainingJob after = move.apply(before);
                    if (!after.equals(before)) {
                        DescribeTrainingJobResponse body = after.description();
                        records.update(
                                tx,
                                entry.now(
                                        body.trainingJobStatusAsString(),
                                        body.lastModifiedTime(),
                                        body));
                        event(tx, body);
                    }
                    return after;
                });
    }

    private static boolean event(Tx tx, DescribeTrainingJobResponse detail) {
        tx.append("SageMaker Training Job State Change", Shapes.toJson(detail));
        return true;
    }

    private static RuntimeException missing() {
        return VALIDATION.of("Requested resource not found.");
    }

    @Override
    public DescribeTrainingJobResponse describeTrainingJob(DescribeTrainingJobRequest request) {
        return records.get(request.trainingJobName()).orElseThrow(TrainingJobs::missing).body();
    }

    @Override
    public StopTrainingJobResponse stopTrainingJob(StopTrainingJobRequest request) {
        String name = request.trainingJobName();
        DescribeTrainingJobResponse now =
                records.get(name).orElseThrow(TrainingJobs::missing).body();
        if (new TrainingJob(now).ended()) {
            throw VALIDATION.of(
                    "The request was rejected because the training job is in status "
                            + now.trainingJobStatusAsString()
                            + ".");
        }
        move(name, job -> job.stopping() ? job : job.asked(room.clock().instant()));
        Optional.ofNullable(running.get(name)).ifPresent(TrainingRun::stop);
        return StopTrainingJobResponse.builder().build();
    }

    @Override
    public ListTrainingJobsResponse listTrainingJobs(ListTrainingJobsRequest request) {
        Listing.By by =
                request.sortBy() == null
                        ? Listing.By.CREATED
                        : switch (request.sortBy()) {
                            case NAME -> Listing.By.NAME;
                            case STATUS -> Listing.By.STATUS;
                            default -> Listing.By.CREATED;
                        };
        Page<Entry<DescribeTrainingJobResponse>> page =
                records.page(
                        Listing.all()
                                .nameContains(Optional.ofNullable(request.nameContains()))
                                .created(
                                        Optional.ofNullable(request.creationTimeAfter()),
                                        Optional.ofNullable(request.creationTimeBefore()))
                                .modified(
                                        Optional.ofNullable(request.lastModifiedTimeAfter()),
                                        Optional.ofNullable(request.lastModifiedTimeBefore()))
                                .status(Optional.ofNullable(request.statusEqualsAsString()))
                                .order(by, request.sortOrder() == SortOrder.ASCENDING)
                                .page(
                                        Optional.ofNullable(request.maxResults()).orElse(10),
                                        Optional.ofNullable(request.nextToken())));
        return ListTrainingJobsResponse.builder()
                .trainingJobSummaries(page.items().stream().map(TrainingJobs::summary).toList())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    private static TrainingJobSummary summary(Entry<DescribeTrainingJobResponse> entry) {
        return Shapes.like(TrainingJobSummary.builder(), entry.body()).build();
    }

    /// The ARN of a job, where there is one of that name.
    public Optional<String> arn(Query query, String name) {
        return records.get(query, name).map(entry -> entry.body().trainingJobArn());
    }

    /// Every job, as Search has it.
    public List<SearchRecord> searchRecords() {
        return records.all().stream()
                .map(entry ->
                        SearchRecord.builder()
                                .trainingJob(
                                        Shapes.like(
                                                        software.amazon.awssdk.services.sagemaker
                                                                .model.TrainingJob.builder(),
                                                        entry.body())
                                                .build())
                                .build())
                .toList();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    /// Ends what runs; it is run again when the platform starts again.
    @Override
    public void close() {
        running.values().forEach(TrainingRun::abandon);
    }
}
