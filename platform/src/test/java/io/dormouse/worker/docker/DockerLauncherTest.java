package io.dormouse.worker.docker;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.LauncherConformance;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.RunSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/// What every launcher must do, with containers of a real engine.
@Tag("full")
class DockerLauncherTest extends LauncherConformance {
    /// Where there is none, all of it is skipped.
    @BeforeAll
    static void engine() {
        EngineHere.assumed();
    }

    @Override
    protected Launcher launcher(Path run, LogSink notices) throws IOException {
        return Docker.launcher(run, notices);
    }

    @Override
    protected PreparedModel model(Path folder) {
        return Docker.model(folder);
    }

    @Override
    protected Optional<RunSpec.Image> image() {
        return Optional.of(new RunSpec.Image(EngineHere.IMAGE, List.of()));
    }

    @Override
    protected List<String> ownVariables() {
        return List.of("HOME", "HOSTNAME", "PATH", "PWD");
    }
}
