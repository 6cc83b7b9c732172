package io.dormouse.events;

import io.dormouse.delivery.FunctionCalls;
import java.util.function.Supplier;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import tools.jackson.databind.JsonNode;

/// Whom targets are reached through, each asked for when it is needed.
///
/// @param calls any other operation
/// @param functions those of Lambda
public record Told(
        Supplier<SqsClient> sqs,
        Supplier<SnsClient> sns,
        Supplier<CloudWatchLogsClient> logs,
        Calls calls,
        FunctionCalls functions) {
    /// Operations by name: `sagemaker`, `createTrainingJob`.
    public interface Calls {
        /// Whether it can be called.
        boolean serves(String service, String operation);

        /// Calls it.
        ///
        /// @param input the request's members by AWS's names
        /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException what it throws
        void call(String service, String operation, JsonNode input);
    }
}
