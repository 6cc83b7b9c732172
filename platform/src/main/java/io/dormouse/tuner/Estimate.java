package io.dormouse.tuner;

/// What a sweep costs on AWS at most.
///
/// @param dollars for its inference time and the bytes of its requests; those of the answers are
///   not known before and come on top
/// @param calls that it makes at most
public record Estimate(double dollars, long calls) {
    /// A first call is cut off by AWS after that many seconds.
    private static final double FIRST_CALL_SECONDS = 60;

    /// Every phase as long as it may be, with every caller busy all the time.
    ///
    /// @param largestBytes the largest payload
    public static Estimate of(Sweep sweep, Prices prices, long largestBytes) {
        double dollars = 0;
        long calls = 0;
        for (int memory : sweep.memoryMb()) {
            double seconds = sweep.cold().most() * FIRST_CALL_SECONDS;
            long here = sweep.cold().most();
            for (int concurrency : sweep.concurrencies()) {
                // Callers end the call that they are in, which may take as long as a first one.
                seconds +=
                        concurrency
                                * (2 * sweep.warm().longest().toMillis() / 1e3
                                        + FIRST_CALL_SECONDS);
                here += 2L * sweep.warm().most() + concurrency;
            }
            dollars +=
                    seconds * prices.perSecond(memory)
                            + (double) here * largestBytes / 1e9 * prices.perGigabyte();
            calls += here;
        }
        return new Estimate(dollars, calls);
    }
}
