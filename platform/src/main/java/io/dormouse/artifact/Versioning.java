package io.dormouse.artifact;

import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.wire.s3.S3Error;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.MFADelete;
import software.amazon.awssdk.services.s3.model.PutBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.PutBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.VersioningConfiguration;

/// Whether a bucket keeps what is overwritten and deleted.
///
/// AWS page: [Versioning](https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html).
enum Versioning {
    /// Never switched on: a key has one version, without an id.
    OFF,
    ENABLED,
    /// What was kept stays; new versions and delete markers replace the one with the id `null`.
    SUSPENDED;

    static final String SETTING = "versioning";

    static Versioning of(Query query, String bucket) {
        return Setting.get(query, bucket, SETTING).map(Versioning::valueOf).orElse(OFF);
    }

    /// The id of a version that is made now.
    String newId() {
        return this == ENABLED
                ? UUID.randomUUID().toString().replace("-", "").toLowerCase(Locale.ROOT)
                : Version.NULL_ID;
    }

    ///
    /// [PutBucketVersioning](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html)
    static PutBucketVersioningResponse put(Store store, PutBucketVersioningRequest request) {
        VersioningConfiguration asked =
                Optional.ofNullable(request.versioningConfiguration())
                        .orElseThrow(S3Error.MALFORMED_XML::error);
        if (asked.mfaDelete() == MFADelete.ENABLED) {
            throw S3Error.NOT_IMPLEMENTED.error("MfaDelete is not implemented: leave it out");
        }
        Versioning wanted =
                switch (Optional.ofNullable(asked.status())
                        .orElseThrow(S3Error.MALFORMED_XML::error)) {
                    case ENABLED -> ENABLED;
                    case SUSPENDED -> SUSPENDED;
                    case UNKNOWN_TO_SDK_VERSION -> throw S3Error.MALFORMED_XML.error();
                };
        store.write(tx -> {
            Buckets.required(tx, request, request.bucket());
            Setting.put(tx, request.bucket(), SETTING, wanted.name());
            return true;
        });
        return PutBucketVersioningResponse.builder().build();
    }

    ///
    /// [GetBucketVersioning](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html)
    static GetBucketVersioningResponse get(Store store, GetBucketVersioningRequest request) {
        Versioning found =
                store.read(query -> {
                    Buckets.required(query, request, request.bucket());
                    return of(query, request.bucket());
                });
        GetBucketVersioningResponse.Builder response = GetBucketVersioningResponse.builder();
        return switch (found) {
            case OFF -> response.build();
            case ENABLED -> response.status(BucketVersioningStatus.ENABLED).build();
            case SUSPENDED -> response.status(BucketVersioningStatus.SUSPENDED).build();
        };
    }
}
