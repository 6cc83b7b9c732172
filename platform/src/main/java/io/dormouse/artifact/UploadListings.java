package io.dormouse.artifact;

import io.dormouse.store.Store;
import io.dormouse.wire.s3.S3Error;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.Initiator;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/// Uploads under way, and their parts.
final class UploadListings {
    private final Store store;

    UploadListings(Store store) {
        this.store = store;
    }

    /// [ListParts](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html)
    ListPartsResponse list(ListPartsRequest request) {
        int max = ListingAnswers.max(request.maxParts());
        int after = Optional.ofNullable(request.partNumberMarker()).orElse(0);
        return store.read(query -> {
            Upload upload =
                    Uploads.required(
                            query, request, request.bucket(), request.key(), request.uploadId());
            Bucket bucket = Buckets.required(query, request, request.bucket());
            List<Part> found = Catalog.parts(query, upload.id(), after, max + 1);
            List<Part> page = found.subList(0, Math.min(max, found.size()));
            return ListPartsResponse.builder()
                    .bucket(upload.bucket())
                    .key(upload.key())
                    .uploadId(upload.id())
                    .partNumberMarker(after)
                    .nextPartNumberMarker(page.isEmpty() ? after : page.getLast().number())
                    .maxParts(max)
                    .isTruncated(found.size() > page.size())
                    .owner(ListingAnswers.owner(bucket))
                    .initiator(initiator(bucket))
                    .storageClass(storageClass(upload))
                    .checksumAlgorithm(upload.attributes().member(Upload.ALGORITHM).orElse(null))
                    .checksumType(upload.attributes().member(Upload.TYPE).orElse(null))
                    .parts(page.stream().map(UploadListings::described).toList())
                    .build();
        });
    }

    private static software.amazon.awssdk.services.s3.model.Part described(Part part) {
        return part.checksums()
                .onto(software.amazon.awssdk.services.s3.model.Part.builder())
                .partNumber(part.number())
                .size(part.bytes())
                .eTag('"' + part.etag() + '"')
                .lastModified(part.modified())
                .build();
    }

    private static Initiator initiator(Bucket bucket) {
        return Initiator.builder().id(bucket.owner()).build();
    }

    private static String storageClass(Upload upload) {
        return upload.attributes().member("StorageClass").orElse("STANDARD");
    }

    ///
    /// [ListMultipartUploads](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html)
    ListMultipartUploadsResponse list(ListMultipartUploadsRequest request) {
        Bucket bucket = Buckets.required(store, request, request.bucket());
        int max = ListingAnswers.max(request.maxUploads());
        if (max == 0) {
            throw S3Error.INVALID_ARGUMENT.error("max-uploads must be between 1 and 1000");
        }
        String prefix = Optional.ofNullable(request.prefix()).orElse("");
        String delimiter = Optional.ofNullable(request.delimiter()).orElse("");
        String keyMarker = Optional.ofNullable(request.keyMarker()).orElse("");
        List<Upload> candidates =
                store.read(query ->
                        Catalog.uploads(
                                query,
                                bucket.name(),
                                keyMarker,
                                Optional.ofNullable(request.uploadIdMarker())
                                        .flatMap(id -> Catalog.upload(query, id)),
                                Integer.MAX_VALUE));
        Page page = page(candidates, prefix, delimiter, max);
        ListMultipartUploadsResponse.Builder response =
                ListMultipartUploadsResponse.builder()
                        .bucket(bucket.name())
                        .prefix(request.prefix())
                        .delimiter(request.delimiter())
                        .keyMarker(keyMarker)
                        .uploadIdMarker(Optional.ofNullable(request.uploadIdMarker()).orElse(""))
                        .maxUploads(max)
                        .isTruncated(page.isTruncated())
                        .encodingType(request.encodingTypeAsString())
                        .uploads(
                                page.uploads().stream()
                                        .map(each -> described(each, bucket))
                                        .toList())
                        .commonPrefixes(
                                page.prefixes().stream()
                                        .map(each -> CommonPrefix.builder().prefix(each).build())
                                        .toList());
        if (page.isTruncated()) {
            page.last()
                    .ifPresent(upload ->
                            response.nextKeyMarker(upload.key()).nextUploadIdMarker(upload.id()));
        }
        return response.build();
    }

    /// @param last upload that is listed, or stands behind the last prefix
    private record Page(
            List<Upload> uploads,
            Set<String> prefixes,
            boolean isTruncated,
            Optional<Upload> last) {}

    private static Page page(List<Upload> candidates, String prefix, String delimiter, int max) {
        Set<String> prefixes = new LinkedHashSet<>();
        List<Upload> uploads = new ArrayList<>();
        Optional<Upload> last = Optional.empty();
        for (Upload upload : candidates) {
            if (!upload.key().startsWith(prefix)) {
                continue;
            }
            int at = delimiter.isEmpty() ? -1 : upload.key().indexOf(delimiter, prefix.length());
            String common = at < 0 ? "" : upload.key().substring(0, at + delimiter.length());
            boolean isNew = common.isEmpty() || !prefixes.contains(common);
            if (isNew && uploads.size() + prefixes.size() == max) {
                return new Page(uploads, prefixes, true, last);
            }
            last = Optional.of(upload);
            if (common.isEmpty()) {
                uploads.add(upload);
            } else {
                prefixes.add(common);
            }
        }
        return new Page(uploads, prefixes, false, last);
    }

    private static MultipartUpload described(Upload upload, Bucket bucket) {
        return MultipartUpload.builder()
                .key(upload.key())
                .uploadId(upload.id())
                .initiated(upload.initiated())
                .storageClass(storageClass(upload))
                .owner(ListingAnswers.owner(bucket))
                .initiator(initiator(bucket))
                .checksumAlgorithm(upload.attributes().member(Upload.ALGORITHM).orElse(null))
                .checksumType(upload.attributes().member(Upload.TYPE).orElse(null))
                .build();
    }
}
