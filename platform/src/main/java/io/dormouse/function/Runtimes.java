package io.dormouse.function;

import io.dormouse.worker.FunctionForm;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PythonEnvironment;
import io.dormouse.worker.PythonEnvironments;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What functions are run with: the chosen Python, and this platform's own JDK. The version that a
/// runtime's name asks for is not looked at.
final class Runtimes {
    private final CodeStore code;
    private final PythonEnvironments python;
    private final FunctionRoom.PythonRuntime files;
    private final Path folder;
    private final Path java;
    private final Path server;

    Runtimes(CodeStore code, FunctionRoom.Programs programs) {
        this.code = code;
        this.python = programs.python();
        this.files = programs.pythonRuntime();
        this.folder = programs.folder().toAbsolutePath().normalize();
        this.java = programs.java();
        this.server = programs.javaRuntime().toAbsolutePath();
    }

    /// Whether functions of a runtime can be run.
    static boolean isServed(String runtime) {
        return isPython(runtime) || isJava(runtime);
    }

    private static boolean isPython(String runtime) {
        return runtime.startsWith("python3.");
    }

    private static boolean isJava(String runtime) {
        return List.of("java11", "java17", "java21", "java25").contains(runtime);
    }

    /// The function's code, laid out to be run.
    PreparedModel prepared(Function function) throws StartFailed {
        String runtime = function.shape().runtimeAsString();
        try {
            Path task = code.unpacked(function.code());
            FunctionForm form = isPython(runtime) ? python() : java(function.shape().memorySize());
            Path place = Files.createDirectories(folder.resolve("forms").resolve(key(form)));
            form.write(place);
            return new PreparedModel(
                    PreparedModel.Kind.FUNCTION, task, Optional.of(place), 0, runtime);
        } catch (IOException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "the function cannot be laid out: " + e, e);
        }
    }

    private static String key(FunctionForm form) {
        return Integer.toHexString(form.hashCode());
    }

    private FunctionForm python() throws StartFailed {
        PythonEnvironment environment = python.chosen();
        Path runtime = files.laidOut();
        return new FunctionForm(
                List.of(
                        environment.python().toString(),
                        "-s",
                        runtime.resolve("function.py").toString()),
                Stream.concat(environment.readable().stream(), Stream.of(runtime)).toList());
    }

    /// As AWS runs them: the first compiler alone, one thread for the heap's sake.
    private FunctionForm java(int memoryMb) {
        return new FunctionForm(
                List.of(
                        java.resolve("bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Xmx" + memoryMb * 7 / 10 + "m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        server.toString(),
                        "io.dormouse.functionserver.Main"),
                List.of(java, server));
    }
}
