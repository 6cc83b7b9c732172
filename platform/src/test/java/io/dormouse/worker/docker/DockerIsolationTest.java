package io.dormouse.worker.docker;

import io.dormouse.worker.Instance;
import io.dormouse.worker.IsolationConformance;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.PreparedModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/// What a container is kept from.
@Tag("full")
class DockerIsolationTest extends IsolationConformance {
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
    protected PreparedModel prepared(Path folder) {
        return Docker.model(folder);
    }

    @Override
    protected Path model(Instance instance) {
        return Path.of("/opt/ml/model");
    }
}
