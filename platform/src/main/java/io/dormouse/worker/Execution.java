package io.dormouse.worker;

import java.util.concurrent.CompletableFuture;

/// A program on its way to its end.
public interface Execution {
    /// Completes when it has ended and its log is whole.
    CompletableFuture<Result> result();

    /// Asks it to stop (SIGTERM) and, 120 s later, makes it.
    void stop();

    /// How a program ended.
    ///
    /// @param exitCode -1 where it was killed
    /// @param timedOut whether its time limit ended it
    /// @param outOfMemory whether its memory limit ended it
    record Result(int exitCode, boolean timedOut, boolean outOfMemory) {}
}
