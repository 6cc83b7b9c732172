package io.dormouse.function;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a function answered, as HTTP: API Gateway's [payload format
/// 2.0](https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload),
/// in full or by its shorthand.
///
/// @param headers a value of several lines is a header each
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record HttpResult(int status, Map<String, String> headers, byte[] body) {
    private static final int STATUS_MIN = 200;
    private static final int STATUS_MAX = 599;

    /// Reads it.
    ///
    /// @return empty where it is none, which is answered as a failure of the function
    static Optional<HttpResult> of(byte[] payload) {
        JsonNode answer;
        try {
            answer = JsonMapper.shared().readTree(payload);
        } catch (JacksonException e) {
            return Optional.empty();
        }
        if (!answer.isObject() || !answer.has("statusCode")) {
            byte[] body =
                    answer.isString()
                            ? answer.asString().getBytes(StandardCharsets.UTF_8)
                            : payload;
            return Optional.of(
                    new HttpResult(200, Map.of("Content-Type", "application/json"), body));
        }
        int status = status(answer.get("statusCode"));
        JsonNode body = answer.path("body");
        boolean whole = body.isString() || body.isNull() || body.isMissingNode();
        if (status < STATUS_MIN || status > STATUS_MAX || !whole) {
            return Optional.empty();
        }
        try {
            return Optional.of(new HttpResult(status, headers(answer), bytes(answer, body)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int status(JsonNode code) {
        String text = code.asString("");
        return code.isIntegralNumber()
                ? code.asInt()
                : text.matches("[0-9]{3}") ? Integer.parseInt(text) : 0;
    }

    private static Map<String, String> headers(JsonNode answer) {
        Map<String, String> headers = new LinkedHashMap<>();
        boolean typed = false;
        for (Map.Entry<String, JsonNode> each : answer.path("headers").properties()) {
            String name = each.getKey().toLowerCase(Locale.ROOT);
            typed |= name.equals("content-type");
            if (!name.equals("content-length") && !name.equals("transfer-encoding")) {
                headers.put(each.getKey(), line(each.getValue().asString("")));
            }
        }
        if (!typed) {
            headers.put("Content-Type", "application/json");
        }
        JsonNode cookies = answer.path("cookies");
        if (!cookies.isEmpty()) {
            headers.put(
                    "Set-Cookie",
                    cookies.valueStream()
                            .map(each -> line(each.asString("")))
                            .collect(Collectors.joining("\n")));
        }
        return headers;
    }

    /// A line break would begin another header.
    private static String line(String value) {
        return value.replace('\r', ' ').replace('\n', ' ');
    }

    private static byte[] bytes(JsonNode answer, JsonNode body) {
        String text = body.asString("");
        return answer.path("isBase64Encoded").asBoolean(false)
                ? Base64.getDecoder().decode(text)
                : text.getBytes(StandardCharsets.UTF_8);
    }
}
