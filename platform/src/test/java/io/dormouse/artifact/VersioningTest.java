package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.Tag;

class VersioningTest extends S3TestCase {
    @BeforeEach
    void enable() {
        versioning(BucketVersioningStatus.ENABLED);
    }

    private void versioning(BucketVersioningStatus status) {
        s3.putBucketVersioning(
                r -> r.bucket(BUCKET).versioningConfiguration(c -> c.status(status)));
        assertEquals(status, s3.getBucketVersioning(r -> r.bucket(BUCKET)).status());
    }

    private String version(String key, String content) {
        return s3.putObject(r -> r.bucket(BUCKET).key(key), RequestBody.fromString(content))
                .versionId();
    }

    private String get(String key, String version) {
        return s3.getObject(
                        r -> r.bucket(BUCKET).key(key).versionId(version),
                        ResponseTransformer.toBytes())
                .asUtf8String();
    }

    private List<String> listed() {
        return s3.listObjectVersions(r -> r.bucket(BUCKET)).versions().stream()
                .map(ObjectVersion::versionId)
                .toList();
    }

    @Test
    void whatIsOverwrittenIsKept() {
        String one = version("k", "one");
        String two = version("k", "two");
        assertNotEquals(one, two);
        assertEquals("one", get("k", one));
        assertEquals("two", get("k"));
        assertEquals(two, s3.headObject(r -> r.bucket(BUCKET).key("k")).versionId());
        assertEquals(List.of(two, one), listed());
        refused("NoSuchVersion", 404, () -> get("k", "no-such"));
    }

    @Test
    void aDeleteMarkerHidesTheKeyUntilItIsRemoved() {
        String one = version("k", "one");
        DeleteObjectResponse marker = s3.deleteObject(r -> r.bucket(BUCKET).key("k"));
        assertTrue(marker.deleteMarker());
        refused("NoSuchKey", 404, () -> get("k"));
        assertEquals("one", get("k", one));
        refused("MethodNotAllowed", 405, () -> get("k", marker.versionId()));
        assertEquals(0, s3.listObjectsV2(r -> r.bucket(BUCKET)).keyCount());
        assertEquals(
                marker.versionId(),
                s3.listObjectVersions(r -> r.bucket(BUCKET))
                        .deleteMarkers()
                        .getFirst()
                        .versionId());
        refused("BucketNotEmpty", 409, () -> s3.deleteBucket(r -> r.bucket(BUCKET)));
        assertTrue(
                s3.deleteObject(r -> r.bucket(BUCKET).key("k").versionId(marker.versionId()))
                        .deleteMarker());
        assertEquals("one", get("k"));
    }

    @Test
    void aVersionThatIsDeletedByItsIdGivesWayToTheOneBefore() {
        String one = version("k", "one");
        String two = version("k", "two");
        assertNull(s3.deleteObject(r -> r.bucket(BUCKET).key("k").versionId(two)).deleteMarker());
        assertEquals("one", get("k"));
        assertEquals(List.of(one), listed());
    }

    @Test
    void severalAreDeletedAtOnceByVersionAndByKey() {
        String one = version("a", "one");
        version("b", "two");
        var deleted =
                s3.deleteObjects(r ->
                                r.bucket(BUCKET)
                                        .delete(d ->
                                                d.objects(
                                                        ObjectIdentifier.builder()
                                                                .key("a")
                                                                .versionId(one)
                                                                .build(),
                                                        ObjectIdentifier.builder()
                                                                .key("b")
                                                                .build())))
                        .deleted();
        assertEquals(one, deleted.get(0).versionId());
        assertNull(deleted.get(0).deleteMarker());
        assertTrue(deleted.get(1).deleteMarker());
        ListObjectVersionsResponse left = s3.listObjectVersions(r -> r.bucket(BUCKET));
        assertEquals(1, left.versions().size());
        assertEquals(
                deleted.get(1).deleteMarkerVersionId(),
                left.deleteMarkers().getFirst().versionId());
    }

    @Test
    void suspendedVersionsReplaceTheNullOneAlone() {
        String one = version("k", "one");
        versioning(BucketVersioningStatus.SUSPENDED);
        version("k", "null one");
        version("k", "null two");
        assertEquals("one", get("k", one));
        assertEquals("null two", get("k", "null"));
        assertEquals(List.of("null", one), listed());
        assertTrue(s3.deleteObject(r -> r.bucket(BUCKET).key("k")).deleteMarker());
        assertEquals(List.of(one), listed());
    }

    @Test
    void versionsAreListedPageByPage() {
        version("a", "1");
        version("k", "1");
        version("k", "2");
        version("k", "3");
        List<String> all = listed();
        List<String> paged =
                s3.listObjectVersionsPaginator(r -> r.bucket(BUCKET).maxKeys(1)).versions().stream()
                        .map(ObjectVersion::versionId)
                        .toList();
        assertEquals(4, all.size());
        assertEquals(all, paged);
    }

    @Test
    void aVersionIsCopiedAndTaggedByItsId() {
        String one = version("k", "one");
        version("k", "two");
        var copy =
                s3.copyObject(r ->
                        r.sourceBucket(BUCKET)
                                .sourceKey("k")
                                .sourceVersionId(one)
                                .destinationBucket(BUCKET)
                                .destinationKey("k"));
        assertEquals(one, copy.copySourceVersionId());
        assertEquals("one", get("k", copy.versionId()));
        Tag tag = Tag.builder().key("stage").value("old").build();
        s3.putObjectTagging(
                r -> r.bucket(BUCKET).key("k").versionId(one).tagging(t -> t.tagSet(tag)));
        assertEquals(
                List.of(tag),
                s3.getObjectTagging(r -> r.bucket(BUCKET).key("k").versionId(one)).tagSet());
        assertEquals(List.of(), s3.getObjectTagging(r -> r.bucket(BUCKET).key("k")).tagSet());
    }
}
