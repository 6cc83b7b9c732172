package io.dormouse.tuner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Quantiles and their intervals, against distributions whose quantiles are known.
class LatenciesTest {
    private static Latencies upTo(int n) {
        return Latencies.of(IntStream.rangeClosed(1, n).asDoubleStream().toArray());
    }

    @Test
    void quantilesAreOrderStatistics() {
        assertEquals(50.5, upTo(100).median());
        assertEquals(51, upTo(101).median());
        assertEquals(99, upTo(100).quantile(0.99));
        assertEquals(100, upTo(100).quantile(1));
        assertEquals(1, upTo(100).quantile(0));
        assertEquals(7, Latencies.of(7).quantile(0.99));
        assertEquals(2, Latencies.of(3, 1, 2).median());
        assertTrue(Double.isNaN(Latencies.of().median()));
    }

    /// The ranks that tables of the sign test give: 6 and 15 of 20, 40 and 61 of 100.
    @Test
    void theMediansIntervalHasTheRanksOfTheTables() {
        assertEquals(new Interval(1, 6), upTo(6).interval(0.5));
        assertEquals(new Interval(6, 15), upTo(20).interval(0.5));
        assertEquals(new Interval(40, 61), upTo(100).interval(0.5));
    }

    /// Five values all lie below the median once in 32 times: too often.
    @Test
    void aSampleThatIsTooSmallGivesNoBound() {
        assertEquals(new Interval(0, Double.POSITIVE_INFINITY), upTo(5).interval(0.5));
        assertEquals(new Interval(0, Double.POSITIVE_INFINITY), Latencies.of().interval(0.5));
        // 1 - 0.99^n is at least 0.975 from 368 on
        assertEquals(Double.POSITIVE_INFINITY, upTo(367).interval(0.99).high());
        assertEquals(368, upTo(368).interval(0.99).high());
    }

    @Test
    void theIntervalHoldsTheTrueQuantileAsOftenAsItSays() {
        Random random = new Random(25);
        DoubleSupplier exponential = () -> -Math.log(1 - random.nextDouble());
        covers(exponential, 0.5, Math.log(2), 40);
        covers(exponential, 0.99, Math.log(100), 600);
        covers(() -> Math.exp(random.nextGaussian()), 0.5, 1, 25);
        covers(() -> Math.exp(random.nextGaussian()), 0.99, Math.exp(2.3263479), 900);
    }

    /// Of 2,000 samples; the interval is at least 95 % sure, and by discreteness little more.
    private static void covers(DoubleSupplier distribution, double p, double quantile, int n) {
        int rounds = 2000;
        int held = 0;
        for (int i = 0; i < rounds; i++) {
            double[] sample =
                    IntStream.range(0, n).mapToDouble(_ -> distribution.getAsDouble()).toArray();
            Interval interval = Latencies.of(sample).interval(p);
            if (interval.low() <= quantile && quantile <= interval.high()) {
                held++;
            }
        }
        double share = (double) held / rounds;
        assertTrue(share > 0.938 && share < 0.985, "p=" + p + " n=" + n + ": " + share);
    }

    @Test
    void largeSamplesStayWithinADoublesRange() {
        Interval interval = upTo(100_000).interval(0.5);
        assertEquals(50_000 - 310, interval.low(), 2);
        assertEquals(50_000 + 310, interval.high(), 2);
    }
}
