package io.dormouse.wire.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A body that comes to its end with its last byte. What is verified at the end of a body is so
/// also for who counts bytes and never asks whether there are more, and before the last are out.
final class WholeBody extends FilterInputStream {
    private long left;

    /// @param length bytes that it has
    WholeBody(InputStream in, long length) {
        super(in);
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        int n = in.read(to, offset, length);
        left -= Math.max(n, 0);
        if (n > 0 && left == 0) {
            in.read(new byte[1]); // its end: throws where it is not what it should be
        }
        return n;
    }

    /// It is the exchange's to close: a client of another S3 would.
    @Override
    public void close() {}

    @Override
    public boolean markSupported() {
        return false;
    }
}
