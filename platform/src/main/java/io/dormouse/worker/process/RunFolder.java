package io.dormouse.worker.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// The folder for what lives as long as an instance: a note of its process, its socket. What lies
/// there at a start was left by an earlier life.
final class RunFolder {
    /// The kernel takes 108 bytes, some systems 104, with an end mark.
    private static final int SOCKET_PATH_BYTES_MAX = 100;

    private static final String NOTE = ".pid";
    private static final String SOCKET = "s";
    private static final String SPAWN = "spawn";
    private static final long SWEEP_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final Path folder;
    private final Path sockets;

    RunFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder.toAbsolutePath());
        this.sockets = shortEnough(this.folder) ? this.folder : aside();
    }

    private static boolean shortEnough(Path folder) {
        int name = "/i-0123456789abcdef/s".length();
        return folder.toString().getBytes(StandardCharsets.UTF_8).length + name
                <= SOCKET_PATH_BYTES_MAX;
    }

    /// A folder of a short name, for us alone, where the real one's is too long for a socket.
    private Path aside() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path aside = temporary.resolve("dormouse-" + name());
        if (!Files.isDirectory(aside)) {
            var ours = PosixFilePermissions.fromString("rwx------");
            Files.createDirectory(aside, PosixFilePermissions.asFileAttribute(ours));
        }
        boolean strange =
                Files.isSymbolicLink(aside)
                        || !Files.getOwner(aside).equals(Files.getOwner(folder))
                        || Files.getPosixFilePermissions(aside).size() != 3;
        if (strange) {
            throw new IOException(aside + " belongs to somebody else: choose a shorter data path");
        }
        return aside;
    }

    /// Names this folder among others of the machine.
    String name() {
        return HexFormat.of().toHexDigits(folder.toString().hashCode());
    }

    Path path() {
        return folder;
    }

    /// Makes the folder of an instance's socket, the socket's alone.
    Path socketFolder(String id) throws IOException {
        return Files.createDirectory(sockets.resolve(id));
    }

    /// Where the platform itself listens, to make pairs of sockets.
    Path spawnSocket() {
        return sockets.resolve(SPAWN);
    }

    static Path socket(Path folder) {
        return folder.resolve(SOCKET);
    }

    /// Notes whose process it is. The time of its beginning is part of the note, so that another
    /// process with the same number is not mistaken for it.
    void note(String id, long pid) throws IOException {
        Files.writeString(folder.resolve(id + NOTE), pid + " " + ProcessTree.beganTicks(pid));
    }

    /// Removes what belonged to an instance.
    void forget(String id) {
        delete(folder.resolve(id + NOTE));
        delete(sockets.resolve(id).resolve(SOCKET));
        delete(sockets.resolve(id));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Swept at the next start.
        }
    }

    /// Ends the processes that an earlier life left, and removes their notes and sockets.
    ///
    /// @return how many there were
    int sweep() throws IOException {
        int ended = 0;
        for (Path note : inside(folder, NOTE)) {
            ended += endedByNote(Files.readString(note)) ? 1 : 0;
            delete(note);
        }
        for (Path left : inside(sockets, "")) {
            delete(left.resolve(SOCKET));
            delete(left);
        }
        return ended;
    }

    private static List<Path> inside(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }

    private static boolean endedByNote(String note) {
        if (!note.matches("[0-9]{1,10} [0-9]{1,18}")) {
            return false;
        }
        int space = note.indexOf(' ');
        long pid = Long.parseLong(note, 0, space, 10);
        long began = Long.parseLong(note, space + 1, note.length(), 10);
        if (began == 0 || ProcessTree.beganTicks(pid) != began) {
            return false;
        }
        List<ProcessHandle> all =
                ProcessHandle.of(pid).stream()
                        .flatMap(
                                process -> Stream.concat(Stream.of(process), process.descendants()))
                        .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        long deadline = System.nanoTime() + SWEEP_NANOS_MAX;
        while (all.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return true;
    }
}
