package io.dormouse.wire;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Malformed;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkPojo;
import tools.jackson.core.JacksonException;

/// Why a request failed, in every protocol's terms.
///
/// @param code the error's name in the JSON protocols
/// @param queryCode its name in the query protocol
/// @param member which member holds the message where the error is a JSON document
/// @param members further members of a modelled error
record Failure(
        String code,
        String queryCode,
        int status,
        boolean isSender,
        String message,
        String member,
        Optional<SdkPojo> members) {
    private static final Logger LOG = LoggerFactory.getLogger(Failure.class);

    /// The failure that an exception means to a caller of this service. What is no error of AWS is
    /// a defect of ours: it goes to the log with its trace and to the caller as `InternalFailure`.
    ///
    /// @param requestId by which the log is found
    static Failure of(Throwable thrown, AwsService service, String requestId) {
        return switch (thrown) {
            case AwsServiceException e -> aws(e, service);
            case Malformed e -> serialization(service, e.getMessage());
            case JacksonException e -> serialization(service, e.getOriginalMessage());
            case Exchange.TooLarge e ->
                    plain("RequestEntityTooLargeException", 413, String.valueOf(e.getMessage()));
            default -> {
                LOG.error("Request {} to {} failed", requestId, service.id(), thrown);
                yield plain(
                        AwsError.INTERNAL_FAILURE.code(),
                        AwsError.INTERNAL_FAILURE.status(),
                        "The request failed inside the platform; its log has the cause under "
                                + requestId);
            }
        };
    }

    /// A failure that no service models.
    static Failure plain(String code, int status, String message) {
        return new Failure(code, code, status, status < 500, message, "message", Optional.empty());
    }

    private static Failure serialization(AwsService service, @Nullable String message) {
        String code =
                service.protocols().contains(Protocol.QUERY) && !service.isQueryCompatible()
                        ? "MalformedInput"
                        : AwsError.SERIALIZATION.code();
        return plain(code, 400, message == null ? "The request cannot be read" : message);
    }

    private static Failure aws(AwsServiceException thrown, AwsService service) {
        String name = AwsError.codeOf(thrown);
        Optional<ServiceModel.ErrorShape> modelled = ServiceModel.of(service).error(name);
        int status =
                thrown.statusCode() != 0
                        ? thrown.statusCode()
                        : modelled.map(ServiceModel.ErrorShape::status).orElse(400);
        return new Failure(
                modelled.map(ServiceModel.ErrorShape::shape).orElse(name),
                modelled.map(ServiceModel.ErrorShape::code).orElse(name),
                status,
                modelled.map(ServiceModel.ErrorShape::isSender).orElse(status < 500),
                AwsError.sentenceOf(thrown),
                modelled.map(ServiceModel.ErrorShape::member).orElse("message"),
                Optional.of(thrown));
    }

    /// The exception with code and status filled in, as a client over HTTP would see it.
    static AwsServiceException complete(AwsServiceException thrown, AwsService service) {
        if (thrown.awsErrorDetails() != null && thrown.statusCode() != 0) {
            return thrown;
        }
        Failure failure = aws(thrown, service);
        AwsServiceException complete =
                thrown.toBuilder()
                        .statusCode(failure.status())
                        .awsErrorDetails(
                                AwsErrorDetails.builder()
                                        .serviceName(service.id())
                                        .errorCode(failure.code())
                                        .errorMessage(failure.message())
                                        .build())
                        .build();
        complete.setStackTrace(thrown.getStackTrace());
        return complete;
    }
}
