package io.dormouse.artifact;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// One archive on its way into a folder.
final class Unpacking {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long RATIO_FREE_BYTES = 16L << 20;
    private static final int OWNER_EXECUTES = 0100;

    private final Source packed;
    private final Path folder;
    private final Archive.Limits limits;
    private long unpackedBytes;
    private int entries;

    Unpacking(InputStream archive, Path folder, Archive.Limits limits) {
        this.packed = new Source(archive);
        this.folder = folder.toAbsolutePath().normalize();
        this.limits = limits;
    }

    void run() throws IOException {
        TarArchiveInputStream tar = open();
        Optional<TarArchiveEntry> entry = next(tar);
        while (entry.isPresent()) {
            unpack(tar, entry.get());
            entry = next(tar);
        }
        if (entries == 0) {
            throw new BadArchive("The archive holds no file: expected a .tar.gz of the model");
        }
    }

    private TarArchiveInputStream open() throws IOException {
        try {
            return new TarArchiveInputStream(
                    new Unzipped(new GZIPInputStream(packed, BUFFER_BYTES)), "UTF-8");
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private Optional<TarArchiveEntry> next(TarArchiveInputStream tar) throws IOException {
        try {
            return Optional.ofNullable(tar.getNextEntry());
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(e);
        }
    }

    /// Whether the archive is corrupt or could not be fetched is for its owner not the same.
    private IOException unreadable(Exception e) {
        if (packed.failure.isPresent()) {
            return packed.failure.get();
        }
        throw new BadArchive(
                e instanceof ZipException || e instanceof EOFException
                        ? "The archive is no complete gzip file: it is corrupt, cut off, or not a"
                                + " .tar.gz at all"
                        : "The archive has no readable tar file inside: it is corrupt or cut off",
                e);
    }

    private void unpack(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
        Path target = target(entry.getName());
        if (++entries > limits.entriesMax()) {
            throw new BadArchive("The archive has more than " + limits.entriesMax() + " entries");
        }
        if (entry.isDirectory()) {
            makeFolder(target, entry.getName());
            return;
        }
        if (!isPlainFile(entry)) {
            throw new BadArchive(
                    "The archive may hold files and folders only, and "
                            + entry.getName()
                            + " is a link or a device");
        }
        Path parent = target.getParent();
        if (parent == null || Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new BadArchive("The archive has both a file and a folder " + entry.getName());
        }
        makeFolder(parent, entry.getName());
        try (OutputStream out =
                Files.newOutputStream(
                        target,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS)) {
            copy(tar, out);
        }
        if ((entry.getMode() & OWNER_EXECUTES) != 0 && !target.toFile().setExecutable(true)) {
            throw new IOException("Cannot make executable: " + target);
        }
    }

    private static boolean isPlainFile(TarArchiveEntry entry) {
        return entry.isFile()
                && !entry.isLink()
                && !entry.isSymbolicLink()
                && !entry.isBlockDevice()
                && !entry.isCharacterDevice()
                && !entry.isFIFO();
    }

    private void makeFolder(Path path, String name) throws IOException {
        for (Path up = path; up != null && up.startsWith(folder); up = up.getParent()) {
            if (Files.isRegularFile(up, LinkOption.NOFOLLOW_LINKS)) {
                throw new BadArchive("The archive has " + name + " inside of what is a file in it");
            }
        }
        Files.createDirectories(path);
    }

    private void copy(TarArchiveInputStream tar, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = read(tar, buffer); n >= 0; n = read(tar, buffer)) {
            unpackedBytes += n;
            if (unpackedBytes > limits.bytesMax()) {
                throw new BadArchive(
                        "The archive unpacks to more than " + limits.bytesMax() + " bytes");
            }
            out.write(buffer, 0, n);
        }
    }

    private int read(TarArchiveInputStream tar, byte[] buffer) throws IOException {
        try {
            return tar.read(buffer);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private Path target(String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length > limits.pathBytesMax()) {
            throw new BadArchive(
                    "The archive has a path of more than " + limits.pathBytesMax() + " bytes");
        }
        try {
            Path relative = Path.of(name);
            boolean climbs = false;
            for (Path element : relative) {
                climbs |= element.toString().equals("..");
            }
            if (climbs || relative.isAbsolute()) {
                throw new BadArchive(
                        "The archive has a path that leads out of its folder: " + name);
            }
            return folder.resolve(relative).normalize();
        } catch (InvalidPathException e) {
            throw new BadArchive("The archive has a path that cannot be: " + e.getReason(), e);
        }
    }

    /// The archive's bytes, counted; and remembers when they could not be read.
    private static final class Source extends FilterInputStream {
        private long bytes;
        private Optional<IOException> failure = Optional.empty();

        Source(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                int n = in.read(buffer, offset, length);
                bytes += Math.max(0, n);
                return n;
            } catch (IOException e) {
                failure = Optional.of(e);
                throw e;
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }
    }

    /// Stops at a bomb: whatever the tar file spends its bytes on counts.
    private final class Unzipped extends FilterInputStream {
        private long bytes;

        Unzipped(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = in.read(buffer, offset, length);
            bytes += Math.max(0, n);
            if (bytes > RATIO_FREE_BYTES && bytes / limits.ratioMax() > packed.bytes) {
                throw new BadArchive(
                        "The archive unpacks to more than "
                                + limits.ratioMax()
                                + " times its size: it looks like a bomb");
            }
            return n;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public long skip(long n) throws IOException {
            return Math.max(0, read(new byte[(int) Math.min(n, BUFFER_BYTES)]));
        }
    }
}
