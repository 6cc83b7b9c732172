package io.dormouse.artifact;

import io.dormouse.timing.Alarms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Runs a task once a day, at midnight in UTC, and once soon after the platform's start, for the
/// midnights that it missed.
final class Midnights {
    /// After the start, which is to be left alone.
    private static final Duration SOON = Duration.ofMinutes(1);

    private final Alarms alarms;
    private final InstantSource clock;
    private final Runnable task;

    Midnights(Alarms alarms, InstantSource clock, Runnable task) {
        this.alarms = alarms;
        this.clock = clock;
        this.task = task;
    }

    void start() {
        at(clock.instant().plus(SOON));
    }

    private void at(Instant due) {
        alarms.at(
                due,
                () -> {
                    try {
                        task.run();
                    } finally {
                        at(LifecycleRules.midnightOf(clock.instant()).plus(Duration.ofDays(1)));
                    }
                });
    }
}
