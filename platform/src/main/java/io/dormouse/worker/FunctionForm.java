package io.dormouse.worker;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Properties;

/// How the code of a function is run: the prepared form of a model of its kind, kept as
/// `function.properties` in the form's folder.
///
/// @param command the program and its arguments, before those that say how it is spoken to
/// @param readable what it reads, beside the system's files and its code
public record FunctionForm(List<String> command, List<Path> readable) {
    private static final String FILE = "function.properties";

    public FunctionForm {
        command = List.copyOf(command);
        readable = List.copyOf(readable);
    }

    /// Writes it into the form's folder: whole, as others may be reading it.
    public void write(Path form) throws IOException {
        Properties all = new Properties();
        all.setProperty("command", String.join("\n", command));
        all.setProperty(
                "readable", String.join("\n", readable.stream().map(Path::toString).toList()));
        Path aside = Files.createTempFile(form, FILE, ".tmp");
        try (Writer writer = Files.newBufferedWriter(aside)) {
            all.store(writer, null);
        }
        Files.move(aside, form.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Reads it from the form's folder.
    ///
    /// @throws IOException where the folder has no such form
    public static FunctionForm read(Path form) throws IOException {
        Properties all = new Properties();
        try (Reader reader = Files.newBufferedReader(form.resolve(FILE))) {
            all.load(reader);
        }
        return new FunctionForm(
                all.getProperty("command", "").lines().toList(),
                all.getProperty("readable", "").lines().map(Path::of).toList());
    }
}
