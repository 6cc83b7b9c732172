package io.dormouse.function;

import io.dormouse.aws.AwsError;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.InvalidRequestContentException;
import software.amazon.awssdk.services.lambda.model.PreconditionFailedException;
import software.amazon.awssdk.services.lambda.model.RequestTooLargeException;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.ServiceException;
import software.amazon.awssdk.services.lambda.model.ThrottleReason;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/// Lambda's errors, with AWS's sentences where it has them.
final class FunctionErrors {
    private static final String USER = "User";

    private FunctionErrors() {}

    static AwsServiceException invalid(String sentence) {
        return AwsError.modelled(
                InvalidParameterValueException.builder().type(USER),
                "InvalidParameterValueException",
                400,
                sentence);
    }

    /// What AWS has and is not served here.
    static AwsServiceException unserved(String what) {
        return invalid(what + " is not served here: docs/functions.md lists what is.");
    }

    static AwsServiceException noFunction(String arn) {
        return notFound("Function not found: " + arn);
    }

    static AwsServiceException notFound(String sentence) {
        return AwsError.modelled(
                ResourceNotFoundException.builder().type(USER),
                "ResourceNotFoundException",
                404,
                sentence);
    }

    static AwsServiceException conflict(String sentence) {
        return AwsError.modelled(
                ResourceConflictException.builder().type(USER),
                "ResourceConflictException",
                409,
                sentence);
    }

    static AwsServiceException anotherRevision() {
        return AwsError.modelled(
                PreconditionFailedException.builder().type(USER),
                "PreconditionFailedException",
                412,
                "The Revision Id provided does not match the latest Revision Id. Call the"
                        + " GetFunction/GetAlias API to retrieve the latest Revision Id");
    }

    static AwsServiceException badContent(String sentence) {
        return AwsError.modelled(
                InvalidRequestContentException.builder().type(USER),
                "InvalidRequestContentException",
                400,
                sentence);
    }

    static AwsServiceException tooLarge(int bytesMax) {
        return AwsError.modelled(
                RequestTooLargeException.builder().type(USER),
                "RequestTooLargeException",
                413,
                "Request must be smaller than "
                        + bytesMax
                        + " bytes for the InvokeFunction operation");
    }

    /// No instance for one more invocation.
    static AwsServiceException tooMany(ThrottleReason reason, String sentence) {
        return AwsError.modelled(
                TooManyRequestsException.builder().type(USER).reason(reason),
                "TooManyRequestsException",
                429,
                sentence);
    }

    static AwsServiceException failed(String sentence) {
        return AwsError.modelled(
                ServiceException.builder().type("Service"), "ServiceException", 500, sentence);
    }
}
