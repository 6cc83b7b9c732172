package io.dormouse.worker.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// A container's log, out of the frames in which the engine sends standard output and error: a byte
/// that names the stream, three that are zero, and the length of what follows.
final class LogFrames extends InputStream {
    private static final int HEAD_BYTES = 8;

    private final InputStream frames;
    private long left;

    LogFrames(InputStream frames) {
        this.frames = frames;
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
        while (left == 0) {
            byte[] head = frames.readNBytes(HEAD_BYTES);
            if (head.length == 0) {
                return -1;
            }
            if (head.length < HEAD_BYTES) {
                throw new EOFException("the log ended in the middle of a frame's head");
            }
            for (int i = 4; i < HEAD_BYTES; i++) {
                left = left << 8 | (head[i] & 0xff);
            }
        }
        int n = frames.read(to, offset, (int) Math.min(length, left));
        if (n > 0) {
            left -= n;
        }
        return n;
    }

    @Override
    public void close() throws IOException {
        frames.close();
    }
}
