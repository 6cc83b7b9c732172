package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import io.dormouse.cli.Clients;
import io.dormouse.worker.Serving;
import io.dormouse.worker.docker.EngineHere;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInstanceType;
import software.amazon.awssdk.services.sagemaker.model.ProcessingJobStatus;
import software.amazon.awssdk.services.sagemaker.model.ProcessingOutput;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemaker.model.TrainingInputMode;
import software.amazon.awssdk.services.sagemaker.model.TrainingInstanceType;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;

/// Images of anybody's, by the names that they have in ECR, as AWS's clients see them: served,
/// trained with and processed with.
class ContainersTest {
    private static final String ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/";
    static final String IMAGE = ECR + "dormouse-test/strange:1";
    static final String ROLE = "arn:aws:iam::123456789012:role/any";

    @TempDir private static Path folder;
    private static TestPlatform platform;
    private static SageMakerClient sageMaker;
    private static SageMakerRuntimeClient runtime;
    private static S3Client s3;
    private static CloudWatchLogsClient logs;

    @BeforeAll
    static void start() throws IOException {
        Map<String, String> environment = new HashMap<>(EngineHere.assumed().environment());
        environment.put("DORMOUSE_IMAGES", ECR + "=");
        platform = new TestPlatform(TestPlatform.settings(folder).with(environment));
        Clients clients = clients(platform);
        sageMaker = clients.sageMaker();
        runtime = clients.runtime();
        s3 = clients.s3();
        logs = clients.logs();
        s3.createBucket(r -> r.bucket("containers"));
        s3.putObject(
                r -> r.bucket("containers").key("train/rows.csv"),
                RequestBody.fromString("1\n2\n"));
    }

    static Clients clients(TestPlatform of) {
        return new Clients(of.endpoint(), Caller.DEFAULT_REGION, "test", "test", Optional.empty());
    }

    @AfterAll
    static void stop() {
        if (platform != null) {
            platform.close();
        }
    }

    private static void deploy(String name, int memoryMb) {
        sageMaker.createModel(r ->
                r.modelName(name)
                        .executionRoleArn(ROLE)
                        .primaryContainer(c -> c.image(IMAGE).environment(Map.of("STAGE", name))));
        sageMaker.createEndpointConfig(r ->
                r.endpointConfigName(name)
                        .productionVariants(
                                ProductionVariant.builder()
                                        .variantName("AllTraffic")
                                        .modelName(name)
                                        .serverlessConfig(
                                                s -> s.memorySizeInMB(memoryMb).maxConcurrency(2))
                                        .build()));
        sageMaker.createEndpoint(r ->
                r.endpointName(name)
                        .endpointConfigName(name)
                        .tags(Tag.builder().key("dormouse:idle-seconds").value("60").build()));
        Serving.await(
                "in service",
                () -> {
                    DescribeEndpointResponse now =
                            sageMaker.describeEndpoint(r -> r.endpointName(name));
                    assertTrue(now.endpointStatus() != EndpointStatus.FAILED, now::failureReason);
                    return now.endpointStatus() == EndpointStatus.IN_SERVICE;
                });
    }

    private static String invoke(String name, String text) {
        return runtime.invokeEndpoint(r ->
                        r.endpointName(name)
                                .contentType("text/plain")
                                .body(SdkBytes.fromUtf8String(text)))
                .body()
                .asUtf8String();
    }

    private static int instances(String name) {
        return sageMaker
                .describeEndpoint(r -> r.endpointName(name))
                .productionVariants()
                .getFirst()
                .currentInstanceCount();
    }

    /// The lines of all streams of a log group, which may not be there yet.
    private static List<String> logged(String group) {
        if (logs.describeLogGroups(r -> r.logGroupNamePrefix(group)).logGroups().isEmpty()) {
            return List.of();
        }
        return logs.describeLogStreams(r -> r.logGroupName(group)).logStreams().stream()
                .flatMap(stream ->
                        logs
                                .getLogEvents(r ->
                                        r.logGroupName(group)
                                                .logStreamName(stream.logStreamName())
                                                .startFromHead(true))
                                .events()
                                .stream()
                                .map(OutputLogEvent::message))
                .toList();
    }

