package io.dormouse.job;

import io.dormouse.worker.Execution;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// The one program that a job runs, and whether it was asked to stop: before, while or after it
/// runs.
final class JobExecution {
    private Optional<Execution> execution = Optional.empty();
    private Optional<Thread> waiting = Optional.empty();
    private boolean stopped;
    private boolean abandoned;

    /// The thread that works on the job now: a stop interrupts it while it waits for a place.
    synchronized void waits(Thread thread) throws InterruptedException {
        if (stopped) {
            throw new InterruptedException("stopped");
        }
        waiting = Optional.of(thread);
    }

    synchronized void waitsNoMore() {
        waiting = Optional.empty();
    }

    synchronized void begun(Execution begun) {
        execution = Optional.of(begun);
        if (stopped) {
            begun.stop();
        }
    }

    Execution.Result result() throws InterruptedException {
        CompletableFuture<Execution.Result> result;
        synchronized (this) {
            result = execution.orElseThrow().result();
        }
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A program's result is never an exception", e);
        }
    }

    synchronized void stop() {
        stopped = true;
        waiting.ifPresent(Thread::interrupt);
        execution.ifPresent(Execution::stop);
    }

    /// The platform ends: the job is not to be taken further in this life.
    synchronized void abandon() {
        abandoned = true;
        stop();
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    synchronized boolean isAbandoned() {
        return abandoned;
    }
}
