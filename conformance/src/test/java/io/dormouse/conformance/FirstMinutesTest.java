package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a newcomer types first, as the README has it.
class FirstMinutesTest {
    private static final long DEMO_SECONDS_MAX = 120;

    @TempDir Path folder;

    private record Ran(int code, String text) {}

    private Ran dormouse(List<String> words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(PlatformProcess.ROOT.resolve("dormouse").toString());
        command.addAll(words);
        return run(command);
    }

    private Ran run(List<String> command) throws IOException, InterruptedException {
        Path text = Files.createTempFile(folder, "ran", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("DORMOUSE_DATA", folder.resolve("data").toString());
        builder.environment()
                .put(
                        "DORMOUSE_CACHE",
                        PlatformProcess.ROOT.resolve("conformance/target/cache").toString());
        Process process = builder.redirectErrorStream(true).redirectOutput(text.toFile()).start();
        assertTrue(process.waitFor(2 * DEMO_SECONDS_MAX, TimeUnit.SECONDS), Files.readString(text));
        return new Ran(process.exitValue(), Files.readString(text));
    }

    private static double figure(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertTrue(matcher.find(), pattern + " in\n" + text);
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void theDemoTellsTheWholeStoryAndItsFigures() throws Exception {
        try (PlatformProcess platform = PlatformProcess.startEphemeral(folder)) {
            Ran demo = dormouse(List.of("demo", "-v", "--endpoint-url", "" + platform.endpoint()));
            String text = demo.text();
            assertEquals(0, demo.code(), text);
            double heldOut = figure(text, "AUC (0\\.\\d+) on held-out flights");
            assertTrue(heldOut >= 0.7, text);
            assertTrue(figure(text, "AUC (0\\.\\d+) on April") < heldOut, text);
            figure(text, "validation:auc (0\\.\\d+)");
            for (String told :
                    List.of(
                            "uploaded 60,000 flights",
                            "model-package/flights/1",
                            "approved",
                            "first-inference",
                            "from nothing, instance",
                            "warm: median",
                            "Invocations ",
                            "ModelSetupTime",
                            "no instance left",
                            "Try next:")) {
                assertTrue(text.contains(told), told + " in\n" + text);
            }
            // Ten flights, each with its risk and what became of it.
            assertEquals(
                    10,
                    Pattern.compile("(?m)^ +\\S+ \\d+ \\w+-\\w+ 2013-")
                            .matcher(text)
                            .results()
                            .count());
            for (String call :
                    List.of(
                            "s3api create-bucket",
                            "sagemaker create-processing-job",
                            "sagemaker create-training-job",
                            "sagemaker create-model-package ",
                            "sagemaker update-model-package",
                            "sagemaker create-endpoint ",
                            "sagemaker-runtime invoke-endpoint",
                            "cloudwatch get-metric")) {
                assertTrue(text.contains("aws " + call), call + " in\n" + text);
            }
        }
    }

    @Test
    void aPlatformIsLeftRunningFoundAndStopped() throws Exception {
        Ran started = dormouse(List.of("start", "--detach", "--port", "0", "--warm-pool", "0"));
        assertEquals(0, started.code(), started.text());
        try {
            Ran twice = dormouse(List.of("start", "--detach", "--port", "0"));
            assertNotEquals(0, twice.code());
            assertTrue(twice.text().contains("./dormouse stop"), twice.text());
            Ran status = dormouse(List.of("status"));
            assertTrue(
                    status.text().contains("A platform answers at http://127.0.0.1:"),
                    status.text());
            Ran json = dormouse(List.of("status", "--json"));
            assertTrue(json.text().contains("\"running\":true"), json.text());
        } finally {
            Ran stopped = dormouse(List.of("stop"));
            assertEquals(0, stopped.code(), stopped.text());
        }
        assertFalse(Files.exists(folder.resolve("data/platform.properties")));
        assertTrue(dormouse(List.of("status", "--json")).text().contains("\"running\":false"));
    }

    @Test
    void whereThereIsNoJdkASentenceSaysWhatToInstall() throws Exception {
        String script =
                ". '"
                        + PlatformProcess.ROOT.resolve(".mvn/jdk.sh")
                        + "';"
                        + " jdk_is_new_enough() { return 1; }; find_jdk";
        Ran none = run(List.of("bash", "-c", script));
        assertEquals(1, none.code());
        assertEquals(1, none.text().lines().count(), none.text());
        assertTrue(none.text().contains("install one"), none.text());
    }
}
