package io.dormouse.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamRequest;

/// Payloads of any size for SageMaker Runtime's clients, synchronous or asynchronous. One line of
/// an existing client's builder:
///
///     .overrideConfiguration(o -> o.addExecutionInterceptor(LargePayloads.in("dormouse-payloads-us-east-1-123456789012")))
///
/// A body over the limit is uploaded to the bucket through a presigned URL, and what is sent says
/// where it is; an answer that comes by reference is fetched. Callers see neither.
///
/// The SDK's own `body` is in memory. [#BODY] and [#ANSWER] name files instead, which stream:
///
///     runtime.invokeEndpoint(r -> r.endpointName("mine").contentType("text/csv").body(SdkBytes.fromUtf8String(""))
///             .overrideConfiguration(o -> o.putExecutionAttribute(LargePayloads.BODY, Path.of("rows.csv"))
///                     .putExecutionAttribute(LargePayloads.ANSWER, Path.of("scores.csv"))));
public final class LargePayloads implements ExecutionInterceptor {
    /// A file to send in place of the request's `body`.
    public static final ExecutionAttribute<Path> BODY = new ExecutionAttribute<>("DormouseBody");

    /// A file to write an answer to, in place of the response's `body`, which stays empty.
    public static final ExecutionAttribute<Path> ANSWER =
            new ExecutionAttribute<>("DormouseAnswer");

    /// Serverless inference's own limit on AWS, 4 MiB.
    public static final long OVER_BYTES = 4L << 20;

    private final Bucket bucket;
    private final long overBytes;
    private final Duration lifetime;

    private LargePayloads(Bucket bucket, long overBytes, Duration lifetime) {
        this.bucket = bucket;
        this.overBytes = overBytes;
        this.lifetime = lifetime;
    }

    /// Payloads in a bucket, with the SDK's default credentials and Region, at the endpoint of
    /// `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, else at AWS.
    public static LargePayloads in(String bucket) {
        return builder(bucket).build();
    }

    public static Builder builder(String bucket) {
        return new Builder(() -> bucket);
    }

    /// With a bucket that is looked up late.
    ///
    /// @param bucket asked for its name when the first payload is too large
    public static Builder builder(Supplier<String> bucket) {
        return new Builder(bucket);
    }

    /// Where payloads go, and which.
    public static final class Builder {
        private final Supplier<String> bucket;
        private Optional<URI> endpoint = Optional.empty();
        private Optional<Region> region = Optional.empty();
        private Optional<AwsCredentialsProvider> credentials = Optional.empty();
        private long overBytes = OVER_BYTES;
        private Duration lifetime = Duration.ofHours(1);

        private Builder(Supplier<String> bucket) {
            this.bucket = Objects.requireNonNull(bucket);
        }

        /// The endpoint of S3, addressed in path style.
        public Builder endpoint(URI value) {
            endpoint = Optional.of(value);
            return this;
        }

        public Builder region(Region value) {
            region = Optional.of(value);
            return this;
        }

        /// Who signs the URLs.
        public Builder credentials(AwsCredentialsProvider value) {
            credentials = Optional.of(value);
            return this;
        }

        /// Bodies with more bytes than this are uploaded.
        public Builder overBytes(long value) {
            overBytes = value;
            return this;
        }

        /// How long references and their URLs are good, at most seven days.
        public Builder lifetime(Duration value) {
            lifetime = value;
            return this;
        }

        public LargePayloads build() {
            Region in =
                    region.orElseGet(
                            () -> DefaultAwsRegionProviderChain.builder().build().getRegion());
            URI at =
                    endpoint.or(Builder::configured)
                            .orElseGet(
                                    () -> URI.create("https://s3." + in.id() + ".amazonaws.com"));
            AwsCredentialsProvider as =
                    credentials.orElseGet(() -> DefaultCredentialsProvider.builder().build());
            return new LargePayloads(new Bucket(bucket, at, in, as), overBytes, lifetime);
        }

