package io.dormouse.cli;

import java.nio.file.Path;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;

/// The bucket that SageMaker's tools use by default: `sagemaker-<region>-<account>`.
record ArtifactBucket(S3Client s3, String region, String name) {
    static ArtifactBucket of(S3Client s3, String account, String region) {
        return new ArtifactBucket(s3, region, "sagemaker-" + region + "-" + account);
    }

    /// Makes the bucket where it is missing.
    ArtifactBucket ensured() {
        try {
            s3.headBucket(r -> r.bucket(name));
        } catch (NoSuchBucketException e) {
            s3.createBucket(this::created);
        }
        return this;
    }

    /// The SDK would add the Region by itself, but after the call was printed.
    private void created(CreateBucketRequest.Builder request) {
        request.bucket(name);
        if (!region.equals(Region.US_EAST_1.id())) {
            request.createBucketConfiguration(c -> c.locationConstraint(region));
        }
    }

    /// Uploads a file and returns its URI.
    String put(String key, Path file) {
        return put(key, RequestBody.fromFile(file), file.toString());
    }

    /// Uploads a text and returns its URI.
    String put(String key, String text) {
        String named = key.substring(key.lastIndexOf('/') + 1);
        return put(
                key,
                RequestBody.fromString(text),
                o ->
                        o.putExecutionAttribute(CallPrinter.UPLOADS, named)
                                .putExecutionAttribute(CallPrinter.TEXT, text));
    }

    /// Uploads a body.
    ///
    /// @param named the file that it is where the call is printed
    String put(String key, RequestBody body, String named) {
        return put(key, body, o -> o.putExecutionAttribute(CallPrinter.UPLOADS, named));
    }

    private String put(
            String key,
            RequestBody body,
            Consumer<AwsRequestOverrideConfiguration.Builder> printed) {
        s3.putObject(r -> r.bucket(name).key(key).overrideConfiguration(printed), body);
        return uri(key);
    }

    String uri(String key) {
        return "s3://" + name + "/" + key;
    }
}
