package io.dormouse.artifact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/// The files that hold content: `objects/<2 hex>/<uuid>`, immutable, named after no key.
///
/// A file is written as a [Draft], durable before the record that names it is committed, and
/// unlinked after the commit that removes its name. A file that no record names is what a crash
/// left over; [#sweep] removes it.
final class ContentFiles {
    private final Path objects;
    private final Path temporary;

    /// Files of drafts that are not recorded yet: the sweep must not take them for left-overs.
    private final Set<String> underway = ConcurrentHashMap.newKeySet();

    ContentFiles(Path folder) {
        this.objects = folder.resolve("objects");
        this.temporary = folder.resolve("temporary");
        try {
            Files.createDirectories(objects);
            Files.createDirectories(temporary);
            sync(folder);
            try (DirectoryStream<Path> leftOver = Files.newDirectoryStream(temporary)) {
                for (Path path : leftOver) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use the folder " + folder, e);
        }
    }

    Draft draft() {
        return new Draft(this);
    }

    Path path(String file) {
        return folder(file).resolve(file);
    }

    Path folder(String file) {
        return objects.resolve(file.substring(0, 2));
    }

    Path newTemporary() {
        return temporary.resolve(UUID.randomUUID().toString());
    }

    /// A name for a new file, whose folder exists.
    String newFile() throws IOException {
        String file = UUID.randomUUID().toString();
        underway.add(file);
        Path folder = folder(file);
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            sync(objects);
        }
        return file;
    }

    void recorded(Collection<String> files) {
        files.forEach(underway::remove);
    }

    /// Makes a folder's entries durable.
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    void unlink(Collection<String> files) {
        try {
            for (String file : files) {
                Files.deleteIfExists(path(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Unlinks the files that no record names.
    ///
    /// @param named the files that records name, of those from the first argument (inclusive) to
    ///   the second (exclusive)
    /// @return how many there were
    int sweep(BiFunction<String, String, Set<String>> named) {
        int swept = 0;
        for (int i = 0; i < 256; i++) {
            String prefix = "%02x".formatted(i);
            List<String> present = list(objects.resolve(prefix));
            if (!present.isEmpty()) {
                // In this order: a draft is under way until its record is there to be seen.
                present.removeIf(underway::contains);
                present.removeAll(named.apply(prefix, i == 255 ? "g" : "%02x".formatted(i + 1)));
                unlink(present);
                swept += present.size();
            }
        }
        return swept;
    }

    private static List<String> list(Path folder) {
        List<String> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
                stream.forEach(path -> files.add(folder.relativize(path).toString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }
}
