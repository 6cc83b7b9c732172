package io.dormouse.wire.s3;

import io.dormouse.wire.Exchange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CORSRule;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Requests of pages: the preflight that a browser sends first, and the headers without which it
/// keeps an answer from the page.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html">OPTIONS</a>
final class CrossOrigin {
    /// What a page of another site may do on an open platform: read and write objects of the bucket
    /// whose rule names it. Copies are not here, for they read other buckets.
    private static final Set<String> FOREIGN =
            Set.of(
                    "GetObject",
                    "HeadObject",
                    "PutObject",
                    "DeleteObject",
                    "CreateMultipartUpload",
                    "UploadPart",
                    "CompleteMultipartUpload",
                    "AbortMultipartUpload",
                    "ListParts");

    private static final String ORIGIN = "origin";
    private static final String METHOD = "access-control-request-method";
    private static final String HEADERS = "access-control-request-headers";

    private final S3Client client;

    CrossOrigin(S3Client client) {
        this.client = client;
    }

    /// Answers a preflight.
    ///
    /// @throws S3Exception where it is no preflight, or nothing is allowed
    void preflight(Exchange exchange, Address address) throws IOException {
        String origin =
                exchange.header(ORIGIN)
                        .orElseThrow(() ->
                                S3Error.BAD_REQUEST.error(
                                        "Insufficient information. Origin request header"
                                                + " needed."));
        List<CORSRule> rules = rules(address.bucket());
        if (rules.isEmpty()) {
            throw S3Error.ACCESS_FORBIDDEN.error();
        }
        String method =
                exchange.header(METHOD)
                        .orElseThrow(() ->
                                S3Error.BAD_REQUEST.error(
                                        "Invalid Access-Control-Request-Method: null"));
        Map<String, String> headers =
                new Cors(rules)
                        .allowed(origin, method, Cors.names(exchange.header(HEADERS)))
                        .orElseThrow(() ->
                                S3Error.ACCESS_FORBIDDEN.error(
                                        "CORSResponse: This CORS request is not allowed. This is"
                                                + " usually because the evalution of Origin,"
                                                + " request method / Access-Control-Request-Method"
                                                + " or Access-Control-Request-Headers are not"
                                                + " whitelisted by the resource's CORS spec."));
        exchange.answer(200, S3Answer.withId(headers, exchange), new byte[0]);
    }

    /// The exchange, whose answers carry what the bucket's rules allow. S3 serves an actual request
    /// that no rule allows too: the browser then keeps the answer from the page.
    Exchange decorated(Exchange exchange, Address address) {
        Optional<String> origin = exchange.header(ORIGIN);
        if (origin.isEmpty() || address.bucket().isEmpty()) {
            return exchange;
        }
        return found(address.bucket())
                .allowed(
                        origin.get(),
                        exchange.header(METHOD).orElse(exchange.method()),
                        Cors.names(exchange.header(HEADERS)))
                .<Exchange>map(headers -> new CorsExchange(exchange, headers))
                .orElse(exchange);
    }

    /// Whether a page of another site may ask this of an open platform.
    boolean lets(Exchange exchange, Address address) {
        Optional<String> origin = exchange.header(ORIGIN);
        if (origin.isEmpty() || address.level() != Level.OBJECT) {
            return false;
        }
        boolean isPreflight = exchange.method().equals("OPTIONS");
        if (!isPreflight && !isForeign(exchange, address)) {
            return false;
        }
        return found(address.bucket())
                .ofNamed()
                .allowed(
                        origin.get(),
                        isPreflight ? exchange.header(METHOD).orElse("") : exchange.method(),
                        isPreflight ? Cors.names(exchange.header(HEADERS)) : List.of())
                .isPresent();
    }

    private static boolean isForeign(Exchange exchange, Address address) {
        Bindings bindings = Bindings.of(exchange, address);
        return S3Operations.find(
                        exchange.method(), address.level(), bindings.query(), bindings.headers())
                .filter(operation -> FOREIGN.contains(operation.name()))
                .isPresent();
    }

    private Cors found(String bucket) {
        try {
            return new Cors(rules(bucket));
        } catch (S3Exception e) {
            if (e.statusCode() == S3Error.ACCESS_FORBIDDEN.status()) {
                return new Cors(List.of()); // no such bucket, which is somebody else's to say
            }
            throw e;
        }
    }

    private List<CORSRule> rules(String bucket) {
        try {
            return client.getBucketCors(r -> r.bucket(bucket)).corsRules();
        } catch (S3Exception e) {
            String code = e.awsErrorDetails().errorCode();
            if (code.equals(S3Error.NO_SUCH_CORS_CONFIGURATION.code())) {
                return List.of();
            }
            if (code.equals(S3Error.NO_SUCH_BUCKET.code())) {
                throw S3Error.ACCESS_FORBIDDEN.error("CORSResponse: Bucket not found");
            }
            throw e;
        }
    }
}
