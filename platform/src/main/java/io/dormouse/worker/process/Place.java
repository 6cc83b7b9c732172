package io.dormouse.worker.process;

import java.nio.file.Path;
import java.util.Objects;

/// Where the machine's own things are looked for.
///
/// @param path where programs may be, folders joined by colons
/// @param proc where the kernel tells of control groups
record Place(String path, Path proc) {
    static final Place HERE =
            new Place(
                    Objects.requireNonNullElse(System.getenv("PATH"), "/usr/bin:/bin"),
                    Path.of("/proc"));
}
