package io.dormouse.metrics;

import io.dormouse.aws.AwsError;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatch.model.InvalidNextTokenException;
import software.amazon.awssdk.services.cloudwatch.model.InvalidParameterCombinationException;
import software.amazon.awssdk.services.cloudwatch.model.InvalidParameterValueException;
import software.amazon.awssdk.services.cloudwatch.model.MissingRequiredParameterException;

/// CloudWatch's errors, by the names that its query protocol gives them.
final class MetricErrors {
    private MetricErrors() {}

    static AwsServiceException invalidValue(String message) {
        return AwsError.modelled(
                InvalidParameterValueException.builder(), "InvalidParameterValue", 400, message);
    }

    static AwsServiceException invalidCombination(String message) {
        return AwsError.modelled(
                InvalidParameterCombinationException.builder(),
                "InvalidParameterCombination",
                400,
                message);
    }

    static AwsServiceException missing(String message) {
        return AwsError.modelled(
                MissingRequiredParameterException.builder(), "MissingParameter", 400, message);
    }

    static AwsServiceException invalidToken() {
        return AwsError.modelled(
                InvalidNextTokenException.builder(),
                "InvalidNextToken",
                400,
                "The service is unable to process the specified NextToken: pass the token of the"
                        + " last answer with the same parameters");
    }

    /// GetMetricData's name for whatever is wrong with it.
    static AwsServiceException validation(String message) {
        return AwsError.VALIDATION_ERROR.of(message);
    }
}
