package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.timing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.EventBridgeConfiguration;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.Tag;

/// The rules as they are executed; the clock begins at noon of 2026-11-01.
class LifecycleTest {
    private static final String BUCKET = "bkt";

    @TempDir Path temp;
    private final ManualTime time = new ManualTime();
    private final Map<String, String> needed = new ConcurrentHashMap<>();
    private Store store;
    private Objects s3;

    @BeforeEach
    void open() {
        store = Store.open(temp, time, List.of(Objects.SCHEMA));
        s3 = new Objects(store, temp.resolve("s3"), time);
        s3.live(time, (Query _) -> needed);
        s3.createBucket(r -> r.bucket(BUCKET));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static LifecycleRule rule(Consumer<LifecycleRule.Builder> rule) {
        return LifecycleRule.builder().status(ExpirationStatus.ENABLED).applyMutation(rule).build();
    }

    private void rules(Consumer<LifecycleRule.Builder> only) {
        rules(List.of(rule(only)));
    }

    private void rules(Consumer<LifecycleRule.Builder> one, Consumer<LifecycleRule.Builder> other) {
        rules(List.of(rule(one), rule(other)));
    }

    private void rules(List<LifecycleRule> all) {
        s3.putBucketLifecycleConfiguration(
                r -> r.bucket(BUCKET).lifecycleConfiguration(c -> c.rules(all)));
    }

    private void versioned() {
        s3.putBucketVersioning(r ->
                r.bucket(BUCKET)
                        .versioningConfiguration(c -> c.status(BucketVersioningStatus.ENABLED)));
    }

    private String put(String key, String content) {
        return s3.putObject(r -> r.bucket(BUCKET).key(key), RequestBody.fromString(content))
                .versionId();
    }

    private List<String> keys() {
        return s3.listObjectsV2(r -> r.bucket(BUCKET)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    private ListObjectVersionsResponse versions() {
        return s3.listObjectVersions(r -> r.bucket(BUCKET));
    }

    private void pass(String duration) {
        time.pass(Duration.parse(duration));
    }

    @Test
    void daysAreRoundedUpToMidnight() {
        put("logs/a", "x");
        put("kept", "x");
        rules(r -> r.id("old").filter(f -> f.prefix("logs/")).expiration(e -> e.days(1)));
        pass("PT35H59M59S");
        assertEquals(List.of("kept", "logs/a"), keys());
        pass("PT2S");
        assertEquals(List.of("kept"), keys());
        pass("P400D");
        assertEquals(List.of("kept"), keys());
    }

    @Test
    void theHeaderSaysWhenAndByWhichRule() {
        rules(r -> r.id("a rule").filter(f -> f.prefix("")).expiration(e -> e.days(3)));
        String expected = "expiry-date=\"Thu, 05 Nov 2026 00:00:00 GMT\", rule-id=\"a%20rule\"";
        assertEquals(
                expected,
                s3.putObject(r -> r.bucket(BUCKET).key("k"), RequestBody.fromString("x"))
                        .expiration());
        assertEquals(expected, s3.headObject(r -> r.bucket(BUCKET).key("k")).expiration());
        s3.deleteBucketLifecycle(r -> r.bucket(BUCKET));
        assertNull(s3.headObject(r -> r.bucket(BUCKET).key("k")).expiration());
    }

    @Test
    void aDateEndsAllThatIsThere() {
        put("k", "x");
        rules(r ->
                r.filter(f -> f.prefix(""))
                        .expiration(e -> e.date(Instant.parse("2026-11-10T00:00:00Z"))));
        pass("P7D");
        assertEquals(List.of("k"), keys());
        pass("P2D");
        assertEquals(List.of(), keys());
    }

    @Test
    void filtersAreHeldAllAtOnce() {
        Tag tmp = Tag.builder().key("tmp").value("yes").build();
        for (String key : List.of("a/large-tagged", "a/small-tagged", "b/large-tagged")) {
            s3.putObject(
                    r -> r.bucket(BUCKET).key(key).tagging("tmp=yes&more=1"),
                    RequestBody.fromString(key.contains("large") ? "x".repeat(100) : "x"));
        }
        put("a/large", "x".repeat(100));
        rules(r ->
                r.filter(f -> f.and(a -> a.prefix("a/").tags(tmp).objectSizeGreaterThan(50L)))
                        .expiration(e -> e.days(1)));
        pass("P3D");
        assertEquals(List.of("a/large", "a/small-tagged", "b/large-tagged"), keys());
    }

    @Test
    void aDisabledRuleDoesNothing() {
        put("k", "x");
        rules(r ->
                r.status(ExpirationStatus.DISABLED)
                        .filter(f -> f.prefix(""))
                        .expiration(e -> e.days(1)));
        pass("P9D");
        assertEquals(List.of("k"), keys());
    }

    @Test
    void expirationInAVersionedBucketLeavesAMarkerUntilItHidesNothing() {
        versioned();
        put("k", "x");
        rules(
                r -> r.id("1").filter(f -> f.prefix("")).expiration(e -> e.days(1)),
                r ->
                        r.id("2")
                                .filter(f -> f.prefix(""))
                                .noncurrentVersionExpiration(n -> n.noncurrentDays(5)));
        pass("P2D");
        assertEquals(List.of(), keys());
        assertEquals(1, versions().versions().size());
        assertEquals(1, versions().deleteMarkers().size());
        pass("P9D");
        assertEquals(List.of(), versions().versions());
        assertEquals(List.of(), versions().deleteMarkers());
    }

    @Test
    void anExpiredMarkerGoesByItsOwnRule() {
        versioned();
        String one = put("alone", "x");
        put("hiding", "x");
        s3.deleteObject(r -> r.bucket(BUCKET).key("alone"));
        s3.deleteObject(r -> r.bucket(BUCKET).key("hiding"));
        s3.deleteObject(r -> r.bucket(BUCKET).key("alone").versionId(one));
        rules(r -> r.filter(f -> f.prefix("")).expiration(e -> e.expiredObjectDeleteMarker(true)));
        pass("P1D");
        assertEquals(
                List.of("hiding"),
                versions().deleteMarkers().stream().map(DeleteMarkerEntry::key).toList());
    }

    @Test
    void theNewestNoncurrentVersionsAreKept() {
        versioned();
        put("k", "1");
        put("k", "2");
        String three = put("k", "3");
        String four = put("k", "4");
        String five = put("k", "5");
        rules(r ->
                r.filter(f -> f.prefix(""))
                        .noncurrentVersionExpiration(
                                n -> n.noncurrentDays(2).newerNoncurrentVersions(2)));
        pass("P2D");
        assertEquals(5, versions().versions().size());
        pass("P1D");
        assertEquals(
                List.of(five, four, three),
                versions().versions().stream().map(ObjectVersion::versionId).toList());
    }

    @Test
    void incompleteUploadsAreAborted() {
        s3.createMultipartUpload(r -> r.bucket(BUCKET).key("in/a"));
        s3.createMultipartUpload(r -> r.bucket(BUCKET).key("out/a"));
        rules(r ->
                r.filter(f -> f.prefix("in/"))
                        .abortIncompleteMultipartUpload(a -> a.daysAfterInitiation(1)));
        pass("P3D");
        assertEquals(
                List.of("out/a"),
                s3.listMultipartUploads(r -> r.bucket(BUCKET)).uploads().stream()
                        .map(each -> each.key())
                        .toList());
    }

    @Test
    void whatIsNeededStaysWhereTheBucketIsRegistryAware() {
        Tag aware = Tag.builder().key("dormouse:registry-aware").value("true").build();
        s3.putBucketTagging(r -> r.bucket(BUCKET).tagging(t -> t.tagSet(aware)));
        needed.put("s3://bkt/models/needed", "model churn uses it");
        put("models/needed", "x");
        put("models/superseded", "x");
        rules(r -> r.filter(f -> f.prefix("models/")).expiration(e -> e.days(1)));
        pass("P3D");
        assertEquals(List.of("models/needed"), keys());
        needed.clear();
        pass("P1D");
        assertEquals(List.of(), keys());
    }

    @Test
    void aRuleIsRegistryAwareByItsIdAndOthersAreNot() {
        needed.put("s3://bkt/a/k", "model churn uses it");
        needed.put("s3://bkt/b/k", "model churn uses it");
        put("a/k", "x");
        put("b/k", "x");
        rules(
                r ->
                        r.id("dormouse:registry-aware models")
                                .filter(f -> f.prefix("a/"))
                                .expiration(e -> e.days(1)),
                r -> r.id("plain").filter(f -> f.prefix("b/")).expiration(e -> e.days(1)));
        pass("P3D");
        assertEquals(List.of("a/k"), keys());
    }

    @Test
    void theBusIsToldAndTheFilesGo() throws Exception {
        s3.putBucketNotificationConfiguration(r ->
                r.bucket(BUCKET)
                        .notificationConfiguration(c ->
                                c.eventBridgeConfiguration(
                                        EventBridgeConfiguration.builder().build())));
        put("k", "x");
        rules(r -> r.filter(f -> f.prefix("")).expiration(e -> e.days(1)));
        pass("P3D");
        Store.Change change = store.changesAfter(0, 10).getLast();
        assertEquals("Object Deleted", change.detailType());
        assertTrue(change.detail().contains("\"reason\":\"Lifecycle Expiration\""));
        assertTrue(change.detail().contains("\"requester\":\"s3.amazonaws.com\""));
        try (var files = java.nio.file.Files.walk(temp.resolve("s3"))) {
            assertEquals(0, files.filter(java.nio.file.Files::isRegularFile).count());
        }
    }
}
