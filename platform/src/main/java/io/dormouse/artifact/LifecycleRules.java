package io.dormouse.artifact;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.wire.s3.S3Error;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.BucketLifecycleConfiguration;
import software.amazon.awssdk.services.s3.model.DeleteBucketLifecycleRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketLifecycleResponse;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationResponse;
import software.amazon.awssdk.services.s3.model.LifecycleExpiration;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.NoncurrentVersionExpiration;
import software.amazon.awssdk.services.s3.model.PutBucketLifecycleConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketLifecycleConfigurationResponse;
import software.amazon.awssdk.services.s3.model.TransitionDefaultMinimumObjectSize;

/// A bucket's lifecycle rules: checked as AWS checks them, and kept.
///
/// AWS page: [lifecycle
/// elements](https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html).
final class LifecycleRules {
    private static final String SETTING = "lifecycle";

    private static final int RULES_MAX = 1000;
    private static final int ID_LENGTH_MAX = 255;
    private static final int NEWER_MAX = 100;

    private LifecycleRules() {}

    static List<LifecycleRule> of(Query query, String bucket) {
        return Setting.get(query, bucket, SETTING)
                .map(json -> Shapes.fromJson(BucketLifecycleConfiguration::builder, json).rules())
                .orElse(List.of());
    }

    /// The buckets that have rules.
    static List<String> buckets(Query query) {
        return Setting.buckets(query, SETTING);
    }

    /// The rules that are in force.
    static List<LifecycleRule> enabled(Query query, String bucket) {
        return of(query, bucket).stream()
                .filter(rule -> rule.status() == ExpirationStatus.ENABLED)
                .toList();
    }

    ///
    /// [PutBucketLifecycleConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html)
    static PutBucketLifecycleConfigurationResponse put(
            Store store, PutBucketLifecycleConfigurationRequest request) {
        BucketLifecycleConfiguration asked =
                Optional.ofNullable(request.lifecycleConfiguration())
                        .orElseThrow(S3Error.MALFORMED_XML::error);
        if (asked.rules().isEmpty() || asked.rules().size() > RULES_MAX) {
            throw S3Error.MALFORMED_XML.error();
        }
        List<LifecycleRule> rules = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (LifecycleRule rule : asked.rules()) {
            check(rule);
            LifecycleRule named =
                    rule.id() == null || rule.id().isEmpty()
                            ? rule.toBuilder().id(UUID.randomUUID().toString()).build()
                            : rule;
            if (!ids.add(named.id())) {
                throw S3Error.INVALID_ARGUMENT.error(
                        "Rule ID must be unique. Found same ID for more than one rule");
            }
            rules.add(named);
        }
        String body = Shapes.toJson(BucketLifecycleConfiguration.builder().rules(rules).build());
        store.write(tx -> {
            Buckets.required(tx, request, request.bucket());
            Setting.put(tx, request.bucket(), SETTING, body);
            return true;
        });
        return PutBucketLifecycleConfigurationResponse.builder()
                .transitionDefaultMinimumObjectSize(
                        TransitionDefaultMinimumObjectSize.ALL_STORAGE_CLASSES_128_K)
                .build();
    }

    ///
    /// [GetBucketLifecycleConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html)
    static GetBucketLifecycleConfigurationResponse get(
            Store store, GetBucketLifecycleConfigurationRequest request) {
        List<LifecycleRule> rules =
                store.read(query -> {
                    Buckets.required(query, request, request.bucket());
                    return of(query, request.bucket());
                });
        if (rules.isEmpty()) {
            throw S3Error.NO_SUCH_LIFECYCLE_CONFIGURATION.error();
        }
        return GetBucketLifecycleConfigurationResponse.builder()
                .rules(rules)
                .transitionDefaultMinimumObjectSize(
                        TransitionDefaultMinimumObjectSize.ALL_STORAGE_CLASSES_128_K)
                .build();
    }

