package io.dormouse.worker.instance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/// A process and our ends of its descriptors. A virtual thread may block on every one of them.
public interface Spawned {
    long pid();

    /// Its descriptor 0. Closing it asks a worker to answer what it has in hand and to end.
    OutputStream requests();

    /// Its descriptor 1; empty where descriptor 0 is a lifeline and no more.
    InputStream answers();

    InputStream log();

    /// Closes our ends of its descriptors 0 and 1: nobody will read what it still answers.
    void hangUp() throws IOException;

    /// Completes when it has ended, with its exit code: 128 plus the number of the signal that
    /// ended it.
    CompletableFuture<Integer> exit();

    /// SIGTERM. Nothing happens when it has ended.
    void terminate();

    /// SIGKILL. Nothing happens when it has ended.
    void kill();
}
