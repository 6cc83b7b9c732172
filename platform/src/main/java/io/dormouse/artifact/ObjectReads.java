package io.dormouse.artifact;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.wire.s3.S3Error;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/// Objects read: whole, in ranges, by part, on conditions.
final class ObjectReads {
    /// A version with the parts of its content.
    ///
    /// @param expiration the `x-amz-expiration` header
    record Found(Version version, List<Part> parts, Optional<String> expiration) {
        static Found of(Query query, Version version, List<Part> parts) {
            return new Found(version, parts, Expiry.header(query, version));
        }
    }

    private static final List<String> OVERRIDABLE =
            List.of(
                    "CacheControl",
                    "ContentDisposition",
                    "ContentEncoding",
                    "ContentLanguage",
                    "ContentType",
                    "Expires");

    private final Store store;
    private final Contents contents;

    ObjectReads(Store store, Contents contents) {
        this.store = store;
        this.contents = contents;
    }

    /// The version that a request means.
    ///
    /// @param versionId null for the latest
    /// @throws software.amazon.awssdk.services.s3.model.S3Exception where it is not there, or is a
    ///   delete marker
    static Version required(
            Query query, SdkPojo request, String bucket, String key, @Nullable String versionId) {
        Buckets.required(query, request, bucket);
        if (versionId == null) {
            Version latest =
                    Catalog.latest(query, bucket, key).orElseThrow(S3Error.NO_SUCH_KEY::error);
            if (latest.isMarker()) {
                throw S3Error.NO_SUCH_KEY.error(markerHeaders(latest));
            }
            return latest;
        }
        Version version =
                Catalog.version(query, bucket, key, versionId)
                        .orElseThrow(S3Error.NO_SUCH_VERSION::error);
        if (version.isMarker()) {
            throw S3Error.METHOD_NOT_ALLOWED.error(markerHeaders(version));
        }
        return version;
    }

    private static Map<String, String> markerHeaders(Version marker) {
        return Map.of("x-amz-delete-marker", "true", "x-amz-version-id", marker.id());
    }

    /// [HeadObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html)
    HeadObjectResponse head(HeadObjectRequest request) {
        Intake.checkEncryption(request);
        Found found =
                store.read(query -> {
                    Version version =
                            required(
                                    query,
                                    request,
                                    request.bucket(),
                                    request.key(),
                                    request.versionId());
                    return Found.of(
                            query,
                            version,
                            request.partNumber() == null
                                    ? List.of()
                                    : Catalog.parts(query, version.content()));
                });
        Conditions.of(request, "If").checkRead(found.version());
        return described(request, found, picked(request, found));
    }

    /// [GetObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html)
    <T> T get(GetObjectRequest request, ResponseTransformer<GetObjectResponse, T> transformer) {
        Intake.checkEncryption(request);
        Found found = pinned(request, request.bucket(), request.key(), request.versionId());
        Content content = new Content(found.version().content());
        boolean leaveOpen = false;
        try {
            Conditions.of(request, "If").checkRead(found.version());
            Picked picked = picked(request, found);
            HeadObjectResponse head = described(request, found, picked);
            GetObjectResponse response = Shapes.like(GetObjectResponse.builder(), head).build();
            content.open(found.parts(), picked.range());
            T result = transformer.transform(response, AbortableInputStream.create(content));
            leaveOpen = transformer.needsConnectionLeftOpen();
            return result;
        } catch (RuntimeException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw SdkClientException.create("The object could not be handed over", e);
        } finally {
            if (!leaveOpen) {
                content.close();
            }
        }
    }

    /// A version whose files stay until its content is released.
    Found pinned(SdkPojo request, String bucket, String key, @Nullable String versionId) {
        return contents.pinned(
                query -> {
                    Version version = required(query, request, bucket, key, versionId);
                    return Found.of(query, version, Catalog.parts(query, version.content()));
                },
                found -> found.version().content());
    }

    /// What of the object is asked for.
    ///
    /// @param isPartial whether that is a range or a part, so that the answer is a 206
    /// @param checksums of exactly these bytes, where they are known
    private record Picked(ByteRange range, boolean isPartial, Attributes checksums) {}

    private static Picked picked(SdkPojo request, Found found) {
        Version version = found.version();
        Optional<Integer> partNumber = Members.text(request, "PartNumber").map(Integer::valueOf);
        Optional<String> range = Members.text(request, "Range");
        if (partNumber.isPresent()) {
            if (range.isPresent()) {
                throw S3Error.INVALID_REQUEST.error(
                        "Cannot specify both Range header and partNumber query parameter");
            }
            return part(partNumber.get(), found);
        }
        return range.flatMap(header -> ByteRange.of(header, version.bytes()))
                .map(some -> new Picked(some, true, Attributes.NONE))
                .orElseGet(() ->
                        new Picked(ByteRange.all(version.bytes()), false, version.attributes()));
    }

    private static Picked part(int number, Found found) {
        if (number < 1) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "Part number must be an integer between 1 and 10000, inclusive");
        }
        if (number > Math.max(1, found.parts().size())) {
            throw S3Error.INVALID_PART_NUMBER.error();
        }
        if (found.parts().isEmpty() || found.version().bytes() == 0) {
            return new Picked(ByteRange.all(0), false, found.version().attributes());
        }
        long from = 0;
        for (Part before : found.parts().subList(0, number - 1)) {
            from += before.bytes();
        }
        Part part = found.parts().get(number - 1);
        return new Picked(new ByteRange(from, part.bytes()), true, part.checksums());
    }

    private static HeadObjectResponse described(SdkPojo request, Found found, Picked picked) {
        Version version = found.version();
        Attributes attributes = version.attributes().withoutChecksums().with(overrides(request));
        if (Members.text(request, "ChecksumMode")
                .filter(mode -> mode.equals(ChecksumMode.ENABLED.toString()))
                .isPresent()) {
            attributes = attributes.with(picked.checksums().checksums());
        }
        HeadObjectResponse.Builder response =
                attributes
                        .onto(HeadObjectResponse.builder())
                        .acceptRanges("bytes")
                        .lastModified(version.modified())
                        .eTag(version.quotedEtag())
                        .contentLength(picked.range().length());
        if (picked.isPartial()) {
            response.contentRange(picked.range().contentRange(version.bytes()));
        }
        if (Members.text(request, "PartNumber").isPresent() && version.isMultipart()) {
            response.partsCount(found.parts().size());
        }
        version.shownId().ifPresent(response::versionId);
        found.expiration().ifPresent(response::expiration);
        attributes
                .member("Tagging")
                .map(tags -> ObjectTags.parse(tags).size())
                .filter(count -> count > 0)
                .ifPresent(response::tagCount);
        return response.build();
    }

    /// The `response-*` parameters: what the caller wants the headers to say.
    private static Map<String, String> overrides(SdkPojo request) {
        Map<String, String> overrides = new LinkedHashMap<>();
        for (String member : OVERRIDABLE) {
            Members.text(request, "Response" + member)
                    .ifPresent(value -> overrides.put(member, value));
        }
        return overrides;
    }

    /// The stream of pinned content; closing it releases.
    private final class Content extends FilterInputStream {
        private final String name;
        private final AtomicBoolean isReleased = new AtomicBoolean();

        Content(String name) {
            super(InputStream.nullInputStream());
            this.name = name;
        }

        void open(List<Part> parts, ByteRange range) {
            in = contents.open(parts, range);
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                if (isReleased.compareAndSet(false, true)) {
                    contents.release(name);
                }
            }
        }
    }
}
