package io.dormouse.function;

import io.dormouse.wire.Exchange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.lambda.model.Cors;

/// Which pages may call a function URL, as its configuration says.
///
/// AWS page: [Cors](https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html).
record UrlCors(List<String> origins, Cors config) {
    static UrlCors of(@Nullable Cors config) {
        Cors given = config == null ? Cors.builder().build() : config;
        return new UrlCors(given.allowOrigins(), given);
    }

    private Optional<String> allowed(Exchange exchange) {
        return exchange.header("origin")
                .filter(origin -> origins.contains("*") || origins.contains(origin));
    }

    /// Whether a page of the request's `Origin` may call.
    boolean allows(Exchange exchange) {
        return allowed(exchange).isPresent();
    }

    /// Whether this is the question of a browser before it sends what its page asks for.
    boolean isPreflight(Exchange exchange) {
        return !origins.isEmpty()
                && exchange.method().equals("OPTIONS")
                && exchange.header("access-control-request-method").isPresent();
    }

    /// What a preflight is told.
    Map<String, String> preflight(Exchange exchange) {
        Map<String, String> headers = answer(exchange);
        if (!headers.isEmpty()) {
            put(headers, "Access-Control-Allow-Methods", config.allowMethods());
            put(headers, "Access-Control-Allow-Headers", config.allowHeaders());
            if (config.maxAge() != null) {
                headers.put("Access-Control-Max-Age", config.maxAge().toString());
            }
        }
        return headers;
    }

    /// What goes with an answer.
    Map<String, String> answer(Exchange exchange) {
        Map<String, String> headers = new LinkedHashMap<>();
        allowed(exchange)
                .ifPresent(origin -> {
                    headers.put("Access-Control-Allow-Origin", origin);
                    headers.put("Vary", "Origin");
                    if (Boolean.TRUE.equals(config.allowCredentials())) {
                        headers.put("Access-Control-Allow-Credentials", "true");
                    }
                    put(headers, "Access-Control-Expose-Headers", config.exposeHeaders());
                });
        return headers;
    }

    private static void put(Map<String, String> headers, String name, List<String> values) {
        if (!values.isEmpty()) {
            headers.put(name, String.join(",", values));
        }
    }
}
