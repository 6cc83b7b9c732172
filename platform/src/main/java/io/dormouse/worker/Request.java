package io.dormouse.worker;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/// The head of what an instance is asked.
///
/// @param method `POST`
/// @param path `/invocations`
/// @param headers as they go to the container: `Content-Type`, `Accept`, `X-Amzn-SageMaker-…`
/// @param contentLength bytes of the body; empty to send it chunked
/// @param timeout until the whole answer's head is there
public record Request(
        String method,
        String path,
        Map<String, String> headers,
        OptionalLong contentLength,
        Duration timeout) {
    public Request {
        headers = Map.copyOf(headers);
    }
}
