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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.CreateProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ListProcessingJobsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListProcessingJobsResponse;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInput;
import software.amazon.awssdk.services.sagemaker.model.ProcessingJobStatus;
import software.amazon.awssdk.services.sagemaker.model.ProcessingJobSummary;
import software.amazon.awssdk.services.sagemaker.model.ResourceInUseException;
import software.amazon.awssdk.services.sagemaker.model.SortOrder;
import software.amazon.awssdk.services.sagemaker.model.StopProcessingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.StopProcessingJobResponse;

/// Processing jobs: create, describe, list, stop.
public final class ProcessingJobs implements SageMakerClient {
    private final JobRoom room;
    private final Records<DescribeProcessingJobResponse> records;
    private final Map<String, ProcessingRun> running = new ConcurrentHashMap<>();

    public ProcessingJobs(JobRoom room) {
        this.room = room;
        this.records =
                new Records<>(
                        room.store(),
                        "processing-job",
                        Codec.shape(DescribeProcessingJobResponse::builder));
    }

    /// Runs again what the platform was ended in.
    public void resume() {
        for (Entry<DescribeProcessingJobResponse> entry : records.all()) {
            if (!new ProcessingJob(entry.body()).ended()) {
                start(entry.name());
            }
        }
    }

    @Override
    public CreateProcessingJobResponse createProcessingJob(CreateProcessingJobRequest request) {
        check(request);
        String name = request.processingJobName();
        String arn = Caller.current().resource("sagemaker", "processing-job/" + name);
        Instant now = room.clock().instant();
        DescribeProcessingJobResponse description =
                Shapes.like(DescribeProcessingJobResponse.builder(), request)
                        .processingJobArn(arn)
                        .processingJobStatus(ProcessingJobStatus.IN_PROGRESS)
                        .creationTime(now)
                        .lastModifiedTime(now)
                        .build();
        Map<String, String> tags = new LinkedHashMap<>();
        request.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
        room.store()
                .write(tx -> {
                    Entry<DescribeProcessingJobResponse> entry =
                            Entry.of(name, now, description)
                                    .now(
                                            description.processingJobStatusAsString(),
                                            now,
                                            description);
                    if (!records.insert(tx, entry)) {
                        throw taken(arn);
                    }
                    room.tags().put(tx, arn, tags);
                    return event(tx, description);
                });
        start(name);
        return CreateProcessingJobResponse.builder().processingJobArn(arn).build();
    }

    private static void check(CreateProcessingJobRequest request) {
        if (request.processingResources().clusterConfig().instanceCount() > 1) {
            throw VALIDATION.of(
                    "ProcessingResources.ClusterConfig.InstanceCount must be 1: distributed"
                            + " processing is not served");
        }
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

    private static ResourceInUseException taken(String arn) {
        return ResourceInUseException.builder()
                .message(
                        "Job name must be unique within an AWS account and region, and a"
                                + " processing job with this name already exists ("
                                + arn
                                + ")")
                .build();
    }

    private void start(String name) {
        ProcessingRun run = new ProcessingRun(room, name, move -> move(name, move));
        running.put(name, run);
        Thread.ofVirtual()
                .name("processing-job/" + name)
                .start(() -> {
                    try {
                        run.run();
                    } finally {
                        running.remove(name, run);
                    }
                });
    }

    private ProcessingJob move(String name, UnaryOperator<ProcessingJob> move) {
        return room.store()
                .write(tx -> {
                    Entry<DescribeProcessingJobResponse> entry =
                            records.get(tx, name).orElseThrow(() -> missing(name));
                    ProcessingJob before = new ProcessingJob(entry.body());
                    ProcessingJob after = before.ended() ? before : move.apply(before);
                    if (!after.equals(before)) {
                        DescribeProcessingJobResponse body = after.description();
                        records.update(
                                tx,
                                entry.now(
                                        body.processingJobStatusAsString(),
                                        body.lastModifiedTime(),
                                        body));
                        event(tx, body);
                    }
                    return after;
                });
    }

    private static boolean event(Tx tx, DescribeProcessingJobResponse detail) {
        tx.append("SageMaker Processing Job State Change", Shapes.toJson(detail));
        return true;
    }

    private static RuntimeException missing(String name) {
        return VALIDATION.of("Could not find requested job with name: " + name);
    }

    private DescribeProcessingJobResponse find(String name) {
        return records.get(name).orElseThrow(() -> missing(name)).body();
    }

    @Override
    public DescribeProcessingJobResponse describeProcessingJob(
            DescribeProcessingJobRequest request) {
        return find(request.processingJobName());
    }

    @Override
    public StopProcessingJobResponse stopProcessingJob(StopProcessingJobRequest request) {
        String name = request.processingJobName();
        DescribeProcessingJobResponse now = find(name);
        if (new ProcessingJob(now).ended()) {
            throw VALIDATION.of(
                    "The request was rejected because the processing job is in status "
                            + now.processingJobStatusAsString()
                            + ".");
        }
        move(name, job -> job.stopping() ? job : job.asked(room.clock().instant()));
        Optional.ofNullable(running.get(name)).ifPresent(ProcessingRun::stop);
        return StopProcessingJobResponse.builder().build();
    }

    @Override
    public ListProcessingJobsResponse listProcessingJobs(ListProcessingJobsRequest request) {
        Listing.By by =
                request.sortBy() == null
                        ? Listing.By.CREATED
                        : switch (request.sortBy()) {
                            case NAME -> Listing.By.NAME;
                            case STATUS -> Listing.By.STATUS;
                            default -> Listing.By.CREATED;
                        };
        Page<Entry<DescribeProcessingJobResponse>> page =
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
        return ListProcessingJobsResponse.builder()
                .processingJobSummaries(
                        page.items().stream()
                                .map(entry ->
                                        Shapes.like(ProcessingJobSummary.builder(), entry.body())
                                                .build())
                                .toList())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    /// The ARN of a job, where there is one of that name.
    public Optional<String> arn(Query query, String name) {
        return records.get(query, name).map(entry -> entry.body().processingJobArn());
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    /// Ends what runs; it is run again when the platform starts again.
    @Override
    public void close() {
        running.values().forEach(ProcessingRun::abandon);
    }
}
