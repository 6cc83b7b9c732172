package io.dormouse.worker.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Reads a pipe on a platform thread of its own, so that virtual threads can wait for it.
final class PumpedInput extends InputStream {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int CHUNKS_AHEAD = 4;
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
    private byte[] chunk = END;
    private int next;
    private boolean ended;

    PumpedInput(InputStream pipe) {
        Thread.ofPlatform().daemon().name("pipe-reader").start(() -> pump(pipe));
    }

    private void pump(InputStream pipe) {
        byte[] buffer = new byte[CHUNK_BYTES];
        try (pipe) {
            for (int n = pipe.read(buffer); n > 0; n = pipe.read(buffer)) {
                chunks.put(Arrays.copyOf(buffer, n));
            }
        } catch (IOException e) {
            // The process has ended while we read: that is the end of the stream too.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        while (!offerEnd()) {}
    }

    private boolean offerEnd() {
        try {
            chunks.put(END);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (next == chunk.length && !fill()) {
            return -1;
        }
        int n = Math.min(length, chunk.length - next);
        System.arraycopy(chunk, next, to, offset, n);
        next += n;
        return n;
    }

    private boolean fill() throws InterruptedIOException {
        if (ended) {
            return false;
        }
        try {
            chunk = chunks.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the process");
        }
        next = 0;
        ended = chunk.length == 0;
        return !ended;
    }
}
