package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.dormouse.store.Store;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.EventBridgeConfiguration;
import software.amazon.awssdk.services.s3.model.QueueConfiguration;
import software.amazon.awssdk.services.s3.model.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NotificationsTest extends S3TestCase {
    private void enable() {
        s3.putBucketNotificationConfiguration(r ->
                r.bucket(BUCKET)
                        .notificationConfiguration(c ->
                                c.eventBridgeConfiguration(
                                        EventBridgeConfiguration.builder().build())));
    }

    private List<Store.Change> changes() {
        return platform.store().changesAfter(0, 100);
    }

    private static JsonNode detail(Store.Change change) {
        return JsonMapper.shared().readTree(change.detail());
    }

    @Test
    void theBusIsToldOfABucketThatSaysSo() {
        put("before", "x");
        assertNull(
                s3.getBucketNotificationConfiguration(r -> r.bucket(BUCKET))
                        .eventBridgeConfiguration());
        enable();
        assertNotNull(
                s3.getBucketNotificationConfiguration(r -> r.bucket(BUCKET))
                        .eventBridgeConfiguration());
        put("models/a", "hello");
        Store.Change created = changes().getFirst();
        assertEquals(1, changes().size());
        assertEquals("aws.s3", created.source());
        assertEquals("Object Created", created.detailType());
        assertEquals("arn:aws:s3:::" + BUCKET, created.resource());
        JsonNode object = detail(created).get("object");
        assertEquals("models/a", object.get("key").asString());
        assertEquals(5, object.get("size").asInt());
        assertEquals("5d41402abc4b2a76b9719d911017c592", object.get("etag").asString());
        assertFalse(object.has("version-id"));
        assertEquals("PutObject", detail(created).get("reason").asString());
    }

    @Test
    void deletionsSayWhetherTheyAreForGood() {
        enable();
        put("k", "one");
        s3.deleteObject(r -> r.bucket(BUCKET).key("k"));
        s3.putBucketVersioning(r ->
                r.bucket(BUCKET)
                        .versioningConfiguration(c -> c.status(BucketVersioningStatus.ENABLED)));
        s3.deleteObject(r -> r.bucket(BUCKET).key("k"));
        List<Store.Change> changes = changes();
        assertEquals("Object Deleted", changes.get(1).detailType());
        assertEquals("Permanently Deleted", detail(changes.get(1)).get("deletion-type").asString());
        assertEquals(
                "Delete Marker Created", detail(changes.get(2)).get("deletion-type").asString());
        assertEquals("DeleteObject", detail(changes.get(2)).get("reason").asString());
    }

    @Test
    void copiesAndTagsAreToldToo() {
        enable();
        put("k", "one");
        s3.copyObject(r ->
                r.sourceBucket(BUCKET)
                        .sourceKey("k")
                        .destinationBucket(BUCKET)
                        .destinationKey("copy"));
        Tag tag = Tag.builder().key("a").value("b").build();
        s3.putObjectTagging(r -> r.bucket(BUCKET).key("k").tagging(t -> t.tagSet(tag)));
        s3.deleteObjectTagging(r -> r.bucket(BUCKET).key("k"));
        List<Store.Change> changes = changes();
        assertEquals("CopyObject", detail(changes.get(1)).get("reason").asString());
        assertEquals("Object Tags Added", changes.get(2).detailType());
        assertEquals("Object Tags Deleted", changes.get(3).detailType());
    }

    @Test
    void otherTargetsAreRefusedWithTheWayToReachThem() {
        QueueConfiguration queue =
                QueueConfiguration.builder()
                        .queueArn("arn:aws:sqs:us-east-1:123456789012:q")
                        .eventsWithStrings("s3:ObjectCreated:*")
                        .build();
        refused(
                "NotImplemented",
                501,
                () ->
                        s3.putBucketNotificationConfiguration(r ->
                                r.bucket(BUCKET)
                                        .notificationConfiguration(
                                                c -> c.queueConfigurations(queue))));
    }
}
