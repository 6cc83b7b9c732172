package io.dormouse.job;

import io.dormouse.aws.Shapes;
import io.dormouse.worker.Execution;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInput;
import software.amazon.awssdk.services.sagemaker.model.ProcessingOutput;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One processing job from its start to its end, on a thread of its own.
final class ProcessingRun {
    /// Makes a move of the job's life and tells how it is then.
    @FunctionalInterface
    interface Life {
        ProcessingJob move(UnaryOperator<ProcessingJob> move);
    }

    private static final String LOG_GROUP = "/aws/sagemaker/ProcessingJobs";
    private static final Duration DEFAULT_RUNTIME = Duration.ofDays(1);
    private static final int MESSAGE_BYTES = 1024;

    private final JobRoom room;
    private final String name;
    private final Life life;
    private final S3Files files;
    private final JobExecution execution = new JobExecution();

    ProcessingRun(JobRoom room, String name, Life life) {
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
            System.getLogger(ProcessingRun.class.getName())
                    .log(System.Logger.Level.WARNING, "Processing job " + name, e);
            fail("InternalServerError: " + e);
        }
    }

    private void fail(String reason) {
        if (!execution.isAbandoned()) {
            life.move(job -> job.failed(reason, room.clock().instant()));
        }
    }

    private void toItsEnd() throws JobFailed, IOException, InterruptedException {
        ProcessingJob now = life.move(UnaryOperator.identity());
        if (now.stopping()) {
            throw new InterruptedException("asked to stop in an earlier life");
        }
        DescribeProcessingJobResponse job = now.description();
        Programs.Program program =
                room.programs()
                        .processing(
                                job.appSpecification().imageUri(),
                                job.appSpecification().containerEntrypoint(),
                                job.appSpecification().containerArguments());
        InstanceShape shape =
                room.shape(job.processingResources().clusterConfig().instanceTypeAsString());
        execution.waits(Thread.currentThread());
        try (JobRoom.Place _ =
                        room.capacity()
                                .reserve(
                                        "processing-job/" + name, shape.memoryMb(), shape.cores());
                JobFolder folder = JobFolder.fresh(room.folder())) {
            execution.waitsNoMore();
            prepare(folder, job);
            process(folder, job, program, shape);
        } finally {
            execution.waitsNoMore();
        }
    }

    private void prepare(JobFolder folder, DescribeProcessingJobResponse job)
            throws JobFailed, IOException {
        for (ProcessingInput input : job.processingInputs()) {
            files.download(input.s3Input().s3Uri(), folder.folder(input.s3Input().localPath()));
        }
        for (ProcessingOutput output : outputs(job)) {
            folder.folder(output.s3Output().localPath());
        }
        folder.folder("output");
        folder.folder("tmp");
        folder.write(
                "config/processingjobconfig.json",
                JsonMapper.shared().readTree(Shapes.toJson(job)));
        ObjectNode hosts = JsonNodeFactory.instance.objectNode();
        hosts.put("current_host", "algo-1");
        hosts.putArray("hosts").add("algo-1");
        folder.write("config/resourceconfig.json", hosts);
    }

    private static List<ProcessingOutput> outputs(DescribeProcessingJobResponse job) {
        return job.processingOutputConfig() == null
                ? List.of()
                : job.processingOutputConfig().outputs();
    }

    private void process(
            JobFolder folder,
            DescribeProcessingJobResponse job,
            Programs.Program program,
            InstanceShape shape)
            throws JobFailed, IOException, InterruptedException {
        String stream = name + "/algo-1-" + room.clock().instant().getEpochSecond();
        life.move(before -> before.stopping() ? before : before.begun(room.clock().instant()));
        RunSpec spec =
                new RunSpec(
                        "processing-job/" + name,
                        arguments(program.command(), folder),
                        folder.root(),
                        environment(job),
                        shape.memoryMb(),
                        shape.cores(),
                        runtime(job),
                        program.readable());
        try {
            execution.begun(
                    room.launcher().run(spec, line -> room.logs().append(LOG_GROUP, stream, line)));
        } catch (StartFailed e) {
            throw new JobFailed("InternalServerError: " + e.getMessage(), e);
        }
        Execution.Result result = execution.result();
        if (execution.isAbandoned()) {
            throw new InterruptedException("the platform ends");
        }
        String message = message(folder);
        life.move(before -> before.saying(message));
        if (result.exitCode() != 0 || result.timedOut()) {
            if (execution.isStopped()) {
                throw new InterruptedException("stopped");
            }
            throw failure(job, result, shape, message);
        }
        for (ProcessingOutput output : outputs(job)) {
            files.putAll(
                    S3Files.Location.of(output.s3Output().s3Uri()),
                    folder.folder(output.s3Output().localPath()));
        }
        life.move(before ->
                before.stopping()
                        ? before.stopped(room.clock().instant())
                        : before.completed(room.clock().instant()));
    }

    /// Where the program does not see its folder as `/opt/ml`, its arguments name the folder
    /// itself.
    private List<String> arguments(List<String> command, JobFolder folder) {
        return room.launcher().can().contains(Launcher.Capability.ISOLATION)
                ? command
                : command.stream()
                        .map(word -> word.replaceFirst("^/opt/ml(?=/|$)", folder.root().toString()))
                        .toList();
    }

    private static JobFailed failure(
            DescribeProcessingJobResponse job,
            Execution.Result result,
            InstanceShape shape,
            String message) {
        if (result.outOfMemory()) {
            return JobFailed.algorithm(
                    "the program needed more than the "
                            + shape.memoryMb()
                            + " MB of its instance: choose a larger InstanceType",
                    result.exitCode());
        } else if (result.timedOut()) {
            return JobFailed.client(
                    "the job ran longer than its StoppingCondition.MaxRuntimeInSeconds of "
                            + runtime(job).toSeconds());
        }
        return JobFailed.algorithm(
                message.isEmpty() ? "see the log of " + job.processingJobName() : message,
                result.exitCode());
    }

    private static Duration runtime(DescribeProcessingJobResponse job) {
        return job.stoppingCondition() == null
                ? DEFAULT_RUNTIME
                : Duration.ofSeconds(job.stoppingCondition().maxRuntimeInSeconds());
    }

    private static Map<String, String> environment(DescribeProcessingJobResponse job) {
        Map<String, String> environment = new HashMap<>(job.environment());
        environment.put("PROCESSING_JOB_NAME", job.processingJobName());
        environment.put("PROCESSING_JOB_ARN", job.processingJobArn());
        return environment;
    }

    private static String message(JobFolder folder) throws IOException, JobFailed {
        Path file = folder.resolve("output/message");
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MESSAGE_BYTES), java.nio.charset.StandardCharsets.UTF_8)
                    .strip();
        }
    }
}
