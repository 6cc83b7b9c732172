package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;

class CopyTest extends S3TestCase {
    @BeforeEach
    void putSource() {
        s3.putObject(
                r ->
                        r.bucket(BUCKET)
                                .key("dir/a b+ü")
                                .contentType("text/plain")
                                .metadata(Map.of("team", "ml")),
                RequestBody.fromString("hello"));
    }

    private HeadObjectResponse head(String key) {
        return s3.headObject(r -> r.bucket(BUCKET).key(key));
    }

    @Test
    void aCopyHasContentAndMetadataOfItsOwn() {
        s3.copyObject(r ->
                r.sourceBucket(BUCKET)
                        .sourceKey("dir/a b+ü")
                        .destinationBucket(BUCKET)
                        .destinationKey("copy"));
        s3.deleteObject(r -> r.bucket(BUCKET).key("dir/a b+ü"));
        assertEquals("hello", get("copy"));
        assertEquals(Map.of("team", "ml"), head("copy").metadata());
        assertEquals("text/plain", head("copy").contentType());
    }

    @Test
    void metadataCanBeReplaced() {
        s3.copyObject(r ->
                r.sourceBucket(BUCKET)
                        .sourceKey("dir/a b+ü")
                        .destinationBucket(BUCKET)
                        .destinationKey("dir/a b+ü")
                        .metadataDirective(MetadataDirective.REPLACE)
                        .metadata(Map.of("stage", "prod")));
        assertEquals(Map.of("stage", "prod"), head("dir/a b+ü").metadata());
        assertEquals("hello", get("dir/a b+ü"));
    }

    @Test
    void aCopyOntoItselfMustChangeSomething() {
        refused(
                "InvalidRequest",
                400,
                () ->
                        s3.copyObject(r ->
                                r.sourceBucket(BUCKET)
                                        .sourceKey("dir/a b+ü")
                                        .destinationBucket(BUCKET)
                                        .destinationKey("dir/a b+ü")));
    }

    @Test
    void theSourcesConditionsHold() {
        refused(
                "PreconditionFailed",
                412,
                () ->
                        s3.copyObject(r ->
                                r.sourceBucket(BUCKET)
                                        .sourceKey("dir/a b+ü")
                                        .destinationBucket(BUCKET)
                                        .destinationKey("copy")
                                        .copySourceIfMatch("\"other\"")));
        refused(
                "NoSuchKey",
                404,
                () ->
                        s3.copyObject(r ->
                                r.sourceBucket(BUCKET)
                                        .sourceKey("absent")
                                        .destinationBucket(BUCKET)
                                        .destinationKey("copy")));
    }
}
