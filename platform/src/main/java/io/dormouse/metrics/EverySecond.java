package io.dormouse.metrics;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Runs a task once a second until it is closed. A task that fails is told of and tried again.
final class EverySecond implements AutoCloseable {
    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    private final ScheduledExecutorService executor;

    EverySecond(String name, Runnable task) {
        executor =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name(name).daemon().factory());
        var _ = executor.scheduleWithFixedDelay(() -> attempt(name, task), 1, 1, TimeUnit.SECONDS);
    }

    private static void attempt(String name, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            System.getLogger(EverySecond.class.getName())
                    .log(System.Logger.Level.WARNING, name + " failed; it will be tried again", e);
        }
    }

    /// Returns when the task that runs has ended.
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            executor.awaitTermination(CLOSE_MAX.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
