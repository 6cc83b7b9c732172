package io.dormouse.worker;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    /// The container's environment and role, for the trial alone.
    private static final String TRIAL = "trial.properties";

    /// Before the names of the environment's variables.
    private static final String VARIABLE = "environment.";

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
        store(all, form.resolve(FILE));
    }

    /// Reads it from the form's folder.
    ///
    /// @throws IOException where the folder has no such form
    public static PythonForm read(Path form) throws IOException {
        Properties all = load(form.resolve(FILE));
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

    /// What the preparation is to try the model with.
    ///
    /// @param environment the container's
    /// @param role whom the program acts for
    public record Trial(Map<String, String> environment, Optional<RoleAccess.Role> role) {
        public Trial {
            environment = Map.copyOf(environment);
            Objects.requireNonNull(role);
        }

        /// Leaves it in the form's folder.
        public void leave(Path form) throws IOException {
            Properties all = new Properties();
            environment.forEach((name, value) -> all.setProperty(VARIABLE + name, value));
            role.ifPresent(each -> {
                all.setProperty("role", each.arn());
                all.setProperty("region", each.region());
            });
            store(all, form.resolve(TRIAL));
        }

        /// Takes what was left in the form's folder: it is gone then.
        public static Trial taken(Path form) throws IOException {
            Path file = form.resolve(TRIAL);
            if (!Files.exists(file)) {
                return new Trial(Map.of(), Optional.empty());
            }
            Properties all = load(file);
            Files.delete(file);
            Map<String, String> environment = new TreeMap<>();
            for (String each : all.stringPropertyNames()) {
                if (each.startsWith(VARIABLE)) {
                    environment.put(each.substring(VARIABLE.length()), all.getProperty(each, ""));
                }
            }
            Optional<RoleAccess.Role> role =
                    Optional.ofNullable(all.getProperty("role"))
                            .map(arn -> new RoleAccess.Role(arn, all.getProperty("region", "")));
            return new Trial(environment, role);
        }
    }

    private static void store(Properties all, Path file) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file)) {
            all.store(writer, null);
        }
    }

    private static Properties load(Path file) throws IOException {
        Properties all = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            all.load(reader);
        }
        return all;
    }
}
