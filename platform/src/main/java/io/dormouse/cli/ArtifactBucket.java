package io.dormouse.cli;

import java.nio.file.Path;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;

/// The bucket that SageMaker's tools use by default: `sagemaker-<region>-<account>`.
record ArtifactBucket(S3Client s3, String name) {
    static ArtifactBucket of(S3Client s3, String account, String region) {
        return new ArtifactBucket(s3, "sagemaker-" + region + "-" + account);
    }

    /// Makes the bucket where it is missing.
    ArtifactBucket ensured() {
        try {
            s3.headBucket(r -> r.bucket(name));
        } catch (NoSuchBucketException e) {
            s3.createBucket(r -> r.bucket(name));
        }
        return this;
    }

    /// Uploads a file and returns its URI.
    String put(String key, Path file) {
        return put(key, RequestBody.fromFile(file), file.toString());
    }

    String put(String key, String text) {
        return put(key, RequestBody.fromString(text), key.substring(key.lastIndexOf('/') + 1));
    }

    /// @param named what the file is called where the call is printed
    String put(String key, RequestBody body, String named) {
        s3.putObject(
                r ->
                        r.bucket(name)
                                .key(key)
                                .overrideConfiguration(
                                        o -> o.putExecutionAttribute(CallPrinter.UPLOADS, named)),
                body);
        return uri(key);
    }

    String uri(String key) {
        return "s3://" + name + "/" + key;
    }
}
