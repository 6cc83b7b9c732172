package io.dormouse.wire;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.DashboardNotFoundErrorException;
import software.amazon.awssdk.services.cloudwatch.model.Datapoint;
import software.amazon.awssdk.services.cloudwatch.model.DeleteDashboardsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DeleteDashboardsResponse;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricStatisticsRequest;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricStatisticsResponse;
import software.amazon.awssdk.services.cloudwatch.model.ListMetricsRequest;
import software.amazon.awssdk.services.cloudwatch.model.ListMetricsResponse;
import software.amazon.awssdk.services.cloudwatch.model.Metric;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataResponse;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.CreateLogGroupRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.CreateLogGroupResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.CreateRoleRequest;
import software.amazon.awssdk.services.iam.model.CreateRoleResponse;
import software.amazon.awssdk.services.iam.model.GetRoleRequest;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointConfigRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.CreateModelRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateModelResponse;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelResponse;
import software.amazon.awssdk.services.sagemaker.model.ListModelsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListModelsResponse;
import software.amazon.awssdk.services.sagemaker.model.ModelSummary;
import software.amazon.awssdk.services.sagemaker.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sagemaker.model.StopTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.StopTrainingJobResponse;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointAsyncRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointAsyncResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityRequest;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/// Small implementations of AWS's interfaces: enough to see requests arrive and answers return.
public final class Fakes {
    static final Instant TIME = Instant.parse("2026-03-04T05:06:07.089Z");

    private Fakes() {}

    /// Models in memory; `StopTrainingJob` throws what AWS models, `DeleteModel` a defect.
    public static final class Models implements SageMakerClient {
        final Map<String, CreateModelRequest> models = new ConcurrentSkipListMap<>();

        @Override
        public CreateModelResponse createModel(CreateModelRequest request) {
            String arn = arn(request.modelName());
            if (models.putIfAbsent(request.modelName(), request) != null) {
                throw AwsError.VALIDATION.of(
                        "Cannot create already existing model \"" + arn + "\".");
            }
            return CreateModelResponse.builder().modelArn(arn).build();
        }

        private static String arn(String name) {
            return Caller.current().resource("sagemaker", "model/" + name);
        }

        @Override
        public DescribeModelResponse describeModel(DescribeModelRequest request) {
            CreateModelRequest model = models.get(request.modelName());
            if (model == null) {
                throw AwsError.VALIDATION.of(
                        "Could not find model \"" + arn(request.modelName()) + "\".");
            }
            return DescribeModelResponse.builder()
                    .modelName(model.modelName())
                    .modelArn(arn(model.modelName()))
                    .primaryContainer(model.primaryContainer())
                    .executionRoleArn(model.executionRoleArn())
                    .creationTime(TIME)
                    .build();
        }

        @Override
        public ListModelsResponse listModels(ListModelsRequest request) {
            List<ModelSummary> all =
                    models.keySet().stream()
                            .map(name ->
                                    ModelSummary.builder()
                                            .modelName(name)
                                            .modelArn(arn(name))
                                            .creationTime(TIME)
                                            .build())
                            .toList();
            int from = request.nextToken() == null ? 0 : Integer.parseInt(request.nextToken());
            int size = request.maxResults() == null ? 10 : request.maxResults();
            int to = Math.min(all.size(), from + size);
            return ListModelsResponse.builder()
                    .models(all.subList(from, to))
                    .nextToken(to < all.size() ? String.valueOf(to) : null)
                    .build();
        }

        @Override
        public DeleteModelResponse deleteModel(DeleteModelRequest request) {
            throw new IllegalStateException("secret detail");
        }

        @Override
        public StopTrainingJobResponse stopTrainingJob(StopTrainingJobRequest request) {
            throw ResourceNotFoundException.builder()
                    .message("Requested resource not found.")
                    .build();
        }

        @Override
        public String serviceName() {
            return "sagemaker";
        }

        @Override
        public void close() {}
    }

    /// Another room's part of the same service.
    public static final class EndpointConfigs implements SageMakerClient {
        volatile CreateEndpointConfigRequest last = CreateEndpointConfigRequest.builder().build();

        @Override
        public CreateEndpointConfigResponse createEndpointConfig(
                CreateEndpointConfigRequest request) {
            last = request;
            return CreateEndpointConfigResponse.builder()
                    .endpointConfigArn(
                            Caller.current()
                                    .resource(
                                            "sagemaker",
                                            "endpoint-config/" + request.endpointConfigName()))
                    .build();
        }

        @Override
        public String serviceName() {
            return "sagemaker";
        }

        @Override
        public void close() {}
    }

    /// The runtime's asynchronous form, by shapes: header bindings, status 202.
    public static final class Async implements SageMakerRuntimeClient {
        @Override
        public InvokeEndpointAsyncResponse invokeEndpointAsync(InvokeEndpointAsyncRequest request) {
            return InvokeEndpointAsyncResponse.builder()
                    .inferenceId(request.endpointName() + "/" + request.requestTTLSeconds())
                    .outputLocation(request.inputLocation() + ".out")
                    .build();
        }

        @Override
        public String serviceName() {
            return "sagemaker";
        }

        @Override
        public void close() {}
    }

    public static final class Metrics implements CloudWatchClient {
        final List<PutMetricDataRequest> puts = new CopyOnWriteArrayList<>();

