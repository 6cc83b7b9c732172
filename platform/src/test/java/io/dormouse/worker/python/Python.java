package io.dormouse.worker.python;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The interpreter that tests run: `DORMOUSE_PYTHON`, else `python3`.
public final class Python {
    private Python() {}

    /// Any interpreter; skips the test where there is none.
    public static Path anyOrSkip() {
        Optional<Path> found = any();
        assumeTrue(found.isPresent(), "no Python here: set DORMOUSE_PYTHON");
        return found.get();
    }

    private static Optional<Path> any() {
        String chosen = System.getenv().getOrDefault("DORMOUSE_PYTHON", "");
        if (!chosen.isEmpty()) {
            return Optional.of(Path.of(chosen));
        }
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(folder -> Path.of(folder, "python3"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Whether an interpreter has a package.
    static boolean has(Path python, String module) throws Exception {
        Process process =
                new ProcessBuilder(python.toString(), "-I", "-c", "import " + module)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
