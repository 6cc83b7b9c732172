package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/// Images of anybody's where no Docker Engine answers.
class NoEngineTest {
    @Test
    void withoutAnEngineOneIsToldWhatToDo(@TempDir Path folder) throws Exception {
        Map<String, String> none = Map.of("DOCKER_HOST", "unix:///no/docker.sock");
        try (TestPlatform without = new TestPlatform(TestPlatform.settings(folder).with(none));
                SageMakerClient client = ContainersTest.clients(without).sageMaker()) {
            SageMakerException refused =
                    assertThrows(
                            SageMakerException.class,
                            () ->
                                    client.createModel(r ->
                                            r.modelName("m")
                                                    .executionRoleArn(ContainersTest.ROLE)
                                                    .primaryContainer(
                                                            c -> c.image(ContainersTest.IMAGE))));
            String said = refused.awsErrorDetails().errorMessage();
            assertEquals("ValidationException", refused.awsErrorDetails().errorCode());
            assertTrue(
                    said.startsWith("Requested image " + ContainersTest.IMAGE + " not found. "),
                    said);
            assertTrue(said.contains("no Docker Engine answers at unix:///no/docker.sock"), said);
            assertTrue(said.contains("DOCKER_HOST"), said);
            SageMakerException job =
                    assertThrows(
                            SageMakerException.class,
                            () -> client.createTrainingJob(ContainersTest.trainingOf("none")));
            said = job.awsErrorDetails().errorMessage();
            assertEquals("ValidationException", job.awsErrorDetails().errorCode());
            assertTrue(
                    said.contains(ContainersTest.IMAGE + " cannot be run here: no Docker Engine"),
                    said);
        }
    }

    @Test
    void rulesThatCannotBeReadAreTold(@TempDir Path folder) throws Exception {
        Map<String, String> wrong = Map.of("DORMOUSE_IMAGES", "churn");
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder).with(wrong));
                SageMakerClient client = ContainersTest.clients(platform).sageMaker()) {
            SageMakerException job =
                    assertThrows(
                            SageMakerException.class,
                            () -> client.createTrainingJob(ContainersTest.trainingOf("none")));
            assertEquals("ValidationException", job.awsErrorDetails().errorCode());
            String said = job.awsErrorDetails().errorMessage();
            assertTrue(said.contains("DORMOUSE_IMAGES: 'churn' is no rule"), said);
        }
    }
}
