package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dormouse.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

class PutAndGetTest {
    @TempDir Path temp;
    private Store store;
    private Objects objects;

    @BeforeEach
    void start() {
        store = Store.open(temp, InstantSource.system(), List.of(Objects.SCHEMA));
        objects = new Objects(store, temp.resolve("s3"), InstantSource.system());
        objects.createBucket(r -> r.bucket("models"));
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private String text(String key) {
        return objects.getObject(r -> r.bucket("models").key(key), ResponseTransformer.toBytes())
                .asUtf8String();
    }

    @Test
    void whatIsPutIsGot() {
        objects.putObject(
                r ->
                        r.bucket("models")
                                .key("a/b")
                                .contentType("text/plain")
                                .metadata(Map.of("team", "ml")),
                RequestBody.fromString("hello"));
        assertEquals("hello", text("a/b"));
        HeadObjectResponse head = objects.headObject(r -> r.bucket("models").key("a/b"));
        assertEquals(5, head.contentLength());
        assertEquals("\"5d41402abc4b2a76b9719d911017c592\"", head.eTag());
        assertEquals("text/plain", head.contentType());
        assertEquals(Map.of("team", "ml"), head.metadata());
    }

    @Test
    void whatIsMissingSaysSo() {
        assertThrows(NoSuchKeyException.class, () -> text("nothing"));
        assertThrows(
                NoSuchBucketException.class,
                () -> objects.headObject(r -> r.bucket("nowhere").key("a")));
    }

    @Test
    void aStreamUnderWaySurvivesTheObjectsEnd() throws IOException {
        objects.putObject(r -> r.bucket("models").key("a"), RequestBody.fromString("first"));
        try (ResponseInputStream<GetObjectResponse> stream =
                objects.getObject(r -> r.bucket("models").key("a"))) {
            objects.putObject(r -> r.bucket("models").key("a"), RequestBody.fromString("second"));
            objects.deleteObject(r -> r.bucket("models").key("a"));
            assertEquals(
                    "first",
                    new String(stream.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    @Test
    void listsInTheOrderOfKeys() {
        for (String key : List.of("b", "a/1", "a/2", "ä", "a")) {
            objects.putObject(r -> r.bucket("models").key(key), RequestBody.empty());
        }
        assertEquals(
                List.of("a", "a/1", "a/2", "b", "ä"),
                objects
                        .listObjectsV2Paginator(r -> r.bucket("models").maxKeys(2))
                        .contents()
                        .stream()
                        .map(S3Object::key)
                        .toList());
        assertEquals(
                List.of("a/"),
                objects
                        .listObjectsV2(r -> r.bucket("models").delimiter("/"))
                        .commonPrefixes()
                        .stream()
                        .map(p -> p.prefix())
                        .toList());
    }
}