    ///
    /// [DeleteBucketLifecycle](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketLifecycle.html)
    static DeleteBucketLifecycleResponse delete(Store store, DeleteBucketLifecycleRequest request) {
        store.write(tx -> {
            Buckets.required(tx, request, request.bucket());
            Setting.remove(tx, request.bucket(), SETTING);
            return true;
        });
        return DeleteBucketLifecycleResponse.builder().build();
    }

    private static void check(LifecycleRule rule) {
        if (rule.status() == null || rule.status() == ExpirationStatus.UNKNOWN_TO_SDK_VERSION) {
            throw S3Error.MALFORMED_XML.error();
        }
        if (rule.id() != null && rule.id().length() > ID_LENGTH_MAX) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "ID length should not exceed allowed limit of " + ID_LENGTH_MAX);
        }
        RuleFilter filter = RuleFilter.of(rule);
        if (!rule.transitions().isEmpty() || !rule.noncurrentVersionTransitions().isEmpty()) {
            throw S3Error.NOT_IMPLEMENTED.error(
                    "Transitions between storage classes are not implemented: leave out Transition"
                            + " and NoncurrentVersionTransition");
        }
        if (rule.expiration() == null
                && rule.noncurrentVersionExpiration() == null
                && rule.abortIncompleteMultipartUpload() == null) {
            throw S3Error.INVALID_REQUEST.error(
                    "At least one action needs to be specified in a rule");
        }
        if (rule.expiration() != null) {
            checkExpiration(rule.expiration(), filter);
        }
        if (rule.noncurrentVersionExpiration() != null) {
            checkNoncurrent(rule.noncurrentVersionExpiration());
        }
        if (rule.abortIncompleteMultipartUpload() != null) {
            checkDays(
                    rule.abortIncompleteMultipartUpload().daysAfterInitiation(),
                    "DaysAfterInitiation",
                    "AbortIncompleteMultipartUpload");
            checkUnlimited(filter, "AbortIncompleteMultipartUpload");
        }
    }

    private static void checkExpiration(LifecycleExpiration expiration, RuleFilter filter) {
        long given =
                Stream.of(
                                Optional.ofNullable(expiration.days()),
                                Optional.ofNullable(expiration.date()),
                                Optional.ofNullable(expiration.expiredObjectDeleteMarker()))
                        .filter(Optional::isPresent)
                        .count();
        if (given != 1) {
            throw S3Error.MALFORMED_XML.error();
        }
        if (expiration.days() != null) {
            checkDays(expiration.days(), "Days", "Expiration");
        }
        Instant date = expiration.date();
        if (date != null && !date.equals(midnightOf(date))) {
            throw S3Error.INVALID_ARGUMENT.error("'Date' must be at midnight GMT");
        }
        if (expiration.expiredObjectDeleteMarker() != null) {
            checkUnlimited(filter, "ExpiredObjectDeleteMarker");
        }
    }

    private static void checkNoncurrent(NoncurrentVersionExpiration expiration) {
        checkDays(expiration.noncurrentDays(), "NoncurrentDays", "NoncurrentVersionExpiration");
        Integer newer = expiration.newerNoncurrentVersions();
        if (newer != null && (newer < 1 || newer > NEWER_MAX)) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be"
                            + " between 1 and "
                            + NEWER_MAX);
        }
    }

    private static void checkDays(@Nullable Integer days, String member, String action) {
        if (days == null) {
            throw S3Error.MALFORMED_XML.error();
        }
        if (days < 1) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "'" + member + "' for " + action + " action must be a positive integer");
        }
    }

    private static void checkUnlimited(RuleFilter filter, String action) {
        if (!filter.tags().isEmpty()) {
            throw S3Error.INVALID_REQUEST.error(action + " cannot be specified with Tags.");
        }
        if (filter.larger().isPresent() || filter.smaller().isPresent()) {
            throw S3Error.INVALID_REQUEST.error(action + " cannot be specified with Object Size.");
        }
    }

    static Instant midnightOf(Instant time) {
        return time.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).toInstant();
    }
}
