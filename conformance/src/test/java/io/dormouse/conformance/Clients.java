package io.dormouse.conformance;

import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;

/// The Java SDK's clients of a platform that nearly every story needs.
record Clients(S3Client s3, SageMakerClient sageMaker, SageMakerRuntimeClient runtime)
        implements AutoCloseable {
    static Clients of(PlatformProcess platform) {
        return new Clients(
                platform.client(S3Client.builder().forcePathStyle(true)),
                platform.client(SageMakerClient.builder()),
                platform.client(SageMakerRuntimeClient.builder()));
    }

    @Override
    public void close() {
        s3.close();
        sageMaker.close();
        runtime.close();
    }
}
