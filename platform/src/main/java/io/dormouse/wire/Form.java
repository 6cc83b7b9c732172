package io.dormouse.wire;

import io.dormouse.aws.Malformed;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/// `name=value&…`, as query strings and HTML forms write it.
final class Form {
    private Form() {}

    /// The decoded parameters in the order they came; of a name that comes twice, the last.
    ///
    /// @throws Malformed where a percent sign is not followed by two digits
    static Map<String, String> parse(String text) {
        Map<String, String> parameters = new LinkedHashMap<>();
        pairs(text, parameters::put);
        return parameters;
    }

    /// Hands over each decoded pair.
    static void pairs(String text, BiConsumer<String, String> pairs) {
        for (String pair : text.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                pairs.accept(decode(name), decode(value));
            }
        }
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Malformed("Not percent-encoded: " + text);
        }
    }

    /// A segment of a path decoded; in a path a plus sign is a plus sign.
    static String decodePath(String segment) {
        return decode(segment.replace("+", "%2B"));
    }
}
