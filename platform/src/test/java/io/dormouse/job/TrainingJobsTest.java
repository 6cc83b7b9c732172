package io.dormouse.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatus;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;

class TrainingJobsTest {
    private static final Map<String, String> SMALL =
            Map.of("objective", "binary:logistic", "num_round", "5", "eval_metric", "auc");

    @TempDir Path folder;
    private JobFixture jobs;

    @BeforeEach
    void open() throws IOException {
        jobs = new JobFixture(folder).withBucket();
        jobs.put(
                "train/rows.csv",
                IntStream.range(0, 400)
                        .mapToObj(i -> (i % 7 > 3 ? 1 : 0) + "," + i % 7 + "," + i % 5)
                        .collect(Collectors.joining("\n")));
    }

    @AfterEach
    void close() {
        jobs.close();
    }

    private void train(String name, Map<String, String> hyperparameters) {
        jobs.training.createTrainingJob(jobs.xgboost(name, hyperparameters).build());
    }

    @Test
    void aModelIsTrainedMeasuredAndPutIntoS3() {
        train("small", SMALL);
        DescribeTrainingJobResponse job = jobs.ended("small");
        assertEquals(TrainingJobStatus.COMPLETED, job.trainingJobStatus(), job.failureReason());
        assertEquals(
                "s3://jobs/models/small/output/model.tar.gz",
                job.modelArtifacts().s3ModelArtifacts());
        assertEquals(List.of("models/small/output/model.tar.gz"), jobs.keys("models/"));
        assertEquals("train:auc", job.finalMetricDataList().getFirst().metricName());
        assertEquals(1.0, job.finalMetricDataList().getFirst().value(), 0.01);
        assertEquals(
                List.of(
                        SecondaryStatus.STARTING,
                        SecondaryStatus.DOWNLOADING,
                        SecondaryStatus.TRAINING,
                        SecondaryStatus.UPLOADING,
                        SecondaryStatus.COMPLETED),
                job.secondaryStatusTransitions().stream().map(t -> t.status()).toList());
        assertNotNull(job.billableTimeInSeconds());
        assertTrue(
                jobs.logged(line -> line.startsWith("/aws/sagemaker/TrainingJobs small/algo-1-")));
        List<String> events =
                jobs.store.changesAfter(0, 100).stream().map(Store.Change::detailType).toList();
        assertTrue(events.contains("SageMaker Training Job State Change"), "events: " + events);
    }

    @Test
    void theProgramsOwnFailureBecomesTheReason() {
        train("bad", Map.of("objective", "binary:logistic", "num_round", "minus one"));
        DescribeTrainingJobResponse job = jobs.ended("bad");
        assertEquals(TrainingJobStatus.FAILED, job.trainingJobStatus());
        assertTrue(job.failureReason().startsWith("AlgorithmError: "), job.failureReason());
        assertTrue(job.failureReason().contains("num_round"), job.failureReason());
    }

    @Test
    void aBrokenRowIsNamed() {
        jobs.put("train/rows.csv", "1,2,3\n0,1,2\n1,two,3\n");
        train("row", SMALL);
        String reason = jobs.ended("row").failureReason();
        assertTrue(reason.contains("rows.csv") && reason.contains("3"), reason);
    }

    @Test
    void aChannelWithoutObjectsFailsBeforeAnythingRuns() {
        jobs.s3.deleteObject(r -> r.bucket("jobs").key("train/rows.csv"));
        train("empty", SMALL);
        assertEquals(
                "ClientError: no S3 objects found under s3://jobs/train",
                jobs.ended("empty").failureReason());
    }

    @Test
    void timeIsLimited() {
        jobs.training.createTrainingJob(
                jobs.xgboost("long", Map.of("objective", "binary:logistic", "num_round", "100000"))
                        .stoppingCondition(s -> s.maxRuntimeInSeconds(2))
                        .build());
        DescribeTrainingJobResponse job = jobs.ended("long");
        assertEquals(TrainingJobStatus.STOPPED, job.trainingJobStatus(), job.failureReason());
        assertEquals(SecondaryStatus.MAX_RUNTIME_EXCEEDED, job.secondaryStatus());
    }

    @Test
    void aJobThatThePlatformWasEndedInIsRunAgain() throws IOException {
        train("again", Map.of("objective", "binary:logistic", "num_round", "100000"));
        JobFixture.until(
                () -> jobs.training.describeTrainingJob(r -> r.trainingJobName("again")),
                job -> job.secondaryStatus() == SecondaryStatus.TRAINING);
        jobs.close();
        jobs = new JobFixture(folder);
        jobs.training.resume();
        JobFixture.until(() -> jobs.logged(line -> line.contains("again/algo-1-")), isSo -> isSo);
        jobs.training.stopTrainingJob(r -> r.trainingJobName("again"));
        DescribeTrainingJobResponse job = jobs.ended("again");
        assertEquals(TrainingJobStatus.STOPPED, job.trainingJobStatus(), job.failureReason());
    }

    @Test
    void whatIsNotServedIsRefusedAtOnce() {
        AwsServiceException many =
                assertThrows(
                        AwsServiceException.class,
                        () ->
                                jobs.training.createTrainingJob(
                                        jobs.xgboost("many", SMALL)
                                                .resourceConfig(
                                                        r -> r.instanceCount(2).volumeSizeInGB(1))
                                                .build()));
        assertTrue(
                String.valueOf(many.getMessage()).contains("InstanceCount must be 1"),
                many.getMessage());
        AwsServiceException missing =
                assertThrows(
                        AwsServiceException.class,
                        () -> jobs.training.describeTrainingJob(r -> r.trainingJobName("none")));
        assertEquals("Requested resource not found.", missing.awsErrorDetails().errorMessage());
    }
}
