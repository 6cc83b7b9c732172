package io.dormouse.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.CloudWatchException;
import software.amazon.awssdk.services.cloudwatch.model.DashboardNotFoundErrorException;
import software.amazon.awssdk.services.cloudwatch.model.Datapoint;
import software.amazon.awssdk.services.cloudwatch.model.Metric;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelResponse;
import software.amazon.awssdk.services.sagemaker.model.ModelSummary;
import software.amazon.awssdk.services.sagemaker.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointAsyncResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.SageMakerRuntimeException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/// AWS's own clients against the wire: what they send arrives, what is answered they understand.
@SuppressWarnings("unchecked") // the builders take lists of lambdas
class SdkClientsTest {
    private static Wired wired;
    private static SageMakerClient sagemaker;
    private static SageMakerRuntimeClient runtime;
    private static CloudWatchClient cloudWatch;

    @BeforeAll
    static void start() throws IOException {
        wired = new Wired();
        sagemaker = wired.client(SageMakerClient.builder());
        runtime = wired.client(SageMakerRuntimeClient.builder());
        cloudWatch = wired.client(CloudWatchClient.builder());
    }

    @AfterAll
    static void stop() {
        wired.close();
    }

    @Test
    void aModelIsCreatedDescribedAndListedInPages() {
        for (int i = 0; i < 5; i++) {
            String name = "page-" + i;
            sagemaker.createModel(model ->
                    model.modelName(name)
                            .executionRoleArn("arn:aws:iam::123456789012:role/r")
                            .primaryContainer(c -> c.image("i").environment(Map.of("A", ""))));
        }
        DescribeModelResponse model = sagemaker.describeModel(m -> m.modelName("page-3"));
        assertEquals("arn:aws:sagemaker:eu-west-1:123456789012:model/page-3", model.modelArn());
        assertEquals(Fakes.TIME, model.creationTime());
        assertEquals(Map.of("A", ""), model.primaryContainer().environment());
        assertNull(model.vpcConfig());
        assertFalse(model.hasContainers());
        assertTrue(model.responseMetadata().requestId().length() > 20);
        List<String> names =
                sagemaker.listModelsPaginator(list -> list.maxResults(2)).models().stream()
                        .map(ModelSummary::modelName)
                        .filter(name -> name.startsWith("page-"))
                        .toList();
        assertEquals(List.of("page-0", "page-1", "page-2", "page-3", "page-4"), names);
    }

    @Test
    void anErrorWithoutAClassKeepsCodeStatusAndSentence() {
        SageMakerException thrown =
                assertThrows(
                        SageMakerException.class,
                        () -> sagemaker.describeModel(m -> m.modelName("none")));
        assertEquals(400, thrown.statusCode());
        assertEquals("ValidationException", thrown.awsErrorDetails().errorCode());
        assertEquals(
                "Could not find model \"arn:aws:sagemaker:eu-west-1:123456789012:model/none\".",
                thrown.awsErrorDetails().errorMessage());
    }

    @Test
    void aModelledErrorArrivesAsItsClass() {
        ResourceNotFoundException thrown =
                assertThrows(
                        ResourceNotFoundException.class,
                        () -> sagemaker.stopTrainingJob(job -> job.trainingJobName("j")));
        assertEquals("ResourceNotFound", thrown.awsErrorDetails().errorCode());
        assertEquals("Requested resource not found.", thrown.awsErrorDetails().errorMessage());
    }

    @Test
    void constraintsAnswerWithAwsTexts() {
        assertEquals(
                "2 validation errors detected: Value '-' at 'modelName' failed to satisfy"
                        + " constraint: Member must satisfy regular expression pattern:"
                        + " [a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?; Value '"
                        + "x".repeat(256)
                        + "' at 'primaryContainer.image' failed to satisfy constraint:"
                        + " Member must have length less than or equal to 255",
                message(() ->
                        sagemaker.createModel(m ->
                                m.modelName("-").primaryContainer(c -> c.image("x".repeat(256))))));
        assertEquals(
                "1 validation error detected: Value null at 'modelName' failed to satisfy"
                        + " constraint: Member must not be null",
                message(() -> sagemaker.describeModel(m -> {})));
        assertEquals(
                "1 validation error detected: Value '512' at"
                        + " 'productionVariants.1.member.serverlessConfig.memorySizeInMB' failed to"
                        + " satisfy constraint: Member must have value greater than or equal to 1024",
                message(() ->
                        sagemaker.createEndpointConfig(config ->
                                config.endpointConfigName("c")
                                        .productionVariants(v ->
                                                v.variantName("v")
                                                        .modelName("m")
                                                        .serverlessConfig(s ->
                                                                s.memorySizeInMB(512)
                                                                        .maxConcurrency(1))))));
        assertEquals(
                "1 validation error detected: Value 'Sideways' at 'sortOrder' failed to satisfy"
                        + " constraint: Member must satisfy enum value set: [Ascending, Descending]",
                message(() -> sagemaker.listModels(list -> list.sortOrder("Sideways"))));
        assertEquals(
                "1 validation error detected: Value '{a b=}' at 'primaryContainer.environment'"
                        + " failed to satisfy constraint: Map keys must satisfy constraint: [Member"
                        + " must have length less than or equal to 1024, Member must have length"
                        + " greater than or equal to 0, Member must satisfy regular expression"
                        + " pattern: [a-zA-Z_][a-zA-Z0-9_]*]",
                message(() ->
                        sagemaker.createModel(m ->
                                m.modelName("m")
                                        .primaryContainer(c -> c.environment(Map.of("a b", ""))))));
    }

