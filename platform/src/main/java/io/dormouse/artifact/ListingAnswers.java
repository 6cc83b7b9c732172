package io.dormouse.artifact;

import io.dormouse.store.Store;
import io.dormouse.wire.s3.S3Error;
import io.dormouse.wire.sign.Checksum;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.Owner;
import software.amazon.awssdk.services.s3.model.S3Object;

/// The three listings of a bucket's objects. Keys are given as they are: `encoding-type=url` is
/// what `wire` does to its documents.
final class ListingAnswers {
    private static final int MAX_KEYS = 1000;

    private final Store store;
    private final Listings listings;

    ListingAnswers(Store store) {
        this.store = store;
        this.listings = new Listings(store);
    }

    /// [ListObjects](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html)
    ListObjectsResponse list(ListObjectsRequest request) {
        Bucket bucket = Buckets.required(store, request, request.bucket());
        checkEncoding(request);
        int max = max(request.maxKeys());
        Listings.Page page =
                listings.page(
                        new Listings.Asked(
                                bucket.name(),
                                orEmpty(request.prefix()),
                                orEmpty(request.delimiter()),
                                orEmpty(request.marker()),
                                Optional.empty(),
                                max,
                                false));
        ListObjectsResponse.Builder response =
                ListObjectsResponse.builder()
                        .name(bucket.name())
                        .prefix(orEmpty(request.prefix()))
                        .marker(orEmpty(request.marker()))
                        .maxKeys(max)
                        .isTruncated(page.isTruncated())
                        .encodingType(request.encodingTypeAsString())
                        .contents(objects(page, Optional.of(bucket)))
                        .commonPrefixes(prefixes(page));
        delimiter(request).ifPresent(response::delimiter);
        if (page.isTruncated() && delimiter(request).isPresent()) {
            response.nextMarker(page.last());
        }
        return response.build();
    }

    /// [ListObjectsV2](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html)
    ListObjectsV2Response list(ListObjectsV2Request request) {
        Bucket bucket = Buckets.required(store, request, request.bucket());
        checkEncoding(request);
        int max = max(request.maxKeys());
        String after =
                Optional.ofNullable(request.continuationToken())
                        .map(ListingAnswers::untoken)
                        .orElse(orEmpty(request.startAfter()));
        Listings.Page page =
                listings.page(
                        new Listings.Asked(
                                bucket.name(),
                                orEmpty(request.prefix()),
                                orEmpty(request.delimiter()),
                                after,
                                Optional.empty(),
                                max,
                                false));
        ListObjectsV2Response.Builder response =
                ListObjectsV2Response.builder()
                        .name(bucket.name())
                        .prefix(orEmpty(request.prefix()))
                        .startAfter(request.startAfter())
                        .continuationToken(request.continuationToken())
                        .maxKeys(max)
                        .keyCount(page.versions().size() + page.prefixes().size())
                        .isTruncated(page.isTruncated())
                        .encodingType(request.encodingTypeAsString())
                        .contents(
                                objects(
                                        page,
                                        Optional.of(bucket)
                                                .filter(_ -> isTrue(request.fetchOwner()))))
                        .commonPrefixes(prefixes(page));
        delimiter(request).ifPresent(response::delimiter);
        if (page.isTruncated()) {
            response.nextContinuationToken(token(page.last()));
        }
        return response.build();
    }

