package io.dormouse.queue;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What may be set on a queue, and what holds where nothing is.
///
/// AWS page:
/// [SetQueueAttributes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html).
final class QueueAttributes {
    static final String FIFO_SUFFIX = ".fifo";

    /// Bytes of a message with its attributes.
    static final int BYTES_MAX = 1 << 20;

    static final Map<String, String> DEFAULTS =
            Map.of(
                    "VisibilityTimeout", "30",
                    "MaximumMessageSize", Integer.toString(BYTES_MAX),
                    "MessageRetentionPeriod", "345600",
                    "DelaySeconds", "0",
                    "ReceiveMessageWaitTimeSeconds", "0");

    private record Range(int min, int max) {}

    private static final Map<String, Range> RANGES =
            Map.of(
                    "VisibilityTimeout", new Range(0, 43_200),
                    "MaximumMessageSize", new Range(1024, BYTES_MAX),
                    "MessageRetentionPeriod", new Range(60, 1_209_600),
                    "DelaySeconds", new Range(0, 900),
                    "ReceiveMessageWaitTimeSeconds", new Range(0, 20));

    private static final Set<String> FIFO_ONLY =
            Set.of(
                    "FifoQueue",
                    "ContentBasedDeduplication",
                    "DeduplicationScope",
                    "FifoThroughputLimit");

    private static final int RECEIVES_MAX = 1000;

    private QueueAttributes() {}

    /// Refuses what AWS refuses, and what is not done here: encryption by a key.
    ///
    /// @param queue its name
    /// @param find whether a queue of that ARN exists
    static void check(String queue, Map<String, String> given, Function<String, Boolean> find) {
        given.forEach((name, value) -> check(queue, name, value, find));
    }

    private static void check(
            String queue, String name, String value, Function<String, Boolean> find) {
        boolean isFifo = queue.endsWith(FIFO_SUFFIX);
        if (QueueAttributeName.fromValue(name) == QueueAttributeName.UNKNOWN_TO_SDK_VERSION
                || name.startsWith("Approximate")
                || Set.of("All", "QueueArn", "CreatedTimestamp", "LastModifiedTimestamp")
                        .contains(name)) {
            throw QueueErrors.unknown(name);
        }
        Range range = RANGES.get(name);
        if (range != null) {
            checkNumber(name, value, range);
        } else if (FIFO_ONLY.contains(name) && !isFifo && !value.equals("false")) {
            throw QueueErrors.unknown(
                    name + ": it is of FIFO queues alone, whose names end with " + FIFO_SUFFIX);
        } else if (name.equals("FifoQueue") && isFifo && !value.equals("true")) {
            throw QueueErrors.badValue(name, "Modifying queue type is not supported.");
        } else if (name.startsWith("Kms") || (name.startsWith("Sqs") && !value.equals("false"))) {
            throw QueueErrors.badValue(
                    name, "Messages are not encrypted by this platform: leave it out.");
        } else if (name.equals("RedrivePolicy") && !value.isEmpty()) {
            checkRedrive(value, isFifo, find);
        } else if (name.endsWith("Policy") && !value.isEmpty()) {
            json(name, value);
        }
    }

    private static void checkNumber(String name, String value, Range range) {
        try {
            int number = Integer.parseInt(value);
            if (number >= range.min && number <= range.max) {
                return;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that is out of range.
        }
        throw QueueErrors.badValue(
                name, "Must be a whole number from " + range.min + " to " + range.max + ".");
    }

    private static void checkRedrive(String value, boolean isFifo, Function<String, Boolean> find) {
        JsonNode policy = json("RedrivePolicy", value);
        String target = policy.path("deadLetterTargetArn").asString("");
        // Clients send the count as a number and as text.
        int receives = policy.path("maxReceiveCount").asInt(0);
        if (target.isEmpty() || receives < 1 || receives > RECEIVES_MAX) {
            throw QueueErrors.badValue(
                    "RedrivePolicy",
                    "It needs deadLetterTargetArn, and maxReceiveCount from 1 to "
                            + RECEIVES_MAX
                            + ".");
        }
        if (!find.apply(target)) {
            throw QueueErrors.badValue("RedrivePolicy", "Dead letter target does not exist.");
        }
        if (target.endsWith(FIFO_SUFFIX) != isFifo) {
            throw QueueErrors.badValue(
                    "RedrivePolicy", "Dead-letter queue must be same type of queue as the source.");
        }
    }

    private static JsonNode json(String name, String value) {
        try {
            JsonNode tree = JsonMapper.shared().readTree(value);
            if (tree.isObject()) {
                return tree;
            }
        } catch (JacksonException e) {
            // Said below, as for a text that is no object.
        }
        throw QueueErrors.badValue(name, "It must be a JSON object.");
    }
}
