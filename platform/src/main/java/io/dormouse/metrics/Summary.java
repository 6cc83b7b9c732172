package io.dormouse.metrics;

import io.dormouse.store.Row;
import java.util.List;
import java.util.OptionalDouble;

/// What is kept of the values of one span of time: enough for every statistic. Not thread-safe.
///
/// Percentiles are known only while the values are: a statistic set that stands for several hides
/// them, and CloudWatch gives none where a value is below zero.
final class Summary {
    /// The columns of a row that [#of] reads.
    static final String COLUMNS = "count, sum, min, max, sketch";

    private double count;
    private double sum;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private final Sketch sketch;
    private boolean hasSketch = true;

    Summary() {
        this(new Sketch());
    }

    private Summary(Sketch sketch) {
        this.sketch = sketch;
    }

    /// A summary from a row.
    ///
    /// @param first the number of the first of [#COLUMNS]
    static Summary of(Row row, int first) {
        byte[] bytes = row.bytes(first + 4);
        Summary summary = new Summary(bytes.length == 0 ? new Sketch() : Sketch.decode(bytes));
        summary.hasSketch = bytes.length > 0;
        summary.count = row.real(first);
        summary.sum = row.real(first + 1);
        summary.min = row.real(first + 2);
        summary.max = row.real(first + 3);
        return summary;
    }

    void add(double value, double times) {
        merge(times, value * times, value, value);
        if (value < 0) {
            hasSketch = false;
        } else {
            sketch.add(value, times);
        }
    }

    /// Adds a statistic set: the value itself where it can only be one.
    void addSet(double setCount, double setSum, double setMin, double setMax) {
        if (setMin == setMax) {
            add(setMin, setCount);
        } else {
            merge(setCount, setSum, setMin, setMax);
            hasSketch = false;
        }
    }

    void add(Summary other) {
        merge(other.count, other.sum, other.min, other.max);
        hasSketch &= other.hasSketch;
        if (hasSketch) {
            sketch.add(other.sketch);
        }
    }

    private void merge(double otherCount, double otherSum, double otherMin, double otherMax) {
        count += otherCount;
        sum += otherSum;
        min = Math.min(min, otherMin);
        max = Math.max(max, otherMax);
    }

    double count() {
        return count;
    }

    double sum() {
        return sum;
    }

    double min() {
        return min;
    }

    double max() {
        return max;
    }

    double average() {
        return sum / count;
    }

    /// Within [Sketch#ERROR_MAX] of a value that occurred; empty where the values are not known.
    OptionalDouble percentile(double percent) {
        if (!hasSketch || count == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(Math.clamp(sketch.percentile(percent), min, max));
    }

    /// Adds how many values lie up to each bound and above the one before, and in the last place
    /// how many above all.
    ///
    /// @param bounds ascending
    void spread(List<Double> bounds, double[] counts) {
        if (hasSketch) {
            sketch.spread(bounds, counts);
        } else {
            counts[bounds.size()] += count;
        }
    }

    /// The sketch as bytes; empty where the values are not known.
    byte[] sketch() {
        return hasSketch ? sketch.encode() : new byte[0];
    }
}
