package io.dormouse.artifact;

import io.dormouse.wire.s3.S3Error;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.SdkPojo;

/// What a request may ask of a new object. What we cannot keep is refused, not echoed.
final class Intake {
    /// AWS's limit for one upload, 5 GiB.
    static final long UPLOAD_BYTES_MAX = 5L << 30;

    private static final Set<String> DEFAULT_KEYS = Set.of("AES256", "aws:kms");
    private static final int KEY_BYTES_MAX = 1024;
    private static final int METADATA_BYTES_MAX = 2048;
    private static final Set<String> ACLS =
            Set.of("private", "bucket-owner-full-control", "bucket-owner-read");
    private static final Set<String> STORAGE_CLASSES =
            Set.of(
                    "STANDARD",
                    "STANDARD_IA",
                    "ONEZONE_IA",
                    "INTELLIGENT_TIERING",
                    "REDUCED_REDUNDANCY",
                    "GLACIER_IR");
    private static final Set<String> ARCHIVE_CLASSES = Set.of("GLACIER", "DEEP_ARCHIVE");
    private static final List<String> GRANTS =
            List.of("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP");

    private Intake() {}

    /// What to keep of the request's headers.
    static Attributes attributes(SdkPojo request) {
        checkKey(Members.text(request, "Key").or(() -> Members.text(request, "DestinationKey")));
        checkEncryption(request);
        checkAccess(request);
        if (Members.text(request, "ObjectLockMode").isPresent()
                || Members.text(request, "ObjectLockLegalHoldStatus").isPresent()) {
            throw S3Error.INVALID_REQUEST.error("Bucket is missing Object Lock Configuration");
        }
        if (Members.text(request, "WriteOffsetBytes").isPresent()) {
            throw S3Error.NOT_IMPLEMENTED.error("Appending to an object is not implemented");
        }
        checkStorageClass(Members.text(request, "StorageClass"));
        Attributes attributes = Attributes.of(request);
        int metadataBytes =
                attributes.metadata().entrySet().stream()
                        .mapToInt(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
                        .sum();
        if (metadataBytes > METADATA_BYTES_MAX) {
            throw S3Error.METADATA_TOO_LARGE.error();
        }
        attributes.member("Tagging").ifPresent(ObjectTags::parse);
        return attributes;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void checkKey(Optional<String> key) {
        if (key.isEmpty() || key.get().isEmpty()) {
            throw S3Error.INVALID_ARGUMENT.error("The key must have at least one character");
        }
        if (bytes(key.get()) > KEY_BYTES_MAX) {
            throw S3Error.KEY_TOO_LONG.error();
        }
    }

    private static void checkStorageClass(Optional<String> storageClass) {
        if (storageClass.filter(ARCHIVE_CLASSES::contains).isPresent()) {
            throw S3Error.NOT_IMPLEMENTED.error(
                    "The storage class "
                            + storageClass.get()
                            + " is not implemented: its objects would have to be restored first");
        }
        if (storageClass.isPresent() && !STORAGE_CLASSES.contains(storageClass.get())) {
            throw S3Error.INVALID_STORAGE_CLASS.error();
        }
    }

    /// @throws software.amazon.awssdk.services.s3.model.S3Exception where the request brings or
    ///   names keys: nothing here encrypts, so it must not look as if
    static void checkEncryption(SdkPojo request) {
        for (String member :
                List.of("SSECustomerAlgorithm", "SSECustomerKey", "CopySourceSSECustomerKey")) {
            if (Members.text(request, member).isPresent()) {
                throw S3Error.NOT_IMPLEMENTED.error(
                        "Server-side encryption with customer-provided keys (SSE-C) is not"
                                + " implemented: leave out the"
                                + " x-amz-server-side-encryption-customer-* headers");
            }
        }
        // S3's own key and the account's default one are the service's to keep: the SageMaker SDK
        // asks for the latter whenever it uploads a source. No answer says that it was used.
        Optional<String> encryption = Members.text(request, "ServerSideEncryption");
        if (encryption.filter(kind -> !DEFAULT_KEYS.contains(kind)).isPresent()
                || Members.text(request, "SSEKMSKeyId").isPresent()) {
            throw S3Error.NOT_IMPLEMENTED.error(
                    "Server-side encryption with KMS keys (SSE-KMS) is not implemented: name no key"
                            + " by the x-amz-server-side-encryption headers");
        }
    }

    /// @throws software.amazon.awssdk.services.s3.model.S3Exception where it grants something to
    ///   others: as in AWS's new buckets, the owner owns all, and ACLs are off
    static void checkAccess(SdkPojo request) {
        Optional<String> acl = Members.text(request, "ACL");
        boolean grants = GRANTS.stream().anyMatch(each -> Members.text(request, each).isPresent());
        if (grants || acl.filter(each -> !ACLS.contains(each)).isPresent()) {
            throw S3Error.ACL_NOT_SUPPORTED.error();
        }
    }
}
