package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.TrainingInputMode;

/// A training job of SageMaker's built-in XGBoost over a few hundred rows.
final class Training {
    static final String IMAGE =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
    static final String ROLE = "arn:aws:iam::123456789012:role/any";
    private static final int ROWS = 300;

    private Training() {}

    /// A row's features.
    static String row(int i) {
        return i % 17 + "," + i % 5 + "," + i % 3;
    }

    /// Puts the rows under `train/` of the bucket.
    static void putData(S3Client s3, String bucket) {
        String rows =
                IntStream.range(0, ROWS)
                        .mapToObj(i -> (i % 17 > 8 ? "1," : "0,") + row(i))
                        .collect(Collectors.joining("\n"));
        s3.putObject(r -> r.bucket(bucket).key("train/rows.csv"), RequestBody.fromString(rows));
    }

    /// Starts one on what lies under `train/` of the bucket.
    static void start(SageMakerClient sageMaker, String name, String bucket) {
        sageMaker.createTrainingJob(r ->
                r.trainingJobName(name)
                        .roleArn(ROLE)
                        .algorithmSpecification(a ->
                                a.trainingImage(IMAGE).trainingInputMode(TrainingInputMode.FILE))
                        .hyperParameters(
                                java.util.Map.of("objective", "binary:logistic", "num_round", "5"))
                        .inputDataConfig(
                                Channel.builder()
                                        .channelName("train")
                                        .contentType("text/csv")
                                        .dataSource(d ->
                                                d.s3DataSource(s ->
                                                        s.s3DataType("S3Prefix")
                                                                .s3Uri(
                                                                        "s3://" + bucket
                                                                                + "/train/")))
                                        .build())
                        .outputDataConfig(o -> o.s3OutputPath("s3://" + bucket + "/out"))
                        .resourceConfig(c ->
                                c.instanceCount(1).instanceType("ml.m5.large").volumeSizeInGB(5))
                        .stoppingCondition(s -> s.maxRuntimeInSeconds(300)));
    }

    /// Waits for its end, by AWS's own waiter.
    static DescribeTrainingJobResponse ended(SageMakerClient sageMaker, String name) {
        PlatformProcess.waiter(sageMaker)
                .waitUntilTrainingJobCompletedOrStopped(r -> r.trainingJobName(name));
        return sageMaker.describeTrainingJob(r -> r.trainingJobName(name));
    }

    /// The model that it made.
    static String artifact(SageMakerClient sageMaker, String name) {
        DescribeTrainingJobResponse job = ended(sageMaker, name);
        assertEquals("Completed", job.trainingJobStatusAsString(), job.failureReason());
        return job.modelArtifacts().s3ModelArtifacts();
    }
}
