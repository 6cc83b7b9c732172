package io.dormouse.timing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ClockAlarmsTest {
    private final ManualTime clock = new ManualTime();

    @Test
    void goesOffWhenTheClockIsMovedThere() throws Exception {
        try (ClockAlarms alarms = new ClockAlarms(clock)) {
            CountDownLatch early = new CountDownLatch(1);
            CountDownLatch late = new CountDownLatch(1);
            AtomicBoolean cancelled = new AtomicBoolean();
            alarms.at(clock.instant().plusSeconds(600), late::countDown);
            alarms.at(clock.instant().plusSeconds(300), early::countDown);
            alarms.at(clock.instant().plusSeconds(200), () -> cancelled.set(true)).cancel();
            clock.pass(Duration.ofSeconds(300));
            alarms.recheck();
            assertTrue(early.await(20, TimeUnit.SECONDS));
            assertFalse(cancelled.get());
            assertTrue(late.getCount() == 1);
            clock.pass(Duration.ofSeconds(300));
            alarms.recheck();
            assertTrue(late.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void goesOffByItselfWhenTimePasses() throws Exception {
        try (ClockAlarms alarms = new ClockAlarms(InstantSource.system())) {
            CountDownLatch done = new CountDownLatch(1);
            alarms.at(InstantSource.system().instant().plusMillis(20), done::countDown);
            assertTrue(done.await(20, TimeUnit.SECONDS));
        }
    }
}
