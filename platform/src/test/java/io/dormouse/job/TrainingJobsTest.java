package io.dormouse.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ListTrainingJobsResponse;
import software.amazon.awssdk.services.sagemaker.model.OutputCompressionType;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatus;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;
import tools.jackson.databind.JsonNode;

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
    }

    @Test
    void describeShowsWhatAwsFillsIn() {
        jobs.training.createTrainingJob(
                jobs.xgboost("filled", SMALL)
                        .stoppingCondition(s -> {})
                        .tags(Tag.builder().key("team").value("sleep").build())
                        .build());
        DescribeTrainingJobResponse job = jobs.ended("filled");
        assertEquals(TrainingJobStatus.COMPLETED, job.trainingJobStatus(), job.failureReason());
        assertEquals(86_400, job.stoppingCondition().maxRuntimeInSeconds());
        assertEquals("GZIP", job.outputDataConfig().compressionTypeAsString());
        Channel channel = job.inputDataConfig().getFirst();
        assertEquals("None", channel.compressionTypeAsString());
        assertEquals("None", channel.recordWrapperTypeAsString());
        assertEquals(
                "FullyReplicated",
                channel.dataSource().s3DataSource().s3DataDistributionTypeAsString());
        assertEquals(false, job.enableManagedSpotTraining());
        assertEquals(
                List.of(Tag.builder().key("team").value("sleep").build()),
                jobs.training.searchRecords().getFirst().trainingJob().tags());
    }

    @Test
    void everyMoveIsAnEventWithTimesInMilliseconds() {
        jobs.training.createTrainingJob(
                jobs.xgboost("told", SMALL)
                        .tags(Tag.builder().key("team").value("sleep").build())
                        .build());
        DescribeTrainingJobResponse job = jobs.ended("told");
        List<JsonNode> events = jobs.events("SageMaker Training Job State Change");
        List<String> told = events.stream().map(e -> e.get("SecondaryStatus").asString()).toList();
        // The metrics, once they are known, are told without a change of status.
        assertEquals(
                List.of("Starting", "Downloading", "Training", "Uploading", "Completed"),
                told.stream().distinct().toList());
        JsonNode last = events.getLast();
        assertEquals(job.trainingJobArn(), last.get("TrainingJobArn").asString());
        assertEquals("Completed", last.get("TrainingJobStatus").asString());
        assertEquals(job.creationTime().toEpochMilli(), last.get("CreationTime").asLong());
        assertEquals(
                job.secondaryStatusTransitions().getFirst().startTime().toEpochMilli(),
                last.get("SecondaryStatusTransitions").get(0).get("StartTime").asLong());
        assertEquals("{\"team\":\"sleep\"}", last.get("Tags").toString());
    }

    @Test
    void anUncompressedModelIsPutAsItIs() {
        jobs.training.createTrainingJob(
                jobs.xgboost("plain", SMALL)
                        .outputDataConfig(o ->
                                o.s3OutputPath("s3://jobs/models")
                                        .compressionType(OutputCompressionType.NONE))
                        .build());
        DescribeTrainingJobResponse job = jobs.ended("plain");
        assertEquals(TrainingJobStatus.COMPLETED, job.trainingJobStatus(), job.failureReason());
        assertEquals(
                "s3://jobs/models/plain/output/model", job.modelArtifacts().s3ModelArtifacts());
        assertEquals(List.of("models/plain/output/model/xgboost-model"), jobs.keys("models/"));
    }

    @Test
    void aStoppedJobLeavesAModelOnlyWhereItWasAskedFor() {
        Map<String, String> endless =
                Map.of("objective", "binary:logistic", "num_round", "1000000");
        Map<String, String> saving = new HashMap<>(endless);
        saving.put("save_model_on_termination", "true");
        train("lost", endless);
        train("kept", saving);
        for (String name : List.of("lost", "kept")) {
            JobFixture.until(
                    () ->
                            jobs.logged(line ->
                                    line.contains(name + "/algo-1-") && line.contains("[3]")),
                    isSo -> isSo);
            jobs.training.stopTrainingJob(r -> r.trainingJobName(name));
            DescribeTrainingJobResponse job = jobs.ended(name);
            assertEquals(TrainingJobStatus.STOPPED, job.trainingJobStatus(), job.failureReason());
            assertEquals(SecondaryStatus.STOPPED, job.secondaryStatus());
        }
        assertEquals(List.of("models/kept/output/model.tar.gz"), jobs.keys("models/"));
    }

    @Test
    void listsFilterSortAndPage() {
        for (String name : List.of("b-1", "a-1", "a-2")) {
            train(name, Map.of("objective", "binary:logistic", "num_round", "none"));
            jobs.ended(name);
        }
        ListTrainingJobsResponse first =
                jobs.training.listTrainingJobs(r ->
                        r.nameContains("-").sortBy("Name").sortOrder("Ascending").maxResults(2));
        assertEquals(List.of("a-1", "a-2"), names(first));
        ListTrainingJobsResponse second =
                jobs.training.listTrainingJobs(r ->
                        r.nameContains("-")
                                .sortBy("Name")
                                .sortOrder("Ascending")
                                .maxResults(2)
                                .nextToken(first.nextToken()));
        assertEquals(List.of("b-1"), names(second));
        assertEquals(
                List.of("a-2", "a-1"),
                names(
                        jobs.training.listTrainingJobs(
                                r -> r.nameContains("A-").statusEquals("Failed"))));
        assertEquals(
                List.of(), names(jobs.training.listTrainingJobs(r -> r.statusEquals("Completed"))));
        assertEquals(
                List.of(),
                names(jobs.training.listTrainingJobs(r -> r.warmPoolStatusEquals("Available"))));
    }

    private static List<String> names(ListTrainingJobsResponse answer) {
        return answer.trainingJobSummaries().stream().map(s -> s.trainingJobName()).toList();
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
    void aJobIsStoppedWhileItWaitsForAPlace() {
        int all = jobs.places.drainPermits();
        train("waiting", SMALL);
        JobFixture.until(jobs.places::hasQueuedThreads, isSo -> isSo);
        jobs.training.stopTrainingJob(r -> r.trainingJobName("waiting"));
        DescribeTrainingJobResponse job = jobs.ended("waiting");
        assertEquals(TrainingJobStatus.STOPPED, job.trainingJobStatus(), job.failureReason());
        assertEquals(
                List.of(
                        SecondaryStatus.STARTING,
                        SecondaryStatus.STOPPING,
                        SecondaryStatus.STOPPED),
                job.secondaryStatusTransitions().stream().map(s -> s.status()).toList());
        assertNull(job.trainingStartTime());
        assertEquals(List.of(), jobs.logs);
        jobs.places.release(all);
        train("next", SMALL);
        assertEquals(TrainingJobStatus.COMPLETED, jobs.ended("next").trainingJobStatus());
        JobFixture.until(jobs.places::availablePermits, free -> free == all);
    }

    @Test
    void aJobThatThePlatformWasEndedInWhileItStoppedIsNotRunAgain() throws IOException {
        jobs.places.drainPermits();
        train("stopping", SMALL);
        JobFixture.until(jobs.places::hasQueuedThreads, isSo -> isSo);
        jobs.training.close();
        jobs.training.stopTrainingJob(r -> r.trainingJobName("stopping"));
        jobs.close();
        jobs = new JobFixture(folder);
        assertEquals(
                TrainingJobStatus.STOPPING,
                jobs.training
                        .describeTrainingJob(r -> r.trainingJobName("stopping"))
                        .trainingJobStatus());
        // It needs no place to end.
        jobs.places.drainPermits();
        jobs.training.resume();
        assertEquals(TrainingJobStatus.STOPPED, jobs.ended("stopping").trainingJobStatus());
        assertEquals(List.of(), jobs.logs);
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
