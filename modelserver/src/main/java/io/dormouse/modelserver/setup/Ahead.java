package io.dormouse.modelserver.setup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The small library that makes ONNX Runtime's environment while the JVM boots, compiled on the
/// machine that runs it: a fifth of a small model's start, where a second core is free.
///
/// Linux with a C compiler only; elsewhere Java makes the environment when it comes to it.
final class Ahead {
    /// Names the library to the loader: `LD_PRELOAD`.
    static final String VARIABLE = "LD_PRELOAD";

    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");
    private static final int PATIENCE_SECONDS = 30;

    private Ahead() {}

    static Path library(Path home) {
        return home.resolve("native").resolve("libahead.so");
    }

    /// The variables of a worker that is started with it, where it is there.
    static Map<String, String> environment(Path home) {
        Path library = library(home);
        return Files.isRegularFile(library) ? Map.of(VARIABLE, library.toString()) : Map.of();
    }

    /// Compiles it beside ONNX Runtime's libraries.
    ///
    /// @param home of the installation
    /// @return why there is none; empty where there is
    static Optional<String> build(Path home) throws IOException {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.of("only on Linux");
        }
        Path source = home.resolve("ahead.c");
        try (InputStream in = Ahead.class.getResourceAsStream("ahead.c")) {
            if (in == null) {
                return Optional.of("the class path has no ahead.c");
            }
            Files.copy(in, source);
        }
        for (String compiler : COMPILERS) {
            if (compiles(compiler, source, library(home))) {
                return Optional.empty();
            }
        }
        return Optional.of("there is no C compiler (" + String.join(", ", COMPILERS) + ")");
    }

    private static boolean compiles(String compiler, Path source, Path library) {
        List<String> command =
                List.of(
                        compiler,
                        "-O2",
                        "-shared",
                        "-fPIC",
                        "-o",
                        library.toString(),
                        source.toString(),
                        "-lpthread",
                        "-ldl");
        return Commands.succeeds(command, PATIENCE_SECONDS);
    }
}