        private static Optional<URI> configured() {
            return Optional.ofNullable(System.getenv("AWS_ENDPOINT_URL_S3"))
                    .or(() -> Optional.ofNullable(System.getenv("AWS_ENDPOINT_URL")))
                    .filter(text -> !text.isEmpty())
                    .map(URI::create);
        }
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        SdkRequest request = context.request();
        if (request instanceof InvokeEndpointRequest invoke) {
            Sent sent = sent(invoke.body(), invoke.contentType(), attributes);
            String accept = invoke.accept() == null ? "" : invoke.accept() + ", ";
            return invoke.toBuilder()
                    .body(sent.body())
                    .contentType(sent.contentType().orElse(null))
                    .accept(accept + Reference.MEDIA_TYPE)
                    .build();
        }
        if (request instanceof InvokeEndpointWithResponseStreamRequest invoke) {
            Sent sent = sent(invoke.body(), invoke.contentType(), attributes);
            return invoke.toBuilder()
                    .body(sent.body())
                    .contentType(sent.contentType().orElse(null))
                    .build();
        }
        return request;
    }

    /// What goes out in place of a body.
    private record Sent(SdkBytes body, Optional<String> contentType) {}

    /// @param body null where there is none, as the SDK's getter says it
    private Sent sent(SdkBytes body, String contentType, ExecutionAttributes attributes) {
        Optional<Path> file = attributes.getOptionalAttribute(BODY);
        Optional<String> type = Optional.ofNullable(contentType);
        try {
            if (file.isPresent()) {
                long bytes = Files.size(file.get());
                try (InputStream content = Files.newInputStream(file.get())) {
                    return bytes > overBytes
                            ? referred(content, bytes, type)
                            : new Sent(SdkBytes.fromInputStream(content), type);
                }
            }
            byte[] held = body == null ? new byte[0] : body.asByteArrayUnsafe();
            return held.length > overBytes
                    ? referred(new ByteArrayInputStream(held), held.length, type)
                    : new Sent(SdkBytes.fromByteArrayUnsafe(held), type);
        } catch (IOException e) {
            throw new UncheckedIOException("The payload could not be uploaded: " + e, e);
        }
    }

    private Sent referred(InputStream content, long bytes, Optional<String> type)
            throws IOException {
        String key = Reference.PREFIX + "requests/" + UUID.randomUUID();
        Bucket.Named in = bucket.named();
        String sha256 = in.put(key, content, bytes);
        Instant expires = Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(lifetime);
        Reference reference =
                new Reference(
                        in.name(),
                        key,
                        bytes,
                        type.orElse(""),
                        sha256,
                        expires,
                        in.presigned("GET", key, lifetime).toString());
        return new Sent(
                SdkBytes.fromUtf8String(reference.json()), Optional.of(Reference.MEDIA_TYPE));
    }

    @Override
    public SdkResponse modifyResponse(
            Context.ModifyResponse context, ExecutionAttributes attributes) {
        if (!(context.response() instanceof InvokeEndpointResponse)) {
            return context.response();
        }
        InvokeEndpointResponse answer = (InvokeEndpointResponse) context.response();
        Optional<Path> file = attributes.getOptionalAttribute(ANSWER);
        try {
            if (Reference.MEDIA_TYPE.equals(answer.contentType())) {
                return resolved(answer, Reference.parse(answer.body().asUtf8String()), file);
            }
            if (file.isPresent()) {
                Files.write(file.get(), answer.body().asByteArrayUnsafe());
                return answer.toBuilder().body(SdkBytes.fromUtf8String("")).build();
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("The answer could not be fetched: " + e, e);
        }
    }

    private static InvokeEndpointResponse resolved(
            InvokeEndpointResponse answer, Reference reference, Optional<Path> file)
            throws IOException {
        SdkBytes body;
        try (InputStream content = Bucket.open(URI.create(reference.url()), reference)) {
            if (file.isPresent()) {
                Files.copy(content, file.get(), StandardCopyOption.REPLACE_EXISTING);
                body = SdkBytes.fromUtf8String("");
            } else {
                body = SdkBytes.fromInputStream(content);
            }
        }
        String type = reference.contentType();
        return answer.toBuilder().body(body).contentType(type.isEmpty() ? null : type).build();
    }
}
