package io.dormouse.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ProcessingJobStatus;
import software.amazon.awssdk.services.sagemaker.model.ResourceInUseException;
import tools.jackson.databind.JsonNode;

class ProcessingJobsTest {
    private static final String UPPER =
            """
            import java.nio.file.*;
            public class Job {
                public static void main(String[] arguments) throws Exception {
                    Path root = Path.of(System.getenv().getOrDefault("DORMOUSE_ML_ROOT", "/opt/ml"), "processing");
                    String text = Files.readString(root.resolve("input/in/words.txt"));
                    Files.writeString(root.resolve("out/words.txt"), text.toUpperCase() + arguments[0]);
                    System.out.println("job is " + System.getenv("PROCESSING_JOB_NAME"));
                    System.out.println("home is " + System.getenv("HOME"));
                }
            }
            """;

    @TempDir Path folder;
    private JobFixture jobs;

    @BeforeEach
    void open() throws IOException {
        jobs = new JobFixture(folder).withBucket();
        jobs.put("in/words.txt", "a few words ");
    }

    @AfterEach
    void close() {
        jobs.close();
    }

    @Test
    void aProgramReadsItsInputsAndItsOutputsGoToS3() {
        jobs.processing.createProcessingJob(jobs.program("upper", UPPER).build());
        DescribeProcessingJobResponse job = jobs.endedProcessing("upper");
        assertEquals(ProcessingJobStatus.COMPLETED, job.processingJobStatus(), job.failureReason());
        assertEquals(List.of("out/upper/words.txt"), jobs.keys("out/"));
        assertEquals(
                "A FEW WORDS argument",
                jobs.s3
                        .getObjectAsBytes(r -> r.bucket("jobs").key("out/upper/words.txt"))
                        .asString(StandardCharsets.UTF_8));
        assertTrue(
                jobs.logged(line ->
                        line.startsWith("/aws/sagemaker/ProcessingJobs upper/algo-1-")
                                && line.endsWith("job is upper")));
        assertTrue(
                jobs.logged(line -> line.endsWith("home is null")),
                "nothing of the platform's environment is passed on: " + jobs.logs);
        assertEquals(1, job.processingResources().clusterConfig().instanceCount());
        assertEquals(86_400, job.stoppingCondition().maxRuntimeInSeconds());
        assertEquals(false, job.processingInputs().getFirst().appManaged());
        List<JsonNode> events = jobs.events("SageMaker Processing Job State Change");
        assertEquals("InProgress", events.getFirst().get("ProcessingJobStatus").asString());
        assertEquals("Completed", events.getLast().get("ProcessingJobStatus").asString());
        assertEquals(
                job.processingEndTime().toEpochMilli(),
                events.getLast().get("ProcessingEndTime").asLong());
        JobFixture.until(
                () -> List.of(folder.resolve("jobs").toFile().list()), left -> left.isEmpty());
    }

    @Test
    void aJobThatRunsTooLongFails() {
        String endless =
                """
                public class Job {
                    public static void main(String[] arguments) throws Exception {
                        new java.util.concurrent.CountDownLatch(1).await();
                    }
                }
                """;
        jobs.processing.createProcessingJob(
                jobs.program("late", endless)
                        .stoppingCondition(s -> s.maxRuntimeInSeconds(1))
                        .build());
        DescribeProcessingJobResponse job = jobs.endedProcessing("late");
        assertEquals(ProcessingJobStatus.FAILED, job.processingJobStatus());
        assertEquals(
                "ClientError: the job ran longer than its StoppingCondition.MaxRuntimeInSeconds of 1",
                job.failureReason());
    }

    @Test
    void aFailedProgramIsToldWithItsExitCodeAndItsOwnWords() {
        String failing =
                """
                import java.nio.file.*;
                public class Job {
                    public static void main(String[] arguments) throws Exception {
                        Path root = Path.of(System.getenv().getOrDefault("DORMOUSE_ML_ROOT", "/opt/ml"));
                        Files.writeString(root.resolve("output/message"), "the words were wrong");
                        System.exit(3);
                    }
                }
                """;
        jobs.processing.createProcessingJob(jobs.program("failing", failing).build());
        DescribeProcessingJobResponse job = jobs.endedProcessing("failing");
        assertEquals(ProcessingJobStatus.FAILED, job.processingJobStatus());
        assertEquals("AlgorithmError: the words were wrong, exit code: 3", job.failureReason());
        assertEquals("the words were wrong", job.exitMessage());
        assertEquals(List.of(), jobs.keys("out/"));
    }

    @Test
    void aJobIsStopped() {
        String endless =
                """
                public class Job {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println("waiting");
                        new java.util.concurrent.CountDownLatch(1).await();
                    }
                }
                """;
        jobs.processing.createProcessingJob(jobs.program("endless", endless).build());
        JobFixture.until(() -> jobs.logged(line -> line.endsWith("waiting")), isSo -> isSo);
        jobs.processing.stopProcessingJob(r -> r.processingJobName("endless"));
        assertEquals(
                ProcessingJobStatus.STOPPED, jobs.endedProcessing("endless").processingJobStatus());
        AwsServiceException late =
                assertThrows(
                        AwsServiceException.class,
                        () ->
                                jobs.processing.stopProcessingJob(
                                        r -> r.processingJobName("endless")));
        assertTrue(
                String.valueOf(late.getMessage()).contains("in status Stopped"), late.getMessage());
    }

    @Test
    void whatCannotRunSaysWhy() {
        AwsServiceException foreign =
                assertThrows(
                        AwsServiceException.class,
                        () ->
                                jobs.processing.createProcessingJob(
                                        jobs.program("image", UPPER)
                                                .appSpecification(a ->
                                                        a.imageUri("somebody/scikit:1")
                                                                .containerEntrypoint("python3"))
                                                .build()));
        String reason = foreign.awsErrorDetails().errorMessage();
        assertTrue(
                reason.contains("somebody/scikit:1 cannot be run here: there is no container"),
                reason);
        AwsServiceException outside =
                assertThrows(
                        AwsServiceException.class,
                        () ->
                                jobs.processing.createProcessingJob(
                                        jobs.program("outside", UPPER)
                                                .processingInputs(
                                                        JobFixture.input(
                                                                "in", "s3://jobs/in/", "/etc"))
                                                .build()));
        assertTrue(
                String.valueOf(outside.getMessage()).contains("below /opt/ml/processing/"),
                outside.getMessage());
    }

    @Test
    void aNameIsUsedOnceAndAMissingJobIsMissing() {
        jobs.processing.createProcessingJob(jobs.program("once", UPPER).build());
        assertThrows(
                ResourceInUseException.class,
                () -> jobs.processing.createProcessingJob(jobs.program("once", UPPER).build()));
        AwsServiceException missing =
                assertThrows(AwsServiceException.class, () -> jobs.describe("none"));
        assertEquals("ValidationException", missing.awsErrorDetails().errorCode());
        jobs.endedProcessing("once");
    }
}
