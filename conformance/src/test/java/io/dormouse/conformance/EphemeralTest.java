package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sagemaker.model.CreateModelPackageGroupResponse;

/// A platform for users' own tests: emptied before each of them, its clock moved at will.
class EphemeralTest {
    private static HttpResponse<String> post(PlatformProcess platform, String page, String body)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(platform.endpoint().resolve("/_dormouse/" + page))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aResetEmptiesItAndTheClockMoves(@TempDir Path folder) throws Exception {
        try (PlatformProcess platform = PlatformProcess.startEphemeral(folder);
                Clients clients = Clients.of(platform)) {
            clients.s3().createBucket(r -> r.bucket("mine"));
            Training.putData(clients.s3(), "mine");
            clients.sageMaker().createModelPackageGroup(r -> r.modelPackageGroupName("mine"));
            HttpResponse<String> reset = post(platform, "reset", "");
            assertEquals(200, reset.statusCode(), reset.body());
            assertTrue(clients.s3().listBuckets().buckets().isEmpty());
            assertTrue(
                    clients.sageMaker()
                            .listModelPackageGroups(r -> {})
                            .modelPackageGroupSummaryList()
                            .isEmpty());

            HttpResponse<String> moved = post(platform, "clock", "{\"advance_seconds\": 86400}");
            assertEquals(200, moved.statusCode(), moved.body());
            CreateModelPackageGroupResponse made =
                    clients.sageMaker()
                            .createModelPackageGroup(r -> r.modelPackageGroupName("mine"));
            assertTrue(made.modelPackageGroupArn().endsWith("/mine"));
            Instant created =
                    clients.sageMaker()
                            .describeModelPackageGroup(r -> r.modelPackageGroupName("mine"))
                            .creationTime();
            assertTrue(
                    created.isAfter(Instant.now().plus(Duration.ofHours(23))),
                    "made at " + created);
            assertEquals(400, post(platform, "clock", "{\"advance_seconds\": -1}").statusCode());
        }
    }

    @Test
    void anEphemeralPlatformLeavesTheNoteOfAnotherAlone(@TempDir Path folder) throws Exception {
        Path note = folder.resolve("platform.properties");
        try (PlatformProcess ordinary = PlatformProcess.start(folder)) {
            try (PlatformProcess ephemeral = PlatformProcess.startEphemeral(folder)) {
                assertTrue(
                        ephemeral.log().contains("names the platform at " + ordinary.endpoint()),
                        ephemeral.log());
            }
            assertTrue(Files.readString(note).contains(ordinary.endpoint().toString()));
        }
        assertFalse(Files.exists(note));
    }

    @Test
    void anOrdinaryPlatformIsNotEmptied(@TempDir Path folder) throws Exception {
        try (PlatformProcess platform = PlatformProcess.start(folder);
                Clients clients = Clients.of(platform)) {
            clients.s3().createBucket(r -> r.bucket("mine"));
            assertEquals(404, post(platform, "reset", "").statusCode());
            assertFalse(clients.s3().listBuckets().buckets().isEmpty());
        }
        assertTrue(Files.exists(folder.resolve("dormouse.db")));
    }
}
