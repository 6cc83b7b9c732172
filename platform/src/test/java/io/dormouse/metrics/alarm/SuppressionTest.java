package io.dormouse.metrics.alarm;

import static io.dormouse.metrics.alarm.Suppression.ALARM;
import static io.dormouse.metrics.alarm.Suppression.EXTENSION_PERIOD;
import static io.dormouse.metrics.alarm.Suppression.NONE;
import static io.dormouse.metrics.alarm.Suppression.WAIT_PERIOD;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.metrics.alarm.Suppression.Times;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The examples of AWS's page: waits of two units of time, extensions of three.
class SuppressionTest {
    private static Instant at(int t) {
        return Instant.EPOCH.plusSeconds(t);
    }

    private static Times times(int since, boolean isSuppressing, int suppressorSince) {
        return new Times(at(since), isSuppressing, at(suppressorSince), 2, 3);
    }

    @Test
    void actionsAreDoneAfterTheWait() {
        Times times = times(2, false, 0);
        assertEquals(WAIT_PERIOD, Suppression.begin(times, at(2)));
        assertEquals(WAIT_PERIOD, WAIT_PERIOD.next(times, at(3)));
        assertEquals(Optional.of(at(4)), WAIT_PERIOD.due(times));
        assertEquals(NONE, WAIT_PERIOD.next(times, at(4)));
        assertEquals(NONE, NONE.next(times(2, true, 5), at(5)));
    }

    @Test
    void theSuppressorEndsTheWaitAndItsEndIsExtended() {
        assertEquals(ALARM, WAIT_PERIOD.next(times(2, true, 3), at(3)));
        assertEquals(Optional.empty(), ALARM.due(times(2, true, 3)));
        Times ended = times(2, false, 6);
        assertEquals(EXTENSION_PERIOD, ALARM.next(ended, at(6)));
        assertEquals(Optional.of(at(9)), EXTENSION_PERIOD.due(ended));
        assertEquals(EXTENSION_PERIOD, EXTENSION_PERIOD.next(ended, at(8)));
        assertEquals(NONE, EXTENSION_PERIOD.next(ended, at(9)));
        assertEquals(ALARM, EXTENSION_PERIOD.next(times(2, true, 7), at(7)));
    }

    @Test
    void aNewStateWaitsAnewWhateverWas() {
        assertEquals(ALARM, Suppression.begin(times(2, true, 1), at(2)));
        assertEquals(WAIT_PERIOD, Suppression.begin(times(7, false, 6), at(7)));
    }

    @Test
    void withoutAWaitActionsAreDoneAtOnce() {
        Times times = new Times(at(2), false, at(0), 0, 0);
        assertEquals(NONE, Suppression.begin(times, at(2)));
        assertEquals(NONE, ALARM.next(times, at(2)));
    }
}
