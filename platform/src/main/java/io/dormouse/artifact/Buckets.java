package io.dormouse.artifact;

import io.dormouse.aws.Caller;
import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.wire.s3.S3Error;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.BucketLocationConstraint;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.DeleteBucketRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketResponse;
import software.amazon.awssdk.services.s3.model.GetBucketLocationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLocationResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.ListBucketsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;

/// Buckets: created, found, listed, deleted.
final class Buckets {
    private static final String US_EAST_1 = "us-east-1";
    private static final int LIST_MAX = 10_000;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");
    private static final List<String> PREFIXES_RESERVED =
            List.of("xn--", "sthree-", "amzn-s3-demo-");
    private static final List<String> SUFFIXES_RESERVED =
            List.of("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3");

    private final Store store;
    private final InstantSource clock;
    private final Tags tags;

    Buckets(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.tags = new Tags(store);
    }

    /// The bucket that a request is about.
    ///
    /// @throws software.amazon.awssdk.services.s3.model.S3Exception where there is none, or it is
    ///   not whose the request says
    static Bucket required(Query query, SdkPojo request, String name) {
        Bucket bucket = Catalog.bucket(query, name).orElseThrow(S3Error.NO_SUCH_BUCKET::error);
        Optional<String> expected = Members.text(request, "ExpectedBucketOwner");
        if (expected.isPresent() && !expected.get().equals(bucket.owner())) {
            throw S3Error.ACCESS_DENIED.error();
        }
        return bucket;
    }

    /// As [#required(Query, SdkPojo, String)], by itself.
    static Bucket required(Store store, SdkPojo request, String name) {
        return store.read(query -> required(query, request, name));
    }

    /// [CreateBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html)
    CreateBucketResponse create(CreateBucketRequest request) {
        String name = request.bucket();
        if (!isValid(name)) {
            throw S3Error.INVALID_BUCKET_NAME.error();
        }
        if (Boolean.TRUE.equals(request.objectLockEnabledForBucket())) {
            throw S3Error.NOT_IMPLEMENTED.error("Object Lock is not implemented");
        }
        Intake.checkAccess(request);
        Caller caller = Caller.current();
        String region = region(request, caller.region());
        store.write(tx -> {
            Optional<Bucket> found = Catalog.bucket(tx, name);
            if (found.isEmpty()) {
                Bucket bucket =
                        new Bucket(
                                name,
                                caller.account(),
                                region,
                                clock.instant().truncatedTo(ChronoUnit.MILLIS));
                Catalog.insert(tx, bucket);
            } else if (!found.get().owner().equals(caller.account())) {
                throw S3Error.BUCKET_ALREADY_EXISTS.error();
            } else if (!found.get().region().equals(US_EAST_1)) {
                // In us-east-1 alone, AWS lets the owner create a bucket again.
                throw S3Error.BUCKET_ALREADY_OWNED_BY_YOU.error();
            }
            return true;
        });
        return CreateBucketResponse.builder()
                .location("/" + name)
                .bucketArn("arn:aws:s3:::" + name)
                .build();
    }

    private static boolean isValid(String name) {
        return NAME.matcher(name).matches()
                && !name.contains("..")
                && !ADDRESS.matcher(name).matches()
                && PREFIXES_RESERVED.stream().noneMatch(name::startsWith)
                && SUFFIXES_RESERVED.stream().noneMatch(name::endsWith);
    }

    /// us-east-1 takes buckets for every region and is itself not a constraint; any other region
    /// takes its own alone, and by name.
    private static String region(CreateBucketRequest request, String endpoint) {
        Optional<String> constraint =
                Optional.ofNullable(request.createBucketConfiguration())
                        .map(configuration -> configuration.locationConstraintAsString())
                        .filter(text -> !text.isEmpty());
        if (constraint.isEmpty()) {
            if (!endpoint.equals(US_EAST_1)) {
                throw S3Error.ILLEGAL_LOCATION_CONSTRAINT.error();
            }
            return US_EAST_1;
        }
        String region = constraint.get();
        if (region.equals(US_EAST_1)
                || BucketLocationConstraint.fromValue(region)
                        == BucketLocationConstraint.UNKNOWN_TO_SDK_VERSION) {
            throw S3Error.INVALID_LOCATION_CONSTRAINT.error();
        }
        if (!endpoint.equals(US_EAST_1) && !endpoint.equals(region)) {
            throw S3Error.ILLEGAL_LOCATION_CONSTRAINT.error(
                    "The "
                            + region
                            + " location constraint is incompatible for the region specific"
                            + " endpoint this request was sent to.");
        }
        return region;
    }

