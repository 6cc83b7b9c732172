package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What real clients do that surprises a server, on a platform of another account and Region than
/// the default ones.
class SurprisesTest {
    private static final String ACCOUNT = "210987654321";
    private static final String REGION = "eu-west-1";
    private static final Path MODEL =
            PlatformProcess.ROOT.resolve("modelserver/src/test/resources/xgboost/old-binary.json");

    @TempDir static Path data;

    @SuppressWarnings("NullAway.Init") // set before the first test
    private static PlatformProcess platform;

    @BeforeAll
    static void start() throws IOException {
        platform = PlatformProcess.start(data, ACCOUNT, REGION);
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void nothingThatBoto3DoesSurprisesIt() throws IOException, InterruptedException {
        String told =
                Python.installed()
                        .script(
                                "surprises.py",
                                platform.endpoint(),
                                ACCOUNT,
                                REGION,
                                MODEL.toString());
        assertTrue(told.contains("nothing surprises"), told);
    }

    /// `deploy -v` prints what the aws CLI takes: pasted in a fresh shell, it makes the endpoint.
    @Test
    void whatDeployPrintsCanBePasted() throws IOException, InterruptedException {
        String told =
                Python.installed()
                        .script(
                                "paste.sh",
                                platform.endpoint(),
                                PlatformProcess.ROOT.resolve("dormouse").toString(),
                                data.toString(),
                                MODEL.toString());
        assertTrue(told.contains("pasted"), told);
    }

    @Test
    void envPointsClientsAtItsOwnRegion() throws IOException, InterruptedException {
        JsonNode variables = JsonMapper.shared().readTree(dormouse("env", "--json"));
        assertEquals(platform.endpoint().toString(), variables.path("AWS_ENDPOINT_URL").asString());
        assertEquals(REGION, variables.path("AWS_REGION").asString());
        assertEquals(REGION, variables.path("AWS_DEFAULT_REGION").asString());
    }

    /// What a command prints, run as a user does beside this platform.
    private static String dormouse(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(PlatformProcess.ROOT.resolve("dormouse").toString());
        command.addAll(List.of(words));
        command.addAll(List.of("--data", data.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(Map.of("AWS_REGION", "us-west-2", "AWS_ENDPOINT_URL", ""));
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
        return printed;
    }
}
