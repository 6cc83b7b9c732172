package io.dormouse.timing;

import java.time.Instant;

/// Runs things when their time has come, by the clock that idling goes by: one that a test, or
/// `/_dormouse/clock`, may move.
public interface Alarms {
    /// Runs a task once, at that time or soon after, not on the caller's thread. It must not block.
    Alarm at(Instant due, Runnable task);

    /// An alarm that was set.
    @FunctionalInterface
    interface Alarm {
        /// Does nothing where it has gone off.
        void cancel();
    }
}
