package io.dormouse.wire.s3;

import io.dormouse.wire.Exchange;
import io.dormouse.wire.sign.Encoding;
import io.dormouse.wire.sign.SignatureRefused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.traits.PayloadTrait;

/// An answer that is a document, or has no body at all.
@SuppressWarnings("ArrayRecordComponent") // made, sent, forgotten
record S3Answer(int status, Map<String, String> headers, byte[] document) {
    private static final Logger LOG = LoggerFactory.getLogger(S3Answer.class);
    private static final String XML = "application/xml";

    /// The roots that S3's model gives its answers; the SDK's metadata does not have them.
    private static final Map<String, String> ROOTS =
            Map.ofEntries(
                    Map.entry("ListBuckets", "ListAllMyBucketsResult"),
                    Map.entry("ListObjects", "ListBucketResult"),
                    Map.entry("ListObjectsV2", "ListBucketResult"),
                    Map.entry("ListObjectVersions", "ListVersionsResult"),
                    Map.entry("CreateMultipartUpload", "InitiateMultipartUploadResult"),
                    Map.entry("DeleteObjects", "DeleteResult"),
                    Map.entry("GetObjectTagging", "Tagging"),
                    Map.entry("GetBucketTagging", "Tagging"),
                    Map.entry("GetBucketCors", "CORSConfiguration"),
                    Map.entry("GetBucketVersioning", "VersioningConfiguration"),
                    Map.entry("GetBucketAcl", "AccessControlPolicy"),
                    Map.entry("GetObjectAcl", "AccessControlPolicy"),
                    Map.entry("GetBucketLogging", "BucketLoggingStatus"),
                    Map.entry("GetBucketRequestPayment", "RequestPaymentConfiguration"),
                    Map.entry("GetBucketAccelerateConfiguration", "AccelerateConfiguration"),
                    Map.entry("GetBucketNotificationConfiguration", "NotificationConfiguration"),
                    Map.entry("GetObjectAttributes", "GetObjectAttributesResponse"));

    /// What `encoding-type=url` encodes besides the keys in lists; it differs, as AWS's does.
    private static final Map<String, Set<String>> ENCODED =
            Map.of(
                    "ListObjects", Set.of("Delimiter", "Marker", "NextMarker"),
                    "ListObjectsV2", Set.of("Delimiter", "Prefix", "StartAfter"),
                    "ListObjectVersions",
                            Set.of("Delimiter", "Prefix", "KeyMarker", "NextKeyMarker"),
                    "ListMultipartUploads",
                            Set.of("Delimiter", "Prefix", "KeyMarker", "NextKeyMarker"));

    /// The answer of an operation.
    static S3Answer of(S3Operation operation, SdkPojo shape) {
        Map<String, String> headers = Bindings.headersOf(shape);
        byte[] document = document(operation.name(), shape);
        if (document.length > 0) {
            headers.putIfAbsent("Content-Type", XML);
        }
        boolean isEmpty = document.length == 0;
        int status =
                operation.method().equals("DELETE") && isEmpty
                        ? 204
                        : headers.containsKey("Content-Range") ? 206 : 200;
        return new S3Answer(status, headers, document);
    }

    private static byte[] document(String operation, SdkPojo shape) {
        boolean hasMembers = false;
        for (SdkField<?> field : shape.sdkFields()) {
            if (field.location() == MarshallLocation.PAYLOAD) {
                if (!field.containsTrait(PayloadTrait.class)) {
                    hasMembers = true;
                } else if (operation.equals("GetBucketLocation")) {
                    Object value = field.getValueOrDefault(shape);
                    return new XmlWriter(Set.of())
                            .write("LocationConstraint", value == null ? "" : value.toString());
                } else if (field.getValueOrDefault(shape) instanceof SdkPojo payload) {
                    return new XmlWriter(Set.of()).write(field.unmarshallLocationName(), payload);
                }
            }
        }
        return hasMembers
                ? new XmlWriter(encoded(operation, shape))
                        .write(ROOTS.getOrDefault(operation, operation + "Result"), shape)
                : new byte[0];
    }

    private static Set<String> encoded(String operation, SdkPojo shape) {
        for (SdkField<?> field : shape.sdkFields()) {
            if (field.memberName().equals("EncodingType")
                    && "url".equals(field.getValueOrDefault(shape))) {
                return ENCODED.getOrDefault(operation, Set.of());
            }
        }
        return Set.of();
    }

    /// Of an answer of another S3 these are between it and us.
    private static final Set<String> OF_THE_CONNECTION =
            Set.of(
                    "connection",
                    "content-length",
                    "content-type",
                    "date",
                    "server",
                    "transfer-encoding",
                    "x-amz-id-2",
                    "x-amz-request-id",
                    "x-amzn-requestid");

