package io.dormouse.function;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A bucket by a clock of the test's own.
class TokenBucketTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final TokenBucket bucket = new TokenBucket(new UrlKeys.Rate(0.5, 2), 0);

    @Test
    void letsABurstThroughAndThenSoManyASecond() {
        assertEquals(Duration.ZERO, bucket.take(0));
        assertEquals(Duration.ZERO, bucket.take(0));
        assertEquals(2, bucket.take(0).toSeconds());
        assertEquals(Duration.ZERO, bucket.take(2 * SECOND));
        assertEquals(2, bucket.take(2 * SECOND).toSeconds());
    }

    /// Two that come at once may get their turn in the other order.
    @Test
    void noTimeCountsTwice() {
        assertEquals(Duration.ZERO, bucket.take(0));
        assertEquals(Duration.ZERO, bucket.take(0));
        assertEquals(Duration.ZERO, bucket.take(2 * SECOND));
        assertEquals(2, bucket.take(0).toSeconds());
        assertEquals(2, bucket.take(2 * SECOND).toSeconds());
    }
}
