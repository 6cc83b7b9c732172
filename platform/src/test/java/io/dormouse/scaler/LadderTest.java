package io.dormouse.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LadderTest {
    private static final Duration START = Duration.ofMillis(100);
    private static final Duration WARM = Duration.ofMillis(5);

    /// Builds what a request sees.
    private record Case(
            int free,
            int startingSlots,
            int ahead,
            List<Duration> busy,
            Duration service,
            int instances,
            int warm,
            int starting,
            boolean inVain) {
        Case(
                int free,
                int startingSlots,
                int ahead,
                List<Duration> busy,
                Duration service,
                int instances,
                int warm,
                boolean inVain) {
            this(free, startingSlots, ahead, busy, service, instances, warm, 0, inVain);
        }

        Ladder.Rung decide() {
            return Ladder.decide(
                    new Ladder.View(
                            free,
                            startingSlots,
                            ahead,
                            busy,
                            service,
                            instances,
                            5,
                            warm,
                            WARM,
                            START,
                            starting,
                            2,
                            inVain));
        }
    }

    private static List<Duration> millis(long... left) {
        return Arrays.stream(left).mapToObj(Duration::ofMillis).toList();
    }

    private static Ladder.Rung busy(int ahead, long service, long... left) {
        return new Case(
                        0,
                        0,
                        ahead,
                        millis(left),
                        Duration.ofMillis(service),
                        left.length,
                        0,
                        false)
                .decide();
    }

    @Test
    void aFreeSlotIsTakenWhateverElseThereIs() {
        assertInstanceOf(
                Ladder.UseSlot.class,
                new Case(1, 1, 0, millis(1), Duration.ofMillis(1), 5, 1, true).decide());
    }

    @Test
    void aStartWithRoomIsJoinedBeforeAnotherIsMade() {
        assertInstanceOf(
                Ladder.JoinStart.class,
                new Case(0, 1, 0, List.of(), Duration.ZERO, 1, 1, false).decide());
    }

    @Test
    void aSlotThatIsFreeSoonerThanAStartTakesIsAwaitedAsLongAsAStartTakes() {
        Ladder.Rung rung = busy(0, 20, 30);
        assertEquals(START, assertInstanceOf(Ladder.AwaitSlot.class, rung).patience());
        assertEquals("a slot is expected in 30 ms, a start takes 100 ms", rung.reason());
        assertInstanceOf(Ladder.Start.class, busy(0, 200, 130));
    }

    @Test
    void thoseAheadTakeTheFirstSlots() {
        // Two slots, free in 10 and 40 ms, each request takes 30: the fourth gets one after 70.
        assertInstanceOf(Ladder.AwaitSlot.class, busy(3, 30, 10, 40));
        // The seventh after 10 + 3 * 30 = 100 ms: a start is as soon.
        assertInstanceOf(Ladder.Start.class, busy(6, 30, 10, 40));
    }

    @Test
    void aStartOfWhichOneKnowsNothingYetPromisesNothing() {
        assertInstanceOf(
                Ladder.Start.class,
                new Case(0, 0, 0, millis(0), Duration.ZERO, 1, 0, false).decide());
        assertInstanceOf(
                Ladder.Start.class,
                new Case(0, 0, 0, List.of(), Duration.ofMillis(5), 1, 0, false).decide());
    }

    @Test
    void startsThatShareTheCoresTakeLonger() {
        // Two starts under way, each for a request of 1 ms, on two cores: a third takes 150 ms.
        Ladder.Rung rung =
                new Case(0, 0, 0, millis(101, 101), Duration.ofMillis(1), 2, 0, 2, false).decide();
        assertEquals("a slot is expected in 101 ms, a start takes 150 ms", rung.reason());
        // With one under way the second has a core of its own.
        assertInstanceOf(
                Ladder.Start.class,
                new Case(0, 0, 0, millis(101), Duration.ofMillis(1), 1, 0, 1, false).decide());
        // Requests that take a second are not worth waiting for.
        assertInstanceOf(
                Ladder.Start.class,
                new Case(0, 0, 0, millis(1100, 1100), Duration.ofSeconds(1), 2, 0, 2, false)
                        .decide());
    }

    @Test
    void whoWaitedInVainStartsOne() {
        Ladder.Rung rung = new Case(0, 0, 0, millis(1), Duration.ofMillis(1), 1, 0, true).decide();
        assertEquals("no slot became free as expected", rung.reason());
        assertInstanceOf(Ladder.Start.class, rung);
    }

    @Test
    void aWarmWorkerIsTakenBeforeAStartAndComparedByItsOwnTime() {
        assertInstanceOf(
                Ladder.TakeWarm.class,
                new Case(0, 0, 0, List.of(), Duration.ZERO, 0, 1, false).decide());
        assertInstanceOf(
                Ladder.TakeWarm.class,
                new Case(0, 0, 0, millis(30), Duration.ofMillis(30), 1, 1, false).decide());
        assertInstanceOf(
                Ladder.AwaitSlot.class,
                new Case(0, 0, 0, millis(3), Duration.ofMillis(3), 1, 1, false).decide());
    }

    @Test
    void nothingIsStartedAboveTheMost() {
        for (int warm = 0; warm < 2; warm++) {
            Ladder.Rung rung =
                    new Case(0, 0, 0, millis(900), Duration.ofSeconds(1), 5, warm, true).decide();
            assertInstanceOf(Ladder.Await.class, rung);
            assertEquals("all 5 instances are busy or starting", rung.reason());
        }
    }

    @Test
    void theFirstRequestSaysThatThereWasNoInstance() {
        assertEquals(
                "no instance",
                new Case(0, 0, 0, List.of(), Duration.ZERO, 0, 0, false).decide().reason());
    }
}
