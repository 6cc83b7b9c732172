package io.dormouse.tuner;

import java.util.Arrays;
import java.util.Collection;

/// A sample of durations in milliseconds, and what it tells of where they come from.
///
/// Intervals are distribution-free: the number of values below the true quantile is binomial,
/// whatever the distribution, so two order statistics enclose it with a known probability. They
/// hold for independent values; calls of one machine after another are nearly that at best.
public final class Latencies {
    /// How sure an interval is.
    public static final double CONFIDENCE = 0.95;

    private final double[] sorted;

    private Latencies(double[] sorted) {
        this.sorted = sorted;
    }

    public static Latencies of(Collection<Double> millis) {
        return of(millis.stream().mapToDouble(Double::doubleValue).toArray());
    }

    public static Latencies of(double... millis) {
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        return new Latencies(sorted);
    }

    public int count() {
        return sorted.length;
    }

    /// NaN of nothing.
    public double mean() {
        return Arrays.stream(sorted).average().orElse(Double.NaN);
    }

    /// The value below which a share `p` of them lies: the smallest order statistic whose rank is
    /// at least `p` of the count. The median of an even count is the mean of the middle two. NaN of
    /// nothing.
    public double quantile(double p) {
        int n = sorted.length;
        if (n == 0) {
            return Double.NaN;
        }
        if (p == 0.5 && n % 2 == 0) {
            return (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
        }
        int rank = (int) Math.ceil(p * n - 1e-9);
        return sorted[Math.clamp(rank, 1, n) - 1];
    }

    public double median() {
        return quantile(0.5);
    }

    /// The interval that holds the true quantile with at least [#CONFIDENCE], by order statistics:
    /// each side is given half of the doubt. A side that the sample is too small for is open: 0, or
    /// infinite.
    public Interval interval(double p) {
        int n = sorted.length;
        double doubt = (1 - CONFIDENCE) / 2;
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double below = 0; // P(B <= k - 1), B the number of values below the quantile
        boolean closed = false;
        for (int k = 0; k <= n && !closed; k++) {
            // The order statistic of rank k is no lower bound once P(B < k) is more than the doubt.
            if (k > 0 && below <= doubt) {
                low = sorted[k - 1];
            }
            below += probability(k, n, p);
            // Rank k + 1 is an upper bound as soon as P(B <= k) is at least the rest.
            if (k < n && below >= 1 - doubt) {
                high = sorted[k];
                closed = true;
            }
        }
        return new Interval(low, high);
    }

    /// P(B = k) of a binomial with n trials; by logarithms, since its parts leave a double's range.
    private static double probability(int k, int n, double p) {
        double logarithm =
                logFactorial(n)
                        - logFactorial(k)
                        - logFactorial(n - k)
                        + k * Math.log(p)
                        + (n - k) * Math.log1p(-p);
        return Math.exp(logarithm);
    }

    /// Stirling's series, good to twelve digits from 16 on; below, the product itself.
    private static double logFactorial(int n) {
        if (n < 16) {
            double product = 1;
            for (int i = 2; i <= n; i++) {
                product *= i;
            }
            return Math.log(product);
        }
        double x = n + 1.0;
        return (x - 0.5) * Math.log(x)
                - x
                + 0.5 * Math.log(2 * Math.PI)
                + 1 / (12 * x)
                - 1 / (360 * x * x * x)
                + 1 / (1260 * Math.pow(x, 5));
    }
}
