package io.dormouse.modelserver.setup;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command line of workers on this machine.
///
/// The AOT cache is dropped by the JVM, whole, where the collector, the class path or the module
/// options differ from those of the recording; so they all come from here.
final class Command {
    /// The compiler stops at C1; `docs/decisions/0002-how-a-worker-starts.md` has the figures.
    static final List<String> FLAGS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-Xmx64m",
                    "-XX:MaxDirectMemorySize=256m",
                    "-XX:+DisplayVMOutputToStderr",
                    "--enable-native-access=ALL-UNNAMED");

    /// Tells a program of ours the file that its command line came from.
    static final String ARGS_PROPERTY = "dormouse.args";

    private Command() {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static String classPath() {
        StringBuilder absolute = new StringBuilder();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            absolute.append(absolute.isEmpty() ? "" : File.pathSeparator);
            absolute.append(Path.of(entry).toAbsolutePath().normalize());
        }
        return absolute.toString();
    }

    /// Whether the class path is made of jars alone: there is no AOT cache for folders.
    static boolean isJars() {
        for (String entry : classPath().split(File.pathSeparator, -1)) {
            if (!entry.endsWith(".jar") || !Files.isRegularFile(Path.of(entry))) {
                return false;
            }
        }
        return true;
    }

    /// Writes the file for `java @file`.
    ///
    /// @param home the folder as it will be called in the end
    static void write(Path file, Path home, String cpu, boolean aot) throws IOException {
        List<String> words = new ArrayList<>(FLAGS);
        words.add("-Donnxruntime.native.path=" + home.resolve("native"));
        words.add("-Ddormouse.cpu=" + cpu);
        words.add("-D" + ARGS_PROPERTY + "=" + home.resolve("worker.args"));
        if (aot) {
            words.add("-XX:AOTCache=" + home.resolve("worker.aot"));
        }
        words.add("-cp");
        words.add(classPath());
        StringBuilder text = new StringBuilder();
        for (String word : words) {
            text.append('"')
                    .append(word.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append("\"\n");
        }
        Files.writeString(file, text);
    }
}
