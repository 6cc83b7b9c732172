package io.dormouse.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// The `model.tar.gz` that models and job outputs travel in: unpacked without trusting it, packed
/// so that the same files always give the same bytes.
public final class Archive {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MODE_FILE = 0100644;
    private static final int MODE_PROGRAM = 0100755;
    private static final int MODE_FOLDER = 040755;

    /// What an archive may at most be.
    ///
    /// @param bytesMax of all its files together, unpacked
    /// @param entriesMax files and folders
    /// @param ratioMax unpacked bytes for each packed byte; looked at from 16 MiB on
    /// @param pathBytesMax of one entry's path
    public record Limits(long bytesMax, int entriesMax, int ratioMax, int pathBytesMax) {
        /// The largest container that serverless inference takes is 10 GB; deflate reaches 1,032 to
        /// 1 on zeros alone, and weights hardly reach 10.
        public static final Limits DEFAULT = new Limits(10L << 30, 100_000, 200, 1024);

        public Limits {
            if (bytesMax < 0 || entriesMax < 0 || ratioMax < 1 || pathBytesMax < 1) {
                throw new IllegalArgumentException("Limits must be positive");
            }
        }
    }

    private Archive() {}

    /// Unpacks a `tar.gz` file into a folder, which is made where missing and must be empty.
    ///
    /// @throws BadArchive if the archive is corrupt, exceeds a limit, or holds what is neither file
    ///   nor folder or would land outside; nothing of it is left in the folder then
    public static void unpack(Path archive, Path folder, Limits limits) throws IOException {
        try (InputStream in = Files.newInputStream(archive)) {
            unpack(in, folder, limits);
        }
    }

    /// The same from a stream, which is read to its end and not closed.
    public static void unpack(InputStream archive, Path folder, Limits limits) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> inside = Files.list(folder)) {
            if (inside.findAny().isPresent()) {
                throw new IllegalArgumentException("Not empty: " + folder);
            }
        }
        try {
            new Unpacking(archive, folder, limits).run();
        } catch (IOException | RuntimeException e) {
            empty(folder);
            throw e;
        }
    }

    private static void empty(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(folder)) {
                    Files.delete(path);
                }
            }
        }
    }

    /// Packs what is in a folder into a `tar.gz` file: in the order of the paths, without times and
    /// owners, so that equal folders give equal bytes. A link to a file inside the folder is packed
    /// as that file.
    ///
    /// @throws BadArchive if the folder holds what is neither file nor folder, or a link that leads
    ///   outside
    public static void pack(Path folder, Path archive) throws IOException {
        try (OutputStream out = Files.newOutputStream(archive)) {
            pack(folder, out);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(archive);
            throw e;
        }
    }

    /// The same into a stream, which is closed.
    public static void pack(Path folder, OutputStream out) throws IOException {
        Path root = folder.toRealPath();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out, BUFFER_BYTES);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            for (Path path : contents(root)) {
                add(tar, root, path);
            }
        }
    }

    private static List<Path> contents(Path root) throws IOException {
        List<Path> paths = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes is) {
                        paths.add(path);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path path, BasicFileAttributes is) {
                        paths.add(path);
                        return FileVisitResult.CONTINUE;
                    }
                });
        paths.remove(root);
        paths.sort(Comparator.comparing(path -> name(root, path)));
        return paths;
    }

    private static String name(Path root, Path path) {
        return root.relativize(path).toString();
    }

    private static void add(TarArchiveOutputStream tar, Path root, Path path) throws IOException {
        String name = name(root, path);
        Path real = real(root, path, name);
        boolean isFolder = Files.isDirectory(real);
        TarArchiveEntry entry =
                new TarArchiveEntry(
                        isFolder ? name + "/" : name,
                        isFolder ? TarConstants.LF_DIR : TarConstants.LF_NORMAL);
        entry.setModTime(0);
        entry.setMode(isFolder ? MODE_FOLDER : Files.isExecutable(real) ? MODE_PROGRAM : MODE_FILE);
        entry.setSize(isFolder ? 0 : Files.size(real));
        tar.putArchiveEntry(entry);
        if (!isFolder) {
            Files.copy(real, tar);
        }
        tar.closeArchiveEntry();
    }

    private static Path real(Path root, Path path, String name) throws IOException {
        if (!Files.isSymbolicLink(path)) {
            if (!Files.isDirectory(path) && !Files.isRegularFile(path)) {
                throw new BadArchive(
                        "Only files and folders can be packed, and " + name + " is neither");
            }
            return path;
        }
        if (!Files.isRegularFile(path) || !path.toRealPath().startsWith(root)) {
            throw new BadArchive(
                    "A link must lead to a file inside its folder, and " + name + " does not");
        }
        return path.toRealPath();
    }
}
