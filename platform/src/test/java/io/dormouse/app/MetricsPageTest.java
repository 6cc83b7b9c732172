package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may read the page for Prometheus; `conformance` reads what is on it.
class MetricsPageTest {
    @Test
    void whereKeysAreSetThePageNeedsASignatureOrTheToken(@TempDir Path folder) throws Exception {
        Settings.Keys keys = new Settings.Keys("AKIDORMOUSE", "secret", "only-to-read");
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(folder).with(keys));
                HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder page =
                    HttpRequest.newBuilder(platform.endpoint().resolve(MetricsPage.PATH));
            // What AWS says where a signature is missing, and where it is none.
            assertEquals(403, read(client, page.build()).statusCode());
            assertEquals(400, read(client, with(page, "Bearer only-to-rea")).statusCode());
            assertEquals(400, read(client, with(page, "Bearer")).statusCode());
            HttpResponse<String> read = read(client, with(page, "Bearer only-to-read"));
            assertEquals(200, read.statusCode());
            assertTrue(read.body().contains("\ndormouse_endpoints 0\n"), read.body());
            // It opens nothing else.
            HttpRequest.Builder other =
                    HttpRequest.newBuilder(platform.endpoint().resolve("/_dormouse/clock"))
                            .POST(HttpRequest.BodyPublishers.ofString("{}"));
            assertEquals(400, read(client, with(other, "Bearer only-to-read")).statusCode());
        }
        Settings.Keys withoutToken = new Settings.Keys("AKIDORMOUSE", "secret");
        try (TestPlatform platform =
                        new TestPlatform(TestPlatform.settings(folder).with(withoutToken));
                HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder page =
                    HttpRequest.newBuilder(platform.endpoint().resolve(MetricsPage.PATH));
            assertEquals(400, read(client, with(page, "Bearer ")).statusCode());
        }
    }

    private static HttpRequest with(HttpRequest.Builder request, String authorization) {
        return request.copy().header("Authorization", authorization).build();
    }

    private static HttpResponse<String> read(HttpClient client, HttpRequest request)
            throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
