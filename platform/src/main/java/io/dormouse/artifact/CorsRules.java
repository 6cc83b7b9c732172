package io.dormouse.artifact;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Store;
import io.dormouse.wire.s3.S3Error;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.CORSConfiguration;
import software.amazon.awssdk.services.s3.model.CORSRule;
import software.amazon.awssdk.services.s3.model.DeleteBucketCorsRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketCorsResponse;
import software.amazon.awssdk.services.s3.model.GetBucketCorsRequest;
import software.amazon.awssdk.services.s3.model.GetBucketCorsResponse;
import software.amazon.awssdk.services.s3.model.PutBucketCorsRequest;
import software.amazon.awssdk.services.s3.model.PutBucketCorsResponse;

/// A bucket's CORS rules: checked as AWS checks them, and kept. What they say of a request is
/// decided where requests come in.
final class CorsRules {
    private static final String SETTING = "cors";
    private static final int RULES_MAX = 100;
    private static final int ID_LENGTH_MAX = 255;
    private static final int BYTES_MAX = 64 * 1024;
    private static final Set<String> METHODS = Set.of("GET", "PUT", "POST", "DELETE", "HEAD");

    private CorsRules() {}

    /// [PutBucketCors](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html)
    static PutBucketCorsResponse put(Store store, PutBucketCorsRequest request) {
        CORSConfiguration asked =
                Optional.ofNullable(request.corsConfiguration())
                        .filter(configuration -> !configuration.corsRules().isEmpty())
                        .orElseThrow(S3Error.MALFORMED_XML::error);
        if (asked.corsRules().size() > RULES_MAX) {
            throw S3Error.INVALID_REQUEST.error(
                    "The number of CORS rules should not exceed allowed limit of "
                            + RULES_MAX
                            + " rules.");
        }
        asked.corsRules().forEach(CorsRules::check);
        String body = Shapes.toJson(asked);
        if (body.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            throw S3Error.INVALID_REQUEST.error("The CORS configuration is limited to 64 KB.");
        }
        store.write(tx -> {
            Buckets.required(tx, request, request.bucket());
            Setting.put(tx, request.bucket(), SETTING, body);
            return true;
        });
        return PutBucketCorsResponse.builder().build();
    }

    /// [GetBucketCors](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html)
    static GetBucketCorsResponse get(Store store, GetBucketCorsRequest request) {
        Optional<String> body =
                store.read(query -> {
                    Buckets.required(query, request, request.bucket());
                    return Setting.get(query, request.bucket(), SETTING);
                });
        CORSConfiguration found =
                body.map(json -> Shapes.fromJson(CORSConfiguration::builder, json))
                        .orElseThrow(S3Error.NO_SUCH_CORS_CONFIGURATION::error);
        return GetBucketCorsResponse.builder().corsRules(found.corsRules()).build();
    }

    ///
    /// [DeleteBucketCors](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketCors.html)
    static DeleteBucketCorsResponse delete(Store store, DeleteBucketCorsRequest request) {
        store.write(tx -> {
            Buckets.required(tx, request, request.bucket());
            Setting.remove(tx, request.bucket(), SETTING);
            return true;
        });
        return DeleteBucketCorsResponse.builder().build();
    }

    private static void check(CORSRule rule) {
        if (rule.allowedOrigins().isEmpty() || rule.allowedMethods().isEmpty()) {
            throw S3Error.MALFORMED_XML.error();
        }
        for (String method : rule.allowedMethods()) {
            if (!METHODS.contains(method)) {
                throw S3Error.INVALID_REQUEST.error(
                        "Found unsupported HTTP method in CORS config. Unsupported method is "
                                + method);
            }
        }
        rule.allowedOrigins().forEach(origin -> checkStars("AllowedOrigin", origin));
        rule.allowedHeaders().forEach(header -> checkStars("AllowedHeader", header));
        for (String header : rule.exposeHeaders()) {
            if (header.contains("*")) {
                throw S3Error.INVALID_REQUEST.error(
                        "ExposeHeader \""
                                + header
                                + "\" contains wildcard. We currently do not support wildcard for"
                                + " ExposeHeader.");
            }
            checkLine("ExposeHeader", header);
        }
        if (rule.id() != null && rule.id().length() > ID_LENGTH_MAX) {
            throw S3Error.INVALID_REQUEST.error(
                    "ID of a CORS rule can have at most " + ID_LENGTH_MAX + " characters.");
        }
        if (rule.maxAgeSeconds() != null && rule.maxAgeSeconds() < 0) {
            throw S3Error.INVALID_REQUEST.error("MaxAgeSeconds must not be negative.");
        }
    }

    private static void checkStars(String member, String value) {
        if (value.indexOf('*') != value.lastIndexOf('*')) {
            throw S3Error.INVALID_REQUEST.error(
                    member + " \"" + value + "\" can not have more than one wildcard.");
        }
    }

    /// It becomes part of a header of answers.
    private static void checkLine(String member, String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw S3Error.INVALID_REQUEST.error(
                    member + " \"" + value + "\" must be printable ASCII.");
        }
    }
}
