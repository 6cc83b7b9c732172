package io.dormouse.worker.process;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.LauncherConformance;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.python.StrangePython;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What every launcher must do, with Python instances that are forked from their environment's
/// parent.
class ForkedPythonTest extends LauncherConformance {
    /// What their parent loads.
    protected List<String> imports() {
        return List.of("json", "socket", "subprocess");
    }

    @Override
    protected Launcher launcher(Path run, LogSink notices) throws IOException {
        return ProcessLauncherTest.launcher(run, ProcessSettings.Isolation.ALL, notices);
    }

    @Override
    protected PreparedModel model(Path folder) {
        return StrangePython.model(folder, launcher, imports());
    }
}
