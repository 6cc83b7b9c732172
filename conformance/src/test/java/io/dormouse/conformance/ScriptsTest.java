package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Scripts that run on the platform with scikit-learn and boto3, trained and served.
class ScriptsTest {
    @Test
    void aScriptTrainsReadsS3AndIsServed(@TempDir Path data)
            throws IOException, InterruptedException {
        Python python = Python.withScikitLearn();
        Map<String, String> chosen = Map.of("DORMOUSE_PYTHON", python.program().toString());
        try (PlatformProcess platform = PlatformProcess.start(data, chosen)) {
            String told = python.script("scripts.py", platform.endpoint());
            assertTrue(told.contains("the scripts ran"), told);
        }
    }

    @Test
    @Tag("full")
    void theSdksScikitLearnEstimatorFitsAndDeploys(@TempDir Path data)
            throws IOException, InterruptedException {
        String program = Python.withScikitLearn().program().toString();
        Map<String, String> chosen = Map.of("DORMOUSE_PYTHON", program);
        try (PlatformProcess platform = PlatformProcess.start(data, chosen)) {
            String told = Python.withSageMakerSdk().script("fit.py", platform.endpoint());
            assertTrue(told.contains("the estimator fits"), told);
        }
    }
}
