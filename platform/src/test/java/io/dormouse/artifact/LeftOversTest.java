package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;

/// What a crash leaves over is removed at the next start, and nothing else is.
class LeftOversTest {
    @TempDir Path temp;

    private Store open() {
        return Store.open(temp, InstantSource.system(), List.of(Objects.SCHEMA));
    }

    private Objects objects(Store store) {
        return new Objects(store, temp.resolve("s3"), InstantSource.system());
    }

    @Test
    void filesThatNoRecordNamesGo() throws IOException {
        Path lost = temp.resolve("s3/objects/ff/ff" + UUID.randomUUID().toString().substring(2));
        Path half = temp.resolve("s3/temporary/half");
        try (Store store = open()) {
            Objects objects = objects(store);
            objects.createBucket(r -> r.bucket("bkt"));
            for (int i = 0; i < 40; i++) {
                String key = "k" + i;
                objects.putObject(r -> r.bucket("bkt").key(key), RequestBody.fromString(key));
            }
            Files.createDirectories(lost.getParent());
            Files.writeString(lost, "renamed, not recorded");
            Files.writeString(half, "not even renamed");
        }
        try (Store store = open()) {
            Objects objects = objects(store);
            objects.sweep();
            assertFalse(Files.exists(lost));
            assertFalse(Files.exists(half));
            for (int i = 0; i < 40; i++) {
                String key = "k" + i;
                assertEquals(
                        key,
                        objects.getObject(
                                        r -> r.bucket("bkt").key(key),
                                        ResponseTransformer.toBytes())
                                .asUtf8String());
            }
        }
    }

    @Test
    void noFileIsNamedAfterAKey() throws IOException {
        try (Store store = open()) {
            Objects objects = objects(store);
            objects.createBucket(r -> r.bucket("bkt"));
            objects.putObject(
                    r -> r.bucket("bkt").key("../../secret"), RequestBody.fromString("1"));
            try (Stream<Path> walk = Files.walk(temp)) {
                assertTrue(walk.noneMatch(path -> path.toString().contains("secret")));
            }
        }
    }
}
