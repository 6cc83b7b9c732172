package io.dormouse.metrics;

import io.dormouse.aws.AwsError;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;
import software.amazon.awssdk.services.cloudwatchlogs.model.LimitExceededException;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/// CloudWatch Logs' errors, in its own words where clients read them.
final class LogErrors {
    private LogErrors() {}

    static AwsServiceException noGroup() {
        return notFound("The specified log group does not exist.");
    }

    static AwsServiceException noStream() {
        return notFound("The specified log stream does not exist.");
    }

    static AwsServiceException noFilter() {
        return notFound("The specified metric filter does not exist.");
    }

    private static AwsServiceException notFound(String message) {
        return AwsError.modelled(
                ResourceNotFoundException.builder(), "ResourceNotFoundException", 400, message);
    }

    static AwsServiceException groupExists() {
        return exists("The specified log group already exists");
    }

    static AwsServiceException streamExists() {
        return exists("The specified log stream already exists");
    }

    private static AwsServiceException exists(String message) {
        return AwsError.modelled(
                ResourceAlreadyExistsException.builder(),
                "ResourceAlreadyExistsException",
                400,
                message);
    }

    static AwsServiceException tooMany() {
        return AwsError.modelled(
                LimitExceededException.builder(),
                "LimitExceededException",
                400,
                "Resource limit exceeded.");
    }

    static AwsServiceException invalid(String message) {
        return AwsError.modelled(
                InvalidParameterException.builder(), "InvalidParameterException", 400, message);
    }

    static AwsServiceException invalidToken() {
        return invalid("The specified nextToken is invalid.");
    }
}
