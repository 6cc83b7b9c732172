package io.dormouse.worker.process;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/// The model server as it is installed on this machine: what a worker is started with.
///
/// @param java the binary
/// @param arguments JVM flags, library path, AOT cache and class path: usually one `@file`
/// @param main the worker's main class
/// @param warm the folder of the tiny model that a generic worker rehearses with
/// @param prepare the main class of the preparation program
/// @param version names this version of the model server on this kind of machine
/// @param ahead the library to be loaded before all others, which makes ONNX Runtime's environment
///   while the virtual machine boots; empty where there is none
/// @param readable the files and folders that a worker reads, beside the system's
public record Installation(
        Path java,
        List<String> arguments,
        String main,
        Path warm,
        String prepare,
        String version,
        Optional<Path> ahead,
        List<Path> readable) {
    public Installation {
        arguments = List.copyOf(arguments);
        // They are made anew around a worker, where a way through a folder that is not there ends.
        readable = readable.stream().map(each -> each.toAbsolutePath().normalize()).toList();
    }

    /// Reads what the model server's `Install` wrote.
    ///
    /// @param jar the model server's class path
    /// @throws IOException when the folder is not such an installation
    public static Installation read(Path folder, Path jar) throws IOException {
        Properties found = new Properties();
        try (Reader reader = Files.newBufferedReader(folder.resolve("install.properties"))) {
            found.load(reader);
        }
        Path java = Path.of(value(found, "java"));
        return new Installation(
                java,
                List.of("@" + value(found, "args")),
                value(found, "main"),
                Path.of(value(found, "warm")),
                value(found, "prepare"),
                folder.getFileName().toString(),
                Optional.of(found.getProperty("ahead", ""))
                        .filter(path -> !path.isEmpty())
                        .map(Path::of),
                List.of(home(java), folder, jar.toAbsolutePath()));
    }

    /// What a worker is started with, up to its own arguments.
    List<String> command(Heap heap) {
        List<String> words = new ArrayList<>();
        words.add(java.toString());
        words.addAll(arguments);
        words.addAll(heap.flags());
        words.add(main);
        return words;
    }

    private static Path home(Path java) {
        Path bin = java.toAbsolutePath().getParent();
        return bin == null || bin.getParent() == null ? java : bin.getParent();
    }

    private static String value(Properties found, String key) throws IOException {
        String value = found.getProperty(key, "");
        if (value.isEmpty()) {
            throw new IOException("install.properties has no " + key);
        }
        return value;
    }
}
