package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.app.TestPlatform.Ran;
import io.dormouse.artifact.Archive;
import io.dormouse.worker.Serving;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The commands against a platform, by what they print and the codes they end with.
class CommandsTest {
    private static final Path MODEL =
            Path.of("../modelserver/src/test/resources/xgboost/old-binary.json");

    @TempDir private static Path folder;
    private static TestPlatform platform;

    @BeforeAll
    static void start() throws IOException {
        platform = new TestPlatform(TestPlatform.settings(folder));
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void aModelIsDeployedInvokedExplainedAndDeleted() throws IOException {
        assumeTrue(TestPlatform.hasModelServer(), "the model server is not packaged: run ./build");
        Ran deployed =
                platform.run("deploy", MODEL.toString(), "--name", "tree", "--memory=1024", "-v");
        assertEquals(0, deployed.code(), deployed.err());
        assertTrue(deployed.out().contains("./dormouse invoke tree"), deployed.out());
        assertTrue(
                deployed.err().contains("aws sagemaker create-endpoint --cli-input-json"),
                deployed.err());
        assertTrue(deployed.err().contains("--body model.tar.gz"), deployed.err());

        JsonNode listed = json(platform.run("endpoints", "--json"));
        assertEquals("tree", listed.path(0).path("EndpointName").asString());
        assertEquals("InService", listed.path(0).path("EndpointStatus").asString());
        assertEquals("tree", platform.run("endpoints", "--names").out());
        assertTrue(platform.run("logs", "tree").err().contains("has started yet"));
        assertTrue(platform.run("why", "tree").out().contains("no start yet"));

        String row = "1,2,3,4";
        JsonNode answer = json(platform.run("invoke", "tree", "--body", row, "--json"));
        double score = Double.parseDouble(answer.path("Body").asString());
        assertTrue(score > 0 && score < 1, answer.toString());
        assertEquals("AllTraffic", answer.path("InvokedProductionVariant").asString());
        Path file = Files.writeString(folder.resolve("row.csv"), row);
        assertEquals(
                answer.path("Body").asString(),
                platform.run("invoke", "tree", "--file", file.toString()).out());
        assertTrue(platform.run("why", "tree").out().contains("first-inference"));
        Serving.await(
                "the log says what was done",
                () -> platform.run("logs", "tree").out().contains("[dormouse] first answer after"));

        JsonNode again = json(platform.run("deploy", MODEL.toString(), "--name", "tree", "--json"));
        assertEquals("InService", again.path("EndpointStatus").asString());
        assertEquals(0, platform.run("delete", "tree").code());
        assertEquals("[]", platform.run("endpoints", "--json").out());
    }

    @Test
    void whatIsMissingIsToldInASentence() {
        for (String command : new String[] {"delete", "logs", "why"}) {
            Ran ran = platform.run(command, "none");
            assertEquals(1, ran.code(), command);
            assertTrue(ran.err().contains("none"), ran.err());
            assertTrue(ran.err().contains("./dormouse endpoints"), ran.err());
            assertFalse(ran.err().contains("\tat "), ran.err());
        }
        Ran invoked = platform.run("invoke", "none", "--body", "1");
        assertEquals(1, invoked.code());
        assertTrue(invoked.err().contains("Endpoint none of account 123456789012 not found"));
        Ran unread = platform.run("deploy", "no-such-model.onnx");
        assertEquals(1, unread.code());
        assertEquals("There is no file no-such-model.onnx", unread.err());
        Ran strange = platform.run("deploy", "pom.xml");
        assertEquals(1, strange.code());
        assertTrue(strange.err().contains("give an .onnx file"), strange.err());
    }

    @Test
    void anArchiveOfUnknownContentGoesToTheImageThatIsNamed(@TempDir Path folder)
            throws IOException {
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Files.writeString(inside.resolve("weights"), "x");
        Path packed = folder.resolve("model.tar.gz");
        Archive.pack(inside, packed);
        Ran unnamed = platform.run("deploy", packed.toString());
        assertEquals(1, unnamed.code());
        assertTrue(unnamed.err().contains("name the container image with --image"), unnamed.err());
        Ran named = platform.run("deploy", packed.toString(), "--image", "nobodys:1");
        assertEquals(1, named.code());
        assertTrue(named.err().contains("Requested image nobodys:1 not found"), named.err());
    }

    @Test
    void wrongUseEndsWithTwo() {
        assertEquals(2, platform.run("invoke", "any").code());
        assertEquals(2, platform.run("invoke", "any", "--body", "1", "--file", "f").code());
        assertEquals(2, platform.run("deploy", "m.onnx", "--memory", "1000").code());
        assertEquals(2, TestPlatform.execute("start", "--port", "70000").code());
    }

    @Test
    void statusTellsWhetherAPlatformAnswers() {
        Ran up = platform.run("status");
        assertEquals(0, up.code());
        assertTrue(up.out().contains("ephemeral"), up.out());
        assertTrue(json(platform.run("status", "--json")).path("running").asBoolean());

        String data = folder.resolve("nowhere").toString();
        Ran down =
                TestPlatform.execute(
                        "status", "--endpoint-url", "http://127.0.0.1:1", "--data", data);
        assertEquals(1, down.code());
        assertTrue(down.out().contains("./dormouse start --detach"), down.out());
        Ran list =
                TestPlatform.execute(
                        "endpoints", "--endpoint-url", "http://127.0.0.1:1", "--data", data);
        assertEquals(1, list.code());
        assertTrue(list.err().startsWith("No platform answers."), list.err());
    }

    @Test
    void envPointsClientsAtThePlatform() {
        String exports = platform.run("env").out();
        assertTrue(
                exports.contains("export AWS_ENDPOINT_URL=" + platform.endpoint() + "\n"), exports);
        assertEquals(
                platform.endpoint().toString(),
                json(platform.run("env", "--json")).path("AWS_ENDPOINT_URL").asString());
    }

    @Test
    void aFolderThatIsInUseIsToldInASentence() {
        Ran second =
                TestPlatform.execute(
                        "start", "--port", "0", "--data", folder.resolve("data").toString());
        assertEquals(1, second.code());
        assertTrue(second.err().contains("Another platform is running"), second.err());
    }

    private static JsonNode json(Ran ran) {
        assertEquals(0, ran.code(), ran.err());
        return JsonMapper.shared().readTree(ran.out());
    }
}
