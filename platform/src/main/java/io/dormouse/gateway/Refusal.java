package io.dormouse.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.aws.Caller;
import io.dormouse.wire.Streaming;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Why an invocation gets no prediction: the one place that knows each error's status, type and
/// sentence, as AWS's clients see them. An answer rather than an exception, because a throttled
/// flood is no exceptional thing and its `{"message": null}` fits no exception.
///
/// @param status of HTTP
/// @param type what `x-amzn-ErrorType` says
/// @param body the document
/// @param retryAfter for a full queue
/// @param isOurs whether the endpoint, not the caller, is to blame: `Invocation5XXErrors`
record Refusal(
        int status, String type, ObjectNode body, Optional<Duration> retryAfter, boolean isOurs) {
    /// A longer answer of a container is cut when it is quoted.
    static final int QUOTE_BYTES_MAX = 8 * 1024;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static Refusal of(int status, String type, String message, boolean isOurs) {
        ObjectNode body = NODES.objectNode().put("Message", message);
        return new Refusal(status, type, body, Optional.empty(), isOurs);
    }

    /// SageMaker Runtime's name for a request that breaks a rule.
    static Refusal invalid(String message) {
        return of(400, "ValidationError", message, false);
    }

    static Refusal noEndpoint(String endpoint) {
        return invalid(
                "Endpoint "
                        + endpoint
                        + " of account "
                        + Caller.current().account()
                        + " not found.");
    }

    static Refusal tooLarge(String requestId) {
        return invalid("Request " + requestId + " has oversize body.");
    }

    /// Above MaxConcurrency: AWS says no more than this.
    static Refusal throttled() {
        ObjectNode body = NODES.objectNode().putNull("message");
        return new Refusal(400, "ThrottlingException", body, Optional.empty(), false);
    }

    /// The queue, which AWS does not have, is full.
    static Refusal queueFull(String message, Duration retryAfter) {
        ObjectNode body = NODES.objectNode().put("message", message);
        return new Refusal(429, "ThrottlingException", body, Optional.of(retryAfter), false);
    }

    static Refusal unavailable(String message) {
        return of(503, "ServiceUnavailable", message, true);
    }

    static Refusal internal(String message) {
        return of(500, "InternalFailure", message, true);
    }

    /// The container answered, but no 2xx.
    static Refusal model(String endpoint, int status, String said) {
        String kind = status < 500 ? "client" : "server";
        String code = status < 500 ? "CLIENT_ERROR_FROM_MODEL" : "INTERNAL_FAILURE_FROM_MODEL";
        return model(endpoint, status, kind, code, said);
    }

    /// The container did not answer.
    static Refusal silence(String endpoint, String why) {
        return model(endpoint, 0, "server", "INTERNAL_FAILURE_FROM_MODEL", why);
    }

    static Refusal timeout(String endpoint) {
        return silence(
                endpoint,
                "Your invocation timed out while waiting for a response from container primary. "
                        + "Review the latency metrics for each container in Amazon CloudWatch, "
                        + "resolve the issue, and try again.");
    }

    static Refusal outOfMemory(String endpoint, String why) {
        return silence(endpoint, "The container had insufficient memory: " + why);
    }

    private static Refusal model(
            String endpoint, int status, String kind, String code, String said) {
        Caller caller = Caller.current();
        String region = caller.region();
        String group = "/aws/sagemaker/Endpoints/" + endpoint;
        String message =
                "Received "
                        + kind
                        + " error ("
                        + status
                        + ") from primary with message \""
                        + said
                        + "\". See https://"
                        + region
                        + ".console.aws.amazon.com/cloudwatch/home?region="
                        + region
                        + "#logEventViewer:group="
                        + group
                        + " in account "
                        + caller.account()
                        + " for more information.";
        ObjectNode body =
                NODES.objectNode()
                        .put("ErrorCode", code)
                        .put("LogStreamArn", caller.resource("logs", "log-group:" + group))
                        .put("Message", message)
                        .put("OriginalMessage", said)
                        .put("OriginalStatusCode", status);
        boolean isOurs = status == 0 || status >= 500;
        return new Refusal(424, "ModelError", body, Optional.empty(), isOurs);
    }

    Streaming.Answer answer() {
        byte[] bytes = JSON.writeValueAsString(body).getBytes(UTF_8);
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("x-amzn-ErrorType", type);
        retryAfter.ifPresent(wait -> headers.put("Retry-After", String.valueOf(wait.toSeconds())));
        return new Streaming.Answer(
                status, headers, Optional.of((long) bytes.length), out -> out.write(bytes));
    }
}
