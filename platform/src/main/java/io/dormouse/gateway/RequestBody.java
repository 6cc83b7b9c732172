package io.dormouse.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

/// The body of an invocation on its way to the instance: it knows whether any of it was taken,
/// since only an untouched one can be sent to another instance, and it ends where it is too large.
final class RequestBody extends InputStream {
    private final InputStream from;
    private final long bytesMax;
    private final Supplier<Optional<String>> trouble;
    private long taken;
    private boolean touched;

    /// @param trouble a sentence for the caller where the source itself is not what it must be
    RequestBody(InputStream from, long bytesMax, Supplier<Optional<String>> trouble) {
        this.from = from;
        this.bytesMax = bytesMax;
        this.trouble = trouble;
    }

    Optional<String> trouble() {
        return trouble.get();
    }

    boolean isTouched() {
        return touched;
    }

    boolean isTooLarge() {
        return taken > bytesMax;
    }

    @Override
    public int read() throws IOException {
        touched = true;
        int next = from.read();
        count(next < 0 ? 0 : 1);
        return next;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        touched = true;
        int n = from.read(to, offset, length);
        count(n);
        return n;
    }

    private void count(int bytes) throws IOException {
        taken += Math.max(0, bytes);
        if (taken > bytesMax) {
            throw new IOException("the body is longer than " + bytesMax + " bytes");
        }
    }
}
