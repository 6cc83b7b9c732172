package io.dormouse.worker.process;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.LauncherConformance;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.python.StrangePython;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;

/// What every launcher must do, with Python instances that are started whole.
@Tag("full")
class WholePythonTest extends LauncherConformance {
    @Override
    protected Launcher launcher(Path run, LogSink notices) throws IOException {
        return ProcessLauncherTest.launcher(run, ProcessSettings.Isolation.ALL, notices);
    }

    @Override
    protected PreparedModel model(Path folder) {
        return StrangePython.model(folder, launcher, List.of());
    }
}
