package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
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

    @Test
    void whereKeysAreSetPrometheusHasAToken(@TempDir Path data) throws Exception {
        Map<String, String> settings =
                Map.of(
                        "DORMOUSE_ACCESS_KEY_ID", "AKIDORMOUSE",
                        "DORMOUSE_SECRET_ACCESS_KEY", "secret",
                        "DORMOUSE_METRICS_TOKEN", "only-to-read");
        try (PlatformProcess platform = PlatformProcess.start(data, settings);
                HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder page =
                    HttpRequest.newBuilder(platform.endpoint().resolve("/_dormouse/metrics"));
            // What AWS says where a signature is missing, and where it is none.
            assertEquals(403, status(client, page.build()));
            assertEquals(400, status(client, with(page, "Bearer only-to-rea")));
            assertEquals(400, status(client, with(page, "Bearer")));
            assertEquals(200, status(client, with(page, "Bearer only-to-read")));
        }
    }

    private static HttpRequest with(HttpRequest.Builder page, String authorization) {
        return page.copy().header("Authorization", authorization).build();
    }

    private static int status(HttpClient client, HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
