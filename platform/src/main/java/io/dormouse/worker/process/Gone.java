package io.dormouse.worker.process;

import io.dormouse.worker.instance.Spawned;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/// The process that is not there.
enum Gone implements Spawned {
    INSTANCE;

    @Override
    public long pid() {
        return -1;
    }

    @Override
    public OutputStream requests() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream answers() {
        return InputStream.nullInputStream();
    }

    @Override
    public InputStream log() {
        return InputStream.nullInputStream();
    }

    @Override
    public CompletableFuture<Integer> exit() {
        return CompletableFuture.completedFuture(0);
    }

    @Override
    public void hangUp() {}

    @Override
    public void terminate() {}

    @Override
    public void kill() {}
}
