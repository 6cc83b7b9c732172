package io.dormouse.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvictionTest {
    private static Eviction.Candidate idle(String id, int memory, int seconds, int startMillis) {
        return new Eviction.Candidate(
                "endpoint/e",
                id,
                memory,
                Duration.ofSeconds(seconds),
                Duration.ofMillis(startMillis));
    }

    private static List<String> order(Eviction.Candidate... idle) {
        return Eviction.order(List.of(idle)).stream().map(Eviction.Candidate::id).toList();
    }

    @Test
    void theLongestIdleGoesFirst() {
        assertEquals(
                List.of("old", "young"), order(idle("young", 10, 5, 99), idle("old", 10, 50, 99)));
    }

    @Test
    void theLargerGoesFirst() {
        assertEquals(
                List.of("big", "small"), order(idle("small", 10, 5, 99), idle("big", 90, 5, 99)));
    }

    @Test
    void whatStartsSlowlyStaysLonger() {
        assertEquals(
                List.of("fast", "slow"), order(idle("slow", 10, 5, 900), idle("fast", 10, 5, 9)));
    }

    @Test
    void theReasonSaysWhatItHeldAndHowLongItWasIdle() {
        assertEquals(
                "i-1 of endpoint/e was idle for 5 s and held 10 MB",
                idle("i-1", 10, 5, 1).reason());
    }
}
