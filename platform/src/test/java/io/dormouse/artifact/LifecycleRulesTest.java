package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Transition;

/// The rules as AWS's client puts and gets them, and what is refused.
class LifecycleRulesTest extends S3TestCase {
    private static LifecycleRule rule(Consumer<LifecycleRule.Builder> rule) {
        return LifecycleRule.builder()
                .status(ExpirationStatus.ENABLED)
                .filter(f -> f.prefix(""))
                .applyMutation(rule)
                .build();
    }

    private void put(LifecycleRule... rules) {
        s3.putBucketLifecycleConfiguration(
                r -> r.bucket(BUCKET).lifecycleConfiguration(c -> c.rules(rules)));
    }

    private void refused(
            String code, int status, String sentence, Consumer<LifecycleRule.Builder> rule) {
        assertEquals(
                sentence,
                refused(code, status, () -> put(rule(rule))).awsErrorDetails().errorMessage());
    }

    @Test
    void whatWasPutIsAnswered() {
        Tag tag = Tag.builder().key("a").value("b").build();
        List<LifecycleRule> rules =
                List.of(
                        rule(r ->
                                r.id("one")
                                        .filter(f ->
                                                f.and(a ->
                                                        a.prefix("p/")
                                                                .tags(tag)
                                                                .objectSizeLessThan(9L)))
                                        .expiration(e ->
                                                e.date(Instant.parse("2030-01-01T00:00:00Z")))),
                        rule(r ->
                                r.id("two")
                                        .noncurrentVersionExpiration(
                                                n -> n.noncurrentDays(3).newerNoncurrentVersions(2))
                                        .abortIncompleteMultipartUpload(
                                                a -> a.daysAfterInitiation(7))));
        put(rules.toArray(LifecycleRule[]::new));
        assertEquals(rules, s3.getBucketLifecycleConfiguration(r -> r.bucket(BUCKET)).rules());
        s3.deleteBucketLifecycle(r -> r.bucket(BUCKET));
        refused(
                "NoSuchLifecycleConfiguration",
                404,
                () -> s3.getBucketLifecycleConfiguration(r -> r.bucket(BUCKET)));
    }

    @Test
    void aRuleWithoutAnIdIsGivenOne() {
        put(rule(r -> r.expiration(e -> e.days(1))));
        assertFalse(
                s3.getBucketLifecycleConfiguration(r -> r.bucket(BUCKET))
                        .rules()
                        .getFirst()
                        .id()
                        .isEmpty());
    }

    @Test
    void whatAwsRefusesIsRefusedInItsWords() {
        refused(
                "InvalidArgument",
                400,
                "'Days' for Expiration action must be a positive integer",
                r -> r.expiration(e -> e.days(0)));
        refused(
                "InvalidArgument",
                400,
                "'Date' must be at midnight GMT",
                r -> r.expiration(e -> e.date(Instant.parse("2030-01-01T00:00:01Z"))));
        refused(
                "InvalidRequest",
                400,
                "At least one action needs to be specified in a rule",
                r -> r.id("idle"));
        refused(
                "InvalidRequest",
                400,
                "AbortIncompleteMultipartUpload cannot be specified with Tags.",
                r ->
                        r.filter(f -> f.tag(t -> t.key("a").value("b")))
                                .abortIncompleteMultipartUpload(a -> a.daysAfterInitiation(1)));
        refused(
                "InvalidArgument",
                400,
                "ID length should not exceed allowed limit of 255",
                r -> r.id("x".repeat(256)).expiration(e -> e.days(1)));
        LifecycleRule twice = rule(r -> r.id("same").expiration(e -> e.days(1)));
        assertEquals(
                "Rule ID must be unique. Found same ID for more than one rule",
                refused("InvalidArgument", 400, () -> put(twice, twice))
                        .awsErrorDetails()
                        .errorMessage());
        refused(
                "MalformedXML",
                400,
                () -> put(rule(r -> r.expiration(e -> e.days(1).expiredObjectDeleteMarker(true)))));
        Transition glacier = Transition.builder().days(30).storageClass("GLACIER").build();
        refused("NotImplemented", 501, () -> put(rule(r -> r.transitions(glacier))));
    }
}
