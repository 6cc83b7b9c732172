package io.dormouse.wire.sign;

import io.dormouse.wire.sign.SignatureRefused.Reason;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;

/// A body that must have the SHA-256 which its request says: verified when its end is read.
public final class HashedBody extends FilterInputStream {
    private final String expected;
    private final Checksum.Running hash = Checksum.SHA256.start();
    private boolean isAtEnd;

    /// @param expected in hexadecimal
    public HashedBody(InputStream in, String expected) {
        super(in);
        this.expected = expected;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (isAtEnd) {
            return -1;
        }
        int n = in.read(buffer, offset, length);
        if (n >= 0) {
            hash.update(buffer, offset, n);
            return n;
        }
        isAtEnd = true;
        if (!HexFormat.of().formatHex(hash.value()).equals(expected)) {
            throw new SignatureRefused(
                    Reason.PAYLOAD_MISMATCH,
                    "The provided 'x-amz-content-sha256' header does not match what was computed.");
        }
        return -1;
    }

    @Override
    public long skip(long n) throws IOException {
        return Math.max(0, read(new byte[(int) Math.min(n, 8192)]));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
