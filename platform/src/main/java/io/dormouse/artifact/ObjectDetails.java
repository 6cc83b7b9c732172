package io.dormouse.artifact;

import io.dormouse.store.Store;
import io.dormouse.wire.s3.S3Error;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.DeleteObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectTaggingResponse;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesParts;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingResponse;
import software.amazon.awssdk.services.s3.model.ObjectPart;
import software.amazon.awssdk.services.s3.model.PutObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.PutObjectTaggingResponse;

/// What is known of an object besides its content: attributes and tags.
final class ObjectDetails {
    private static final Set<String> ATTRIBUTES =
            new TreeSet<>(Set.of("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"));

    private final Store store;

    ObjectDetails(Store store) {
        this.store = store;
    }

    ///
    /// [GetObjectAttributes](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html)
    GetObjectAttributesResponse attributes(GetObjectAttributesRequest request) {
        Intake.checkEncryption(request);
        Set<String> asked =
                request.objectAttributesAsStrings().stream().collect(Collectors.toSet());
        if (asked.isEmpty() || !ATTRIBUTES.containsAll(asked)) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "Invalid attribute name specified: x-amz-object-attributes takes "
                            + ATTRIBUTES);
        }
        ObjectReads.Found found =
                store.read(query -> {
                    Version version =
                            ObjectReads.required(
                                    query,
                                    request,
                                    request.bucket(),
                                    request.key(),
                                    request.versionId());
                    return ObjectReads.Found.of(
                            query, version, Catalog.parts(query, version.content()));
                });
        Version version = found.version();
        GetObjectAttributesResponse.Builder response =
                GetObjectAttributesResponse.builder()
                        .versionId(version.shownId().orElse(null))
                        .lastModified(version.modified());
        if (asked.contains("ETag")) {
            response.eTag(version.etag());
        }
        if (asked.contains("ObjectSize")) {
            response.objectSize(version.bytes());
        }
        if (asked.contains("StorageClass")) {
            response.storageClass(version.attributes().member("StorageClass").orElse("STANDARD"));
        }
        Attributes checksums = new Attributes(version.attributes().checksums(), Map.of());
        if (asked.contains("Checksum") && !checksums.members().isEmpty()) {
            response.checksum(
                    checksums
                            .onto(software.amazon.awssdk.services.s3.model.Checksum.builder())
                            .build());
        }
        if (asked.contains("ObjectParts") && version.isMultipart()) {
            response.objectParts(parts(request, found));
        }
        return response.build();
    }

    private static GetObjectAttributesParts parts(
            GetObjectAttributesRequest request, ObjectReads.Found found) {
        int max = ListingAnswers.max(request.maxParts());
        int after = Optional.ofNullable(request.partNumberMarker()).orElse(0);
        List<Part> all = found.parts();
        int from = Math.min(Math.max(after, 0), all.size());
        int to = Math.min(from + max, all.size());
        boolean isListed =
                found.version()
                        .attributes()
                        .member(Upload.TYPE)
                        .filter(Upload.COMPOSITE::equals)
                        .isPresent();
        GetObjectAttributesParts.Builder parts =
                GetObjectAttributesParts.builder()
                        .totalPartsCount(all.size())
                        .partNumberMarker(after)
                        .nextPartNumberMarker(to)
                        .maxParts(max)
                        .isTruncated(to < all.size());
        if (isListed) {
            parts.parts(
                    IntStream.range(from, to).mapToObj(i -> described(i + 1, all.get(i))).toList());
        }
        return parts.build();
    }

    private static ObjectPart described(int number, Part part) {
        return part.checksums()
                .onto(ObjectPart.builder())
                .partNumber(number)
                .size(part.bytes())
                .build();
    }

    private Version required(SdkPojo request, String bucket, String key, @Nullable String id) {
        return store.read(query -> ObjectReads.required(query, request, bucket, key, id));
    }

    ///
    /// [GetObjectTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html)
    GetObjectTaggingResponse tags(GetObjectTaggingRequest request) {
        Version version = required(request, request.bucket(), request.key(), request.versionId());
        return GetObjectTaggingResponse.builder()
                .versionId(version.shownId().orElse(null))
                .tagSet(ObjectTags.parse(version.attributes().member("Tagging").orElse("")))
                .build();
    }

    ///
    /// [PutObjectTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html)
    PutObjectTaggingResponse tag(PutObjectTaggingRequest request) {
        if (request.tagging() == null) {
            throw S3Error.MALFORMED_XML.error();
        }
        Map<String, String> tags = Map.of("Tagging", ObjectTags.format(request.tagging().tagSet()));
        store.write(tx -> {
            Version version =
                    ObjectReads.required(
                            tx, request, request.bucket(), request.key(), request.versionId());
            Catalog.update(tx, version, version.attributes().with(tags));
            Notifications.tagged(tx, version, true);
            return true;
        });
        return PutObjectTaggingResponse.builder().versionId(request.versionId()).build();
    }

    ///
    /// [DeleteObjectTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html)
    DeleteObjectTaggingResponse untag(DeleteObjectTaggingRequest request) {
        store.write(tx -> {
            Version version =
                    ObjectReads.required(
                            tx, request, request.bucket(), request.key(), request.versionId());
            Catalog.update(tx, version, version.attributes().without("Tagging"));
            Notifications.tagged(tx, version, false);
            return true;
        });
        return DeleteObjectTaggingResponse.builder().versionId(request.versionId()).build();
    }
}