    private static void pass(int seconds) throws Exception {
        assertEquals(
                200,
                platform.post("/_dormouse/clock", "{\"advance_seconds\": " + seconds + "}")
                        .statusCode());
    }

    @Test
    void anImageIsServedFromZeroToZero() throws Exception {
        deploy("strange", 1024);
        assertEquals(0, instances("strange"));
        assertEquals("you said hello", invoke("strange", "hello"));
        assertEquals(1, instances("strange"));
        assertTrue(invoke("strange", "environment").contains("STAGE=strange"));
        invoke("strange", "say good morning");
        String group = "/aws/sagemaker/Endpoints/strange";
        Serving.await("its log", () -> logged(group).contains("good morning"));
        pass(61);
        Serving.await("scaled to zero", () -> instances("strange") == 0);
        assertEquals("you said again", invoke("strange", "again"));
        assertTrue(
                logged(group).stream().anyMatch(line -> line.contains("started from asleep")),
                () -> "" + logged(group));
        sageMaker.deleteEndpoint(r -> r.endpointName("strange"));
        Serving.await("nothing runs", () -> EngineHere.assumed().running(folder) == 0);
    }

    @Test
    void anImageThatNeedsMoreMemorySaysSo() {
        deploy("hungry", 1024);
        ModelErrorException error =
                assertThrows(ModelErrorException.class, () -> invoke("hungry", "eat"));
        String said = String.valueOf(error.getMessage());
        assertTrue(said.contains("insufficient memory"), said);
        assertTrue(said.contains("1024 MB"), said);
        assertEquals("you said hello", invoke("hungry", "hello"));
        sageMaker.deleteEndpoint(r -> r.endpointName("hungry"));
    }

    @Test
    void anImageTrains() {
        sageMaker.createTrainingJob(trainingOf("train"));
        Serving.await(
                "trained",
                () -> training("train").trainingJobStatus() != TrainingJobStatus.IN_PROGRESS);
        DescribeTrainingJobResponse trained = training("train");
        assertEquals(
                TrainingJobStatus.COMPLETED, trained.trainingJobStatus(), trained.failureReason());
        assertEquals(
                "s3://containers/models/train/output/model.tar.gz",
                trained.modelArtifacts().s3ModelArtifacts());
        assertTrue(
                s3.headObject(r -> r.bucket("containers").key("models/train/output/model.tar.gz"))
                                .contentLength()
                        > 0);
        List<String> lines = logged("/aws/sagemaker/TrainingJobs");
        assertTrue(lines.contains("training train with {\"depth\":\"3\"}"), "" + lines);
    }

