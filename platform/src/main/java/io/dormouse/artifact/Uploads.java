package io.dormouse.artifact;

import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.store.Tx;
import io.dormouse.wire.s3.S3Error;
import io.dormouse.wire.sign.Checksum;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/// Multipart uploads, until they become objects ([Completion]) or are given up. A part is a file of
/// its own from the start, so completing copies nothing.
final class Uploads {
    private static final int PART_NUMBER_MAX = 10_000;

    private final Store store;
    private final Contents contents;
    private final InstantSource clock;

    Uploads(Store store, Contents contents, InstantSource clock) {
        this.store = store;
        this.contents = contents;
        this.clock = clock;
    }

    ///
    /// [CreateMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html)
    CreateMultipartUploadResponse create(CreateMultipartUploadRequest request) {
        Attributes attributes = Intake.attributes(request);
        Map<String, String> checksum = new LinkedHashMap<>();
        Optional<String> algorithm = Optional.ofNullable(request.checksumAlgorithmAsString());
        Optional<String> type = Optional.ofNullable(request.checksumTypeAsString());
        if (algorithm.isPresent()) {
            Checksum named =
                    Checksum.named(algorithm.get())
                            .orElseThrow(() ->
                                    S3Error.INVALID_REQUEST.error(
                                            "Checksum algorithm provided is unsupported."
                                                    + " Please try again with any of the"
                                                    + " valid types: [CRC32, CRC32C,"
                                                    + " CRC64NVME, SHA1, SHA256]"));
            checksum.put(Upload.ALGORITHM, named.name());
            checksum.put(Upload.TYPE, type(named, type));
        } else if (type.isPresent()) {
            throw S3Error.INVALID_REQUEST.error(
                    "The x-amz-checksum-type header can only be used with the"
                            + " x-amz-checksum-algorithm header.");
        }
        Upload upload =
                new Upload(
                        UUID.randomUUID().toString(),
                        request.bucket(),
                        request.key(),
                        clock.instant().truncatedTo(ChronoUnit.MILLIS),
                        attributes.with(checksum));
        store.write(tx -> {
            Buckets.required(tx, request, request.bucket());
            Catalog.insert(tx, upload);
            return true;
        });
        return CreateMultipartUploadResponse.builder()
                .bucket(request.bucket())
                .key(request.key())
                .uploadId(upload.id())
                .checksumAlgorithm(checksum.get(Upload.ALGORITHM))
                .checksumType(checksum.get(Upload.TYPE))
                .build();
    }

    /// Only CRCs of parts make one of the whole, and CRC64NVME is never anything else.
    private static String type(Checksum algorithm, Optional<String> asked) {
        String type =
                asked.orElse(
                        algorithm == Checksum.CRC64NVME ? Upload.FULL_OBJECT : Upload.COMPOSITE);
        boolean fits =
                switch (type) {
                    case Upload.FULL_OBJECT -> algorithm.isCrc();
                    case Upload.COMPOSITE -> algorithm != Checksum.CRC64NVME;
                    default -> false;
                };
        if (!fits) {
            throw S3Error.INVALID_REQUEST.error(
                    "The "
                            + type
                            + " checksum type cannot be used with the "
                            + algorithm
                            + " checksum algorithm.");
        }
        return type;
    }

    /// The upload that a request names.
    static Upload required(Query query, SdkPojo request, String bucket, String key, String id) {
        Buckets.required(query, request, bucket);
        return Catalog.upload(query, id)
                .filter(upload -> upload.bucket().equals(bucket) && upload.key().equals(key))
                .orElseThrow(S3Error.NO_SUCH_UPLOAD::error);
    }

    Upload required(SdkPojo request, String bucket, String key, String id) {
        return store.read(query -> required(query, request, bucket, key, id));
    }

    /// [UploadPart](https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html)
    UploadPartResponse uploadPart(UploadPartRequest request, RequestBody body) {
        Intake.checkEncryption(request);
        int number = partNumber(request);
        Upload upload = required(request, request.bucket(), request.key(), request.uploadId());
        Claims claims =
                Claims.of(request, ObjectWrites.length(request.contentLength(), body))
                        .orElse(upload.algorithm());
        try (Draft draft = contents.draft()) {
            Draft.Received received = ObjectWrites.receive(draft, body, claims);
            Part part = record(draft, request, upload, number, received);
            return part.checksums()
                    .onto(UploadPartResponse.builder())
                    .eTag('"' + part.etag() + '"')
                    .build();
        }
    }

    static int partNumber(SdkPojo request) {
        int number = Members.text(request, "PartNumber").map(Integer::valueOf).orElse(0);
        if (number < 1 || number > PART_NUMBER_MAX) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "Part number must be an integer between 1 and 10000, inclusive");
        }
        return number;
    }

    /// Records a part in place of an earlier one of its number.
    Part record(Draft draft, SdkPojo request, Upload upload, int number, Draft.Received received) {
        Optional<String> file = draft.keep(received);
        draft.settle();
        Part part =
                new Part(
                        upload.id(),
                        number,
                        file,
                        received.bytes(),
                        received.md5(),
                        new Attributes(Claims.members(received), Map.of()),
                        clock.instant().truncatedTo(ChronoUnit.SECONDS));
        Optional<Part> replaced =
                store.write(tx -> {
                    required(tx, request, upload.bucket(), upload.key(), upload.id());
                    Optional<Part> old = Catalog.part(tx, upload.id(), number);
                    old.ifPresent(each -> Catalog.delete(tx, each));
                    Catalog.insert(tx, part);
                    return old;
                });
        draft.recorded();
        replaced.flatMap(Part::file)
                .ifPresent(old -> contents.unlink(new Contents.Orphan(old, List.of(old))));
        return part;
    }

    ///
    /// [AbortMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html)
    AbortMultipartUploadResponse abort(AbortMultipartUploadRequest request) {
        Contents.Orphan orphan =
                store.write(tx -> {
                    Upload upload =
                            required(
                                    tx,
                                    request,
                                    request.bucket(),
                                    request.key(),
                                    request.uploadId());
                    return drop(tx, upload.id());
                });
        contents.unlink(orphan);
        return AbortMultipartUploadResponse.builder().build();
    }

    /// Removes an upload with its parts.
    ///
    /// @return their files, to be unlinked after the commit
    static Contents.Orphan drop(Tx tx, String id) {
        Catalog.deleteUpload(tx, id);
        return new Contents.Orphan(id, Catalog.deleteContent(tx, id));
    }
}
