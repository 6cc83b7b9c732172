package io.dormouse.artifact;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.wire.s3.S3Error;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/// An S3 that keeps the objects in place of the platform: AWS's, or any that speaks its protocol.
///
/// @param endpoint such as `https://s3.eu-west-1.amazonaws.com` or `http://127.0.0.1:9000`
/// @param region in its signatures
public record OtherS3(URI endpoint, String region, String accessKeyId, String secretAccessKey) {
    private static final String CRC64 = ChecksumAlgorithm.CRC64_NVME.toString();
    private static final String PREFIX = "DORMOUSE_S3_";

    /// What the environment says; empty where the platform keeps the objects itself.
    ///
    /// @throws IllegalArgumentException naming the variable and what was expected
    public static Optional<OtherS3> of(Map<String, String> environment) {
        String endpoint = environment.getOrDefault(PREFIX + "ENDPOINT", "");
        if (endpoint.isEmpty()) {
            return Optional.empty();
        }
        if (!endpoint.matches("https?://[^/?#]+/?")) {
            throw new IllegalArgumentException(
                    PREFIX
                            + "ENDPOINT is '"
                            + endpoint
                            + "': http://HOST:PORT or https://HOST is expected");
        }
        return Optional.of(
                new OtherS3(
                        URI.create(endpoint),
                        environment.getOrDefault(PREFIX + "REGION", "us-east-1"),
                        required(environment, PREFIX + "ACCESS_KEY_ID"),
                        required(environment, PREFIX + "SECRET_ACCESS_KEY")));
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(
                    PREFIX + "ENDPOINT is set, and " + name + " is not: both are needed");
        }
        return value;
    }

    /// Of its protocol it asks what every S3 speaks: buckets in the path, checksums where they are
    /// required.
    public S3Client client() {
        S3Client client =
                S3Client.builder()
                        .endpointOverride(endpoint)
                        .region(Region.of(region))
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(accessKeyId, secretAccessKey)))
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .forcePathStyle(true)
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        // A body that came and went cannot be sent again: who sent it tries again.
                        .overrideConfiguration(c ->
                                c.retryStrategy(AwsRetryStrategy.doNotRetry())
                                        .addExecutionInterceptor(new Metadata()))
                        .build();
        return new Careful(client);
    }

    /// Asks for nothing that the SDK refuses by itself: it makes the checksum CRC64NVME, verified
    /// on its way in, by a native library only, which is not here. What it still refuses is the
    /// caller's error.
    private static final class Careful extends DelegatingS3Client {
        Careful(S3Client client) {
            super(client);
        }

        @Override
        @SuppressWarnings("unchecked") // of the type of the request that it is made from
        protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
            S3Request without =
                    switch (request) {
                        case PutObjectRequest put when isCrc64(put.checksumAlgorithmAsString()) ->
                                put.toBuilder().checksumAlgorithm((String) null).build();
                        case UploadPartRequest part
                                when isCrc64(part.checksumAlgorithmAsString()) ->
                                part.toBuilder().checksumAlgorithm((String) null).build();
                        default -> request;
                    };
            try {
                return operation.apply((T) without);
            } catch (IllegalArgumentException e) { // such as a bucket's name, before it asks
                throw S3Error.INVALID_ARGUMENT.error(String.valueOf(e.getMessage()));
            }
        }
    }

    private static boolean isCrc64(String algorithm) {
        return CRC64.equalsIgnoreCase(algorithm);
    }

    /// Metadata comes as UTF-8, and the SDK takes headers for Latin-1.
    private static final class Metadata implements ExecutionInterceptor {
        @Override
        public SdkResponse modifyResponse(
                Context.ModifyResponse context, ExecutionAttributes attributes) {
            return switch (context.response()) {
                case GetObjectResponse got when got.hasMetadata() ->
                        got.toBuilder().metadata(utf8(got.metadata())).build();
                case HeadObjectResponse head when head.hasMetadata() ->
                        head.toBuilder().metadata(utf8(head.metadata())).build();
                default -> context.response();
            };
        }

        private static Map<String, String> utf8(Map<String, String> metadata) {
            Map<String, String> decoded = new HashMap<>();
            metadata.forEach((name, value) ->
                    decoded.put(name, new String(value.getBytes(ISO_8859_1), UTF_8)));
            return decoded;
        }
    }
}
