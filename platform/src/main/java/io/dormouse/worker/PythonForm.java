package io.dormouse.worker;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The prepared form of a model that a Python program serves: what to run it with. Kept as
/// `python.properties` in the form's folder.
///
/// @param program the program's file, in its folder; empty where the defaults serve the model
/// @param code where the program's folder is
/// @param family whose defaults it has: `sklearn`, `xgboost`, `pytorch` or `toolkit`
/// @param environment the interpreter and its packages
/// @param server the folder of the model server's own files
/// @param imports the modules that it was seen to import, in their order
public record PythonForm(
        String program,
        Code code,
        String family,
        PythonEnvironment environment,
        Path server,
        List<String> imports) {
    private static final String FILE = "python.properties";

    /// The container's environment, for the trial alone: a line `NAME=value` each.
    private static final String TRIAL = "trial.environment";

    /// Where a program's folder is.
    public enum Code {
        /// In the form: it came in an archive of its own.
        FORM("code"),
        /// In the artifact.
        MODEL("code"),
        /// It is the artifact's own folder.
        ROOT("");

        private final String folder;

        Code(String folder) {
            this.folder = folder;
        }

        /// The folder, from where the artifact and the form are seen.
        public Path in(Path model, Path form) {
            return (this == FORM ? form : model).resolve(folder);
        }
    }

    public PythonForm {
        Objects.requireNonNull(program);
        Objects.requireNonNull(code);
        Objects.requireNonNull(family);
        Objects.requireNonNull(environment);
        Objects.requireNonNull(server);
        imports = List.copyOf(imports);
    }

    /// What the program reads, beside the system's files and its model.
    public List<Path> readable() {
        return Stream.concat(environment.readable().stream(), Stream.of(server)).toList();
    }

    /// Writes it into the form's folder.
    public void write(Path form) throws IOException {
        Properties all = new Properties();
        all.setProperty("program", program);
        all.setProperty("code", code.name());
        all.setProperty("family", family);
        all.setProperty("environment", environment.key());
        all.setProperty("python", environment.python().toString());
        all.setProperty(
                "readable",
                String.join("\n", environment.readable().stream().map(Path::toString).toList()));
        all.setProperty("server", server.toString());
        all.setProperty("imports", String.join(" ", imports));
        try (Writer writer = Files.newBufferedWriter(form.resolve(FILE))) {
            all.store(writer, null);
        }
    }

    /// Reads it from the form's folder.
    ///
    /// @throws IOException where the folder has no such form
    public static PythonForm read(Path form) throws IOException {
        Properties all = new Properties();
        try (Reader reader = Files.newBufferedReader(form.resolve(FILE))) {
            all.load(reader);
        }
        return new PythonForm(
                all.getProperty("program", ""),
                Code.valueOf(all.getProperty("code", "MODEL")),
                all.getProperty("family", "toolkit"),
                new PythonEnvironment(
                        all.getProperty("environment", ""),
                        Path.of(all.getProperty("python", "python3")),
                        all.getProperty("readable", "")
                                .lines()
                                .filter(line -> !line.isEmpty())
                                .map(Path::of)
                                .toList()),
                Path.of(all.getProperty("server", "")),
                Stream.of(all.getProperty("imports", "").split(" ", -1))
                        .filter(name -> !name.isEmpty())
                        .toList());
    }

    /// Says with which environment the preparation is to try the model.
    public static void tryWith(Map<String, String> environment, Path form) throws IOException {
        List<String> lines =
                environment.entrySet().stream()
                        .filter(each -> !each.getValue().contains("\n"))
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList();
        Files.write(form.resolve(TRIAL), lines);
    }

    /// The same, read once: it is gone then.
    public static Map<String, String> trialEnvironment(Path form) throws IOException {
        Path file = form.resolve(TRIAL);
        Map<String, String> all = new TreeMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                all.put(line.substring(0, equals), line.substring(equals + 1));
            }
            Files.delete(file);
        }
        return all;
    }
}
