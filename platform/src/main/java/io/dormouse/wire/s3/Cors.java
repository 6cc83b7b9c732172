package io.dormouse.wire.s3;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.CORSRule;

/// What the CORS rules of a bucket say of a request, decided as S3 decides it: the first rule that
/// has the origin, the method and all of the headers.
///
/// @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html">AWS</a>
record Cors(List<CORSRule> rules) {
    private static final String ANY = "*";

    Cors {
        rules = List.copyOf(rules);
    }

    /// The same rules for origins that are named in full alone.
    Cors ofNamed() {
        return new Cors(
                rules.stream()
                        .map(rule ->
                                rule.toBuilder()
                                        .allowedOrigins(
                                                rule.allowedOrigins().stream()
                                                        .filter(Cors::isNamed)
                                                        .toList())
                                        .build())
                        .toList());
    }

    /// `null`, the origin of any page in a sandbox, names nobody either.
    private static boolean isNamed(String origin) {
        return origin.matches("https?://[^*]+");
    }

    /// The names in an `Access-Control-Request-Headers`, as they are compared.
    static List<String> names(Optional<String> header) {
        return Arrays.stream(header.orElse("").toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /// The headers of the answer where a rule allows the request; nothing where none does.
    ///
    /// @param headers that are asked for, from [#names]
    Optional<Map<String, String>> allowed(String origin, String method, List<String> headers) {
        for (CORSRule rule : rules) {
            Optional<String> pattern =
                    rule.allowedOrigins().stream().filter(each -> fits(each, origin)).findFirst();
            if (pattern.isPresent()
                    && rule.allowedMethods().contains(method)
                    && headers.stream().allMatch(name -> allows(rule, name))) {
                return Optional.of(answer(rule, pattern.get(), origin, headers));
            }
        }
        return Optional.empty();
    }

    private static boolean allows(CORSRule rule, String name) {
        return rule.allowedHeaders().stream()
                .anyMatch(each -> fits(each.toLowerCase(Locale.ROOT), name));
    }

    /// @param pattern with one star at most
    private static boolean fits(String pattern, String text) {
        int star = pattern.indexOf(ANY);
        return star < 0
                ? pattern.equals(text)
                : text.length() >= pattern.length() - 1
                        && text.startsWith(pattern.substring(0, star))
                        && text.endsWith(pattern.substring(star + 1));
    }

    private static Map<String, String> answer(
            CORSRule rule, String pattern, String origin, List<String> headers) {
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("Access-Control-Allow-Origin", pattern.equals(ANY) ? ANY : origin);
        answer.put("Access-Control-Allow-Methods", String.join(", ", rule.allowedMethods()));
        if (!headers.isEmpty()) {
            answer.put("Access-Control-Allow-Headers", String.join(", ", headers));
        }
        if (!rule.exposeHeaders().isEmpty()) {
            answer.put("Access-Control-Expose-Headers", String.join(", ", rule.exposeHeaders()));
        }
        if (rule.maxAgeSeconds() != null) {
            answer.put("Access-Control-Max-Age", rule.maxAgeSeconds().toString());
        }
        if (!pattern.equals(ANY)) {
            answer.put("Access-Control-Allow-Credentials", "true");
        }
        answer.put("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
        return answer;
    }
}
