package io.dormouse.events;

import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One thing to be told to one target.
///
/// @param cause the ARN of the rule or the schedule
/// @param target its ARN
/// @param input what it gets
/// @param event what goes to the dead letters
/// @param group of a FIFO queue's message; empty for none
/// @param policy how often and how long it is tried
/// @param hops over how many buses the event has come
record Order(
        String cause,
        String target,
        String input,
        String event,
        String group,
        Policy policy,
        int hops) {
    /// @param deadLetters the ARN of a queue; empty for none
    record Policy(int retriesMax, Duration ageMax, String deadLetters) {
        private static final int RETRIES = 185;
        private static final Duration AGE = Duration.ofDays(1);

        /// What a target says, and AWS's defaults where it says nothing.
        static Policy of(
                Optional<Integer> retriesMax,
                Optional<Integer> ageMaxSeconds,
                Optional<String> deadLetters) {
            return new Policy(
                    retriesMax.orElse(RETRIES),
                    ageMaxSeconds.map(Duration::ofSeconds).orElse(AGE),
                    deadLetters.orElse(""));
        }
    }

    String write() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        return tree.put("cause", cause)
                .put("target", target)
                .put("input", input)
                .put("event", event)
                .put("group", group)
                .put("retries", policy.retriesMax)
                .put("age", policy.ageMax.toSeconds())
                .put("deadLetters", policy.deadLetters)
                .put("hops", hops)
                .toString();
    }

    static Order read(String text) {
        JsonNode tree = JsonMapper.shared().readTree(text);
        return new Order(
                tree.get("cause").asString(),
                tree.get("target").asString(),
                tree.get("input").asString(),
                tree.get("event").asString(),
                tree.get("group").asString(),
                new Policy(
                        tree.get("retries").asInt(),
                        Duration.ofSeconds(tree.get("age").asLong()),
                        tree.get("deadLetters").asString()),
                tree.get("hops").asInt());
    }

    boolean isScheduled() {
        return cause.contains(":scheduler:");
    }
}
