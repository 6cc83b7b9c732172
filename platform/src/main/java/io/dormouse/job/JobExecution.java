package io.dormouse.job;

import io.dormouse.worker.Execution;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// The one program that a job runs, and whether it was asked to stop: before, while or after it
/// runs.
final class JobExecution {
    /// Something that takes its time.
    @FunctionalInterface
    interface Wait<T> {
        T get() throws JobFailed, IOException, InterruptedException;
    }

    private Optional<Execution> execution = Optional.empty();
    private Optional<Thread> waiting = Optional.empty();
    private boolean stopped;
    private boolean abandoned;

    /// Waits for something, which a stop interrupts.
    <T> T await(Wait<T> wait) throws JobFailed, IOException, InterruptedException {
        synchronized (this) {
            if (stopped) {
                throw new InterruptedException("stopped");
            }
            waiting = Optional.of(Thread.currentThread());
        }
        try {
            return wait.get();
        } finally {
            synchronized (this) {
                waiting = Optional.empty();
                // A stop that came too late for the wait must not interrupt what follows.
                boolean _ = Thread.interrupted();
            }
        }
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
