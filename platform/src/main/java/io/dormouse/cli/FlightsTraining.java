package io.dormouse.cli;

import io.dormouse.cli.line.Console;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.MetricData;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInput;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInstanceType;
import software.amazon.awssdk.services.sagemaker.model.ProcessingJobStatus;
import software.amazon.awssdk.services.sagemaker.model.ProcessingOutput;
import software.amazon.awssdk.services.sagemaker.model.ProcessingS3UploadMode;
import software.amazon.awssdk.services.sagemaker.model.S3DataType;
import software.amazon.awssdk.services.sagemaker.model.TrainingInputMode;
import software.amazon.awssdk.services.sagemaker.model.TrainingInstanceType;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;

/// From raw flights to a model artifact: one processing job, one training job.
final class FlightsTraining {
    /// AWS's own name of the built-in algorithm.
    static final String IMAGE =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";

    private static final String JAVA_IMAGE =
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/dormouse-java:25";
    private static final Map<String, String> HYPERPARAMETERS =
            Map.of(
                    "objective", "binary:logistic",
                    "eval_metric", "auc",
                    "num_round", "300",
                    "max_depth", "6",
                    "eta", "0.05");

    private final SageMakerClient sageMaker;
    private final ArtifactBucket bucket;
    private final String roleArn;
    private final String run;
    private final Console console;

    FlightsTraining(
            SageMakerClient sageMaker,
            ArtifactBucket bucket,
            String roleArn,
            String run,
            Console console) {
        this.sageMaker = sageMaker;
        this.bucket = bucket;
        this.roleArn = roleArn;
        this.run = run;
        this.console = console;
    }

    ArtifactBucket bucket() {
        return bucket;
    }

    /// Where this run keeps its objects.
    String key(String path) {
        return "flights/" + run + "/" + path;
    }

    /// An object of the features, as text.
    String features(String path) {
        return bucket.s3()
                .getObjectAsBytes(r -> r.bucket(bucket.name()).key(key("features/" + path)))
                .asString(StandardCharsets.UTF_8);
    }

    void upload(Path files) {
        String data = bucket.put(key("data/flights.csv.gz"), files.resolve("flights.csv.gz"));
        bucket.put(key("code/Features.java"), files.resolve("Features.java"));
        console.say("   uploaded 60,000 flights to " + data);
    }

    void makeFeatures() {
        String job = "flights-features-" + run;
        sageMaker.createProcessingJob(r ->
                r.processingJobName(job)
                        .roleArn(roleArn)
                        .appSpecification(a ->
                                a.imageUri(JAVA_IMAGE)
                                        .containerEntrypoint(
                                                "java",
                                                "/opt/ml/processing/input/code/Features.java"))
                        .processingInputs(
                                input("flights", key("data/")), input("code", key("code/")))
                        .processingOutputConfig(o ->
                                o.outputs(
                                        output("train"),
                                        output("validation"),
                                        output("april"),
                                        output("sample")))
                        .processingResources(p ->
                                p.clusterConfig(c ->
                                        c.instanceCount(1)
                                                .instanceType(ProcessingInstanceType.ML_M5_LARGE)
                                                .volumeSizeInGB(5))));
        Progress progress = new Progress(console);
        DescribeProcessingJobResponse now;
        do {
            now = sageMaker.describeProcessingJob(r -> r.processingJobName(job));
            progress.show(now.processingJobStatusAsString());
        } while (now.processingJobStatus() == ProcessingJobStatus.IN_PROGRESS);
        if (now.processingJobStatus() != ProcessingJobStatus.COMPLETED) {
            throw new Failed("Processing job " + job + " failed: " + now.failureReason());
        }
        console.say("   features in " + bucket.uri(key("features/")) + progress.took());
    }

    private ProcessingInput input(String name, String prefix) {
        return ProcessingInput.builder()
                .inputName(name)
                .s3Input(s ->
                        s.s3Uri(bucket.uri(prefix))
                                .localPath("/opt/ml/processing/input/" + name)
                                .s3DataType("S3Prefix")
                                .s3InputMode("File"))
                .build();
    }

    private ProcessingOutput output(String name) {
        return ProcessingOutput.builder()
                .outputName(name)
                .s3Output(s ->
                        s.s3Uri(bucket.uri(key("features/" + name)))
                                .localPath("/opt/ml/processing/output/" + name)
                                .s3UploadMode(ProcessingS3UploadMode.END_OF_JOB))
                .build();
    }

    /// Trains, and returns the URI of the model's artifact.
    String train() {
        String job = "flights-" + run;
        sageMaker.createTrainingJob(r ->
                r.trainingJobName(job)
                        .roleArn(roleArn)
                        .algorithmSpecification(a ->
                                a.trainingImage(IMAGE).trainingInputMode(TrainingInputMode.FILE))
                        .hyperParameters(HYPERPARAMETERS)
                        .inputDataConfig(channel("train"), channel("validation"))
                        .outputDataConfig(o -> o.s3OutputPath(bucket.uri(key("training"))))
                        .resourceConfig(c ->
                                c.instanceCount(1)
                                        .instanceType(TrainingInstanceType.ML_M5_LARGE)
                                        .volumeSizeInGB(5))
                        .stoppingCondition(s -> s.maxRuntimeInSeconds(600)));
        Progress progress = new Progress(console);
        DescribeTrainingJobResponse now;
        do {
            now = sageMaker.describeTrainingJob(r -> r.trainingJobName(job));
            progress.show(now.secondaryStatusAsString());
        } while (now.trainingJobStatus() == TrainingJobStatus.IN_PROGRESS);
        if (now.trainingJobStatus() != TrainingJobStatus.COMPLETED) {
            throw new Failed("Training job " + job + " failed: " + now.failureReason());
        }
        console.say("   " + metrics(now.finalMetricDataList()) + progress.took());
        console.say("   model in " + now.modelArtifacts().s3ModelArtifacts());
        return now.modelArtifacts().s3ModelArtifacts();
    }

    private static String metrics(List<MetricData> metrics) {
        return String.join(
                ", ",
                metrics.stream()
                        .map(m -> String.format(Locale.ROOT, "%s %.3f", m.metricName(), m.value()))
                        .sorted()
                        .toList());
    }

    private Channel channel(String name) {
        return Channel.builder()
                .channelName(name)
                .contentType("text/csv")
                .dataSource(d ->
                        d.s3DataSource(s ->
                                s.s3DataType(S3DataType.S3_PREFIX)
                                        .s3Uri(bucket.uri(key("features/" + name)))))
                .build();
    }
}
