package io.dormouse.topic;

import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// How a subscriber over HTTP is tried again: AWS's `healthyRetryPolicy`, whose pauses grow evenly.
///
/// AWS page: [delivery
/// policies](https://docs.aws.amazon.com/sns/latest/dg/creating-delivery-policy.html).
record Retries(int retries, Duration first, Duration last) {
    private static final int RETRIES_MAX = 100;
    private static final int RETRIES = 3;
    private static final int PAUSE_SECONDS = 20;

    static Retries of(Subscription subscription) {
        JsonNode policy = subscription.retries();
        int first = policy.path("minDelayTarget").asInt(PAUSE_SECONDS);
        return new Retries(
                Math.min(policy.path("numRetries").asInt(RETRIES), RETRIES_MAX),
                Duration.ofSeconds(first),
                Duration.ofSeconds(
                        Math.max(first, policy.path("maxDelayTarget").asInt(PAUSE_SECONDS))));
    }

    /// How long to wait after so many attempts in vain before this one; empty for not again.
    Optional<Duration> pause(int before) {
        if (before >= retries) {
            return Optional.empty();
        }
        int steps = Math.max(1, retries - 1);
        return Optional.of(first.plus(last.minus(first).multipliedBy(before).dividedBy(steps)));
    }
}
