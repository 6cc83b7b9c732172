package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.Tag;

class BucketsTest extends S3TestCase {
    private static List<String> names(ListBucketsResponse response) {
        return response.buckets().stream().map(Bucket::name).toList();
    }

    @Test
    void bucketsAreListedInPagesAndByPrefix() {
        s3.createBucket(r -> r.bucket("models-b"));
        s3.createBucket(r -> r.bucket("models-a"));
        assertEquals(List.of(BUCKET, "models-a", "models-b"), names(s3.listBuckets()));
        assertEquals(
                List.of("models-a", "models-b"), names(s3.listBuckets(r -> r.prefix("models-"))));
        ListBucketsResponse page = s3.listBuckets(r -> r.maxBuckets(2));
        assertEquals(List.of(BUCKET, "models-a"), names(page));
        assertEquals(
                List.of("models-b"),
                names(s3.listBuckets(r -> r.continuationToken(page.continuationToken()))));
    }

    @Test
    void aBucketIsDeletedOnceItIsEmpty() {
        put("a", "1");
        refused("BucketNotEmpty", 409, () -> s3.deleteBucket(r -> r.bucket(BUCKET)));
        s3.deleteObject(r -> r.bucket(BUCKET).key("a"));
        s3.createMultipartUpload(r -> r.bucket(BUCKET).key("unfinished"));
        s3.putBucketTagging(r ->
                r.bucket(BUCKET).tagging(t -> t.tagSet(Tag.builder().key("a").value("b").build())));
        s3.deleteBucket(r -> r.bucket(BUCKET));
        refused("NoSuchBucket", 404, () -> s3.listObjectsV2(r -> r.bucket(BUCKET)));
        refused("NoSuchBucket", 404, () -> s3.deleteBucket(r -> r.bucket(BUCKET)));
        s3.createBucket(r -> r.bucket(BUCKET));
        refused("NoSuchTagSet", 404, () -> s3.getBucketTagging(r -> r.bucket(BUCKET)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ab",
                "Upper",
                "under_score",
                "-dash",
                "dash-",
                "a..b",
                "192.168.1.1",
                "xn--abc",
                "abc-s3alias"
            })
    void aNameMustBeOne(String name) {
        refused(
                "InvalidBucketName",
                400,
                () -> platform.objects().createBucket(r -> r.bucket(name)));
    }

    private void createIn(String endpoint, Consumer<CreateBucketRequest.Builder> request) {
        Caller.root(Caller.DEFAULT_ACCOUNT, endpoint)
                .call(() -> platform.objects().createBucket(request));
    }

    @Test
    void theRegionIsTheEndpointsOrAnyFromUsEast1() {
        s3.createBucket(r ->
                r.bucket("europe")
                        .createBucketConfiguration(c -> c.locationConstraint("eu-west-1")));
        assertEquals(
                "eu-west-1",
                s3.getBucketLocation(r -> r.bucket("europe")).locationConstraintAsString());
        assertEquals("eu-west-1", s3.headBucket(r -> r.bucket("europe")).bucketRegion());
        assertTrue(platform.send("GET", "/bkt?location", "").body().contains("LocationConstraint"));
        refused(
                "IllegalLocationConstraintException",
                400,
                () -> createIn("eu-west-1", r -> r.bucket("other")));
        refused(
                "IllegalLocationConstraintException",
                400,
                () ->
                        createIn(
                                "eu-west-1",
                                r ->
                                        r.bucket("other")
                                                .createBucketConfiguration(
                                                        c -> c.locationConstraint("eu-west-2"))));
        refused(
                "InvalidLocationConstraint",
                400,
                () ->
                        createIn(
                                "us-east-1",
                                r ->
                                        r.bucket("other")
                                                .createBucketConfiguration(
                                                        c -> c.locationConstraint("moon-1"))));
    }

    @Test
    void onlyUsEast1LetsItsOwnerCreateABucketAgain() {
        s3.createBucket(r -> r.bucket(BUCKET));
        Consumer<CreateBucketRequest.Builder> europe =
                r ->
                        r.bucket("europe")
                                .createBucketConfiguration(c -> c.locationConstraint("eu-west-1"));
        s3.createBucket(europe);
        refused("BucketAlreadyOwnedByYou", 409, () -> s3.createBucket(europe));
        refused(
                "BucketAlreadyExists",
                409,
                () ->
                        Caller.root("999999999999", "us-east-1")
                                .call(() ->
                                        platform.objects().createBucket(r -> r.bucket(BUCKET))));
    }

    @Test
    void theOwnerThatIsExpectedMustBeTheOwner() {
        s3.headBucket(r -> r.bucket(BUCKET).expectedBucketOwner(Caller.DEFAULT_ACCOUNT));
        refused(
                "AccessDenied",
                403,
                () -> s3.listObjectsV2(r -> r.bucket(BUCKET).expectedBucketOwner("999999999999")));
        assertEquals(
                403,
                platform.send("HEAD", "/bkt", "", "x-amz-expected-bucket-owner", "999999999999")
                        .statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "policy, NoSuchBucketPolicy",
        "cors, NoSuchCORSConfiguration",
        "lifecycle, NoSuchLifecycleConfiguration",
        "encryption, ServerSideEncryptionConfigurationNotFoundError",
        "website, NoSuchWebsiteConfiguration",
        "replication, ReplicationConfigurationNotFoundError",
        "object-lock, ObjectLockConfigurationNotFoundError",
        "tagging, NoSuchTagSet"
    })
    void aSettingThatWasNotMadeIsAnErrorOfItsOwn(String setting, String code) {
        var answer = platform.send("GET", "/bkt?" + setting, "");
        assertEquals(404, answer.statusCode());
        assertTrue(answer.body().contains("<Code>" + code + "</Code>"), answer.body());
    }

    @ParameterizedTest
    @CsvSource({
        "versioning, VersioningConfiguration",
        "logging, BucketLoggingStatus",
        "accelerate, AccelerateConfiguration",
        "notification, NotificationConfiguration",
        "requestPayment, BucketOwner",
        "ownershipControls, BucketOwnerEnforced",
        "publicAccessBlock, BlockPublicAcls>true",
        "acl, FULL_CONTROL"
    })
    void orIsAnsweredAsInANewBucket(String setting, String content) {
        var answer = platform.send("GET", "/bkt?" + setting, "");
        assertEquals(200, answer.statusCode());
        assertTrue(answer.body().contains(content), answer.body());
    }

    @Test
    void bucketsAndObjectsHaveTags() {
        Tag tag = Tag.builder().key("team").value("m l").build();
        s3.putBucketTagging(r -> r.bucket(BUCKET).tagging(t -> t.tagSet(tag)));
        assertEquals(List.of(tag), s3.getBucketTagging(r -> r.bucket(BUCKET)).tagSet());
        s3.deleteBucketTagging(r -> r.bucket(BUCKET));
        refused("NoSuchTagSet", 404, () -> s3.getBucketTagging(r -> r.bucket(BUCKET)));

        put("a", "1");
        s3.putObjectTagging(r -> r.bucket(BUCKET).key("a").tagging(t -> t.tagSet(tag)));
        assertEquals(List.of(tag), s3.getObjectTagging(r -> r.bucket(BUCKET).key("a")).tagSet());
        assertEquals(1, s3.headObject(r -> r.bucket(BUCKET).key("a")).tagCount());
        s3.deleteObjectTagging(r -> r.bucket(BUCKET).key("a"));
        assertEquals(List.of(), s3.getObjectTagging(r -> r.bucket(BUCKET).key("a")).tagSet());
        assertEquals(Map.of(), s3.headObject(r -> r.bucket(BUCKET).key("a")).metadata());
    }
}
