package io.dormouse.wire.s3;

import io.dormouse.wire.Exchange;
import io.dormouse.wire.sign.Encoding;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The bucket and the key that a request names, be the bucket in the path or in the host name.
///
/// @param bucket empty where it names none
/// @param key decoded, otherwise as it came: `a//b`, `.` and `%2F` are keys like others
/// @param path encoded, beginning with the bucket, as signatures of version 2 mean it
/// @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html">AWS</a>
record Address(String bucket, String key, String path) {
    private static final Pattern HOST =
            Pattern.compile("(.+?)\\.?(localhost|amazonaws\\.com)(:\\d*)?");
    private static final Pattern SERVICE = Pattern.compile("(?:(.+)\\.)?s3(?:[.-][a-z0-9-]+)?\\.?");

    Level level() {
        return bucket.isEmpty() ? Level.SERVICE : key.isEmpty() ? Level.BUCKET : Level.OBJECT;
    }

    static Address of(Exchange exchange) {
        String raw = exchange.path();
        Optional<String> virtual = exchange.header("host").flatMap(Address::bucketOf);
        String path = virtual.map(bucket -> "/" + bucket + raw).orElse(raw);
        int slash = path.indexOf('/', 1);
        String bucket =
                slash < 0 ? path.substring(Math.min(1, path.length())) : path.substring(1, slash);
        String key = slash < 0 ? "" : path.substring(slash + 1);
        return new Address(decoded(bucket), decoded(key), path);
    }

    /// The bucket in a host name: `models.localhost`, `models.s3.localhost`,
    /// `models.s3.us-east-1.amazonaws.com`.
    private static Optional<String> bucketOf(String host) {
        Matcher matcher = HOST.matcher(host.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Matcher service = SERVICE.matcher(matcher.group(1));
        if (service.matches()) {
            return Optional.ofNullable(service.group(1));
        }
        return matcher.group(2).equals("localhost")
                ? Optional.of(matcher.group(1))
                : Optional.empty();
    }

    private static String decoded(String text) {
        String decoded = Encoding.decode(text);
        boolean isBroken =
                decoded.indexOf('\uFFFD') >= 0
                        && !text.toUpperCase(Locale.ROOT).contains("%EF%BF%BD");
        if (isBroken) {
            throw S3Error.INVALID_URI.error();
        }
        return decoded;
    }
}
