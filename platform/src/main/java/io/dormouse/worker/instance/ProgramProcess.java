package io.dormouse.worker.instance;

import io.dormouse.worker.Execution;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// A job's program as a process, of this machine or in a container of it.
///
///     runs ─ ends by itself ──────────────────────────► ended
///       └─ stop, or its time is up: SIGTERM ─ grace: SIGKILL ─┘
public final class ProgramProcess implements Execution {
    /// After its program has ended, what a job left running in the background may not hold its log
    /// open for longer than this.
    private static final long LOG_SECONDS_MAX = 5;

    private static final long LOOK_MILLIS = 200;

    private final Spawned process;
    private final Limit limit;
    private final ScheduledExecutorService clock;
    private final Duration stopGrace;
    private final CompletableFuture<Result> result;
    private volatile boolean timedOut;
    private volatile boolean killed;

    public ProgramProcess(
            Spawned process,
            LogLines log,
            Limit limit,
            ScheduledExecutorService clock,
            Duration timeout,
            Duration stopGrace) {
        this.process = process;
        this.limit = limit;
        this.clock = clock;
        this.stopGrace = stopGrace;
        hangUp(process);
        Future<?> alarm = clock.schedule(this::timeIsUp, timeout.toMillis(), TimeUnit.MILLISECONDS);
        Future<?> look =
                clock.scheduleWithFixedDelay(
                        this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        this.result =
                process.exit()
                        .thenCompose(code -> ended(code, log))
                        .whenComplete((_, _) -> {
                            alarm.cancel(false);
                            look.cancel(false);
                        });
    }

    /// A job reads nothing from us.
    private static void hangUp(Spawned process) {
        try {
            process.requests().close();
        } catch (IOException e) {
            // It has ended already.
        }
    }

    private CompletableFuture<Result> ended(int code, LogLines log) {
        boolean outOfMemory = limit.outOfMemory();
        // Whatever it left running goes with it, and lets go of the log.
        limit.close();
        Result how = new Result(killed || outOfMemory ? -1 : code, timedOut, outOfMemory);
        return log.lastLine()
                .copy()
                .completeOnTimeout("", LOG_SECONDS_MAX, TimeUnit.SECONDS)
                .thenApply(_ -> how);
    }

    /// Of several processes the kernel ends one for their memory, and the others would go on
    /// without it.
    private void look() {
        if (limit.outOfMemory()) {
            process.kill();
        }
    }

    private void timeIsUp() {
        timedOut = true;
        stop();
    }

    @Override
    public CompletableFuture<Result> result() {
        return result.copy();
    }

    @Override
    public void stop() {
        if (process.exit().isDone()) {
            return;
        }
        process.terminate();
        Future<?> force = clock.schedule(this::kill, stopGrace.toMillis(), TimeUnit.MILLISECONDS);
        var _ = process.exit().whenComplete((_, _) -> force.cancel(false));
    }

    /// Ends it now.
    public void kill() {
        killed = true;
        process.kill();
    }
}
