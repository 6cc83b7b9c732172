package io.dormouse.modelserver.setup;

import ai.onnxruntime.OrtEnvironment;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// ONNX Runtime's two libraries for this machine, out of the jar, with the licence that they come
/// under.
///
/// ONNX Runtime's own way is to unpack 28 MB into a temporary folder at every start, which costs a
/// small model's start more than all else together (201 against 87 ms).
final class NativeLibrary {
    private static final List<String> NAMES = List.of("onnxruntime", "onnxruntime4j_jni");
    private static final String SUMS = "SHA256SUMS";

    private NativeLibrary() {}

    /// Fills the folder, which is made.
    ///
    /// @throws FileNotFoundException when the jar has none for this platform
    static void unpack(Path folder) throws IOException {
        Files.createDirectories(folder);
        StringBuilder sums = new StringBuilder();
        for (String name : NAMES) {
            String file = System.mapLibraryName(name).replace("jnilib", "dylib");
            copy("/ai/onnxruntime/native/" + platform() + "/" + file, folder.resolve(file));
            sums.append(Digest.of(folder.resolve(file))).append("  ").append(file).append('\n');
        }
        copy("/io/dormouse/modelserver/setup/onnxruntime-LICENSE.txt", folder.resolve("LICENSE"));
        copy("/ThirdPartyNotices.txt", folder.resolve("ThirdPartyNotices.txt"));
        Files.writeString(folder.resolve(SUMS), sums);
    }

    /// Whether the libraries are as they were unpacked.
    static boolean isWhole(Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve(SUMS))) {
            return false;
        }
        for (String line : Files.readAllLines(folder.resolve(SUMS))) {
            Path file = folder.resolve(line.substring(line.indexOf("  ") + 2));
            if (!Files.isRegularFile(file) || !line.startsWith(Digest.of(file))) {
                return false;
            }
        }
        return true;
    }

    private static void copy(String resource, Path target) throws IOException {
        try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(
                        "the class path has no " + resource + ": ONNX models can't be served here");
            }
            Files.copy(in, target);
        }
    }

    /// ONNX Runtime's name of this platform, such as `linux-x64`.
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        return (os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux")
                + "-"
                + (arch.equals("amd64") || arch.equals("x86_64") ? "x64" : arch);
    }
}
