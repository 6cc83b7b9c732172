package io.dormouse.queue;

import io.dormouse.store.Codec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A queue as it is kept.
///
/// @param attributes those that were set, by AWS's names
record Queue(String name, String arn, Map<String, String> attributes) {
    static final Codec<Queue> CODEC = new Codec<>(Queue::write, Queue::read);

    /// Where messages go that are received too often.
    ///
    /// @param target the ARN of the dead-letter queue
    record Redrive(String target, int receivesMax) {}

    Queue {
        attributes = Map.copyOf(attributes);
    }

    Queue with(Map<String, String> changed) {
        Map<String, String> all = new LinkedHashMap<>(attributes);
        all.putAll(changed);
        // An empty policy takes it away.
        all.values().removeIf(String::isEmpty);
        return new Queue(name, arn, all);
    }

    boolean isFifo() {
        return name.endsWith(QueueAttributes.FIFO_SUFFIX);
    }

    boolean dedupesByContent() {
        return Boolean.parseBoolean(attribute(QueueAttributeName.CONTENT_BASED_DEDUPLICATION));
    }

    Duration visibility() {
        return seconds(QueueAttributeName.VISIBILITY_TIMEOUT);
    }

    Duration delay() {
        return seconds(QueueAttributeName.DELAY_SECONDS);
    }

    Duration retention() {
        return seconds(QueueAttributeName.MESSAGE_RETENTION_PERIOD);
    }

    Duration pollWait() {
        return seconds(QueueAttributeName.RECEIVE_MESSAGE_WAIT_TIME_SECONDS);
    }

    int bytesMax() {
        return Integer.parseInt(attribute(QueueAttributeName.MAXIMUM_MESSAGE_SIZE));
    }

    Optional<Redrive> redrive() {
        return Optional.ofNullable(attributes.get(QueueAttributeName.REDRIVE_POLICY.toString()))
                .map(JsonMapper.shared()::readTree)
                .map(policy ->
                        new Redrive(
                                policy.path("deadLetterTargetArn").asString(),
                                policy.path("maxReceiveCount").asInt()));
    }

    private Duration seconds(QueueAttributeName name) {
        return Duration.ofSeconds(Long.parseLong(attribute(name)));
    }

    private String attribute(QueueAttributeName name) {
        String text = name.toString();
        return attributes.getOrDefault(text, QueueAttributes.DEFAULTS.getOrDefault(text, ""));
    }

    private String write() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("name", name).put("arn", arn);
        ObjectNode set = tree.putObject("attributes");
        attributes.forEach(set::put);
        return tree.toString();
    }

    private static Queue read(String text) {
        JsonNode tree = JsonMapper.shared().readTree(text);
        Map<String, String> attributes = new LinkedHashMap<>();
        tree.get("attributes")
                .properties()
                .forEach(each -> attributes.put(each.getKey(), each.getValue().asString()));
        return new Queue(tree.get("name").asString(), tree.get("arn").asString(), attributes);
    }
}
