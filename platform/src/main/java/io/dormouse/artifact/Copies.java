package io.dormouse.artifact;

import io.dormouse.wire.s3.S3Error;
import io.dormouse.wire.sign.Checksum;
import io.dormouse.wire.sign.Encoding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectResult;
import software.amazon.awssdk.services.s3.model.CopyPartResult;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;

/// Objects made of objects. A copy is hard links to the source's files: it costs no bytes.
final class Copies {
    private static final String REPLACE = "REPLACE";

    private final Contents contents;
    private final ObjectReads reads;
    private final ObjectWrites writes;
    private final Uploads uploads;

    Copies(Contents contents, ObjectReads reads, ObjectWrites writes, Uploads uploads) {
        this.contents = contents;
        this.reads = reads;
        this.writes = writes;
        this.uploads = uploads;
    }

    /// What is copied.
    private record Source(String bucket, String key, @Nullable String versionId) {
        /// From the members, or from the `x-amz-copy-source` header: `bucket/key?versionId=…`.
        static Source of(
                Optional<String> header,
                @Nullable String bucket,
                @Nullable String key,
                @Nullable String versionId) {
            if (bucket != null && key != null) {
                return new Source(bucket, key, versionId);
            }
            String text = header.orElse("");
            int query = text.indexOf("?versionId=");
            String path = Encoding.decode(query < 0 ? text : text.substring(0, query));
            path = path.startsWith("/") ? path.substring(1) : path;
            int slash = path.indexOf('/');
            if (slash < 1 || slash == path.length() - 1) {
                throw S3Error.INVALID_ARGUMENT.error(
                        "Copy Source must mention the source bucket and key:"
                                + " sourcebucket/sourcekey");
            }
            return new Source(
                    path.substring(0, slash),
                    path.substring(slash + 1),
                    query < 0 ? null : text.substring(query + "?versionId=".length()));
        }
    }

    /// The source with its content pinned. The request's expected bucket owner is the target's.
    private ObjectReads.Found pinned(SdkPojo request, Source source) {
        ObjectReads.Found found =
                reads.pinned(
                        Members.sourceOwner(request),
                        source.bucket(),
                        source.key(),
                        source.versionId());
        try {
            Conditions.of(request, "CopySourceIf").checkSource(found.version());
            return found;
        } catch (RuntimeException e) {
            contents.release(found.version().content());
            throw e;
        }
    }

    /// [CopyObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html)
    CopyObjectResponse copy(CopyObjectRequest request) {
        Attributes asked = Intake.attributes(request);
        Source source =
                Source.of(
                        Members.text(request, "CopySource"),
                        request.sourceBucket(),
                        request.sourceKey(),
                        request.sourceVersionId());
        ObjectReads.Found found = pinned(request, source);
        try (Draft draft = contents.draft()) {
            Version original = found.version();
            if (original.bytes() > Intake.UPLOAD_BYTES_MAX) {
                throw S3Error.INVALID_REQUEST.error(
                        "The specified copy source is larger than the maximum allowable size for a"
                                + " copy source: "
                                + Intake.UPLOAD_BYTES_MAX);
            }
            checkChange(request, original);
            Attributes attributes =
                    attributes(request, asked, original).with(checksums(request, found));
            String content = ObjectWrites.newContent();
            List<Part> parts = contents.link(draft, found.parts(), content);
            draft.settle();
            Version copy =
                    writes.fresh(
                            request.destinationBucket(),
                            request.destinationKey(),
                            original.etag(),
                            attributes,
                            parts);
            ObjectWrites.Made made =
                    writes.commit(
                            draft,
                            request,
                            tx -> {
                                parts.forEach(part -> Catalog.insert(tx, part));
                                return copy;
                            });
            CopyObjectResult result =
                    new Attributes(attributes.checksums(), Map.of())
                            .onto(CopyObjectResult.builder())
                            .eTag(copy.quotedEtag())
                            .lastModified(copy.modified())
                            .build();
            return CopyObjectResponse.builder()
                    .copyObjectResult(result)
                    .copySourceVersionId(original.shownId().orElse(null))
                    .versionId(made.version().shownId().orElse(null))
                    .expiration(made.expiration().orElse(null))
                    .build();
        } finally {
            contents.release(found.version().content());
        }
    }

