package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.timing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.Tag;

/// What rules are said to do, beside what they then do; the clock begins at noon of 2026-11-01.
class DryRunTest {
    private static final String BUCKET = "bkt";

    @TempDir Path temp;
    private final ManualTime time = new ManualTime();
    private Store store;
    private Objects s3;

    @BeforeEach
    void open() {
        store = Store.open(temp, time, List.of(Objects.SCHEMA));
        s3 = new Objects(store, temp.resolve("s3"), time);
        s3.live(time, (Query _) -> Map.of("s3://bkt/m/needed", "model package m/1 is Approved"));
        s3.createBucket(r -> r.bucket(BUCKET));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void put(String key, String content) {
        s3.putObject(r -> r.bucket(BUCKET).key(key), RequestBody.fromString(content));
    }

    private List<String> keys() {
        return s3.listObjectsV2(r -> r.bucket(BUCKET)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    private static List<String> keys(List<DryRun.Entry> entries) {
        return entries.stream().map(DryRun.Entry::key).sorted().toList();
    }

    private void rules(LifecycleRule.Builder... rules) {
        List<LifecycleRule> all =
                List.of(rules).stream()
                        .map(rule -> rule.status(ExpirationStatus.ENABLED).build())
                        .toList();
        s3.putBucketLifecycleConfiguration(
                r -> r.bucket(BUCKET).lifecycleConfiguration(c -> c.rules(all)));
    }

    private static LifecycleRule.Builder old(String id, String prefix, int days) {
        return LifecycleRule.builder()
                .id(id)
                .filter(f -> f.prefix(prefix))
                .expiration(e -> e.days(days));
    }

    private void registryAware() {
        Tag tag = Tag.builder().key("dormouse:registry-aware").value("true").build();
        s3.putBucketTagging(r -> r.bucket(BUCKET).tagging(t -> t.tagSet(tag)));
    }

    @Test
    void whatIsForetoldIsWhatHappensThen() {
        List.of("m/needed", "m/old", "other/x").forEach(key -> put(key, "12345"));
        registryAware();
        rules(old("models", "m/", 3));

        assertEquals(List.of(), s3.dryRun(3).removed(), "the day is not over yet");
        DryRun foretold = s3.dryRun(4);
        assertEquals("2026-11-05T00:00:00Z", foretold.by().toString());
        assertEquals(
                List.of(
                        new DryRun.Entry(
                                BUCKET, "m/old", "null", 5, "models", "older than 3 days")),
                foretold.removed());
        assertEquals(
                List.of(
                        new DryRun.Entry(
                                BUCKET,
                                "m/needed",
                                "null",
                                5,
                                "models",
                                "model package m/1 is Approved")),
                foretold.kept());
        assertEquals(List.of("m/needed", "m/old", "other/x"), keys(), "nothing was changed");

        TreeSet<String> left = new TreeSet<>(keys());
        left.removeAll(keys(foretold.removed()));
        time.pass(Duration.ofDays(4));
        assertEquals(List.copyOf(left), keys());
    }

    @Test
    void aRuleThatDoesNotAskRemovesWhatAnotherKeeps() {
        put("m/needed", "x");
        rules(old("dormouse:registry-aware models", "m/", 1), old("blind", "m/ne", 1));
        DryRun foretold = s3.dryRun(3);
        assertEquals(List.of("m/needed"), keys(foretold.removed()));
        assertEquals("blind", foretold.removed().getFirst().rule());
        assertEquals(List.of(), foretold.kept());
    }

    @Test
    void whatWillBeHiddenFreesNothing() {
        s3.putBucketVersioning(r ->
                r.bucket(BUCKET)
                        .versioningConfiguration(c -> c.status(BucketVersioningStatus.ENABLED)));
        put("k", "old one");
        put("k", "new");
        rules(old("all", "", 1).noncurrentVersionExpiration(n -> n.noncurrentDays(1)));
        List<DryRun.Entry> removed = s3.dryRun(3).removed();
        assertEquals(List.of(0L, 7L), removed.stream().map(DryRun.Entry::bytes).toList());
        assertTrue(removed.getFirst().why().contains("delete marker"), removed.toString());
        assertEquals("not current for 1 day", removed.getLast().why());
    }

    @Test
    void uploadsAreCounted() {
        String id = s3.createMultipartUpload(r -> r.bucket(BUCKET).key("big")).uploadId();
        s3.uploadPart(
                r -> r.bucket(BUCKET).key("big").uploadId(id).partNumber(1),
                RequestBody.fromString("123456"));
        rules(
                LifecycleRule.builder()
                        .id("up")
                        .filter(f -> f.prefix(""))
                        .abortIncompleteMultipartUpload(a -> a.daysAfterInitiation(2)));
        assertEquals(
                List.of(
                        new DryRun.Entry(
                                BUCKET,
                                "big",
                                id,
                                6,
                                "up",
                                "an upload that was not completed in 2 days")),
                s3.dryRun(4).removed());
    }
}
