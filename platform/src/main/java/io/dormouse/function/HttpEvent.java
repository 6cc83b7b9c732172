package io.dormouse.function;

import io.dormouse.wire.Exchange;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An HTTP request as a function URL's event: API Gateway's [payload format
/// 2.0](https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload).
///
/// @param id the URL's
/// @param path what follows the URL's host, as it was sent
/// @param key the name of the API key that it came with; empty where none is asked for
record HttpEvent(Exchange exchange, String id, String path, Optional<String> key, Instant now) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    /// The event's JSON.
    ///
    /// @param account whose the request is
    byte[] write(byte[] body, String account) {
        ObjectNode event = JsonMapper.shared().createObjectNode();
        event.put("version", "2.0").put("routeKey", "$default").put("rawPath", path);
        event.put("rawQueryString", exchange.query());
        List<String> cookies = exchange.headers().getOrDefault("cookie", List.of());
        if (!cookies.isEmpty()) {
            var all = event.putArray("cookies");
            cookies.stream()
                    .flatMap(each -> List.of(each.split(";\\s*", -1)).stream())
                    .filter(each -> !each.isEmpty())
                    .forEach(all::add);
        }
        headers(event.putObject("headers"));
        Map<String, String> query = query();
        if (!query.isEmpty()) {
            ObjectNode parameters = event.putObject("queryStringParameters");
            query.forEach(parameters::put);
        }
        context(event.putObject("requestContext"), account);
        body(event, body);
        return event.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void headers(ObjectNode headers) {
        exchange.headers()
                .forEach((name, values) -> {
                    if (!name.equals("cookie")) {
                        headers.put(name, String.join(",", values));
                    }
                });
        headers.put("x-forwarded-for", exchange.remoteAddress());
        headers.put("x-forwarded-proto", "http");
    }

    private Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : exchange.query().split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
                String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
                query.merge(name, value, (first, second) -> first + "," + second);
            }
        }
        return query;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private void context(ObjectNode context, String account) {
        String host = exchange.header("host").orElse("");
        context.put("accountId", account).put("apiId", id);
        key.ifPresent(name -> context.putObject("authorizer").put("apiKeyId", name));
        context.put("domainName", host.replaceFirst(":[0-9]+$", "")).put("domainPrefix", id);
        context.putObject("http")
                .put("method", exchange.method())
                .put("path", path)
                .put("protocol", "HTTP/1.1")
                .put("sourceIp", exchange.remoteAddress())
                .put("userAgent", exchange.header("user-agent").orElse(""));
        context.put("requestId", exchange.requestId()).put("routeKey", "$default");
        context.put("stage", "$default").put("time", TIME.format(now));
        context.put("timeEpoch", now.toEpochMilli());
    }

    private void body(ObjectNode event, byte[] body) {
        if (body.length == 0) {
            event.put("isBase64Encoded", false);
            return;
        }
        Optional<String> text =
                isText(exchange.header("content-type").orElse("")) ? utf8(body) : Optional.empty();
        event.put("body", text.orElseGet(() -> Base64.getEncoder().encodeToString(body)));
        event.put("isBase64Encoded", text.isEmpty());
    }

    private static boolean isText(String contentType) {
        String type = contentType.split(";", -1)[0].strip().toLowerCase(Locale.ROOT);
        return type.startsWith("text/")
                || type.endsWith("+json")
                || type.endsWith("+xml")
                || List.of("application/json", "application/xml", "application/javascript")
                        .contains(type);
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
