package io.dormouse.aws;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/// The errors that have no class in the SDK, by their AWS name: one place knows code and status.
///
/// Modelled errors (`ResourceNotFoundException`, `NoSuchKeyException` …) are thrown as the SDK's
/// own exceptions; `wire` finds their code and status. What is thrown from here is an
/// [AwsServiceException] too, so a caller in the same process sees what a caller over HTTP sees.
public enum AwsError {
    /// SageMaker's control plane, and most JSON services: a request that breaks a rule.
    VALIDATION("ValidationException", 400),
    /// SageMaker Runtime's name for the same.
    VALIDATION_ERROR("ValidationError", 400),
    THROTTLING("ThrottlingException", 400),
    ACCESS_DENIED("AccessDeniedException", 403),
    UNKNOWN_OPERATION("UnknownOperationException", 404),
    NOT_IMPLEMENTED("NotImplementedException", 501),
    SERIALIZATION("SerializationException", 400),
    INTERNAL_FAILURE("InternalFailure", 500),
    SERVICE_UNAVAILABLE("ServiceUnavailable", 503),
    /// The query services' names.
    INVALID_PARAMETER_VALUE("InvalidParameterValue", 400),
    INVALID_PARAMETER_COMBINATION("InvalidParameterCombination", 400),
    MISSING_PARAMETER("MissingParameter", 400);

    private final String code;
    private final int status;

    AwsError(String code, int status) {
        this.code = code;
        this.status = status;
    }

    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    /// The error with the sentence that the caller reads.
    public AwsServiceException of(String message) {
        return error(code, status, message);
    }

    /// An error by its wire name, for the few that one operation alone has.
    public static AwsServiceException error(String code, int status, String message) {
        return AwsServiceException.builder()
                .statusCode(status)
                .message(message)
                .awsErrorDetails(
                        AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
                .build();
    }

    /// An error that has a class in the SDK, complete with the name and status that it has on the
    /// wire: `modelled(NoSuchEntityException.builder(), "NoSuchEntity", 404, "The role …")`.
    public static <
                    T extends AwsServiceException,
                    B extends AwsServiceException.Builder & SdkBuilder<B, T>>
            T modelled(B builder, String code, int status, String message) {
        builder.statusCode(status)
                .message(message)
                .awsErrorDetails(
                        AwsErrorDetails.builder().errorCode(code).errorMessage(message).build());
        return builder.build();
    }

    /// The name of an error, of the SDK's class where it was given none.
    public static String codeOf(AwsServiceException thrown) {
        @Nullable AwsErrorDetails details = thrown.awsErrorDetails();
        return details == null || details.errorCode() == null
                ? thrown.getClass().getSimpleName()
                : details.errorCode();
    }

    /// Its sentence, without what the SDK adds of service and request.
    public static String sentenceOf(AwsServiceException thrown) {
        @Nullable AwsErrorDetails details = thrown.awsErrorDetails();
        @Nullable String sentence = details == null ? thrown.getMessage() : details.errorMessage();
        return sentence == null ? "" : sentence;
    }
}
