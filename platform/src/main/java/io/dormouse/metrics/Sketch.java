package io.dormouse.metrics;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How values of zero and above are spread, in buckets that grow by a fixed ratio: a percentile
/// read from it is within [#ERROR_MAX] of a value that occurred. Sketches add up, so those of
/// seconds make that of an hour. Not thread-safe.
///
/// The way of DDSketch (Masson, Rim, Lee: VLDB 2019), without its limit on the number of buckets:
/// CloudWatch's range of values has at most 100,000 of them, one second's values a handful.
final class Sketch {
    /// The relative error of a percentile.
    static final double ERROR_MAX = 0.005;

    private static final double LOG_GAMMA = Math.log((1 + ERROR_MAX) / (1 - ERROR_MAX));
    private static final double MIDDLE = 2 / (1 + (1 + ERROR_MAX) / (1 - ERROR_MAX));
    private static final int ZERO = Integer.MIN_VALUE;
    private static final byte WHOLE_COUNTS = 0;
    private static final byte FRACTIONS = 1;

    /// A count that grows in place.
    private static final class Bucket {
        private double count;
    }

    private final Map<Integer, Bucket> buckets = new HashMap<>();

    /// @param value zero or above
    void add(double value, double times) {
        bucket(value == 0 ? ZERO : (int) Math.ceil(Math.log(value) / LOG_GAMMA)).count += times;
    }

    void add(Sketch other) {
        other.buckets.forEach((index, bucket) -> bucket(index).count += bucket.count);
    }

    private Bucket bucket(int index) {
        return buckets.computeIfAbsent(index, _ -> new Bucket());
    }

    /// The smallest value that `percent` of all values do not exceed; NaN where there is none.
    double percentile(double percent) {
        TreeMap<Integer, Bucket> sorted = new TreeMap<>(buckets);
        double total = 0;
        for (Bucket bucket : sorted.values()) {
            total += bucket.count;
        }
        // The small allowance takes back what the multiplication may have added: 99 % of 100 is 99.
        double rank = total * percent / 100 - total * 1e-12;
        double seen = 0;
        double value = Double.NaN;
        for (Map.Entry<Integer, Bucket> entry : sorted.entrySet()) {
            seen += entry.getValue().count;
            value = value(entry.getKey());
            if (seen >= rank) {
                break;
            }
        }
        return value;
    }

    private static double value(int index) {
        return index == ZERO ? 0 : Math.exp(index * LOG_GAMMA) * MIDDLE;
    }

    /// Adds how many values lie up to each bound and above the one before, and in the last place
    /// how many above all; a bound is known to [#ERROR_MAX].
    void spread(List<Double> bounds, double[] counts) {
        buckets.forEach((index, bucket) -> {
            double value = value(index);
            int place = 0;
            while (place < bounds.size() && value > bounds.get(place)) {
                place++;
            }
            counts[place] += bucket.count;
        });
    }

    /// The sketch as bytes, never empty: the steps from bucket to bucket, and their counts.
    byte[] encode() {
        TreeMap<Integer, Bucket> sorted = new TreeMap<>(buckets);
        boolean whole =
                sorted.values().stream()
                        .allMatch(bucket ->
                                bucket.count == Math.rint(bucket.count) && bucket.count < 1e15);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(whole ? WHOLE_COUNTS : FRACTIONS);
            long last = ZERO;
            for (Map.Entry<Integer, Bucket> entry : sorted.entrySet()) {
                writeNumber(out, entry.getKey() - last);
                last = entry.getKey();
                if (whole) {
                    writeNumber(out, (long) entry.getValue().count);
                } else {
                    out.writeDouble(entry.getValue().count);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// The sketch of [#encode].
    static Sketch decode(byte[] bytes) {
        Sketch sketch = new Sketch();
        ByteArrayInputStream left = new ByteArrayInputStream(bytes);
        try (DataInputStream in = new DataInputStream(left)) {
            boolean whole = in.readByte() == WHOLE_COUNTS;
            long index = ZERO;
            while (left.available() > 0) {
                index += readNumber(in);
                sketch.bucket((int) index).count = whole ? readNumber(in) : in.readDouble();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sketch;
    }

    /// Seven bits in a byte, the lowest first; the eighth says that more follow.
    private static void writeNumber(DataOutputStream out, long number) throws IOException {
        long rest = number;
        while (rest >= 0x80) {
            out.writeByte((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    private static long readNumber(DataInputStream in) throws IOException {
        long number = 0;
        for (int shift : List.of(0, 7, 14, 21, 28, 35, 42, 49, 56)) {
            int part = in.readUnsignedByte();
            number |= (long) (part & 0x7f) << shift;
            if (part < 0x80) {
                return number;
            }
        }
        throw new IOException("A number of a sketch does not end");
    }
}
