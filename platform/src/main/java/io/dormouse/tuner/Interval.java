package io.dormouse.tuner;

/// Between what values a quantile lies, as far as the sample tells.
///
/// @param low its lower bound, ms
/// @param high its upper bound, ms; infinite while the sample is too small to give one
public record Interval(double low, double high) {
    /// Half the interval, as a share of the value in it; infinite where there is no bound.
    public double halfWidth(double value) {
        return value > 0 ? (high - low) / 2 / value : Double.POSITIVE_INFINITY;
    }

    public boolean overlaps(Interval other) {
        return low <= other.high && other.low <= high;
    }
}