        @Override
        public PutMetricDataResponse putMetricData(PutMetricDataRequest request) {
            puts.add(request);
            return PutMetricDataResponse.builder().build();
        }

        @Override
        public ListMetricsResponse listMetrics(ListMetricsRequest request) {
            return ListMetricsResponse.builder()
                    .metrics(
                            puts.stream()
                                    .flatMap(put ->
                                            put.metricData().stream()
                                                    .map(each -> metric(put, each)))
                                    .toList())
                    .build();
        }

        private static Metric metric(PutMetricDataRequest put, MetricDatum datum) {
            return Metric.builder()
                    .namespace(put.namespace())
                    .metricName(datum.metricName())
                    .dimensions(datum.dimensions())
                    .build();
        }

        @Override
        public GetMetricStatisticsResponse getMetricStatistics(GetMetricStatisticsRequest request) {
            return GetMetricStatisticsResponse.builder()
                    .label(request.metricName())
                    .datapoints(
                            Datapoint.builder()
                                    .timestamp(request.startTime())
                                    .average(1.5)
                                    .extendedStatistics(Map.of("p99", 2.5))
                                    .unit("Seconds")
                                    .build())
                    .build();
        }

        @Override
        public DeleteDashboardsResponse deleteDashboards(DeleteDashboardsRequest request) {
            throw DashboardNotFoundErrorException.builder()
                    .message("Dashboard a does not exist")
                    .build();
        }

        @Override
        public String serviceName() {
            return "monitoring";
        }

        @Override
        public void close() {}
    }

    public static final class Logs implements CloudWatchLogsClient {
        @Override
        public CreateLogGroupResponse createLogGroup(CreateLogGroupRequest request) {
            return CreateLogGroupResponse.builder().build();
        }

        @Override
        public GetLogEventsResponse getLogEvents(GetLogEventsRequest request) {
            return GetLogEventsResponse.builder()
                    .events(
                            OutputLogEvent.builder()
                                    .timestamp(TIME.toEpochMilli())
                                    .message("grün 🐭\n\"<&>\"")
                                    .build())
                    .nextForwardToken("f/1")
                    .build();
        }

        @Override
        public String serviceName() {
            return "logs";
        }

        @Override
        public void close() {}
    }

    public static final class Sts implements StsClient {
        @Override
        public GetCallerIdentityResponse getCallerIdentity(GetCallerIdentityRequest request) {
            Caller caller = Caller.current();
            return GetCallerIdentityResponse.builder()
                    .account(caller.account())
                    .arn(caller.arn())
                    .userId(caller.accessKey() + "@" + caller.region())
                    .build();
        }

        @Override
        public AssumeRoleResponse assumeRole(AssumeRoleRequest request) {
            return AssumeRoleResponse.builder()
                    .credentials(
                            Credentials.builder()
                                    .accessKeyId("AK")
                                    .secretAccessKey("s")
                                    .sessionToken("t")
                                    .expiration(TIME)
                                    .build())
                    .build();
        }

        @Override
        public String serviceName() {
            return "sts";
        }

        @Override
        public void close() {}
    }

    public static final class Roles implements IamClient {
        @Override
        public CreateRoleResponse createRole(CreateRoleRequest request) {
            return CreateRoleResponse.builder()
                    .role(
                            role(request.roleName()).toBuilder()
                                    .description(request.description())
                                    .assumeRolePolicyDocument(request.assumeRolePolicyDocument())
                                    .maxSessionDuration(request.maxSessionDuration())
                                    .tags(request.tags())
                                    .build())
                    .build();
        }

        @Override
        public GetRoleResponse getRole(GetRoleRequest request) {
            if (request.roleName().equals("absent")) {
                throw NoSuchEntityException.builder()
                        .message("The role with name absent cannot be found.")
                        .build();
            }
            return GetRoleResponse.builder().role(role(request.roleName())).build();
        }

        private static Role role(String name) {
            return Role.builder()
                    .roleName(name)
                    .path("/")
                    .roleId("AROA")
                    .arn("arn:aws:iam::123456789012:role/" + name)
                    .createDate(TIME)
                    .build();
        }

        @Override
        public String serviceName() {
            return "iam";
        }

        @Override
        public void close() {}
    }

    /// Answers an invocation with what it saw.
    static Streaming.Answer echo(Streaming.Head head, InputStream body) throws IOException {
        String endpoint = head.path().getOrDefault("EndpointName", "");
        if (endpoint.equals("busy")) {
            throw AwsError.THROTTLING.of("5 requests are under way");
        } else if (endpoint.equals("absent")) {
            throw AwsError.VALIDATION_ERROR.of(
                    "Endpoint absent of account 123456789012 not found.");
        } else if (endpoint.equals("broken")) {
            throw ModelErrorException.builder()
                    .message("Received server error (500) from primary")
                    .originalStatusCode(500)
                    .originalMessage("boom")
                    .logStreamArn("arn:x")
                    .build();
        }
        String seen = endpoint + "|" + head.header("Content-Type").orElse("none") + "|";
        return new Streaming.Answer(
                200,
                Map.of(
                        "Content-Type",
                        "text/csv",
                        "x-Amzn-Invoked-Production-Variant",
                        "AllTraffic"),
                Optional.empty(),
                out -> {
                    out.write(seen.getBytes(StandardCharsets.UTF_8));
                    body.transferTo(out);
                });
    }

    static SdkBytes bytes(String text) {
        return SdkBytes.fromUtf8String(text);
    }
}
