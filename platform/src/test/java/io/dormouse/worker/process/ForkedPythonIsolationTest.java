package io.dormouse.worker.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.worker.Instance;
import io.dormouse.worker.IsolationConformance;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.python.StrangePython;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// What Python instances are kept from that are forked from their environment's parent.
class ForkedPythonIsolationTest extends IsolationConformance {
    @AfterEach
    void noneIsStartedWholeInItsPlace() {
        assertTrue(log.stream().noneMatch(line -> line.contains("not forked")), "" + log);
    }

    /// What their parent loads.
    protected List<String> imports() {
        return List.of("json", "socket", "subprocess");
    }

    @Override
    protected Launcher launcher(Path run, LogSink notices) throws IOException {
        return ProcessLauncherTest.launcher(run, ProcessSettings.Isolation.ALL, notices);
    }

    @Override
    protected PreparedModel prepared(Path folder) {
        return StrangePython.model(folder, launcher, imports());
    }

    @Override
    protected Path model(Instance instance) {
        return Path.of("/opt/ml/model");
    }
}
