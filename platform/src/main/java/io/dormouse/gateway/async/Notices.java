package io.dormouse.gateway.async;

import io.dormouse.aws.Caller;
import io.dormouse.gateway.AsyncSettings;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Tells topics what became of requests, in the documents that AWS sends.
///
/// AWS page: [check prediction
/// results](https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html).
final class Notices {
    private final Supplier<SnsClient> sns;

    Notices(Supplier<SnsClient> sns) {
        this.sns = sns;
    }

    /// @param at when it had its outcome
    /// @param body the outcome itself, where it is to be told and is short enough
    void answered(
            AsyncRequest request,
            AsyncSettings settings,
            String contentType,
            Instant at,
            Optional<String> body) {
        if (settings.successTopic().isPresent()) {
            ObjectNode notice = notice(request, at, "Completed");
            notice.putObject("responseParameters")
                    .put("contentType", contentType)
                    .put("outputLocation", request.output().toString());
            body.ifPresent(text -> body(notice, text));
            publish(settings.successTopic().get(), notice);
        }
    }

    /// @param why a sentence
    void failed(
            AsyncRequest request,
            AsyncSettings settings,
            String why,
            Instant at,
            Optional<String> body) {
        if (settings.errorTopic().isPresent()) {
            ObjectNode notice = notice(request, at, "Failed").put("failureReason", why);
            notice.putObject("responseParameters")
                    .put("contentType", "application/json")
                    .put("outputLocation", request.failure().toString());
            body.ifPresent(text -> body(notice, text));
            publish(settings.errorTopic().get(), notice);
        }
    }

    private static void body(ObjectNode notice, String text) {
        notice.putObject("responseBody").put("content", text).put("encoding", "UTF-8");
    }

    private static ObjectNode notice(AsyncRequest request, Instant at, String status) {
        ObjectNode notice =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("awsRegion", Caller.current().region())
                        .put("eventTime", at.toString())
                        .put("receivedTime", request.received().toString())
                        .put("invocationStatus", status);
        ObjectNode parameters =
                notice.putObject("requestParameters")
                        .put("contentType", request.contentType())
                        .put("endpointName", request.endpoint());
        if (request.input() instanceof AsyncRequest.Input.Stored(AsyncRequest.Place place)) {
            parameters.put("inputLocation", place.toString());
        }
        return notice.put("inferenceId", request.inferenceId())
                .put("eventVersion", "1.0")
                .put("eventSource", "aws:sagemaker")
                .put("eventName", "InferenceResult");
    }

    private void publish(String topic, ObjectNode notice) {
        String text = JsonMapper.shared().writeValueAsString(notice);
        sns.get().publish(r -> r.topicArn(topic).message(text));
    }
}
