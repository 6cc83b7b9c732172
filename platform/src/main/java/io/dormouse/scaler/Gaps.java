package io.dormouse.scaler;

import java.time.Duration;

/// The gaps between an endpoint's requests, as a histogram whose old entries fade. What happened
/// within a second is left out: no instance is let go that soon.
///
/// Not safe for use by several threads: its owner's lock holds it.
public final class Gaps {
    /// Bins per doubling of the gap: 9 % each, fine enough to meet an hourly request.
    private static final int PER_OCTAVE = 8;

    static final int BINS = 132;

    /// A gap weighs this much of what it did when the next one is added: about the last 50 count.
    private static final float FADE = 0.98f;

    private static final double LOG_BIN = Math.log(2) / PER_OCTAVE;
    private static final long SHORTEST_MILLIS = 1000;

    /// Where each bin begins, in seconds: asked for at each decision, hence not worked out there.
    private static final double[] BEGINS = begins();

    private float[] weights = {};

    /// Adds a gap.
    public void add(long millis) {
        if (millis < SHORTEST_MILLIS) {
            return;
        }
        if (weights.length == 0) {
            weights = new float[BINS];
        }
        for (int i = 0; i < BINS; i++) {
            weights[i] *= FADE;
        }
        weights[bin(millis)] += 1;
    }

    private static int bin(long millis) {
        double bins = Math.log((double) millis / SHORTEST_MILLIS) / LOG_BIN;
        return Math.min(BINS - 1, (int) (bins + 1e-9));
    }

    /// Gaps remembered, those that faded counting less.
    public double total() {
        double total = 0;
        for (float each : weights) {
            total += each;
        }
        return total;
    }

    /// The weight of a bin, shared with its neighbours: a request that comes every ten minutes
    /// comes now and then some seconds early or late.
    double weight(int bin) {
        if (weights.length == 0) {
            return 0;
        }
        double before = bin == 0 ? 0 : weights[bin - 1];
        double after = bin == BINS - 1 ? 0 : weights[bin + 1];
        return 0.5 * weights[bin] + 0.25 * before + 0.25 * after;
    }

    /// Seconds at which a bin begins. The first one begins with the last request.
    static double begin(int bin) {
        return BEGINS[bin];
    }

    private static double[] begins() {
        double[] begins = new double[BINS + 1];
        for (int bin = 1; bin <= BINS; bin++) {
            begins[bin] = Math.exp(bin * LOG_BIN) * SHORTEST_MILLIS / 1000.0;
        }
        return begins;
    }

    static Duration time(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