    ///
    /// [ListObjectVersions](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html)
    ListObjectVersionsResponse list(ListObjectVersionsRequest request) {
        Bucket bucket = Buckets.required(store, request, request.bucket());
        checkEncoding(request);
        int max = max(request.maxKeys());
        String keyMarker = orEmpty(request.keyMarker());
        Optional<String> versionMarker =
                Optional.ofNullable(request.versionIdMarker()).filter(id -> !id.isEmpty());
        if (versionMarker.isPresent() && keyMarker.isEmpty()) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "A version-id marker cannot be specified without a key marker.");
        }
        Optional<Long> afterSeq =
                versionMarker
                        .flatMap(id ->
                                store.read(query ->
                                        Catalog.version(query, bucket.name(), keyMarker, id)))
                        .map(Version::seq);
        Listings.Page page =
                listings.page(
                        new Listings.Asked(
                                bucket.name(),
                                orEmpty(request.prefix()),
                                orEmpty(request.delimiter()),
                                keyMarker,
                                afterSeq,
                                max,
                                true));
        ListObjectVersionsResponse.Builder response =
                ListObjectVersionsResponse.builder()
                        .name(bucket.name())
                        .prefix(orEmpty(request.prefix()))
                        .keyMarker(keyMarker)
                        .versionIdMarker(orEmpty(request.versionIdMarker()))
                        .maxKeys(max)
                        .isTruncated(page.isTruncated())
                        .encodingType(request.encodingTypeAsString())
                        .versions(versions(page, bucket))
                        .deleteMarkers(markers(page, bucket))
                        .commonPrefixes(prefixes(page));
        delimiter(request).ifPresent(response::delimiter);
        if (page.isTruncated()) {
            response.nextKeyMarker(page.last());
            page.lastVersion().map(Version::id).ifPresent(response::nextVersionIdMarker);
        }
        return response.build();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static boolean isTrue(@Nullable Boolean flag) {
        return Boolean.TRUE.equals(flag);
    }

    private static Optional<String> delimiter(SdkPojo request) {
        return Members.text(request, "Delimiter").filter(text -> !text.isEmpty());
    }

    private static void checkEncoding(SdkPojo request) {
        if (Members.text(request, "EncodingType").filter(type -> !type.equals("url")).isPresent()) {
            throw S3Error.INVALID_ARGUMENT.error("Invalid Encoding Method specified in Request");
        }
    }

    /// How many entries a page has: what is asked for, at most 1,000.
    static int max(@Nullable Integer asked) {
        if (asked != null && asked < 0) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "Argument maxKeys must be an integer between 0 and 2147483647");
        }
        return asked == null ? MAX_KEYS : Math.min(asked, MAX_KEYS);
    }

    private static String token(String last) {
        return Base64.getUrlEncoder().encodeToString(last.getBytes(StandardCharsets.UTF_8));
    }

    private static String untoken(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw S3Error.INVALID_ARGUMENT.error("The continuation token provided is incorrect");
        }
    }

    static Owner owner(Bucket bucket) {
        return Owner.builder().id(bucket.owner()).build();
    }

    private static String storageClass(Version version) {
        return version.attributes().member("StorageClass").orElse("STANDARD");
    }

    private static List<S3Object> objects(Listings.Page page, Optional<Bucket> owner) {
        return page.versions().stream().map(version -> object(version, owner)).toList();
    }

    private static S3Object object(Version version, Optional<Bucket> owner) {
        S3Object.Builder object =
                S3Object.builder()
                        .key(version.key())
                        .eTag(version.quotedEtag())
                        .size(version.bytes())
                        .lastModified(version.modified())
                        .storageClass(storageClass(version));
        algorithm(version).ifPresent(object::checksumAlgorithmWithStrings);
        version.attributes().member(Upload.TYPE).ifPresent(object::checksumType);
        owner.map(ListingAnswers::owner).ifPresent(object::owner);
        return object.build();
    }

    private static Optional<String> algorithm(Version version) {
        for (Checksum each : Checksum.values()) {
            if (version.attributes().member(each.member()).isPresent()) {
                return Optional.of(each.name());
            }
        }
        return Optional.empty();
    }

    private static List<ObjectVersion> versions(Listings.Page page, Bucket bucket) {
        return page.versions().stream()
                .filter(version -> !version.isMarker())
                .map(version -> {
                    ObjectVersion.Builder described =
                            ObjectVersion.builder()
                                    .key(version.key())
                                    .versionId(version.id())
                                    .isLatest(version.isLatest())
                                    .eTag(version.quotedEtag())
                                    .size(version.bytes())
                                    .lastModified(version.modified())
                                    .storageClass(storageClass(version))
                                    .owner(owner(bucket));
                    algorithm(version).ifPresent(described::checksumAlgorithmWithStrings);
                    version.attributes().member(Upload.TYPE).ifPresent(described::checksumType);
                    return described.build();
                })
                .toList();
    }

    private static List<DeleteMarkerEntry> markers(Listings.Page page, Bucket bucket) {
        return page.versions().stream()
                .filter(Version::isMarker)
                .map(version ->
                        DeleteMarkerEntry.builder()
                                .key(version.key())
                                .versionId(version.id())
                                .isLatest(version.isLatest())
                                .lastModified(version.modified())
                                .owner(owner(bucket))
                                .build())
                .toList();
    }

    private static List<CommonPrefix> prefixes(Listings.Page page) {
        return page.prefixes().stream()
                .map(prefix -> CommonPrefix.builder().prefix(prefix).build())
                .toList();
    }
}
