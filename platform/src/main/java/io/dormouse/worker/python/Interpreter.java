package io.dormouse.worker.python;

import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A Python interpreter of this machine, as it describes itself.
///
/// @param program what to run
/// @param base where its standard library lies
/// @param prefix where its packages lie: the base, or a virtual environment
/// @param packages the folders of its packages
/// @param pip whether it can install packages
/// @param version of the language and the build
record Interpreter(
        Path program, Path base, Path prefix, List<Path> packages, boolean pip, String version) {
    private static final int SECONDS_MAX = 30;

    /// It must be at least this: older ones lack what our server uses.
    private static final String OLDEST = "3.9";

    private static final String DESCRIBE =
            """
            import importlib.util, sys, sysconfig
            if sys.version_info < (3, 9):
                sys.exit("it is Python " + sys.version.split()[0])
            paths = sysconfig.get_paths()
            print(sys.executable)
            print(sys.base_prefix)
            print(sys.prefix)
            print(paths["purelib"])
            print(paths["platlib"])
            print(importlib.util.find_spec("pip") is not None)
            print(sys.version.replace("\\n", " "))
            """;

    /// Finds the interpreter and asks it.
    ///
    /// @param chosen by setting; empty for `python3` of the path
    /// @param path folders joined by colons
    /// @throws StartFailed where there is none that runs
    static Interpreter find(String chosen, String path) throws StartFailed {
        Path program =
                chosen.isEmpty()
                        ? Stream.of(path.split(":", -1))
                                .filter(folder -> !folder.isEmpty())
                                .map(folder -> Path.of(folder, "python3"))
                                .filter(Files::isExecutable)
                                .findFirst()
                                .orElseThrow(() -> none("there is no python3 on the PATH"))
                        : Path.of(chosen);
        if (!Files.isExecutable(program)) {
            throw none(program + " is no program");
        }
        try {
            return described(program);
        } catch (IOException e) {
            throw none(program + " does not run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailed(StartFailed.Cause.PLATFORM, "the platform is stopping", e);
        }
    }

    private static StartFailed none(String why) {
        return new StartFailed(
                StartFailed.Cause.PLATFORM,
                "no Python interpreter for scripts: %s. Set DORMOUSE_PYTHON to a Python of %s or later, best one of a virtual environment with your packages"
                        .formatted(why, OLDEST));
    }

    private static Interpreter described(Path program) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(program.toString(), "-I", "-c", DESCRIBE)
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("it does not end");
        }
        List<String> lines = said.lines().toList();
        if (process.exitValue() != 0 || lines.size() != 7) {
            throw new IOException(said.strip());
        }
        return new Interpreter(
                Path.of(lines.get(0)),
                Path.of(lines.get(1)),
                Path.of(lines.get(2)),
                List.of(Path.of(lines.get(3)), Path.of(lines.get(4))),
                lines.get(5).equals("True"),
                lines.get(6));
    }

    /// The folders that it reads, beside the system's.
    List<Path> readable() throws IOException {
        List<Path> all = new ArrayList<>();
        Path home = program.toRealPath().getParent();
        for (Path each : Stream.of(prefix, base, home == null ? base : home).distinct().toList()) {
            boolean seen = all.stream().anyMatch(each::startsWith);
            if (!each.startsWith("/usr") && !seen) {
                all.add(each);
            }
        }
        return all;
    }
}
