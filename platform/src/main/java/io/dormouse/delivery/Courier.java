package io.dormouse.delivery;

import java.time.Duration;

/// Takes parcels where they belong.
@FunctionalInterface
public interface Courier {
    /// Tries once. What it throws counts as an attempt in vain, with the ordinary pause.
    Outcome deliver(Parcel parcel) throws InterruptedException;

    /// What became of an attempt.
    sealed interface Outcome {
        /// It is there, or given up: the parcel goes.
        record Done() implements Outcome {}

        /// To be tried again.
        record Later(Duration pause) implements Outcome {}

        /// The ordinary one.
        Outcome DONE = new Done();
    }

    /// A pause that doubles with each attempt: 1 s, 2 s, 4 s … up to `max`.
    static Duration pause(int attempts, Duration max) {
        Duration pause = Duration.ofSeconds(1L << Math.min(attempts, 20));
        return pause.compareTo(max) < 0 ? pause : max;
    }
}
