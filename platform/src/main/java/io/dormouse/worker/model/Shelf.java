package io.dormouse.worker.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/// Folders that are complete or absent, also after a crash: written aside, made durable, renamed.
final class Shelf {
    /// The folder of notes: which digest an object had.
    static final String SOURCES = "sources";

    /// The note itself.
    static final String DIGEST = "digest";

    private final Path root;
    private final Path aside;

    /// Sweeps what an earlier life left half done.
    Shelf(Path root) throws IOException {
        this.root = root;
        this.aside = root.resolve("tmp");
        if (Files.exists(aside)) {
            delete(aside);
        }
        Files.createDirectories(aside);
    }

    Path path(String name) {
        return root.resolve(name);
    }

    /// A new folder aside.
    Path aside() throws IOException {
        return Files.createDirectory(aside.resolve(UUID.randomUUID().toString()));
    }

    /// Puts what lies aside under its name, for good. Who comes second keeps what the first put.
    Path put(Path from, String name) throws IOException {
        Path to = root.resolve(name);
        Path parent = Objects.requireNonNull(to.getParent());
        Files.createDirectories(parent);
        sync(from);
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            delete(from);
        }
        syncOne(parent);
        syncOne(root);
        return to;
    }

    /// Says that a folder is in use now.
    void touch(Path folder, Instant now) throws IOException {
        if (Files.exists(folder)) {
            Files.setLastModifiedTime(folder, FileTime.from(now));
        }
    }

    /// Removes the folders that nobody has touched since, and the notes of where they came from.
    void sweep(Instant since) throws IOException {
        for (Path folder : children(root)) {
            if (!folder.equals(aside)
                    && !folder.equals(root.resolve(SOURCES))
                    && Files.getLastModifiedTime(folder).toInstant().isBefore(since)) {
                remove(folder);
            }
        }
        for (Path note : children(root.resolve(SOURCES))) {
            if (Files.notExists(root.resolve(Files.readString(note.resolve(DIGEST))))) {
                remove(note);
            }
        }
    }

    /// Complete until it is gone.
    private void remove(Path folder) throws IOException {
        Path gone = aside.resolve(UUID.randomUUID().toString());
        Files.move(folder, gone, StandardCopyOption.ATOMIC_MOVE);
        delete(gone);
    }

    private static List<Path> children(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }

    private static void sync(Path from) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path each : walk.toList()) {
                syncOne(each);
            }
        }
    }

    private static void syncOne(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> walk = Files.walk(tree)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        }
    }
}
