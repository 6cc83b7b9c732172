package io.dormouse.gateway.payload;

import io.dormouse.aws.Caller;
import java.time.Duration;
import java.util.List;

/// What may be referred to, and for how long.
///
/// @param buckets those that a reference may name, at least one; answers go to the first
/// @param lifetime of an answer's reference, and of every object below [the
///   prefix][PayloadReference#PREFIX]
/// @param bytesMax of a payload that is referred to
public record PayloadSettings(List<String> buckets, Duration lifetime, long bytesMax) {
    /// What S3 takes in one upload, 5 GiB.
    public static final long BYTES_MAX = 5L << 30;

    public static final Duration LIFETIME = Duration.ofHours(1);

    public PayloadSettings {
        buckets = List.copyOf(buckets);
        if (buckets.isEmpty() || lifetime.isNegative() || lifetime.isZero() || bytesMax < 1) {
            throw new IllegalArgumentException(
                    "payloads need a bucket, a lifetime and a size above 0");
        }
    }

    /// The account's own bucket and the defaults.
    public static PayloadSettings of(Caller owner) {
        return new PayloadSettings(List.of(ownBucket(owner)), LIFETIME, BYTES_MAX);
    }

    /// The bucket that is allowed where no other is named.
    public static String ownBucket(Caller owner) {
        return "dormouse-payloads-" + owner.region() + "-" + owner.account();
    }
}
