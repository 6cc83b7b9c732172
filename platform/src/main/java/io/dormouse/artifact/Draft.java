package io.dormouse.artifact;

import io.dormouse.wire.s3.S3Error;
import io.dormouse.wire.sign.Checksum;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Content that no record names yet.
///
///     receive → (check what it says) → keep → settle → record it → close
///
/// Whatever was not recorded when it is closed is gone.
final class Draft implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 17;

    /// What was received.
    ///
    /// @param temporary where it lies; nothing where it has no bytes
    /// @param md5 in hexadecimal
    /// @param sums Base64
    record Received(Optional<Path> temporary, long bytes, String md5, Map<Checksum, String> sums) {}

    private final ContentFiles files;
    private final List<Path> temporaries = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();
    private final Set<Path> unsynced = new LinkedHashSet<>();
    private boolean recorded;

    Draft(ContentFiles files) {
        this.files = files;
    }

    /// Writes a stream to a temporary file, with all digests on the way.
    ///
    /// @param bytesMax more are refused
    Received receive(InputStream in, Set<Checksum> wanted, long bytesMax) {
        Checksum.Running md5 = Checksum.digest("MD5");
        Map<Checksum, Checksum.Running> running = new EnumMap<>(Checksum.class);
        wanted.forEach(each -> running.put(each, each.start()));
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            int n = read(in, buffer);
            Optional<Path> temporary = n < 0 ? Optional.empty() : Optional.of(newTemporary());
            long bytes = 0;
            if (n > 0) {
                try (FileChannel out =
                        FileChannel.open(
                                temporary.orElseThrow(),
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE)) {
                    for (; n > 0; n = read(in, buffer)) {
                        bytes += n;
                        if (bytes > bytesMax) {
                            throw S3Error.ENTITY_TOO_LARGE.error();
                        }
                        md5.update(buffer, 0, n);
                        for (Checksum.Running each : running.values()) {
                            each.update(buffer, 0, n);
                        }
                        write(out, ByteBuffer.wrap(buffer, 0, n));
                    }
                }
            }
            Map<Checksum, String> sums = new EnumMap<>(Checksum.class);
            running.forEach((checksum, each) -> sums.put(checksum, each.base64()));
            return new Received(
                    temporary, bytes, HexFormat.of().formatHex(md5.value()), Map.copyOf(sums));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path newTemporary() {
        Path path = files.newTemporary();
        temporaries.add(path);
        return path;
    }

    /// Fills the buffer as far as the stream goes, so that a file is written in large pieces.
    private static int read(InputStream in, byte[] buffer) {
        try {
            int n = in.readNBytes(buffer, 0, buffer.length);
            return n == 0 ? -1 : n;
        } catch (IOException e) {
            throw S3Error.INCOMPLETE_BODY.error("The request's body broke off: " + e.getMessage());
        }
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /// Makes the bytes durable and gives them their name; none where there are no bytes.
    Optional<String> keep(Received received) {
        return received.temporary().map(this::keep);
    }

    private String keep(Path temporary) {
        try {
            force(temporary);
            String file = newFile();
            Files.move(temporary, files.path(file), StandardCopyOption.ATOMIC_MOVE);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /// The same content under another name: a hard link, or a copy where there are no links.
    String link(String file) {
        try {
            String link = newFile();
            try {
                Files.createLink(files.path(link), files.path(file));
            } catch (UnsupportedOperationException e) {
                Files.copy(files.path(file), files.path(link));
                force(files.path(link));
            }
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String newFile() throws IOException {
        String file = files.newFile();
        kept.add(file);
        unsynced.add(files.folder(file));
        return file;
    }

    /// Makes the names durable: call it before the record is committed.
    void settle() {
        try {
            for (Path folder : unsynced) {
                ContentFiles.sync(folder);
            }
            unsynced.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The record that names the files is committed.
    void recorded() {
        recorded = true;
    }

    @Override
    public void close() {
        try {
            for (Path path : temporaries) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!recorded) {
            files.unlink(kept);
        }
        files.recorded(kept);
    }
}
