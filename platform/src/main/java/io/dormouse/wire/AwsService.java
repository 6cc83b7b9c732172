package io.dormouse.wire;

import static io.dormouse.wire.Protocol.AWS_JSON_1_0;
import static io.dormouse.wire.Protocol.AWS_JSON_1_1;
import static io.dormouse.wire.Protocol.QUERY;
import static io.dormouse.wire.Protocol.REST_JSON;
import static io.dormouse.wire.Protocol.REST_XML;
import static io.dormouse.wire.Protocol.RPC_V2_CBOR;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sts.StsClient;

/// The services that we speak, as data: a further one is a row here and its table of constraints
/// (`src/main/constraints/digest.py`).
public enum AwsService {
    SAGEMAKER(
            "sagemaker",
            SageMakerClient.class,
            "sagemaker",
            "SageMaker",
            "2017-07-24",
            "",
            Violations.JSON,
            AWS_JSON_1_1),
    SAGEMAKER_RUNTIME(
            "sagemaker-runtime",
            SageMakerRuntimeClient.class,
            "sagemaker",
            "",
            "2017-05-13",
            "",
            Violations.RUNTIME,
            REST_JSON),
    S3(
            "s3",
            S3Client.class,
            "s3",
            "",
            "2006-03-01",
            "http://s3.amazonaws.com/doc/2006-03-01/",
            Violations.QUERY,
            REST_XML),
    CLOUDWATCH(
            "monitoring",
            CloudWatchClient.class,
            "monitoring",
            "GraniteServiceVersion20100801",
            "2010-08-01",
            "http://monitoring.amazonaws.com/doc/2010-08-01/",
            Violations.CLOUDWATCH,
            AWS_JSON_1_0,
            QUERY,
            RPC_V2_CBOR),
    LOGS(
            "logs",
            CloudWatchLogsClient.class,
            "logs",
            "Logs_20140328",
            "2014-03-28",
            "",
            Violations.LOGS,
            AWS_JSON_1_1),
    STS(
            "sts",
            StsClient.class,
            "sts",
            "",
            "2011-06-15",
            "https://sts.amazonaws.com/doc/2011-06-15/",
            Violations.QUERY,
            QUERY),
    IAM(
            "iam",
            IamClient.class,
            "iam",
            "",
            "2010-05-08",
            "https://iam.amazonaws.com/doc/2010-05-08/",
            Violations.QUERY,
            QUERY),
    APPLICATION_AUTO_SCALING(
            "application-autoscaling",
            ApplicationAutoScalingClient.class,
            "application-autoscaling",
            "AnyScaleFrontendService",
            "2016-02-06",
            "",
            Violations.JSON,
            AWS_JSON_1_1),
    EVENTS(
            "events",
            EventBridgeClient.class,
            "events",
            "AWSEvents",
            "2015-10-07",
            "",
            Violations.JSON,
            AWS_JSON_1_1),
    SCHEDULER(
            "scheduler",
            SchedulerClient.class,
            "scheduler",
            "",
            "2021-06-30",
            "",
            Violations.JSON,
            REST_JSON),
    SNS(
            "sns",
            SnsClient.class,
            "sns",
            "",
            "2010-03-31",
            "http://sns.amazonaws.com/doc/2010-03-31/",
            Violations.QUERY,
            QUERY),
    SQS(
            "sqs",
            SqsClient.class,
            "sqs",
            "AmazonSQS",
            "2012-11-05",
            "http://queue.amazonaws.com/doc/2012-11-05/",
            Violations.CLOUDWATCH,
            AWS_JSON_1_0,
            QUERY),
    LAMBDA(
            "lambda",
            LambdaClient.class,
            "lambda",
            "",
            "2015-03-31",
            "",
            Violations.JSON,
            REST_JSON);

    private final String id;
    private final Class<? extends SdkClient> client;
    private final String signingName;
    private final String targetPrefix;
    private final String version;
    private final String xmlNamespace;
    private final Violations violations;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Protocol> protocols;

    AwsService(
            String id,
            Class<? extends SdkClient> client,
            String signingName,
            String targetPrefix,
            String version,
            String xmlNamespace,
            Violations violations,
            Protocol... protocols) {
        this.id = id;
        this.client = client;
        this.signingName = signingName;
        this.targetPrefix = targetPrefix;
        this.version = version;
        this.xmlNamespace = xmlNamespace;
        this.violations = violations;
        this.protocols = List.of(protocols);
    }

    /// Our name of the service and of its table of constraints.
    public String id() {
        return id;
    }

    /// The SDK's interface whose methods are the operations.
    public Class<? extends SdkClient> client() {
        return client;
    }

    /// The service name in a signature's scope; SageMaker and its runtime share one.
    public String signingName() {
        return signingName;
    }

    /// What stands before the dot in `X-Amz-Target`; empty where no protocol uses it.
    public String targetPrefix() {
        return targetPrefix;
    }

    /// The API's version, as the query protocol sends it.
    public String version() {
        return version;
    }

    /// The namespace of XML answers; empty where there are none.
    public String xmlNamespace() {
        return xmlNamespace;
    }

    /// How this service words a violated constraint.
    Violations violations() {
        return violations;
    }

    public List<Protocol> protocols() {
        return protocols;
    }

    /// Which of the two JSON protocols the service speaks.
    Protocol json() {
        return protocols.contains(AWS_JSON_1_0) ? AWS_JSON_1_0 : AWS_JSON_1_1;
    }

    /// Whether errors carry the code of the query protocol in a header beside: a service that used
    /// to speak query (`awsQueryCompatible`).
    boolean isQueryCompatible() {
        return protocols.contains(QUERY) && protocols.size() > 1;
    }

    /// Whether the service of this signing name has no protocol but query, whose clients know its
    /// error codes alone.
    public static boolean speaksQueryAlone(String signingName) {
        return all().anyMatch(each ->
                each.signingName.equals(signingName) && each.protocols.equals(List.of(QUERY)));
    }

    static Optional<AwsService> byTarget(String prefix) {
        return all().filter(
                        each -> !each.targetPrefix.isEmpty() && each.targetPrefix.equals(prefix))
                .findFirst();
    }

    static Optional<AwsService> byVersion(String version) {
        return all().filter(each -> each.protocols.contains(QUERY) && each.version.equals(version))
                .findFirst();
    }

    /// By the SDK's own name, that of the client's package: `cloudwatchlogs`.
    static Optional<AwsService> bySdkName(String name) {
        return all().filter(each -> each.client.getPackageName().endsWith("." + name)).findFirst();
    }

    static Stream<AwsService> all() {
        return Arrays.stream(values());
    }
}
