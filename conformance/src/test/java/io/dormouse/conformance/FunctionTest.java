package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;

/// The function of `examples/` in front of a real endpoint.
class FunctionTest {
    private static final Path MODEL =
            PlatformProcess.ROOT.resolve("modelserver/src/test/resources/xgboost/old-binary.json");

    @Test
    void theExampleFrontsAnEndpoint(@TempDir Path data) throws Exception {
        Python python = Python.installed();
        Map<String, String> chosen = Map.of("DORMOUSE_PYTHON", python.program().toString());
        try (PlatformProcess platform = PlatformProcess.start(data, chosen);
                SageMakerClient sageMaker = platform.client(SageMakerClient.builder());
                S3Client s3 = platform.client(S3Client.builder().forcePathStyle(true))) {
            s3.createBucket(r -> r.bucket("models"));
            s3.putObject(r -> r.bucket("models").key("model.json"), MODEL);
            Serving.createModel(
                    sageMaker,
                    "rows",
                    "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                    "s3://models/model.json");
            Serving.deploy(sageMaker, "rows", 2048, 2);
            String example = PlatformProcess.ROOT.resolve("examples/function").toString();
            String told = python.script("function.py", platform.endpoint(), "rows", example);
            assertTrue(told.contains("the function fronts"), told);
        }
    }
}
