package io.dormouse.autoscaling;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Codec;
import java.time.Instant;
import java.util.UUID;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingActivity;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingActivityStatusCode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What was done to a target, and why, in the words of AWS.
///
/// @param shape as DescribeScalingActivities shows it
/// @param desired the capacity that it sets; 0 where it sets none
record Activity(ScalingActivity shape, int desired) {
    static final Codec<Activity> CODEC = new Codec<>(Activity::write, Activity::read);

    /// Provisioned concurrency is being changed.
    ///
    /// @param details the figures behind it; empty for none
    static Activity scaling(VariantId id, int desired, String cause, String details, Instant at) {
        ScalingActivity shape =
                begun(id, "Setting " + what(desired) + ".", cause, at)
                        .details(details.isEmpty() ? null : details)
                        .statusCode(ScalingActivityStatusCode.IN_PROGRESS)
                        .statusMessage(
                                "Successfully set "
                                        + what(desired)
                                        + ". Waiting for change to be fulfilled by sagemaker.")
                        .build();
        return new Activity(shape, desired);
    }

    /// A scheduled action has set limits, or could not.
    ///
    /// @param failure why not; empty where it has
    static Activity limits(VariantId id, String limits, String cause, String failure, Instant at) {
        boolean failed = !failure.isEmpty();
        ScalingActivity shape =
                begun(id, "Setting " + limits, cause, at)
                        .endTime(at)
                        .statusCode(
                                failed
                                        ? ScalingActivityStatusCode.FAILED
                                        : ScalingActivityStatusCode.SUCCESSFUL)
                        .statusMessage(
                                failed
                                        ? "Failed to set " + limits + ". Reason: " + failure
                                        : "Successfully set " + limits)
                        .build();
        return new Activity(shape, 0);
    }

    private static ScalingActivity.Builder begun(
            VariantId id, String description, String cause, Instant at) {
        return ScalingActivity.builder()
                .activityId(UUID.randomUUID().toString())
                .serviceNamespace(VariantId.NAMESPACE)
                .resourceId(id.resource())
                .scalableDimension(VariantId.DIMENSION)
                .description(description)
                .cause(cause)
                .startTime(at);
    }

    private static String what(int desired) {
        return "desired provisioned concurrency to " + desired;
    }

    boolean isUnderWay() {
        return shape.statusCode() == ScalingActivityStatusCode.IN_PROGRESS;
    }

    /// The endpoint is in service with it.
    Activity fulfilled(Instant at) {
        return ended(
                ScalingActivityStatusCode.SUCCESSFUL,
                "Successfully set "
                        + what(desired)
                        + ". Change successfully fulfilled by sagemaker.",
                at);
    }

    Activity failed(String reason, Instant at) {
        return ended(
                ScalingActivityStatusCode.FAILED,
                "Failed to set " + what(desired) + ". Reason: " + reason,
                at);
    }

    /// Somebody has set another one meanwhile.
    Activity overridden(int current, Instant at) {
        return ended(
                ScalingActivityStatusCode.OVERRIDDEN,
                "It was to set " + what(desired) + ", and has been set to " + current + " since.",
                at);
    }

    private Activity ended(ScalingActivityStatusCode code, String message, Instant at) {
        return new Activity(
                shape.toBuilder().statusCode(code).statusMessage(message).endTime(at).build(),
                desired);
    }

    private String write() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.set("activity", Shapes.write(shape, Shapes.Form.JSON));
        return tree.put("desired", desired).toString();
    }

    private static Activity read(String text) {
        JsonNode tree = JsonMapper.shared().readTree(text);
        return new Activity(
                Shapes.fill(ScalingActivity.builder(), tree.get("activity")).build(),
                tree.get("desired").asInt());
    }
}
