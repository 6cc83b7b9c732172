package io.dormouse.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.scaler.TargetTracking.Capacity;
import io.dormouse.scaler.TargetTracking.Past;
import io.dormouse.scaler.TargetTracking.Policy;
import io.dormouse.scaler.TargetTracking.ScaleIn;
import io.dormouse.scaler.TargetTracking.ScaleOut;
import io.dormouse.scaler.TargetTracking.ScaledOut;
import io.dormouse.scaler.TargetTracking.Stay;
import io.dormouse.scaler.TargetTracking.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TargetTrackingTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final double NOTHING = Double.NaN;
    private static final Policy HALF =
            new Policy(0.5, Duration.ofSeconds(60), Duration.ofSeconds(300), true);

    /// Fifteen minutes: the last ones as given, and before them the first of these again and again.
    private static List<OptionalDouble> minutes(double... last) {
        List<OptionalDouble> all = new ArrayList<>();
        for (int i = 0; i < TargetTracking.LOW_PERIODS; i++) {
            double value = last[Math.max(0, last.length - TargetTracking.LOW_PERIODS + i)];
            all.add(Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value));
        }
        return all;
    }

    private static Verdict decide(Capacity capacity, Past past, double... last) {
        return TargetTracking.decide(HALF, minutes(last), capacity, past, NOW);
    }

    private static int out(Verdict verdict) {
        return assertInstanceOf(ScaleOut.class, verdict, verdict.reason()).to();
    }

    private static int in(Verdict verdict) {
        return assertInstanceOf(ScaleIn.class, verdict, verdict.reason()).to();
    }

    private static String stays(Verdict verdict) {
        return assertInstanceOf(Stay.class, verdict, verdict.toString()).reason();
    }

    @Test
    void threeMinutesAboveScaleOutByTheLastOfThem() {
        Capacity two = new Capacity(2, 1, 10);
        assertEquals(4, out(decide(two, Past.NONE, NOTHING, 0.6, 0.7, 1.0)));
        assertEquals(3, out(decide(two, Past.NONE, NOTHING, 1.0, 1.0, 0.6)));
        stays(decide(two, Past.NONE, NOTHING, 0.5, 1.0, 1.0));
        stays(decide(two, Past.NONE, NOTHING, 1.0, 1.0, NOTHING));
    }

    @Test
    void neverBeyondTheLimits() {
        assertEquals(3, out(decide(new Capacity(2, 1, 3), Past.NONE, 1.0)));
        assertTrue(stays(decide(new Capacity(3, 1, 3), Past.NONE, 1.0)).contains("maximum of 3"));
        assertEquals(2, in(decide(new Capacity(5, 2, 10), Past.NONE, 0)));
        stays(decide(new Capacity(2, 2, 10), Past.NONE, 0));
    }

    @Test
    void fifteenMinutesBelowScaleInByTheHighestOfThem() {
        Capacity ten = new Capacity(10, 1, 10);
        assertEquals(4, in(decide(ten, Past.NONE, 0.2, 0, 0, 0)));
        stays(decide(ten, Past.NONE, 0.46, 0, 0, 0));
        assertEquals(9, in(decide(ten, Past.NONE, 0.44, 0, 0, 0)));
        assertTrue(stays(decide(ten, Past.NONE, NOTHING, 0, 0, 0)).contains("too little is known"));
    }

    @Test
    void betweenNineTenthsAndTheTargetNothingChanges() {
        assertTrue(stays(decide(new Capacity(4, 1, 10), Past.NONE, 0.48)).contains("near"));
    }

    @Test
    void afterAStepOutOnlyALargerOneIsTaken() {
        Past past = new Past(Optional.of(new ScaledOut(NOW.minusSeconds(59), 2)), Optional.empty());
        Capacity four = new Capacity(4, 1, 20);
        assertTrue(stays(decide(four, past, 1.0)).contains("cooldown"));
        assertEquals(6, out(decide(four, past, 1.5)), "2 × 1.5 / 0.5");
        Past over = new Past(Optional.of(new ScaledOut(NOW.minusSeconds(60), 2)), Optional.empty());
        assertEquals(8, out(decide(four, over, 1.0)));
    }

    @Test
    void aStepInWaitsForTheLastOne() {
        Past past = new Past(Optional.empty(), Optional.of(NOW.minusSeconds(299)));
        Capacity four = new Capacity(4, 1, 10);
        assertTrue(stays(decide(four, past, 0)).contains("cooldown"));
        assertEquals(
                1, in(decide(four, new Past(past.out(), Optional.of(NOW.minusSeconds(300))), 0)));
        assertEquals(8, out(decide(four, past, 1.0)), "a step out does not wait for it");
    }

    @Test
    void scalingInCanBeDisabled() {
        Policy up = new Policy(0.5, Duration.ZERO, Duration.ZERO, false);
        Capacity four = new Capacity(4, 1, 10);
        Verdict verdict = TargetTracking.decide(up, minutes(0), four, Past.NONE, NOW);
        assertTrue(stays(verdict).contains("disabled"));
        assertEquals(8, out(TargetTracking.decide(up, minutes(1.0), four, Past.NONE, NOW)));
        // Another policy may scale in.
        assertEquals(
                Optional.of("other"),
                TargetTracking.together(Map.of("up", verdict, "other", new ScaleIn(2, "")))
                        .map(TargetTracking.Chosen::policy));
    }

    @Test
    void ofSeveralPoliciesTheLargestCapacityWins() {
        Verdict stay = new Stay("", true);
        assertEquals(
                Optional.of(new TargetTracking.Chosen("b", new ScaleOut(5, ""))),
                TargetTracking.together(
                        Map.of(
                                "a", new ScaleOut(3, ""),
                                "b", new ScaleOut(5, ""),
                                "c", new ScaleIn(1, ""))));
        assertEquals(
                Optional.empty(),
                TargetTracking.together(Map.of("a", new ScaleIn(1, ""), "b", stay)));
        assertEquals(
                Optional.of(new TargetTracking.Chosen("b", new ScaleIn(2, ""))),
                TargetTracking.together(Map.of("a", new ScaleIn(1, ""), "b", new ScaleIn(2, ""))));
        assertEquals(Optional.empty(), TargetTracking.together(Map.of()));
    }

    @Test
    void aTargetIsAboveZero() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Policy(0, Duration.ZERO, Duration.ZERO, true));
    }
}