    /// The answer to a request that failed.
    static S3Answer failure(Throwable thrown, Exchange exchange, Address address) {
        AwsServiceException error =
                switch (cause(thrown)) {
                    case AwsServiceException service -> service;
                    case SignatureRefused refused -> refused(refused);
                    case Exchange.TooLarge _ -> S3Error.MAX_MESSAGE_LENGTH_EXCEEDED.error();
                    case SdkClientException unmade
                            when unmade.getCause() instanceof IllegalArgumentException ->
                            S3Error.MALFORMED_XML.error();
                    case SdkClientException unreached ->
                            S3Error.INTERNAL_ERROR.error(
                                    "The S3 that keeps the objects does not answer: "
                                            + unreached.getMessage());
                    default -> {
                        LOG.error("{} failed", exchange, thrown);
                        yield S3Error.INTERNAL_ERROR.error();
                    }
                };
        AwsErrorDetails details = error.awsErrorDetails();
        Map<String, String> headers = new LinkedHashMap<>();
        if (details.sdkHttpResponse() != null) {
            details.sdkHttpResponse()
                    .forEachHeader((name, values) -> {
                        if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                            headers.put(name, values.getFirst());
                        }
                    });
        }
        if (error.statusCode() == S3Error.NOT_MODIFIED.status()) {
            return new S3Answer(error.statusCode(), headers, new byte[0]);
        }
        headers.put("Content-Type", XML);
        // The document of another S3's answer may be missing: HEAD has none.
        S3Error usual = usual(error.statusCode(), address);
        String code = Objects.requireNonNullElseGet(details.errorCode(), usual::code);
        String message = Objects.requireNonNullElseGet(details.errorMessage(), usual::message);
        List<String> document = new ArrayList<>(List.of("Code", code, "Message", message));
        if (code.equals(S3Error.NO_SUCH_KEY.code())) {
            document.addAll(List.of("Key", address.key()));
        } else if (code.equals(S3Error.NO_SUCH_BUCKET.code())) {
            document.addAll(List.of("BucketName", address.bucket()));
        }
        document.addAll(
                List.of(
                        "Resource",
                        exchange.path(),
                        "RequestId",
                        exchange.requestId(),
                        "HostId",
                        "dormouse"));
        return new S3Answer(error.statusCode(), headers, new XmlWriter(Set.of()).error(document));
    }

    /// The error that a status stands for.
    private static S3Error usual(int status, Address address) {
        return switch (status) {
            case 403 -> S3Error.ACCESS_DENIED;
            case 404 -> address.key().isEmpty() ? S3Error.NO_SUCH_BUCKET : S3Error.NO_SUCH_KEY;
            case 412 -> S3Error.PRECONDITION_FAILED;
            case 501 -> S3Error.NOT_IMPLEMENTED;
            default -> status < 500 ? S3Error.INVALID_REQUEST : S3Error.INTERNAL_ERROR;
        };
    }

    /// What was wrong with a body is found while a client of another S3 reads it.
    private static Throwable cause(Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof SignatureRefused) {
                return each;
            }
        }
        return thrown;
    }

    private static AwsServiceException refused(SignatureRefused refused) {
        S3Error error =
                switch (refused.reason()) {
                    case MISSING, EXPIRED, UNSIGNED_HEADER -> S3Error.ACCESS_DENIED;
                    case MALFORMED -> S3Error.AUTHORIZATION_HEADER_MALFORMED;
                    case MALFORMED_QUERY -> S3Error.AUTHORIZATION_QUERY_PARAMETERS;
                    case UNKNOWN_KEY -> S3Error.INVALID_ACCESS_KEY_ID;
                    case BAD_TOKEN -> S3Error.INVALID_TOKEN;
                    case MISMATCH -> S3Error.SIGNATURE_DOES_NOT_MATCH;
                    case SKEWED -> S3Error.REQUEST_TIME_TOO_SKEWED;
                    case PAYLOAD_MISMATCH -> S3Error.X_AMZ_CONTENT_SHA256_MISMATCH;
                    case CHECKSUM_MISMATCH -> S3Error.BAD_DIGEST;
                    case MALFORMED_TRAILER -> S3Error.MALFORMED_TRAILER;
                    case INCOMPLETE_BODY -> S3Error.INCOMPLETE_BODY;
                };
        return error.error(refused.sentence());
    }

    /// What every answer has, also a 304 and a 404.
    static Map<String, String> withId(Map<String, String> headers, Exchange exchange) {
        Map<String, String> all = new LinkedHashMap<>();
        headers.forEach((name, value) -> all.put(name, Encoding.latin1(value)));
        all.put("x-amz-request-id", exchange.requestId());
        all.put("x-amz-id-2", exchange.requestId());
        return all;
    }

    void send(Exchange exchange) throws IOException {
        Map<String, String> all = withId(headers, exchange);
        String length = all.remove("Content-Length");
        if (length == null) {
            exchange.answer(status, all, document);
        } else {
            // A HEAD's answer says how long the GET's would be.
            exchange.answer(status, all, OptionalLong.of(Long.parseLong(length))).close();
        }
    }
}
