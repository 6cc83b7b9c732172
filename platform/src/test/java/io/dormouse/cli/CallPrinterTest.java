package io.dormouse.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointRequest;
import software.amazon.awssdk.services.sagemaker.model.ListEndpointsRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;

/// Calls as commands of the aws CLI.
class CallPrinterTest {
    private static String printed(String service, String operation, SdkRequest request) {
        return CallPrinter.command(service, operation, request, Optional.empty());
    }

    @Test
    void jsonServicesTakeTheWholeInput() {
        assertEquals(
                "aws sagemaker describe-endpoint --cli-input-json '{\"EndpointName\":\"it'\\''s\"}'",
                printed(
                        "SageMaker",
                        "DescribeEndpoint",
                        DescribeEndpointRequest.builder().endpointName("it's").build()));
        assertEquals(
                "aws sagemaker list-endpoints",
                printed("SageMaker", "ListEndpoints", ListEndpointsRequest.builder().build()));
        assertEquals(
                "aws logs describe-log-groups",
                printed(
                        "CloudWatch Logs",
                        "DescribeLogGroups",
                        DescribeLogGroupsRequest.builder().build()));
    }

    @Test
    void bodiesAreFiles() {
        assertEquals(
                "aws sagemaker-runtime invoke-endpoint --endpoint-name tree"
                        + " --body fileb://<(printf %s '1,2 3') --content-type text/csv /dev/stdout",
                printed(
                        "SageMaker Runtime",
                        "InvokeEndpoint",
                        InvokeEndpointRequest.builder()
                                .endpointName("tree")
                                .contentType("text/csv")
                                .body(SdkBytes.fromUtf8String("1,2 3"))
                                .build()));
        assertEquals(
                "aws s3api put-object --bucket models --key a/b.tar.gz --body 'my model.tar.gz'",
                CallPrinter.command(
                        "S3",
                        "PutObject",
                        PutObjectRequest.builder().bucket("models").key("a/b.tar.gz").build(),
                        Optional.of("my model.tar.gz")));
    }
}
