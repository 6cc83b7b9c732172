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
        s3.putObject(r -> r.bucket(name).key(key), RequestBody.fromFile(file));
        return uri(key);
    }

    String put(String key, String text) {
        s3.putObject(r -> r.bucket(name).key(key), RequestBody.fromString(text));
        return uri(key);
    }

    String uri(String key) {
        return "s3://" + name + "/" + key;
    }
}