    /// A copy onto itself must change something.
    private static void checkChange(CopyObjectRequest request, Version original) {
        boolean isItself =
                original.bucket().equals(request.destinationBucket())
                        && original.key().equals(request.destinationKey())
                        && original.isLatest();
        boolean isChanged =
                REPLACE.equals(request.metadataDirectiveAsString())
                        || REPLACE.equals(request.taggingDirectiveAsString())
                        || request.storageClassAsString() != null
                        || request.websiteRedirectLocation() != null
                        || request.serverSideEncryptionAsString() != null
                        || request.checksumAlgorithmAsString() != null;
        if (isItself && !isChanged) {
            throw S3Error.INVALID_REQUEST.error(
                    "This copy request is illegal because it is trying to copy an object to itself"
                            + " without changing the object's metadata, storage class, website"
                            + " redirect location or encryption attributes.");
        }
    }

    private static Attributes attributes(
            CopyObjectRequest request, Attributes asked, Version original) {
        checkDirective(request.metadataDirectiveAsString());
        checkDirective(request.taggingDirectiveAsString());
        Attributes base =
                REPLACE.equals(request.metadataDirectiveAsString())
                        ? asked
                        : original.attributes()
                                .withoutChecksums()
                                .without("StorageClass")
                                .with(asked.only("StorageClass"));
        Attributes tags =
                REPLACE.equals(request.taggingDirectiveAsString()) ? asked : original.attributes();
        return base.without("Tagging").with(tags.only("Tagging"));
    }

    private static void checkDirective(@Nullable String directive) {
        if (directive != null && !directive.equals("COPY") && !directive.equals(REPLACE)) {
            throw S3Error.INVALID_ARGUMENT.error("Unknown metadata directive.");
        }
    }

    /// The source's checksums, or one that is asked for and has to be computed.
    private Map<String, String> checksums(CopyObjectRequest request, ObjectReads.Found found) {
        Map<String, String> present = found.version().attributes().checksums();
        Optional<Checksum> asked =
                Optional.ofNullable(request.checksumAlgorithmAsString()).flatMap(Checksum::named);
        if (asked.isEmpty() || present.containsKey(asked.get().member())) {
            return present;
        }
        Checksum.Running running = asked.get().start();
        try (InputStream in =
                contents.open(found.parts(), ByteRange.all(found.version().bytes()))) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                running.update(buffer, 0, n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of(asked.get().member(), running.base64(), Upload.TYPE, Upload.FULL_OBJECT);
    }

    /// [UploadPartCopy](https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html)
    UploadPartCopyResponse copyPart(UploadPartCopyRequest request) {
        Intake.checkEncryption(request);
        int number = Uploads.partNumber(request);
        Upload upload =
                uploads.required(
                        request,
                        request.destinationBucket(),
                        request.destinationKey(),
                        request.uploadId());
        Source source =
                Source.of(
                        Members.text(request, "CopySource"),
                        request.sourceBucket(),
                        request.sourceKey(),
                        request.sourceVersionId());
        ObjectReads.Found found = pinned(request, source);
        try (Draft draft = contents.draft();
                InputStream in =
                        contents.open(
                                found.parts(),
                                range(request.copySourceRange(), found.version().bytes()))) {
            Draft.Received received =
                    draft.receive(
                            in,
                            EnumSet.of(upload.algorithm().orElse(Checksum.CRC64NVME)),
                            Intake.UPLOAD_BYTES_MAX);
            Part part = uploads.record(draft, request, upload, number, received);
            CopyPartResult result =
                    part.checksums()
                            .onto(CopyPartResult.builder())
                            .eTag('"' + part.etag() + '"')
                            .lastModified(part.modified())
                            .build();
            return UploadPartCopyResponse.builder()
                    .copyPartResult(result)
                    .copySourceVersionId(source.versionId())
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            contents.release(found.version().content());
        }
    }

    private static ByteRange range(@Nullable String asked, long size) {
        if (asked == null) {
            return ByteRange.all(size);
        }
        if (!asked.matches("bytes=\\d{1,18}-\\d{1,18}")) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "The x-amz-copy-source-range value must be of the form bytes=first-last where"
                            + " first and last are the zero-based offsets of the first and last"
                            + " bytes to copy");
        }
        long last = Long.parseLong(asked.substring(asked.indexOf('-') + 1));
        Optional<ByteRange> range = last >= size ? Optional.empty() : ByteRange.of(asked, size);
        return range.orElseThrow(() ->
                S3Error.INVALID_ARGUMENT.error(
                        "Range specified is not valid for source object of size: " + size));
    }
}
