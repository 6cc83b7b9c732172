package io.dormouse.worker.python;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PythonForm;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The strange worker as a program of script mode: `strange.py`.
public final class StrangePython {
    /// The system's own, which lies in no folder that isolation is to hide.
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private StrangePython() {}

    /// A model that it serves.
    ///
    /// @param artifact the model's folder, which gets the program
    /// @param imports what a parent of its instances loads; none for instances that start whole
    public static PreparedModel model(Path artifact, Launcher launcher, List<String> imports) {
        assumeTrue(Files.isExecutable(PYTHON), "no " + PYTHON);
        Path place = artifact.resolveSibling("python");
        try (InputStream program = StrangePython.class.getResourceAsStream("strange.py")) {
            Path code = Files.createDirectories(artifact.resolve("code")).resolve("strange.py");
            if (!Files.exists(code)) {
                Files.copy(Objects.requireNonNull(program), code);
            }
            Path form = Files.createDirectories(place.resolve(artifact.getFileName().toString()));
            var environments =
                    new Environments(
                            place.resolve("environments"),
                            PYTHON.toString(),
                            "",
                            new Installer(launcher, Map.of(), 1024));
            new PythonForm(
                            "strange.py",
                            PythonForm.Code.MODEL,
                            "toolkit",
                            environments.chosen(),
                            PythonFiles.laidOut(place.resolve("environments")),
                            imports)
                    .write(form);
            return new PreparedModel(
                    PreparedModel.Kind.PYTHON, artifact, Optional.of(form), 0, "python");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (StartFailed e) {
            throw new IllegalStateException(e);
        }
    }
}
