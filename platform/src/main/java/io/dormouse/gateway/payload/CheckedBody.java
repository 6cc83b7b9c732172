package io.dormouse.gateway.payload;

import io.dormouse.wire.sign.Checksum;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// The payload that a reference names, which gives out its last piece only when the whole has the
/// checksum that was promised: whoever reads it never has the end of another payload.
final class CheckedBody extends FilterInputStream {
    private final PayloadReference reference;
    private final Checksum.Running sum = Checksum.SHA256.start();
    private long taken;
    private boolean checked;
    private Optional<String> trouble = Optional.empty();

    CheckedBody(InputStream content, PayloadReference reference) {
        super(content);
        this.reference = reference;
    }

    /// A sentence where it is not what was promised.
    Optional<String> trouble() {
        return trouble;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        int n = super.read(to, offset, length);
        if (n > 0) {
            sum.update(to, offset, n);
            taken += n;
        }
        if (!checked && (n < 0 || taken == reference.bytes())) {
            checked = true;
            String found = sum.base64();
            if (!found.equals(reference.sha256())) {
                String why =
                        "The payload at s3://"
                                + reference.bucket()
                                + "/"
                                + reference.key()
                                + " has the SHA-256 "
                                + found
                                + ", and its reference says "
                                + reference.sha256();
                trouble = Optional.of(why);
                throw new IOException(why);
            }
        }
        return n;
    }

    @Override
    public long skip(long bytes) throws IOException {
        return readNBytes((int) Math.min(bytes, 8192)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
