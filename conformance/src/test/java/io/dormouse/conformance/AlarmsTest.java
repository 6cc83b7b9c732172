package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Alarms, metric filters and the page for Prometheus: told by boto3, by a clock that is moved, and
/// read by Prometheus' own parser.
class AlarmsTest {
    private static final Path MODEL =
            PlatformProcess.ROOT.resolve("modelserver/src/test/resources/xgboost/old-binary.json");

    @Test
    void boto3IsAlarmedByErrorsAndByLines(@TempDir Path folder)
            throws IOException, InterruptedException {
        try (PlatformProcess platform = PlatformProcess.startEphemeral(folder)) {
            String told =
                    Python.installed().script("alarms.py", platform.endpoint(), MODEL.toString());
            assertTrue(told.contains("alarmed, "), told);
        }
    }
}
