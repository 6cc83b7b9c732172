package io.dormouse.worker.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Writes a pipe on a platform thread of its own, so that virtual threads can wait for it. What the
/// process no longer reads is told at a later write.
final class PumpedOutput extends OutputStream {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int CHUNKS_AHEAD = 4;
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
    private final OutputStream pipe;
    private volatile boolean broken;

    PumpedOutput(OutputStream pipe) {
        this.pipe = pipe;
        Thread.ofPlatform().daemon().name("pipe-writer").start(this::pump);
    }

    private void pump() {
        try (pipe) {
            for (byte[] chunk = chunks.take(); chunk.length > 0; chunk = chunks.take()) {
                pipe.write(chunk);
                if (chunks.isEmpty()) {
                    pipe.flush();
                }
            }
        } catch (IOException e) {
            broken = true;
        } catch (InterruptedException e) {
            broken = true;
            Thread.currentThread().interrupt();
        }
        // Nobody may wait for a place in a queue that nobody empties.
        chunks.clear();
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        for (int at = offset; at < offset + length; at += CHUNK_BYTES) {
            put(Arrays.copyOfRange(from, at, Math.min(at + CHUNK_BYTES, offset + length)));
        }
    }

    private void put(byte[] chunk) throws IOException {
        try {
            while (!broken) {
                if (chunks.offer(chunk, 50, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while writing to the process");
        }
        throw new IOException("the process no longer reads");
    }

    @Override
    public void close() {
        if (!broken && !chunks.offer(END)) {
            Thread.startVirtualThread(() -> {
                try {
                    put(END);
                } catch (IOException e) {
                    // It has ended by itself.
                }
            });
        }
    }
}
