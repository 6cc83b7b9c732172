package io.dormouse.app;

import io.dormouse.artifact.Objects;
import io.dormouse.artifact.OtherS3;
import io.dormouse.artifact.Retention;
import io.dormouse.artifact.RulesPage;
import io.dormouse.store.Store;
import io.dormouse.timing.Alarms;
import io.dormouse.wire.Handler;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.S3Client;

/// Where objects are kept: in the data folder, or in another S3.
final class ObjectStore implements AutoCloseable {
    private final S3Client client;
    private final Optional<Objects> own;
    private final Optional<URI> elsewhere;

    ObjectStore(Settings settings, Store store, InstantSource clock) {
        Optional<OtherS3> other = OtherS3.of(settings.environment());
        elsewhere = other.map(OtherS3::endpoint);
        own =
                other.isPresent()
                        ? Optional.empty()
                        : Optional.of(
                                new Objects(store, settings.data().resolve("objects"), clock));
        client = other.map(OtherS3::client).orElseGet(own::orElseThrow);
    }

    S3Client client() {
        return client;
    }

    /// Executes lifecycle rules from now on; another S3 has its own for its own.
    void live(Alarms alarms, Retention needed) {
        own.ifPresent(objects -> {
            Thread.ofVirtual().name("sweep").start(objects::sweep);
            objects.live(alarms, needed);
        });
    }

    /// Answers what lifecycle rules would do.
    Handler rulesPage() {
        return own.<Handler>map(objects -> new RulesPage(objects::dryRun))
                .orElse(exchange ->
                        exchange.answer(
                                400,
                                Map.of("Content-Type", "application/json"),
                                ("{\"message\":\"Objects are kept by "
                                                + elsewhere.map(URI::toString).orElse("")
                                                + ", which executes its own rules\"}")
                                        .getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        client.close();
    }
}
