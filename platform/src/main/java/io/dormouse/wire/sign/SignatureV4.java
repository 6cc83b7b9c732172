package io.dormouse.wire.sign;

import io.dormouse.wire.Exchange;
import io.dormouse.wire.sign.SignatureRefused.Reason;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a request says of its signature, version 4.
///
/// @param stamp `20150830T123600Z`, the time it was signed at
/// @param scope `date/region/service/aws4_request`
/// @param headers the names that were signed, lower-case
/// @param lifetime of a presigned URL; empty for a signature in the headers
/// @param token of temporary credentials; empty for none
record SignatureV4(
        String accessKey,
        String stamp,
        Scope scope,
        List<String> headers,
        String signature,
        Optional<Duration> lifetime,
        String token) {
    static final String ALGORITHM = "AWS4-HMAC-SHA256";
    static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final Duration LIFETIME_MAX = Duration.ofDays(7);
    private static final Pattern CREDENTIAL =
            Pattern.compile("(.+)/(\\d{8})/([^/]*)/([^/]*)/aws4_request");

    /// What a signature is good for.
    record Scope(String date, String region, String service) {
        @Override
        public String toString() {
            return date + "/" + region + "/" + service + "/aws4_request";
        }
    }

    /// The signature in an `Authorization` header.
    static SignatureV4 ofHeader(Exchange exchange, String authorization) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : authorization.substring(ALGORITHM.length()).split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(field.substring(0, equals).trim(), field.substring(equals + 1).trim());
            }
        }
        Matcher credential = CREDENTIAL.matcher(required(fields, "Credential", Reason.MALFORMED));
        if (!credential.matches()) {
            throw new SignatureRefused(
                    Reason.MALFORMED,
                    "The authorization header is malformed; the Credential is mal-formed; expecting"
                            + " \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
        }
        String stamp =
                exchange.header("x-amz-date")
                        .or(() -> exchange.header("date").map(SignatureV4::stamp))
                        .orElse("");
        return new SignatureV4(
                credential.group(1),
                stamp,
                new Scope(credential.group(2), credential.group(3), credential.group(4)),
                List.of(required(fields, "SignedHeaders", Reason.MALFORMED).split(";", -1)),
                required(fields, "Signature", Reason.MALFORMED),
                Optional.empty(),
                exchange.header("x-amz-security-token").orElse(""));
    }

    private static String stamp(String date) {
        try {
            return STAMP.format(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from));
        } catch (DateTimeException e) {
            return date;
        }
    }

    private static String required(Map<String, String> fields, String name, Reason reason) {
        String value = fields.get(name);
        if (value == null || value.isEmpty()) {
            throw new SignatureRefused(
                    reason,
                    reason == Reason.MALFORMED
                            ? "The authorization header is malformed; " + name + " is missing."
                            : "Query-string authentication version 4 requires the X-Amz-Algorithm,"
                                    + " X-Amz-Credential, X-Amz-Signature, X-Amz-Date,"
                                    + " X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
        }
        return value;
    }

    /// The signature in the query of a presigned URL.
    static SignatureV4 ofQuery(Map<String, String> query) {
        Reason reason = Reason.MALFORMED_QUERY;
        if (!required(query, "X-Amz-Algorithm", reason).equals(ALGORITHM)) {
            throw new SignatureRefused(
                    reason, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
        }
        Matcher credential = CREDENTIAL.matcher(required(query, "X-Amz-Credential", reason));
        if (!credential.matches()) {
            throw new SignatureRefused(
                    reason,
                    "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed;"
                            + " expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
        }
        return new SignatureV4(
                credential.group(1),
                required(query, "X-Amz-Date", reason),
                new Scope(credential.group(2), credential.group(3), credential.group(4)),
                List.of(required(query, "X-Amz-SignedHeaders", reason).split(";", -1)),
                required(query, "X-Amz-Signature", reason),
                Optional.of(lifetime(required(query, "X-Amz-Expires", reason))),
                query.getOrDefault("X-Amz-Security-Token", ""));
    }

    private static Duration lifetime(String seconds) {
        try {
            Duration lifetime = Duration.ofSeconds(Long.parseLong(seconds));
            if (lifetime.isNegative()) {
                throw new SignatureRefused(
                        Reason.MALFORMED_QUERY, "X-Amz-Expires must be non-negative");
            }
            if (lifetime.compareTo(LIFETIME_MAX) > 0) {
                throw new SignatureRefused(
                        Reason.MALFORMED_QUERY,
                        "X-Amz-Expires must be less than a week (in seconds); that is, the given"
                                + " X-Amz-Expires must be less than 604800 seconds");
            }
            return lifetime;
        } catch (NumberFormatException e) {
            throw new SignatureRefused(Reason.MALFORMED_QUERY, "X-Amz-Expires should be a number");
        }
    }

    boolean isPresigned() {
        return lifetime.isPresent();
    }

    /// @throws SignatureRefused where it was not signed around now, or is no longer good
    void checkTime(Instant now, Duration skewMax) {
        Instant at;
        try {
            at = STAMP.parse(stamp, Instant::from);
        } catch (DateTimeException e) {
            throw new SignatureRefused(
                    isPresigned() ? Reason.MALFORMED_QUERY : Reason.MALFORMED,
                    "AWS authentication requires a valid Date or x-amz-date header, in the form"
                            + " yyyyMMdd'T'HHmmss'Z'");
        }
        if (!stamp.startsWith(scope.date())) {
            throw new SignatureRefused(
                    isPresigned() ? Reason.MALFORMED_QUERY : Reason.MALFORMED,
                    "Invalid credential date \""
                            + scope.date()
                            + "\". This date is not the same as X-Amz-Date: \""
                            + stamp.substring(0, 8)
                            + "\".");
        }
        if (lifetime.isPresent()) {
            if (at.isAfter(now.plus(skewMax))) {
                throw new SignatureRefused(Reason.EXPIRED, "Request is not valid yet");
            }
            if (at.plus(lifetime.get()).isBefore(now)) {
                throw new SignatureRefused(Reason.EXPIRED, "Request has expired");
            }
        } else if (Duration.between(at, now).abs().compareTo(skewMax) > 0) {
            throw new SignatureRefused(
                    Reason.SKEWED,
                    "The difference between the request time and the current time is too large.");
        }
    }

    /// The text whose signature this must be.
    String toSign(String canonicalRequest) {
        return ALGORITHM
                + "\n"
                + stamp
                + "\n"
                + scope
                + "\n"
                + SigningKey.sha256(
                        canonicalRequest.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
