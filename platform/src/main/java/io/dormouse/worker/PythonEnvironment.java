package io.dormouse.worker;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// A Python interpreter with its packages, on this machine.
///
/// @param key names it: equal keys, equal packages. Fit for a folder's name
/// @param python the program to run, under its own name also where it is isolated
/// @param readable the folders that it reads, beside the system's
public record PythonEnvironment(String key, Path python, List<Path> readable) {
    public PythonEnvironment {
        Objects.requireNonNull(key);
        Objects.requireNonNull(python);
        readable = List.copyOf(readable);
    }
}