    /// [HeadBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html)
    HeadBucketResponse head(HeadBucketRequest request) {
        Bucket bucket = required(store, request, request.bucket());
        return HeadBucketResponse.builder()
                .bucketRegion(bucket.region())
                .bucketArn("arn:aws:s3:::" + bucket.name())
                .accessPointAlias(false)
                .build();
    }

    ///
    /// [GetBucketLocation](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html):
    /// us-east-1 is the empty one.
    GetBucketLocationResponse location(GetBucketLocationRequest request) {
        String region = required(store, request, request.bucket()).region();
        return GetBucketLocationResponse.builder()
                .locationConstraint(region.equals(US_EAST_1) ? "" : region)
                .build();
    }

    /// [ListBuckets](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html)
    ListBucketsResponse list(ListBucketsRequest request) {
        int max = request.maxBuckets() == null ? LIST_MAX : request.maxBuckets();
        if (max < 1 || max > LIST_MAX) {
            throw S3Error.INVALID_ARGUMENT.error("max-buckets must be between 1 and " + LIST_MAX);
        }
        String prefix = Optional.ofNullable(request.prefix()).orElse("");
        String region = Optional.ofNullable(request.bucketRegion()).orElse("");
        String after = Optional.ofNullable(request.continuationToken()).orElse("");
        List<Bucket> fitting =
                store.read(query -> Catalog.buckets(query, after, Integer.MAX_VALUE)).stream()
                        .filter(bucket -> bucket.name().startsWith(prefix))
                        .filter(bucket -> region.isEmpty() || bucket.region().equals(region))
                        .toList();
        List<Bucket> page = fitting.subList(0, Math.min(max, fitting.size()));
        ListBucketsResponse.Builder response =
                ListBucketsResponse.builder()
                        .owner(owner -> owner.id(Caller.current().account()))
                        .prefix(request.prefix())
                        .buckets(page.stream().map(Buckets::described).toList());
        if (page.size() < fitting.size()) {
            response.continuationToken(page.getLast().name());
        }
        return response.build();
    }

    private static software.amazon.awssdk.services.s3.model.Bucket described(Bucket bucket) {
        return software.amazon.awssdk.services.s3.model.Bucket.builder()
                .name(bucket.name())
                .bucketRegion(bucket.region())
                .bucketArn("arn:aws:s3:::" + bucket.name())
                .creationDate(bucket.created())
                .build();
    }

    /// [DeleteBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html)
    /// Unfinished uploads go with it.
    DeleteBucketResponse delete(DeleteBucketRequest request, Contents contents) {
        List<Contents.Orphan> orphans =
                store.write(tx -> {
                    required(tx, request, request.bucket());
                    if (Catalog.hasVersions(tx, request.bucket())) {
                        throw S3Error.BUCKET_NOT_EMPTY.error();
                    }
                    List<Contents.Orphan> gone =
                            Catalog.uploads(
                                            tx,
                                            request.bucket(),
                                            "",
                                            Optional.empty(),
                                            Integer.MAX_VALUE)
                                    .stream()
                                    .map(upload -> Uploads.drop(tx, upload.id()))
                                    .toList();
                    Catalog.deleteBucket(tx, request.bucket());
                    Setting.removeAll(tx, request.bucket());
                    tags.removeAll(tx, "arn:aws:s3:::" + request.bucket());
                    return gone;
                });
        orphans.forEach(contents::unlink);
        return DeleteBucketResponse.builder().build();
    }
}
