package io.dormouse.wire.sign;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.wire.Authenticator;
import io.dormouse.wire.AwsService;
import io.dormouse.wire.Exchange;
import io.dormouse.wire.Scope;
import io.dormouse.wire.sign.SignatureRefused.Reason;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// Verifies signatures with the keys of a platform that has some.
public final class Signatures implements Authenticator, ObjectAuthenticator {
    /// AWS's limit between the client's clock and ours.
    private static final Duration SKEW_MAX = Duration.ofMinutes(15);

    private static final String CONTENT_HASH = "x-amz-content-sha256";
    private static final String UNSIGNED = "UNSIGNED-PAYLOAD";

    private final Keys keys;
    private final String region;
    private final InstantSource wallClock;
    private final int bodyBytesMax;

    /// @param region of callers whose signature names none (version 2)
    /// @param wallClock the machine's own, whatever the platform's clock says
    /// @param bodyBytesMax longest body of a request to another service than S3
    public Signatures(Keys keys, String region, InstantSource wallClock, int bodyBytesMax) {
        this.keys = keys;
        this.region = region;
        this.wallClock = wallClock;
        this.bodyBytesMax = bodyBytesMax;
    }

    /// A caller of any service but S3, whose signatures cover the body.
    @Override
    public Caller verify(Exchange exchange) throws IOException {
        try {
            Map<String, String> query = query(exchange);
            SignatureV4 signature = signature(exchange, query);
            String payload =
                    signature.isPresigned() && exchange.method().equals("GET")
                            ? SigningKey.sha256(new byte[0])
                            : SigningKey.sha256(exchange.buffer(bodyBytesMax));
            Keys.Key key = key(signature.accessKey(), signature.token());
            return checked(
                            exchange,
                            signature,
                            key,
                            List.of(CanonicalRequest.path(exchange.path()), exchange.path()),
                            payload)
                    .caller();
        } catch (SignatureRefused e) {
            throw error(e, isQuery(exchange));
        }
    }

    @Override
    public Signed verify(Exchange exchange, String path) {
        Map<String, String> query = query(exchange);
        Optional<String> authorization = exchange.header("authorization");
        if (authorization.filter(text -> text.startsWith("AWS ")).isPresent()) {
            return headerV2(exchange, path, query, authorization.get());
        }
        if (query.containsKey("AWSAccessKeyId") && query.containsKey("Signature")) {
            return queryV2(exchange, path, query);
        }
        SignatureV4 signature = signature(exchange, query);
        Keys.Key key = key(signature.accessKey(), signature.token());
        String payload =
                exchange.header(CONTENT_HASH)
                        .or(() -> Optional.ofNullable(query.get("X-Amz-Content-Sha256")))
                        .orElse(UNSIGNED);
        return checked(
                exchange,
                signature,
                key,
                List.of(CanonicalRequest.objectPath(exchange.path()), exchange.path()),
                payload);
    }

    private static Map<String, String> query(Exchange exchange) {
        Map<String, String> query = new LinkedHashMap<>();
        Encoding.query(exchange.query()).forEach(each -> query.put(each.getKey(), each.getValue()));
        return query;
    }

    private SignatureV4 signature(Exchange exchange, Map<String, String> query) {
        Optional<String> authorization = exchange.header("authorization");
        SignatureV4 signature;
        if (authorization.isPresent()) {
            if (!authorization.get().startsWith(SignatureV4.ALGORITHM)) {
                throw new SignatureRefused(Reason.MALFORMED, "Unsupported Authorization Type");
            }
            signature = SignatureV4.ofHeader(exchange, authorization.get());
        } else if (query.containsKey("X-Amz-Algorithm") || query.containsKey("X-Amz-Signature")) {
            signature = SignatureV4.ofQuery(query);
        } else {
            throw new SignatureRefused(Reason.MISSING, "Access Denied");
        }
        signature.checkTime(wallClock.instant(), SKEW_MAX);
        return signature;
    }

    private Keys.Key key(String accessKey, String token) {
        Keys.Key key =
                keys.find(accessKey)
                        .orElseThrow(() ->
                                new SignatureRefused(
                                        Reason.UNKNOWN_KEY,
                                        "The AWS Access Key Id you provided does not exist"
                                                + " in our records."));
        if (!SigningKey.equal(key.sessionToken(), token)) {
            throw new SignatureRefused(
                    Reason.BAD_TOKEN, "The security token included in the request is invalid.");
        }
        return key;
    }

    private static Signed checked(
            Exchange exchange,
            SignatureV4 signature,
            Keys.Key key,
            List<String> paths,
            String payload) {
        checkHeaders(exchange, signature);
        SigningKey signing =
                SigningKey.of(
                        key.secret(),
                        signature.scope().date(),
                        signature.scope().region(),
                        signature.scope().service());
        boolean isRight =
                paths.stream()
                        .map(path ->
                                CanonicalRequest.of(exchange, path, signature.headers(), payload))
                        .map(request -> signing.sign(signature.toSign(request)))
                        .anyMatch(each -> SigningKey.equal(each, signature.signature()));
        if (!isRight) {
            throw mismatch();
        }
        Caller caller =
                new Caller(
                        key.account(),
                        signature.scope().region(),
                        signature.accessKey(),
                        key.arn());
        Optional<Signed.Chain> chunks =
                payload.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
                        ? Optional.of(
                                new Signed.Chain(
                                        signing,
                                        signature.stamp(),
                                        signature.scope().toString(),
                                        signature.signature()))
                        : Optional.empty();
        return new Signed(caller, chunks);
    }

