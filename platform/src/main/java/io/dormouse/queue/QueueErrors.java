package io.dormouse.queue;

import io.dormouse.aws.AwsError;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sqs.model.InvalidAttributeNameException;
import software.amazon.awssdk.services.sqs.model.InvalidAttributeValueException;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/// SQS's own errors, in its words.
final class QueueErrors {
    private QueueErrors() {}

    static QueueDoesNotExistException missing() {
        return QueueDoesNotExistException.builder()
                .message("The specified queue does not exist.")
                .build();
    }

    /// @param why a sentence that says what is expected
    static InvalidAttributeValueException badValue(String attribute, String why) {
        return InvalidAttributeValueException.builder()
                .message("Invalid value for the parameter " + attribute + ". Reason: " + why)
                .build();
    }

    static InvalidAttributeNameException unknown(String attribute) {
        return InvalidAttributeNameException.builder()
                .message("Unknown Attribute " + attribute + ".")
                .build();
    }

    static AwsServiceException badParameter(String parameter, Object value, String why) {
        return AwsError.INVALID_PARAMETER_VALUE.of(
                "Value " + value + " for parameter " + parameter + " is invalid. Reason: " + why);
    }

    static AwsServiceException required(String parameter) {
        return AwsError.MISSING_PARAMETER.of(
                "The request must contain the parameter " + parameter + ".");
    }
}
