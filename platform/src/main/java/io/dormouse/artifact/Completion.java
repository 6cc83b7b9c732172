package io.dormouse.artifact;

import io.dormouse.store.Store;
import io.dormouse.wire.s3.S3Error;
import io.dormouse.wire.sign.Checksum;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/// An upload becomes an object: its parts are the object's content as they are, and checksums of
/// the whole follow from theirs.
final class Completion {
    private static final long PART_BYTES_MIN = 5L << 20;

    private final Store store;
    private final Contents contents;
    private final ObjectWrites writes;

    Completion(Store store, Contents contents, ObjectWrites writes) {
        this.store = store;
        this.contents = contents;
        this.writes = writes;
    }

    ///
    /// [CompleteMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html).
    /// Completing again, as a client does that missed the answer, gives the same answer.
    CompleteMultipartUploadResponse complete(CompleteMultipartUploadRequest request) {
        List<CompletedPart> wanted =
                request.multipartUpload() == null ? List.of() : request.multipartUpload().parts();
        if (wanted.isEmpty()) {
            throw S3Error.MALFORMED_XML.error();
        }
        Optional<ObjectWrites.Made> done =
                store.read(query ->
                        Catalog.versionWith(query, request.uploadId())
                                .filter(version -> version.bucket().equals(request.bucket()))
                                .filter(version -> version.key().equals(request.key()))
                                .map(version ->
                                        new ObjectWrites.Made(
                                                version, Expiry.header(query, version))));
        if (done.isPresent()) {
            return answer(request, done.get());
        }
        List<Contents.Orphan> unused = new ArrayList<>();
        ObjectWrites.Made made;
        try (Draft draft = contents.draft()) {
            made =
                    writes.commit(
                            draft,
                            request,
                            tx -> {
                                unused.clear();
                                Upload upload =
                                        Uploads.required(
                                                tx,
                                                request,
                                                request.bucket(),
                                                request.key(),
                                                request.uploadId());
                                List<Part> all = Catalog.parts(tx, upload.id());
                                List<Part> chosen = chosen(wanted, all, upload);
                                Version whole = version(request, upload, chosen);
                                all.removeAll(chosen);
                                for (Part part : all) {
                                    Catalog.delete(tx, part);
                                    part.file()
                                            .map(file -> new Contents.Orphan(file, List.of(file)))
                                            .ifPresent(unused::add);
                                }
                                Catalog.deleteUpload(tx, upload.id());
                                return whole;
                            });
        }
        unused.forEach(contents::unlink);
        return answer(request, made);
    }

    private static CompleteMultipartUploadResponse answer(
            CompleteMultipartUploadRequest request, ObjectWrites.Made made) {
        Version version = made.version();
        return version.attributes()
                .onto(CompleteMultipartUploadResponse.builder())
                .bucket(request.bucket())
                .key(request.key())
                .location("/" + request.bucket() + "/" + request.key())
                .eTag(version.quotedEtag())
                .versionId(version.shownId().orElse(null))
                .expiration(made.expiration().orElse(null))
                .build();
    }

    private static List<Part> chosen(List<CompletedPart> wanted, List<Part> all, Upload upload) {
        Map<Integer, Part> byNumber =
                all.stream().collect(Collectors.toMap(Part::number, Function.identity()));
        List<Part> chosen = new ArrayList<>();
        int before = 0;
        for (CompletedPart each : wanted) {
            if (each.partNumber() == null) {
                throw S3Error.MALFORMED_XML.error();
            }
            if (each.partNumber() <= before) {
                throw S3Error.INVALID_PART_ORDER.error();
            }
            before = each.partNumber();
            Part part = byNumber.get(each.partNumber());
            boolean isRight =
                    part != null
                            && each.eTag() != null
                            && Conditions.unquoted(each.eTag()).equals(part.etag())
                            && agree(each, part, upload);
            if (!isRight) {
                throw S3Error.INVALID_PART.error();
            }
            chosen.add(part);
        }
        for (Part part : chosen.subList(0, chosen.size() - 1)) {
            if (part.bytes() < PART_BYTES_MIN) {
                throw S3Error.ENTITY_TOO_SMALL.error();
            }
        }
        return chosen;
    }

    private static boolean agree(CompletedPart claimed, Part part, Upload upload) {
        return upload.algorithm()
                .flatMap(each -> Members.text(claimed, each.member()))
                .map(value -> part.checksums().members().containsValue(value))
                .orElse(true);
    }

    private Version version(
            CompleteMultipartUploadRequest request, Upload upload, List<Part> parts) {
        Checksum.Running md5 = Checksum.digest("MD5");
        for (Part part : parts) {
            byte[] digest = HexFormat.of().parseHex(part.etag());
            md5.update(digest, 0, digest.length);
        }
        String etag = HexFormat.of().formatHex(md5.value()) + "-" + parts.size();
        Map<String, String> checksum = checksum(upload, parts);
        checksum.forEach((member, value) ->
                Members.text(request, member)
                        .filter(claimed -> !same(claimed, value))
                        .ifPresent(_ -> {
                            throw S3Error.BAD_DIGEST.error(
                                    "The "
                                            + member
                                            + " you specified did not match the"
                                            + " calculated checksum.");
                        }));
        Map<String, String> members = new LinkedHashMap<>(upload.attributes().members());
        members.remove(Upload.ALGORITHM);
        members.putAll(checksum);
        Version version =
                writes.fresh(
                        upload.bucket(),
                        upload.key(),
                        etag,
                        new Attributes(members, upload.attributes().metadata()),
                        parts);
        Long size = request.mpuObjectSize();
        if (size != null && size != version.bytes()) {
            throw S3Error.INVALID_REQUEST.error(
                    "The provided 'x-amz-mp-object-size' header value "
                            + size
                            + " does not match what was computed: "
                            + version.bytes());
        }
        return version;
    }

    private static boolean same(String claimed, String computed) {
        // Of a composite checksum, clients may leave out the number of parts.
        return claimed.equals(computed) || computed.startsWith(claimed + "-");
    }

    /// The checksum of the whole and its type, by the SDK's member names.
    private static Map<String, String> checksum(Upload upload, List<Part> parts) {
        Checksum algorithm = upload.algorithm().orElse(Checksum.CRC64NVME);
        String type = upload.attributes().member(Upload.TYPE).orElse(Upload.FULL_OBJECT);
        List<byte[]> sums = new ArrayList<>();
        for (Part part : parts) {
            Optional<String> sum = part.checksums().member(algorithm.member());
            if (sum.isEmpty()) {
                return Map.of();
            }
            sums.add(Base64.getDecoder().decode(sum.get()));
        }
        String value =
                type.equals(Upload.COMPOSITE)
                        ? composite(algorithm, sums) + "-" + parts.size()
                        : whole(algorithm, sums, parts);
        return Map.of(algorithm.member(), value, Upload.TYPE, type);
    }

    private static String composite(Checksum algorithm, List<byte[]> sums) {
        Checksum.Running running = algorithm.start();
        sums.forEach(sum -> running.update(sum, 0, sum.length));
        return running.base64();
    }

    private static String whole(Checksum algorithm, List<byte[]> sums, List<Part> parts) {
        byte[] whole = sums.getFirst();
        for (int i = 1; i < sums.size(); i++) {
            whole = algorithm.combine(whole, sums.get(i), parts.get(i).bytes());
        }
        return Base64.getEncoder().encodeToString(whole);
    }
}