    /// The host and all of AWS's own headers must be signed, else one could be added on the way.
    private static void checkHeaders(Exchange exchange, SignatureV4 signature) {
        for (String name : exchange.headers().keySet()) {
            boolean mustBeSigned =
                    name.equals("host")
                            || (name.startsWith("x-amz-") && !name.equals(CONTENT_HASH));
            if (mustBeSigned && !signature.headers().contains(name)) {
                throw new SignatureRefused(
                        Reason.UNSIGNED_HEADER,
                        "There were headers present in the request which were not signed: " + name);
            }
        }
    }

    private static SignatureRefused mismatch() {
        return new SignatureRefused(
                Reason.MISMATCH,
                "The request signature we calculated does not match the signature you provided."
                        + " Check your key and signing method.");
    }

    private Signed headerV2(
            Exchange exchange, String path, Map<String, String> query, String authorization) {
        String credentials = authorization.substring("AWS ".length()).trim();
        int colon = credentials.lastIndexOf(':');
        if (colon < 0) {
            throw new SignatureRefused(Reason.MALFORMED, "AWS authorization requires a signature");
        }
        Optional<String> amzDate = exchange.header("x-amz-date");
        String date = amzDate.or(() -> exchange.header("date")).orElse("");
        Instant at = time(date);
        if (Duration.between(at, wallClock.instant()).abs().compareTo(SKEW_MAX) > 0) {
            throw new SignatureRefused(
                    Reason.SKEWED,
                    "The difference between the request time and the current time is too large.");
        }
        return checkedV2(
                exchange,
                path,
                query,
                amzDate.isPresent() ? "" : date,
                credentials.substring(0, colon),
                exchange.header("x-amz-security-token").orElse(""),
                credentials.substring(colon + 1));
    }

    private static Instant time(String date) {
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
        } catch (DateTimeException e) {
            try {
                return SignatureV4.STAMP.parse(date, Instant::from);
            } catch (DateTimeException other) {
                throw new SignatureRefused(
                        Reason.MALFORMED,
                        "AWS authentication requires a valid Date or x-amz-date header");
            }
        }
    }

    private Signed queryV2(Exchange exchange, String path, Map<String, String> query) {
        String expires = query.getOrDefault("Expires", "");
        try {
            if (Long.parseLong(expires) < wallClock.instant().getEpochSecond()) {
                throw new SignatureRefused(Reason.EXPIRED, "Request has expired");
            }
        } catch (NumberFormatException e) {
            throw new SignatureRefused(
                    Reason.MISSING,
                    "Query-string authentication requires the Signature, Expires and"
                            + " AWSAccessKeyId parameters");
        }
        return checkedV2(
                exchange,
                path,
                query,
                expires,
                query.getOrDefault("AWSAccessKeyId", ""),
                query.getOrDefault("x-amz-security-token", ""),
                query.getOrDefault("Signature", ""));
    }

    private Signed checkedV2(
            Exchange exchange,
            String path,
            Map<String, String> query,
            String date,
            String accessKey,
            String token,
            String signature) {
        Keys.Key key = key(accessKey, token);
        if (!SignatureV2.isRight(exchange, path, query, date, key.secret(), signature)) {
            throw mismatch();
        }
        return new Signed(
                new Caller(key.account(), region, accessKey, key.arn()), Optional.empty());
    }

    private static boolean isQuery(Exchange exchange) {
        return Scope.of(exchange)
                .map(Scope::service)
                .filter(AwsService::speaksQueryAlone)
                .isPresent();
    }

    /// In the words of the services that are not S3. Those of the query protocol have codes of
    /// their own.
    ///
    /// @see <a href="https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html">Common
    ///   errors</a>
    private static AwsServiceException error(SignatureRefused refused, boolean query) {
        return switch (refused.reason()) {
            case MISSING ->
                    AwsError.error(
                            query
                                    ? "MissingAuthenticationToken"
                                    : "MissingAuthenticationTokenException",
                            403,
                            "Missing Authentication Token");
            case UNKNOWN_KEY, BAD_TOKEN ->
                    AwsError.error(
                            query ? "InvalidClientTokenId" : "UnrecognizedClientException",
                            403,
                            "The security token included in the request is invalid.");
            case MALFORMED, MALFORMED_QUERY ->
                    AwsError.error(
                            query ? "IncompleteSignature" : "IncompleteSignatureException",
                            400,
                            refused.sentence());
            case SKEWED, EXPIRED ->
                    AwsError.error(wrong(query), 403, "Signature expired: " + refused.sentence());
            case MISMATCH,
                    UNSIGNED_HEADER,
                    PAYLOAD_MISMATCH,
                    CHECKSUM_MISMATCH,
                    MALFORMED_TRAILER,
                    INCOMPLETE_BODY ->
                    AwsError.error(wrong(query), 403, refused.sentence());
        };
    }

    private static String wrong(boolean query) {
        return query ? "SignatureDoesNotMatch" : "InvalidSignatureException";
    }
}
