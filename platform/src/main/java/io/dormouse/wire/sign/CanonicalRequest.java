package io.dormouse.wire.sign;

import io.dormouse.wire.Exchange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A request in the one form that client and server sign.
final class CanonicalRequest {
    private CanonicalRequest() {}

    /// @param path encoded, as [#path] or [#objectPath] gives it
    static String of(
            Exchange exchange, String path, List<String> signedHeaders, String payloadHash) {
        StringBuilder text = new StringBuilder();
        text.append(exchange.method()).append('\n');
        text.append(path).append('\n');
        text.append(query(exchange.query())).append('\n');
        for (String name : signedHeaders) {
            text.append(name).append(':').append(header(exchange, name)).append('\n');
        }
        return text.append('\n')
                .append(String.join(";", signedHeaders))
                .append('\n')
                .append(payloadHash)
                .toString();
    }

    /// The values of a header, white space reduced to single spaces.
    static String header(Exchange exchange, String name) {
        return exchange.headers().getOrDefault(name, List.of()).stream()
                .map(value -> Encoding.utf8(value).trim().replaceAll("\\s+", " "))
                .collect(Collectors.joining(","));
    }

    private static String query(String query) {
        List<String> pairs = new ArrayList<>();
        for (Map.Entry<String, String> pair : Encoding.query(query)) {
            if (!pair.getKey().equals("X-Amz-Signature")) {
                pairs.add(
                        Encoding.encode(pair.getKey(), "")
                                + "="
                                + Encoding.encode(pair.getValue(), ""));
            }
        }
        // By name, then value: "=" would sort "a=1" behind "a1=1", so it must not take part.
        pairs.sort(
                java.util.Comparator.comparing(
                                (String pair) -> pair.substring(0, pair.indexOf('=')))
                        .thenComparing(pair -> pair));
        return String.join("&", pairs);
    }

    /// The path of every service but S3: without empty segments and dots, encoded once more.
    static String path(String raw) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : raw.split("/", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(Encoding.encode(segment, ""));
            }
        }
        String path = "/" + String.join("/", segments);
        return raw.endsWith("/") && path.length() > 1 ? path + "/" : path;
    }

    /// S3's path: as it is, encoded in AWS's way whatever the client's was.
    static String objectPath(String raw) {
        return Encoding.encode(Encoding.decode(raw), "/");
    }
}
