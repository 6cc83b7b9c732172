package io.dormouse.wire;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The credential of a SigV4 signature: `AKID/20260101/us-east-1/sagemaker/aws4_request`, in the
/// `Authorization` header or in the query of a presigned URL. Read, not verified.
///
/// @see <a
///   href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">
///   Create a signed AWS API request</a>
public record Scope(String accessKey, String date, String region, String service) {
    // A key may hold slashes with some clients' test credentials: the scope is the last four parts.
    private static final Pattern HEADER =
            Pattern.compile(
                    "AWS4-[A-Z0-9-]+\\s.*Credential=([^,\\s]+)/([^/,]*)/([^/,]*)/([^/,]*)/aws4_request.*");
    private static final Pattern QUERY =
            Pattern.compile("(.+)/([^/]*)/([^/]*)/([^/]*)/aws4_request");

    /// The scope that a request names; empty where it is not signed by SigV4.
    public static Optional<Scope> of(Exchange exchange) {
        Optional<String> header = exchange.header("authorization");
        if (header.isPresent()) {
            return header.map(HEADER::matcher).filter(Matcher::matches).map(Scope::of);
        }
        if (!exchange.query().contains("X-Amz-Credential=")) {
            return Optional.empty();
        }
        String credential = Form.parse(exchange.query()).getOrDefault("X-Amz-Credential", "");
        return Optional.of(credential).map(QUERY::matcher).filter(Matcher::matches).map(Scope::of);
    }

    private static Scope of(Matcher match) {
        return new Scope(match.group(1), match.group(2), match.group(3), match.group(4));
    }
}
