package io.dormouse.worker.python;

import io.dormouse.worker.LogSink;
import io.dormouse.worker.PythonEnvironment;
import io.dormouse.worker.PythonEnvironments;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Environments as they lie on this machine: one folder for each content of a `requirements.txt`
/// and interpreter, built once. A folder without its mark was left half built, and is built anew.
public final class Environments implements PythonEnvironments {
    private static final String MARK = "complete";
    private static final int KEY_LENGTH = 32;

    private final Path folder;
    private final String chosen;
    private final String path;
    private final Installer installer;
    private final ReentrantLock finding = new ReentrantLock();
    private final ConcurrentHashMap<String, ReentrantLock> building = new ConcurrentHashMap<>();
    private Optional<Interpreter> found = Optional.empty();

    /// Does nothing until it is asked.
    ///
    /// @param folder all of it is this one's; can be deleted as a whole while nothing runs
    /// @param chosen the interpreter, by setting (`DORMOUSE_PYTHON`); empty for `python3`
    /// @param path where `python3` is looked for: folders joined by colons
    /// @param installer runs pip
    public Environments(Path folder, String chosen, String path, Installer installer) {
        this.folder = folder.toAbsolutePath().normalize();
        this.chosen = chosen;
        this.path = path;
        this.installer = installer;
    }

    @Override
    public PythonEnvironment chosen() throws StartFailed {
        Interpreter interpreter = interpreter();
        try {
            return new PythonEnvironment(
                    key(interpreter, List.of()), interpreter.program(), interpreter.readable());
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private Interpreter interpreter() throws StartFailed {
        finding.lock();
        try {
            if (found.isEmpty()) {
                found = Optional.of(Interpreter.find(chosen, path));
            }
            return found.get();
        } finally {
            finding.unlock();
        }
    }

    @Override
    public PythonEnvironment with(Path requirements, LogSink progress) throws StartFailed {
        Interpreter interpreter = interpreter();
        try {
            String key = key(interpreter, asked(requirements));
            Path place = folder.resolve(key);
            ReentrantLock lock = building.computeIfAbsent(key, _ -> new ReentrantLock());
            lock.lock();
            try {
                if (!Files.exists(place.resolve(MARK))) {
                    build(interpreter, requirements, place, progress);
                }
            } finally {
                lock.unlock();
            }
            List<Path> readable = new ArrayList<>(interpreter.readable());
            readable.add(place);
            return new PythonEnvironment(key, place.resolve("bin/python"), readable);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static StartFailed broken(IOException e) {
        return new StartFailed(
                StartFailed.Cause.PLATFORM, "the Python environment cannot be laid out: " + e, e);
    }

    private void build(Interpreter interpreter, Path requirements, Path place, LogSink progress)
            throws StartFailed, IOException {
        delete(place);
        Files.createDirectories(place);
        progress.line("building an environment for requirements.txt: it is kept, and built once");
        try {
            installer.install(interpreter, requirements, place, progress);
            Files.writeString(place.resolve(MARK), interpreter.version());
            progress.line("the environment is built");
        } catch (StartFailed | IOException e) {
            delete(place);
            throw e;
        }
    }

    /// The files that decide which packages are installed: the file alone, or all of its folder
    /// where it names others.
    private static List<Path> asked(Path requirements) throws IOException {
        boolean more =
                Files.readString(requirements)
                        .lines()
                        .map(String::strip)
                        .anyMatch(line ->
                                line.matches("(-r|-c|-e|-f|--|\\.|/|file:).*")
                                        || line.contains("file:"));
        Path beside = requirements.toAbsolutePath().getParent();
        if (!more || beside == null) {
            return List.of(requirements);
        }
        try (Stream<Path> all = Files.walk(beside)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String key(Interpreter interpreter, List<Path> files) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String who =
                    interpreter.version() + interpreter.program() + interpreter.prefix() + "\n1\n";
            digest.update(who.getBytes(StandardCharsets.UTF_8));
            for (Path each : files) {
                byte[] content = Files.readAllBytes(each);
                String head = each.getFileName() + " " + content.length + "\n";
                digest.update(head.getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, KEY_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(tree)) {
            for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
