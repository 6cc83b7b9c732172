package io.dormouse.function;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// A deployment package, unpacked without trusting it: nothing lands outside its folder, links
/// become files, and it has an end.
final class Zip {
    /// AWS's limit.
    static final long BYTES_MAX = 262_144_000;

    private static final int ENTRIES_MAX = 100_000;
    private static final int PATH_BYTES_MAX = 1024;
    private static final int NAME_BYTES_MAX = 255;
    private static final int BUFFER_BYTES = 1 << 16;

    private long bytes;

    private Zip() {}

    /// Unpacks a zip or jar file into a folder, which is made.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException
    ///   `InvalidParameterValueException` where it is none, or not what it may be
    static void unpack(Path file, Path folder) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() == 0) {
                throw FunctionErrors.invalid("Uploaded file must be a non-empty zip");
            }
            if (zip.size() > ENTRIES_MAX) {
                throw FunctionErrors.invalid("The zip has more than " + ENTRIES_MAX + " entries");
            }
            new Zip().unpack(zip, Files.createDirectories(folder));
        } catch (ZipException | IllegalArgumentException e) {
            throw FunctionErrors.invalid(
                    "Could not unzip uploaded file. Please check your file, then try to upload"
                            + " again.");
        }
    }

    private void unpack(ZipFile zip, Path folder) throws IOException {
        for (Iterator<? extends ZipEntry> each = zip.entries().asIterator(); each.hasNext(); ) {
            ZipEntry entry = each.next();
            Path target = target(folder, entry.getName());
            if (entry.isDirectory()) {
                makeFolder(target, folder, entry.getName());
                continue;
            }
            if (Files.isDirectory(target)) {
                throw bad(entry.getName());
            }
            makeFolder(target.resolveSibling(".").normalize(), folder, entry.getName());
            try (InputStream in = zip.getInputStream(entry);
                    OutputStream out =
                            Files.newOutputStream(
                                    target,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.TRUNCATE_EXISTING,
                                    StandardOpenOption.WRITE,
                                    LinkOption.NOFOLLOW_LINKS)) {
                copy(in, out);
            }
        }
    }

    private static Path target(Path folder, String name) {
        try {
            Path target = folder.resolve(name).normalize();
            boolean inside = target.startsWith(folder) && !target.equals(folder);
            if (inside && !name.contains("\\") && isShort(name)) {
                return target;
            }
        } catch (InvalidPathException e) {
            // Said below, as for a path that leads out.
        }
        throw bad(name);
    }

    /// Whether file systems take it; a path of many folders would be as many files.
    private static boolean isShort(String path) {
        return utf8(path) <= PATH_BYTES_MAX
                && Stream.of(path.split("/", -1)).allMatch(each -> utf8(each) <= NAME_BYTES_MAX);
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void makeFolder(Path path, Path folder, String name) throws IOException {
        for (Path up = path; up != null && up.startsWith(folder); up = up.getParent()) {
            if (Files.isRegularFile(up)) {
                throw bad(name);
            }
        }
        Files.createDirectories(path);
    }

    private static AwsServiceException bad(String name) {
        return FunctionErrors.invalid(
                "The zip has a path that cannot be unpacked: "
                        + name.substring(0, Math.min(name.length(), PATH_BYTES_MAX)));
    }

    private void copy(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            bytes += n;
            if (bytes > BYTES_MAX) {
                throw FunctionErrors.invalid(
                        "Unzipped size must be smaller than " + BYTES_MAX + " bytes");
            }
            out.write(buffer, 0, n);
        }
    }
}
