package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// AWS's clients, each told the story in its own language, against one platform.
class StoriesTest {
    private static final Path FLIGHTS = PlatformProcess.ROOT.resolve("examples/flights");

    @TempDir static Path data;

    @SuppressWarnings("NullAway.Init") // set before the first test
    private static PlatformProcess platform;

    @BeforeAll
    static void start() throws IOException {
        platform = PlatformProcess.start(data);
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void boto3TellsTheWholeStory() throws IOException, InterruptedException {
        String told =
                Python.installed()
                        .script("story.py", platform.endpoint(), FLIGHTS.toString(), "boto-story");
        assertTrue(told.contains("the story is told in"), told);
    }

    @Test
    void cloudWatchAnswersTheSameInEachProtocol() throws IOException, InterruptedException {
        String told = Python.installed().script("protocols.py", platform.endpoint());
        assertTrue(told.contains("the same in 3 protocols"), told);
    }

    @Test
    @Tag("full")
    void theSageMakerSdkIsServed() throws IOException, InterruptedException {
        String told = Python.withSageMakerSdk().script("sdk.py", platform.endpoint());
        assertTrue(told.contains("the SDK is served"), told);
    }

    @Test
    void theAwsCliTellsTheWholeStory(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path model = Transformer.model(folder);
        Files.writeString(
                Path.of(model + ".request.json"),
                new Transformer().request(List.of("dormice sleep through the winter")));
        String told =
                Python.installed()
                        .script(
                                "story.sh",
                                platform.endpoint(),
                                FLIGHTS.toString(),
                                "cli-story",
                                model.toString());
        assertTrue(told.contains("told at"), told);
    }

    @Test
    void aTransformerEmbedsABatchInTheOrderOfMeaning(@TempDir Path folder) throws IOException {
        Transformer transformer = new Transformer();
        List<String> sentences =
                List.of(
                        "A cat sits on the mat.",
                        "A kitten rests on a rug.",
                        "The stock market fell sharply today.");
        String answer =
                deployAndInvoke(
                        "minilm", Transformer.model(folder), transformer.request(sentences));
        JsonNode outputs = JsonMapper.shared().readTree(answer);
        JsonNode states =
                outputs.has("outputs")
                        ? outputs.path("outputs").path("last_hidden_state")
                        : outputs.path("predictions");
        assertEquals(3, states.size(), answer.substring(0, Math.min(300, answer.length())));
        double[][] embeddings = new double[3][];
        for (int i = 0; i < 3; i++) {
            embeddings[i] = transformer.embedding(states.get(i), sentences.get(i));
        }
        double near = Transformer.similarity(embeddings[0], embeddings[1]);
        double far = Transformer.similarity(embeddings[0], embeddings[2]);
        assertTrue(near > 0.5 && far < 0.3, "cat and kitten " + near + ", cat and market " + far);
    }

    /// The Java SDK's part of the story: bucket, model, configuration, endpoint, invocation, end.
    private static String deployAndInvoke(String name, Path model, String payload) {
        try (Clients clients = Clients.of(platform)) {
            SageMakerClient sageMaker = clients.sageMaker();
            clients.s3().createBucket(r -> r.bucket(name));
            clients.s3()
                    .putObject(r -> r.bucket(name).key("model.onnx"), RequestBody.fromFile(model));
            Serving.createModel(
                    sageMaker, name, "example/dormouse-onnx:1", "s3://" + name + "/model.onnx");
            Serving.deploy(sageMaker, name, 2048, 1);
            String answer =
                    clients.runtime()
                            .invokeEndpoint(r ->
                                    r.endpointName(name)
                                            .contentType("application/json")
                                            .body(SdkBytes.fromUtf8String(payload)))
                            .body()
                            .asUtf8String();
            sageMaker.deleteEndpoint(r -> r.endpointName(name));
            PlatformProcess.waiter(sageMaker).waitUntilEndpointDeleted(r -> r.endpointName(name));
            return answer;
        }
    }
}
