package io.dormouse.modelserver.setup;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;

/// A Java runtime of the modules that workers use and no other, linked from this JDK: it boots some
/// milliseconds sooner. All versions of the model server share it.
final class SmallRuntime {
    /// What the model server's jar needs; `jdeps --print-module-deps` names them.
    private static final String MODULES = "java.base,java.logging";

    private static final int PATIENCE_SECONDS = 120;

    private SmallRuntime() {}

    /// Links it, once.
    ///
    /// @param into the folder of all installations
    /// @return its `java`; this JVM's own where this is no JDK that can link
    static Path java(Path into) throws IOException {
        Path own = Path.of(Command.java());
        Path linker = own.resolveSibling("jlink");
        if (!Files.isExecutable(linker)) {
            return own;
        }
        String key = System.getProperty("java.home") + System.getProperty("java.vm.version");
        Path home = into.resolve("runtime-" + Digest.of(key).substring(0, 16));
        Path java = home.resolve("bin").resolve("java");
        if (Files.isExecutable(java)) {
            Files.setLastModifiedTime(home, FileTime.from(Instant.now()));
            return java;
        }
        Path aside = Files.createTempDirectory(into, "making-");
        try {
            return linked(linker, aside.resolve("runtime"), home) ? java : own;
        } finally {
            Installation.delete(aside);
        }
    }

    private static boolean linked(Path linker, Path aside, Path home) throws IOException {
        List<String> command =
                List.of(
                        linker.toString(),
                        "--add-modules",
                        MODULES,
                        "--strip-debug",
                        "--no-man-pages",
                        "--no-header-files",
                        "--generate-cds-archive",
                        "--output",
                        aside.toString());
        if (!Commands.succeeds(command, PATIENCE_SECONDS)) {
            System.err.println("install: workers boot from the whole JDK: it cannot link another");
            return false;
        }
        try {
            Files.move(aside, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Another process was faster, and what it made is the same.
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
        return true;
    }
}