    private static String message(Runnable call) {
        AwsServiceException thrown = assertThrows(AwsServiceException.class, call::run);
        assertEquals(400, thrown.statusCode());
        return thrown.awsErrorDetails().errorMessage();
    }

    @Test
    void whatIsNotServedSaysSo() {
        SageMakerException thrown =
                assertThrows(
                        SageMakerException.class,
                        () -> sagemaker.createDomain(domain -> domain.domainName("d")));
        assertEquals(501, thrown.statusCode());
        assertEquals("NotImplementedException", thrown.awsErrorDetails().errorCode());
        assertTrue(thrown.awsErrorDetails().errorMessage().contains("CreateDomain"));
    }

    @Test
    void aDefectIsAnInternalFailureWithoutItsDetails() {
        SageMakerException thrown =
                assertThrows(
                        SageMakerException.class,
                        () -> sagemaker.deleteModel(m -> m.modelName("m")));
        assertEquals(500, thrown.statusCode());
        assertEquals("InternalFailure", thrown.awsErrorDetails().errorCode());
        assertFalse(String.valueOf(thrown.getMessage()).contains("secret"));
    }

    @Test
    void anInvocationStreamsThrough() {
        byte[] megabytes = new byte[5_000_000];
        InvokeEndpointResponse answer =
                runtime.invokeEndpoint(call ->
                        call.endpointName("churn")
                                .contentType("text/csv")
                                .body(SdkBytes.fromByteArray(megabytes)));
        assertEquals("AllTraffic", answer.invokedProductionVariant());
        assertEquals("text/csv", answer.contentType());
        assertEquals(
                "churn|text/csv|".length() + megabytes.length, answer.body().asByteArray().length);
    }

    @Test
    void anInvocationFailsAsOnAws() {
        ModelErrorException broken =
                assertThrows(ModelErrorException.class, () -> invoke("broken"));
        assertEquals(424, broken.statusCode());
        assertEquals(500, broken.originalStatusCode());
        assertEquals("boom", broken.originalMessage());
        SageMakerRuntimeException absent =
                assertThrows(SageMakerRuntimeException.class, () -> invoke("absent"));
        assertEquals("ValidationError", absent.awsErrorDetails().errorCode());
        assertEquals(
                "Endpoint absent of account 123456789012 not found.",
                absent.awsErrorDetails().errorMessage());
    }

    private static void invoke(String endpoint) {
        runtime.invokeEndpoint(call -> call.endpointName(endpoint).body(Fakes.bytes("1")));
    }

    @Test
    void anAsynchronousInvocationBindsHeadersAndStatus() {
        InvokeEndpointAsyncResponse answer =
                runtime.invokeEndpointAsync(call ->
                        call.endpointName("a-b").inputLocation("s3://b/k").requestTTLSeconds(600));
        assertEquals(202, answer.sdkHttpResponse().statusCode());
        assertEquals("s3://b/k.out", answer.outputLocation());
        assertEquals("a-b/600", answer.inferenceId());
    }

