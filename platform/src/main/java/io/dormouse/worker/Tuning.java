package io.dormouse.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What an endpoint may set that AWS has no field for, by its tags.
///
/// @param slots invocations at once in one instance: `dormouse:slots`, 1 as on Lambda
/// @param idle how long an idle instance is kept: `dormouse:idle-seconds`; empty to go by the
///   endpoint's own gaps between requests
/// @param queueMax requests above MaxConcurrency that wait instead of being throttled:
///   `dormouse:queue-max`, 0 as on AWS
/// @param queueWait how long they wait at most: `dormouse:queue-seconds`
/// @param warmPool whether it may be started from a generic worker: `dormouse:warm-pool`, `true`
public record Tuning(
        int slots, Optional<Duration> idle, int queueMax, Duration queueWait, boolean warmPool) {
    /// As AWS.
    public static final Tuning DEFAULT =
            new Tuning(1, Optional.empty(), 0, Duration.ofSeconds(10), true);

    private static final int SLOTS_MAX = 200;
    private static final int QUEUE_MAX = 10_000;
    private static final int QUEUE_SECONDS_MAX = 60;
    private static final int IDLE_SECONDS_MAX = 86_400;

    /// With the warm pool.
    public Tuning(int slots, Optional<Duration> idle, int queueMax, Duration queueWait) {
        this(slots, idle, queueMax, queueWait, true);
    }

    public Tuning {
        if (slots < 1 || queueMax < 0 || queueWait.isNegative()) {
            throw new IllegalArgumentException("slots, queue and wait must not be negative");
        }
    }

    /// What an endpoint's tags say.
    ///
    /// @throws IllegalArgumentException naming the tag and what was expected
    public static Tuning of(Map<String, String> tags) {
        return new Tuning(
                number(tags, "dormouse:slots", 1, SLOTS_MAX).orElse(DEFAULT.slots),
                number(tags, "dormouse:idle-seconds", 0, IDLE_SECONDS_MAX).map(Duration::ofSeconds),
                number(tags, "dormouse:queue-max", 0, QUEUE_MAX).orElse(DEFAULT.queueMax),
                number(tags, "dormouse:queue-seconds", 1, QUEUE_SECONDS_MAX)
                        .map(Duration::ofSeconds)
                        .orElse(DEFAULT.queueWait),
                flag(tags, "dormouse:warm-pool").orElse(DEFAULT.warmPool));
    }

    private static Optional<Boolean> flag(Map<String, String> tags, String tag) {
        String text = tags.get(tag);
        if (text == null) {
            return Optional.empty();
        }
        return switch (text.strip()) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default ->
                    throw new IllegalArgumentException(
                            "Tag " + tag + " must be true or false, not \"" + text + "\"");
        };
    }

    private static Optional<Integer> number(
            Map<String, String> tags, String tag, int min, int max) {
        String text = tags.get(tag);
        if (text == null) {
            return Optional.empty();
        }
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= min && value <= max) {
                return Optional.of(value);
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that is out of range.
        }
        throw new IllegalArgumentException(
                "Tag "
                        + tag
                        + " must be a whole number between "
                        + min
                        + " and "
                        + max
                        + ", not \""
                        + text
                        + "\"");
    }
}
