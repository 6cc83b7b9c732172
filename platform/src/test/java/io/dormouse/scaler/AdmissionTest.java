package io.dormouse.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final Duration WAIT = Duration.ofSeconds(7);

    /// Every state of small endpoints, by the rule itself rather than by examples.
    @Test
    void theRuleHoldsInEveryState() {
        for (int max = 1; max <= 4; max++) {
            for (int queueMax = 0; queueMax <= 3; queueMax++) {
                for (int admitted = 0; admitted <= max + 1; admitted++) {
                    for (int queued = 0; queued <= queueMax + 1; queued++) {
                        check(new Admission.Limits(max, queueMax, WAIT), admitted, queued);
                    }
                }
            }
        }
    }

    private static void check(Admission.Limits limits, int admitted, int queued) {
        Admission.Verdict verdict = Admission.decide(admitted, queued, limits);
        Class<?> expected =
                admitted < limits.maxConcurrency() && queued == 0
                        ? Admission.Admit.class
                        : queued < limits.queueMax()
                                ? Admission.Queue.class
                                : Admission.Throttle.class;
        assertInstanceOf(expected, verdict, limits + " " + admitted + " " + queued);
        assertTrue(!verdict.reason().isEmpty());
        if (verdict instanceof Admission.Throttle throttle) {
            Duration retry = limits.queueMax() == 0 ? Duration.ZERO : WAIT;
            assertEquals(retry, throttle.retryAfter());
        }
    }

    @Test
    void theReasonNamesTheLimit() {
        Admission.Limits limits = new Admission.Limits(5, 2, WAIT);
        assertEquals(
                "MaxConcurrency 5 reached, number 2 in the queue",
                Admission.decide(5, 1, limits).reason());
        assertEquals(
                "MaxConcurrency 5 reached and 2 requests in the queue",
                Admission.decide(5, 2, limits).reason());
    }
}
