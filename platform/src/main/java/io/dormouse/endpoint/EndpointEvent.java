package io.dormouse.endpoint;

import io.dormouse.store.Entry;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What EventBridge is told of an endpoint: status in upper snake case, times in milliseconds.
///
/// AWS page: [SageMaker
/// events](https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html).
final class EndpointEvent {
    private EndpointEvent() {}

    /// @param status `DELETED` for an endpoint that is gone, a status that Describe never shows
    static String detail(Entry<Endpoint> entry, String status, Map<String, String> tags) {
        Endpoint endpoint = entry.body();
        EndpointState state = endpoint.state();
        ObjectNode detail = JsonNodeFactory.instance.objectNode();
        detail.put("EndpointName", endpoint.name());
        detail.put("EndpointArn", endpoint.arn());
        Plan plan = state.current().or(state::next).orElseThrow();
        detail.put("EndpointConfigName", plan.configName());
        ObjectNode variant = detail.putArray("ProductionVariants").addObject();
        variant.put("VariantName", plan.variant().variantName());
        variant.put("DesiredWeight", plan.weight());
        detail.put("EndpointStatus", status);
        detail.put("CreationTime", entry.created().toEpochMilli());
        detail.put("LastModifiedTime", entry.modified().toEpochMilli());
        if (!state.reason().isEmpty()) {
            detail.put("FailureReason", state.reason());
        }
        ObjectNode tagged = detail.putObject("Tags");
        tags.forEach(tagged::put);
        return detail.toString();
    }
}
