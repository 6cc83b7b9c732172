package io.dormouse.pattern;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Patterns that were made ready before, by their text.
public final class Patterns {
    private static final int KEPT_MAX = 1000;

    private final Map<String, EventPattern> ready = new ConcurrentHashMap<>();

    /// The pattern of this text.
    ///
    /// @throws IllegalArgumentException where it is none
    public EventPattern of(String json) {
        if (ready.size() >= KEPT_MAX) {
            ready.clear();
        }
        return ready.computeIfAbsent(json, EventPattern::new);
    }
}
