package io.dormouse.artifact;

import io.dormouse.store.Store;
import io.dormouse.store.Tx;
import io.dormouse.wire.s3.S3Error;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Objects written and deleted.
final class ObjectWrites {
    private static final int DELETE_MAX = 1000;
    private static final String DELETE = "DeleteObject";

    private final Store store;
    private final Contents contents;
    private final InstantSource clock;

    ObjectWrites(Store store, Contents contents, InstantSource clock) {
        this.store = store;
        this.contents = contents;
        this.clock = clock;
    }

    /// Times of objects are in whole seconds, as their `Last-Modified` is.
    static Instant seconds(InstantSource clock) {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    Instant now() {
        return seconds(clock);
    }

    /// A version that was made.
    ///
    /// @param expiration the `x-amz-expiration` header
    record Made(Version version, Optional<String> expiration) {}

    static String newContent() {
        return UUID.randomUUID().toString();
    }

    /// [PutObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html)
    PutObjectResponse put(PutObjectRequest request, RequestBody body) {
        Attributes attributes = Intake.attributes(request);
        Buckets.required(store, request, request.bucket());
        Claims claims = Claims.of(request, length(request.contentLength(), body));
        try (Draft draft = contents.draft()) {
            Draft.Received received = receive(draft, body, claims);
            Optional<String> file = draft.keep(received);
            draft.settle();
            Attributes sums = new Attributes(Claims.members(received), Map.of());
            String content = newContent();
            Part part = new Part(content, 1, file, received.bytes(), received.md5(), sums, now());
            Attributes all =
                    attributes.with(sums.members()).with(Map.of(Upload.TYPE, Upload.FULL_OBJECT));
            Version version =
                    fresh(request.bucket(), request.key(), received.md5(), all, List.of(part));
            Made made =
                    commit(
                            draft,
                            request,
                            tx -> {
                                Catalog.insert(tx, part);
                                return version;
                            });
            return all.onto(PutObjectResponse.builder())
                    .eTag(made.version().quotedEtag())
                    .versionId(made.version().shownId().orElse(null))
                    .expiration(made.expiration().orElse(null))
                    .build();
        }
    }

    /// A body's length, where the request says it.
    static Optional<Long> length(@Nullable Long header, RequestBody body) {
        return body.optionalContentLength().or(() -> Optional.ofNullable(header));
    }

    /// Takes a body in and checks it against what was claimed of it.
    static Draft.Received receive(Draft draft, RequestBody body, Claims claims) {
        if (claims.length().orElse(0L) > Intake.UPLOAD_BYTES_MAX) {
            throw S3Error.ENTITY_TOO_LARGE.error();
        }
        try (InputStream in = body.contentStreamProvider().newStream()) {
            Draft.Received received = draft.receive(in, claims.wanted(), Intake.UPLOAD_BYTES_MAX);
            claims.check(received);
            return received;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Version fresh(String bucket, String key, String etag, Attributes attributes, List<Part> parts) {
        return new Version(
                0,
                bucket,
                key,
                Version.NULL_ID,
                true,
                false,
                parts.stream().mapToLong(Part::bytes).sum(),
                etag,
                now(),
                parts.getFirst().content(),
                attributes);
    }

    /// Records a new version, if the request's conditions hold, and unlinks what it replaces.
    ///
    /// @param write adds what belongs to the version, in the same transaction, and says what it is
    Made commit(Draft draft, SdkPojo request, Function<Tx, Version> write) {
        Conditions conditions =
                new Conditions(
                        Members.text(request, "IfMatch"),
                        Members.text(request, "IfNoneMatch"),
                        Optional.empty(),
                        Optional.empty());
        record Committed(Made made, Optional<Contents.Orphan> replaced) {}
        Committed committed =
                store.write(tx -> {
                    Version version = write.apply(tx);
                    Buckets.required(tx, request, version.bucket());
                    conditions.checkWrite(Catalog.latest(tx, version.bucket(), version.key()));
                    Version named = version.withId(Versioning.of(tx, version.bucket()).newId());
                    Optional<Contents.Orphan> replaced =
                            Catalog.insert(tx, named).map(old -> Deletion.orphan(tx, old));
                    Notifications.created(tx, named, request);
                    return new Committed(new Made(named, Expiry.header(tx, named)), replaced);
                });
        draft.recorded();
        committed.replaced().ifPresent(contents::unlink);
        return committed.made();
    }

    /// [DeleteObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html): that
    /// there is nothing to delete is no error.
    DeleteObjectResponse delete(DeleteObjectRequest request) {
        Conditions conditions =
                new Conditions(
                        Optional.ofNullable(request.ifMatch()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        Deletion deletion =
                store.write(tx -> {
                    Buckets.required(tx, request, request.bucket());
                    conditions.checkWrite(Catalog.latest(tx, request.bucket(), request.key()));
                    return Deletion.of(
                            tx,
                            request.bucket(),
                            request.key(),
                            Optional.ofNullable(request.versionId()),
                            now(),
                            DELETE);
                });
        deletion.orphans().forEach(contents::unlink);
        DeleteObjectResponse.Builder response =
                DeleteObjectResponse.builder().versionId(request.versionId());
        if (deletion.isOfMarker()) {
            response.deleteMarker(true);
            deletion.version().map(Version::id).ifPresent(response::versionId);
        }
        return response.build();
    }

    /// [DeleteObjects](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html), all
    /// in one transaction.
    DeleteObjectsResponse delete(DeleteObjectsRequest request) {
        Delete delete = request.delete();
        if (delete == null || delete.objects().isEmpty() || delete.objects().size() > DELETE_MAX) {
            throw S3Error.MALFORMED_XML.error();
        }
        List<Contents.Orphan> orphans = new ArrayList<>();
        DeleteObjectsResponse response =
                store.write(tx -> {
                    orphans.clear();
                    Buckets.required(tx, request, request.bucket());
                    return delete(tx, request.bucket(), delete, orphans);
                });
        orphans.forEach(contents::unlink);
        return response;
    }

    private static DeletedObject deleted(ObjectIdentifier asked, Deletion deletion) {
        DeletedObject.Builder deleted =
                DeletedObject.builder().key(asked.key()).versionId(asked.versionId());
        if (deletion.isOfMarker()) {
            deleted.deleteMarker(true);
            deletion.version().map(Version::id).ifPresent(deleted::deleteMarkerVersionId);
        }
        return deleted.build();
    }

    private DeleteObjectsResponse delete(
            Tx tx, String bucket, Delete delete, List<Contents.Orphan> orphans) {
        List<DeletedObject> deleted = new ArrayList<>();
        List<software.amazon.awssdk.services.s3.model.S3Error> errors = new ArrayList<>();
        for (ObjectIdentifier each : delete.objects()) {
            try {
                if (each.eTag() != null) {
                    new Conditions(
                                    Optional.of(each.eTag()),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty())
                            .checkWrite(Catalog.latest(tx, bucket, each.key()));
                }
                Deletion deletion =
                        Deletion.of(
                                tx,
                                bucket,
                                each.key(),
                                Optional.ofNullable(each.versionId()),
                                now(),
                                DELETE);
                orphans.addAll(deletion.orphans());
                deleted.add(deleted(each, deletion));
            } catch (S3Exception e) {
                errors.add(
                        software.amazon.awssdk.services.s3.model.S3Error.builder()
                                .key(each.key())
                                .versionId(each.versionId())
                                .code(e.awsErrorDetails().errorCode())
                                .message(e.awsErrorDetails().errorMessage())
                                .build());
            }
        }
        DeleteObjectsResponse.Builder response = DeleteObjectsResponse.builder();
        if (!Boolean.TRUE.equals(delete.quiet())) {
            response.deleted(deleted);
        }
        return errors.isEmpty() ? response.build() : response.errors(errors).build();
    }
}
