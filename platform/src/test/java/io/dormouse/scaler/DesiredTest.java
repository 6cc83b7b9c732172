package io.dormouse.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DesiredTest {
    @Test
    void loadNeedsInstancesWithRoomToSpare() {
        assertEquals(0, Desired.of(0, 1, 0, 10, 100).instances());
        assertEquals(1, Desired.of(0.8, 1, 0, 10, 100).instances());
        assertEquals(2, Desired.of(0.9, 1, 0, 10, 100).instances());
        assertEquals(5, Desired.of(4, 1, 0, 10, 100).instances());
        assertEquals(2, Desired.of(8, 8, 0, 200, 100).instances());
    }

    @Test
    void itStaysBetweenWhatIsProvisionedAndWhatMaxConcurrencyNeeds() {
        for (int slots = 1; slots <= 4; slots++) {
            for (int max = 1; max <= 9; max++) {
                int most = (max + slots - 1) / slots;
                for (int min = 0; min <= most; min++) {
                    for (double load = 0; load < 20; load += 0.5) {
                        Desired desired = Desired.of(load, slots, min, max, 100);
                        assertTrue(desired.instances() >= min, desired + "");
                        assertTrue(desired.instances() <= most, desired + "");
                        assertTrue(!desired.reason().isEmpty());
                    }
                }
            }
        }
    }

    @Test
    void moreThanTheCoresServeAreOfNoUse() {
        assertEquals(3, Desired.of(16, 1, 0, 16, 3).instances());
        assertEquals(
                "16.0 invocations at once, the cores serve 3 instances",
                Desired.of(16, 1, 0, 16, 3).reason());
        assertEquals(5, Desired.of(16, 1, 5, 16, 3).instances());
        assertEquals(2, Desired.of(16, 1, 0, 2, 3).instances());
    }

    @Test
    void theReasonNamesTheLoad() {
        assertEquals("2 are provisioned", Desired.of(0.5, 1, 2, 5, 100).reason());
        assertEquals(
                "3.0 invocations at once, 1 in each instance",
                Desired.of(3, 1, 0, 5, 100).reason());
        assertEquals(
                "9.0 invocations at once, MaxConcurrency allows 5",
                Desired.of(9, 1, 0, 5, 100).reason());
    }
}
