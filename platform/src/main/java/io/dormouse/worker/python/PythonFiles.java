package io.dormouse.worker.python;

import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The model server's own files and those of the functions' runtime, which lie in this jar, laid
/// out for interpreters once.
public final class PythonFiles {
    private static final List<String> NAMES =
            List.of(
                    "function.py",
                    "main.py",
                    "dormouse_python/__init__.py",
                    "dormouse_python/bridge.py",
                    "dormouse_python/coding.py",
                    "dormouse_python/contract.py",
                    "dormouse_python/parent.py",
                    "dormouse_python/runtime.py",
                    "dormouse_python/server.py",
                    "dormouse_python/walls.py",
                    "dormouse_python/wire.py");

    private PythonFiles() {}

    /// Lays them out below a folder, in one named by their content: once for all.
    ///
    /// @return their folder
    public static Path laidOut(Path folder) throws StartFailed {
        try {
            Map<String, byte[]> files = read();
            Path place = folder.resolve("server-" + digest(files));
            if (!Files.exists(place)) {
                Path aside = folder.resolve(UUID.randomUUID() + ".tmp");
                for (Map.Entry<String, byte[]> each : files.entrySet()) {
                    Path file = aside.resolve(each.getKey());
                    Files.createDirectories(file.resolveSibling("."));
                    Files.write(file, each.getValue());
                }
                Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
            }
            return place;
        } catch (FileAlreadyExistsException e) {
            return laidOut(folder);
        } catch (IOException | UncheckedIOException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "the Python server cannot be laid out: " + e, e);
        }
    }

    private static Map<String, byte[]> read() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : NAMES) {
            try (InputStream in = PythonFiles.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IOException("this jar has no " + name);
                }
                files.put(name, in.readAllBytes());
            }
        }
        return files;
    }

    private static String digest(Map<String, byte[]> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.values().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
