package io.dormouse.aws;

import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import tools.jackson.databind.node.ObjectNode;

/// What EventBridge is told of a resource whose state changed: the resource as Describe shows it,
/// with times in milliseconds, and its tags as an object.
///
/// AWS page: [SageMaker
/// events](https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html).
public final class EventDetail {
    /// Whose events these are.
    public static final String SOURCE = "aws.sagemaker";

    private EventDetail() {}

    /// The detail of one event.
    ///
    /// @param description the Describe answer
    /// @param tags none where the resource was deleted: AWS tells a deletion by that alone
    public static ObjectNode of(SdkPojo description, Map<String, String> tags) {
        ObjectNode detail = Shapes.write(description, Shapes.Form.EVENT);
        ObjectNode tagged = detail.putObject("Tags");
        tags.forEach(tagged::put);
        return detail;
    }
}
