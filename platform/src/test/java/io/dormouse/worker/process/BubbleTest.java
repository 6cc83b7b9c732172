package io.dormouse.worker.process;

import io.dormouse.worker.IsolationConformance;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import java.io.IOException;
import java.nio.file.Path;

/// Isolation by bubblewrap, as it is where the platform is not root.
class BubbleTest extends IsolationConformance {
    @Override
    protected Launcher launcher(Path run, LogSink notices) throws IOException {
        return ProcessLauncherTest.launcher(run, ProcessSettings.Isolation.BUBBLEWRAP, notices);
    }
}