    @Test
    void aJobIsStoppedWhileItsImageIsPulled() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            String image = "127.0.0.1:" + silent.getLocalPort() + "/never:1";
            sageMaker.createTrainingJob(
                    trainingOf("pulled").toBuilder()
                            .algorithmSpecification(a ->
                                    a.trainingImage(image)
                                            .trainingInputMode(TrainingInputMode.FILE))
                            .build());
            Serving.await(
                    "pulling",
                    () ->
                            logged("/aws/sagemaker/TrainingJobs")
                                    .contains("pulling the image " + image));
            sageMaker.stopTrainingJob(r -> r.trainingJobName("pulled"));
            Serving.await(
                    "stopped",
                    () -> training("pulled").trainingJobStatus() == TrainingJobStatus.STOPPED);
        }
    }

    static CreateTrainingJobRequest trainingOf(String name) {
        return CreateTrainingJobRequest.builder()
                .trainingJobName(name)
                .roleArn(ROLE)
                .algorithmSpecification(
                        a -> a.trainingImage(IMAGE).trainingInputMode(TrainingInputMode.FILE))
                .hyperParameters(Map.of("depth", "3"))
                .inputDataConfig(
                        Channel.builder()
                                .channelName("train")
                                .dataSource(d ->
                                        d.s3DataSource(s ->
                                                s.s3DataType("S3Prefix")
                                                        .s3Uri("s3://containers/train/")))
                                .build())
                .outputDataConfig(o -> o.s3OutputPath("s3://containers/models"))
                .resourceConfig(c ->
                        c.instanceCount(1)
                                .volumeSizeInGB(1)
                                .instanceType(TrainingInstanceType.ML_M5_LARGE))
                .stoppingCondition(c -> c.maxRuntimeInSeconds(120))
                .build();
    }

    private static DescribeTrainingJobResponse training(String name) {
        return sageMaker.describeTrainingJob(r -> r.trainingJobName(name));
    }

    @Test
    void anImageProcessesAndReachesThePlatformAndNothingElse() {
        sageMaker.createProcessingJob(r ->
                r.processingJobName("process")
                        .roleArn(ROLE)
                        .appSpecification(a ->
                                a.imageUri(IMAGE)
                                        .containerEntrypoint(
                                                "/bin/sh",
                                                "-c",
                                                "echo $0 > /opt/ml/processing/out/said; id -u; env;"
                                                        + " cat /proc/net/dev")
                                        .containerArguments("done"))
                        .processingOutputConfig(o ->
                                o.outputs(
                                        ProcessingOutput.builder()
                                                .outputName("out")
                                                .s3Output(s ->
                                                        s.s3Uri("s3://containers/out")
                                                                .localPath("/opt/ml/processing/out")
                                                                .s3UploadMode("EndOfJob"))
                                                .build()))
                        .processingResources(p ->
                                p.clusterConfig(c ->
                                        c.instanceCount(1)
                                                .volumeSizeInGB(1)
                                                .instanceType(
                                                        ProcessingInstanceType.ML_T3_MEDIUM))));
        Serving.await(
                "processed",
                () -> processing().processingJobStatus() != ProcessingJobStatus.IN_PROGRESS);
        assertEquals(
                ProcessingJobStatus.COMPLETED,
                processing().processingJobStatus(),
                processing().failureReason());
        assertEquals(
                "done\n",
                s3.getObjectAsBytes(r -> r.bucket("containers").key("out/said")).asUtf8String());
        List<String> lines = logged("/aws/sagemaker/ProcessingJobs");
        assertTrue(
                lines.contains(
                        "AWS_ENDPOINT_URL=http://127.0.0.1:" + platform.endpoint().getPort()),
                "" + lines);
        assertTrue(lines.stream().noneMatch(line -> line.contains("eth0")), "" + lines);
    }

    private static DescribeProcessingJobResponse processing() {
        return sageMaker.describeProcessingJob(r -> r.processingJobName("process"));
    }

    @Test
    void anImageThatIsNowhereFailsItsEndpointWithTheEnginesWords() {
        String image = ECR + "nowhere:1";
        sageMaker.createModel(r ->
                r.modelName("nowhere")
                        .executionRoleArn(ROLE)
                        .primaryContainer(c -> c.image(image)));
        sageMaker.createEndpointConfig(r ->
                r.endpointConfigName("nowhere")
                        .productionVariants(
                                ProductionVariant.builder()
                                        .variantName("AllTraffic")
                                        .modelName("nowhere")
                                        .serverlessConfig(
                                                s -> s.memorySizeInMB(1024).maxConcurrency(2))
                                        .build()));
        sageMaker.createEndpoint(r -> r.endpointName("nowhere").endpointConfigName("nowhere"));
        Serving.await(
                "failed",
                () ->
                        sageMaker.describeEndpoint(r -> r.endpointName("nowhere")).endpointStatus()
                                == EndpointStatus.FAILED);
        String why = sageMaker.describeEndpoint(r -> r.endpointName("nowhere")).failureReason();
        assertTrue(why.contains("(here nowhere:1) is not on this machine"), why);
        assertTrue(why.contains("docker login"), why);
    }
}
