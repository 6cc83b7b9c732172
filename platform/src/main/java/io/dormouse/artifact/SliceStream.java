package io.dormouse.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// Slices of files, one after the other, one file open at a time.
final class SliceStream extends InputStream {
    /// Part of a file.
    record Slice(Path file, long from, long length) {}

    private final Iterator<Slice> slices;
    private Optional<FileChannel> current = Optional.empty();
    private long left;

    SliceStream(List<Slice> slices) {
        this.slices = slices.iterator();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (left == 0) {
            close();
            if (!slices.hasNext()) {
                return -1;
            }
            Slice slice = slices.next();
            FileChannel channel = FileChannel.open(slice.file(), StandardOpenOption.READ);
            current = Optional.of(channel);
            channel.position(slice.from());
            left = slice.length();
        }
        int wanted = (int) Math.min(length, left);
        int n = current.orElseThrow().read(ByteBuffer.wrap(buffer, offset, wanted));
        if (n < 0) {
            throw new IOException("A file of the object is shorter than its record says");
        }
        left -= n;
        return n;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public void close() throws IOException {
        if (current.isPresent()) {
            FileChannel channel = current.get();
            current = Optional.empty();
            channel.close();
        }
    }
}
