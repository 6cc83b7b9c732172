package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Artifacts that live and die, as boto3 has them do.
class ArtifactsTest {
    private static final Path MODEL =
            PlatformProcess.ROOT.resolve("modelserver/src/test/resources/xgboost/old-binary.json");

    @Test
    void rulesRemoveWhatNobodyNeeds(@TempDir Path folder) throws IOException, InterruptedException {
        try (PlatformProcess platform = PlatformProcess.startEphemeral(folder)) {
            String told =
                    Python.installed()
                            .script("artifacts.py", platform.endpoint(), MODEL.toString());
            assertTrue(told.contains("kept churn/approved.tar.gz"), told);
        }
    }
}
