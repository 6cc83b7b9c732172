package io.dormouse.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdlePolicyTest {
    private static final IdlePolicy ADAPTIVE = IdlePolicy.Adaptive.DEFAULT;

    /// What a policy cost over a trace.
    private record Cost(int cold, double idleSeconds) {}

    /// Runs a policy over gaps, as the pool does: keep, perhaps have one again, learn the gap.
    private static Cost run(IdlePolicy policy, List<Duration> trace) {
        Gaps gaps = new Gaps();
        int cold = 0;
        double idle = 0;
        for (Duration gap : trace) {
            IdlePolicy.Plan plan = policy.plan(gaps);
            double seconds = gap.toMillis() / 1000.0;
            double keep = plan.keep().toMillis() / 1000.0;
            double ready = plan.wake().map(w -> w.ready().toMillis() / 1000.0).orElse(1e12);
            double until = plan.wake().map(w -> w.until().toMillis() / 1000.0).orElse(1e12);
            idle += Math.min(seconds, keep);
            if (seconds > ready) {
                idle += Math.min(seconds, until) - ready;
            }
            if (seconds > keep && (seconds < ready || seconds > until)) {
                cold++;
            }
            gaps.add(gap.toMillis());
        }
        return new Cost(cold, idle);
    }

    private static IdlePolicy fixed(Duration keep) {
        return new IdlePolicy.Fixed(keep);
    }

    private static List<Duration> regular(Duration gap, double jitter, int times) {
        Random random = new Random(1);
        List<Duration> trace = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            double factor = 1 + jitter * (2 * random.nextDouble() - 1);
            trace.add(Duration.ofMillis((long) (gap.toMillis() * factor)));
        }
        return trace;
    }

    private static List<Duration> poisson(Duration mean, int times) {
        Random random = new Random(2);
        List<Duration> trace = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            double factor = -Math.log(1 - random.nextDouble());
            trace.add(Duration.ofMillis((long) (mean.toMillis() * factor)));
        }
        return trace;
    }

    @Test
    void fixedKeepsAsLongAsItSays() {
        IdlePolicy.Plan plan = fixed(Duration.ofSeconds(90)).plan(new Gaps());
        assertEquals(Duration.ofSeconds(90), plan.keep());
        assertTrue(plan.wake().isEmpty());
        assertEquals("kept for 90 s, as it is set", plan.reason());
    }

    @Test
    void knowingNothingItKeepsForAboutFiveMinutes() {
        IdlePolicy.Plan plan = ADAPTIVE.plan(new Gaps());
        assertTrue(plan.wake().isEmpty());
        assertEquals(300, plan.keep().toSeconds(), 30);
    }

    @Test
    void requestsThatFollowEachOtherFastNeverFindItGone() {
        List<Duration> trace = poisson(Duration.ofSeconds(5), 2000);
        assertEquals(0, run(ADAPTIVE, trace).cold());
    }

    @Test
    void aRegularRequestIsMetByAnInstanceStartedAhead() {
        for (Duration gap :
                List.of(Duration.ofMinutes(15), Duration.ofMinutes(30), Duration.ofHours(1))) {
            List<Duration> trace = regular(gap, 0.02, 200);
            Cost adaptive = run(ADAPTIVE, trace);
            Cost fixed = run(fixed(Duration.ofMinutes(10)), trace);
            assertEquals(200, fixed.cold());
            assertTrue(adaptive.cold() <= 30, gap + ": " + adaptive);
            assertTrue(adaptive.idleSeconds() < fixed.idleSeconds(), gap + ": " + adaptive);
        }
    }

    @Test
    void requestsWithoutPatternCostLittleMoreThanWithTenMinutesFixed() {
        for (Duration mean : List.of(Duration.ofMinutes(1), Duration.ofMinutes(5))) {
            List<Duration> trace = poisson(mean, 1000);
            Cost adaptive = run(ADAPTIVE, trace);
            Cost fixed = run(fixed(Duration.ofMinutes(10)), trace);
            double worth = 600;
            double adaptiveAll = adaptive.cold() * worth + adaptive.idleSeconds();
            double fixedAll = fixed.cold() * worth + fixed.idleSeconds();
            assertTrue(adaptiveAll <= fixedAll * 1.1, mean + ": " + adaptive + " " + fixed);
        }
    }

    @Test
    void aStretchThatHappensToBeEmptyIsNoReasonToLetGo() {
        List<Duration> trace = poisson(Duration.ofMinutes(5), 1000);
        Cost adaptive = run(ADAPTIVE, trace);
        Cost fixed = run(fixed(Duration.ofMinutes(10)), trace);
        assertTrue(adaptive.cold() <= fixed.cold() / 4, adaptive + " " + fixed);
    }

    @Test
    void visitsAreKeptThroughAndMetAgain() {
        List<Duration> trace = new ArrayList<>();
        for (int visit = 0; visit < 200; visit++) {
            trace.addAll(regular(Duration.ofMinutes(2), 0.3, 3));
            trace.addAll(regular(Duration.ofHours(1), 0, 1));
        }
        Cost adaptive = run(ADAPTIVE, trace);
        Cost fixed = run(fixed(Duration.ofMinutes(10)), trace);
        assertEquals(200, fixed.cold());
        assertTrue(adaptive.cold() <= 5, adaptive + " " + fixed);
    }

    @Test
    void aSecondRequestWithinTheSecondFindsTheInstanceOfTheFirst() {
        Gaps gaps = new Gaps();
        regular(Duration.ofHours(1), 0, 100).forEach(gap -> gaps.add(gap.toMillis()));
        assertTrue(ADAPTIVE.plan(gaps).keep().toMillis() >= 1000, "what Gaps leaves out is kept");
    }

    @Test
    void aColdStartThatIsWorthMoreIsPaidForWithIdleTime() {
        List<Duration> trace = poisson(Duration.ofMinutes(20), 1000);
        Duration scale = IdlePolicy.Adaptive.DEFAULT.scale();
        Cost cheap = run(new IdlePolicy.Adaptive(Duration.ofMinutes(5), scale), trace);
        Cost dear = run(new IdlePolicy.Adaptive(Duration.ofHours(1), scale), trace);
        assertTrue(dear.cold() < cheap.cold() / 4, dear + " " + cheap);
        assertTrue(dear.idleSeconds() > cheap.idleSeconds(), dear + " " + cheap);
    }

    @Test
    void rareRequestsAreLetGoSoon() {
        List<Duration> trace = poisson(Duration.ofHours(8), 300);
        Cost adaptive = run(ADAPTIVE, trace);
        Cost fixed = run(fixed(Duration.ofMinutes(10)), trace);
        assertTrue(adaptive.idleSeconds() < fixed.idleSeconds() / 2, adaptive + " " + fixed);
    }

    @Test
    void theReasonSaysWhatIsKnown() {
        Gaps gaps = new Gaps();
        regular(Duration.ofMinutes(30), 0, 100).forEach(gap -> gaps.add(gap.toMillis()));
        IdlePolicy.Plan plan = ADAPTIVE.plan(gaps);
        assertTrue(plan.wake().isPresent(), plan.reason());
        assertTrue(plan.wake().get().ready().compareTo(Duration.ofMinutes(30)) <= 0);
        assertTrue(plan.wake().get().until().compareTo(Duration.ofMinutes(30)) > 0);
        assertTrue(plan.reason().contains("ready again from"), plan.reason());
        assertTrue(plan.reason().endsWith("gaps known"), plan.reason());
    }
}
