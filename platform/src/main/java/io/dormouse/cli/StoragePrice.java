package io.dormouse.cli;

import java.util.List;

/// What S3 Standard costs a month in us-east-1, by AWS's list prices: an assumption, as the
/// platform's own disk costs nothing of it. Requests and transfer are left out.
///
/// @see <a href="https://aws.amazon.com/s3/pricing/">Prices</a>
final class StoragePrice {
    /// What is assumed, in a sentence.
    static final String ASSUMPTION =
            "S3 Standard, us-east-1, storage alone, list prices in force since 2016-12-01: $0.023 a"
                    + " GB and month up to 50 TB, $0.022 for the next 450 TB, $0.021 above";

    /// S3 bills in units of 2^30 bytes.
    private static final double GIGABYTE = 1L << 30;

    /// @param bytes that it is for, after the tiers before it
    /// @param usd for a gigabyte and month
    private record Tier(long bytes, double usd) {}

    private static final List<Tier> TIERS =
            List.of(
                    new Tier(50L << 40, 0.023),
                    new Tier(450L << 40, 0.022),
                    new Tier(Long.MAX_VALUE, 0.021));

    private StoragePrice() {}

    /// US dollars a month for all that an account has.
    static double usd(long bytes) {
        double usd = 0;
        long left = bytes;
        for (Tier tier : TIERS) {
            long here = Math.min(left, tier.bytes());
            usd += here / GIGABYTE * tier.usd();
            left -= here;
        }
        return usd;
    }

    /// The share of a part of it.
    static double usd(long bytes, long total) {
        return total == 0 ? 0 : usd(total) * bytes / total;
    }
}
