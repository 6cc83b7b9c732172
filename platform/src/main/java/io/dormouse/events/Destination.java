package io.dormouse.events;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an ARN says that a target is.
sealed interface Destination {
    record Queue(String account, String name) implements Destination {}

    record Topic(String arn) implements Destination {}

    record LogGroup(String name) implements Destination {}

    record Bus(String name) implements Destination {}

    record Function(String arn) implements Destination {}

    /// Any operation that is served here, as EventBridge Scheduler's universal targets are any of
    /// AWS's.
    record Call(String service, String operation) implements Destination {}

    /// The patterns of ARNs.
    final class Arns {
        private static final Pattern CALL =
                Pattern.compile("arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)");
        private static final Pattern ARN = Pattern.compile("arn:aws:([a-z]+):([^:]*):([^:]*):(.+)");

        private Arns() {}
    }

    /// Reads an ARN.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException `ValidationException`
    ///   where nothing here can be told under it
    static Destination of(String arn) {
        Matcher call = Arns.CALL.matcher(arn);
        if (call.matches()) {
            return new Call(call.group(1), call.group(2));
        }
        Matcher parts = Arns.ARN.matcher(arn);
        if (!parts.matches()) {
            throw EventErrors.invalid("Provided Arn is not in correct format. Arn: " + arn);
        }
        String resource = parts.group(4);
        String service = parts.group(1);
        if (service.equals("sqs")) {
            return new Queue(parts.group(3), resource);
        } else if (service.equals("sns")) {
            return new Topic(arn);
        } else if (service.equals("logs") && resource.startsWith("log-group:")) {
            return new LogGroup(resource.split(":", -1)[1]);
        } else if (service.equals("lambda") && resource.startsWith("function:")) {
            return new Function(arn);
        } else if (service.equals("events") && resource.startsWith("event-bus/")) {
            return new Bus(RuleKey.bus(arn));
        }
        throw EventErrors.invalid(
                "Targets of "
                        + service
                        + " are not served here (Arn: "
                        + arn
                        + "): SQS queues, SNS topics, CloudWatch log groups, event buses,"
                        + " Lambda functions and"
                        + " arn:aws:scheduler:::aws-sdk:SERVICE:OPERATION are");
    }
}