    @Test
    void cloudWatchSpeaksQuery() {
        cloudWatch.putMetricData(put ->
                put.namespace("Q")
                        .metricData(
                                d ->
                                        d.metricName("M & <N>")
                                                .value(0.1)
                                                .timestamp(Fakes.TIME)
                                                .dimensions(x -> x.name("Host").value("ä")),
                                d -> d.metricName("Second").values(1.0, 2.0).counts(3.0, 4.0)));
        var put = wired.metrics.puts.stream().filter(p -> p.namespace().equals("Q")).toList();
        assertEquals(0.1, put.getFirst().metricData().getFirst().value());
        assertEquals(Fakes.TIME, put.getFirst().metricData().getFirst().timestamp());
        assertEquals(List.of(3.0, 4.0), put.getFirst().metricData().get(1).counts());
        List<Metric> metrics = cloudWatch.listMetrics(list -> {}).metrics();
        assertTrue(
                metrics.stream()
                        .anyMatch(m ->
                                m.metricName().equals("M & <N>")
                                        && m.dimensions().getFirst().value().equals("ä")));
        Datapoint point =
                cloudWatch
                        .getMetricStatistics(get ->
                                get.namespace("Q")
                                        .metricName("M")
                                        .period(60)
                                        .startTime(Fakes.TIME)
                                        .endTime(Fakes.TIME.plusSeconds(60)))
                        .datapoints()
                        .getFirst();
        assertEquals(Fakes.TIME, point.timestamp());
        assertEquals(Map.of("p99", 2.5), point.extendedStatistics());
    }

    @Test
    void cloudWatchNamesErrorsItsOwnWay() {
        CloudWatchException missing =
                assertThrows(
                        CloudWatchException.class,
                        () ->
                                cloudWatch.putMetricData(put ->
                                        put.namespace("N")
                                                .metricData(
                                                        d ->
                                                                d.metricName("a")
                                                                        .dimensions(x ->
                                                                                x.name("Host")),
                                                        d ->
                                                                d.metricName("b")
                                                                        .dimensions(x ->
                                                                                x.value("1")))));
        assertEquals("MissingParameter", missing.awsErrorDetails().errorCode());
        assertEquals(
                "The parameter MetricData.member.1.Dimensions.member.1.Value is required.\n"
                        + "The parameter MetricData.member.2.Dimensions.member.1.Name is required.",
                missing.awsErrorDetails().errorMessage());
        CloudWatchException tooLong =
                assertThrows(
                        CloudWatchException.class,
                        () ->
                                cloudWatch.putMetricData(put ->
                                        put.namespace("n".repeat(300)).metricData(List.of())));
        assertEquals("InvalidParameterValue", tooLong.awsErrorDetails().errorCode());
        assertEquals(
                "The parameter Namespace must be shorter than 256 characters",
                tooLong.awsErrorDetails().errorMessage());
        assertThrows(
                DashboardNotFoundErrorException.class,
                () -> cloudWatch.deleteDashboards(d -> d.dashboardNames("a")));
    }

    @Test
    void logsSpeakJson() {
        CloudWatchLogsClient logs = wired.client(CloudWatchLogsClient.builder());
        var events = logs.getLogEvents(get -> get.logGroupName("g").logStreamName("s")).events();
        assertEquals("grün 🐭\n\"<&>\"", events.getFirst().message());
        assertEquals(Fakes.TIME.toEpochMilli(), events.getFirst().timestamp());
        assertThrows(
                InvalidParameterException.class,
                () -> logs.createLogGroup(create -> create.logGroupName("not allowed")));
    }

    @Test
    void stsKnowsTheCaller() {
        StsClient sts = wired.client(StsClient.builder());
        GetCallerIdentityResponse identity = sts.getCallerIdentity();
        assertEquals("123456789012", identity.account());
        assertEquals("test@eu-west-1", identity.userId());
        assertEquals(
                Fakes.TIME,
                sts.assumeRole(r ->
                                r.roleArn("arn:aws:iam::123456789012:role/r")
                                        .roleSessionName("session"))
                        .credentials()
                        .expiration());
    }

    @Test
    void iamSpeaksQuery() {
        IamClient iam = wired.client(IamClient.builder());
        Role role =
                iam.createRole(r ->
                                r.roleName("r")
                                        .description("a=b&c")
                                        .assumeRolePolicyDocument("{\"a\": \"+ %\"}")
                                        .maxSessionDuration(3600)
                                        .tags(
                                                t -> t.key("k").value("v"),
                                                t -> t.key("l").value("")))
                        .role();
        assertEquals("a=b&c", role.description());
        assertEquals("{\"a\": \"+ %\"}", role.assumeRolePolicyDocument());
        assertEquals(3600, role.maxSessionDuration());
        assertEquals(2, role.tags().size());
        assertEquals("", role.tags().get(1).value());
        NoSuchEntityException absent =
                assertThrows(
                        NoSuchEntityException.class, () -> iam.getRole(r -> r.roleName("absent")));
        assertEquals(404, absent.statusCode());
        assertEquals("NoSuchEntity", absent.awsErrorDetails().errorCode());
        assertEquals(
                "1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint:"
                        + " Member must satisfy regular expression pattern: [\\w+=,.@-]+",
                message(() -> iam.getRole(r -> r.roleName("a b"))));
    }
}
