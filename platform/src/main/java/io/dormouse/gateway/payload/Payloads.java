package io.dormouse.gateway.payload;

import io.dormouse.wire.sign.PresignedUrl;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The payloads that references name: opened for an instance, kept for a caller.
public final class Payloads {
    /// The longest that a reference may be good: as long as a presigned URL may be.
    private static final Duration EXPIRY_MAX = Duration.ofDays(7);

    private final S3Client s3;
    private final PayloadSettings settings;
    private final PresignedUrl.Signer signer;
    private final InstantSource clock;

    /// @param s3 the platform's own
    /// @param signer presigns the URLs of answers
    /// @param clock the platform's: references expire by it
    public Payloads(
            S3Client s3,
            PayloadSettings settings,
            PresignedUrl.Signer signer,
            InstantSource clock) {
        this.s3 = s3;
        this.settings = settings;
        this.signer = signer;
        this.clock = clock;
    }

    public PayloadSettings settings() {
        return settings;
    }

    /// A payload that is being read. Closing it gives its files free.
    public static final class Opened implements AutoCloseable {
        private final PayloadReference reference;
        private final CheckedBody body;

        private Opened(PayloadReference reference, InputStream content) {
            this.reference = reference;
            this.body = new CheckedBody(content, reference);
        }

        public PayloadReference reference() {
            return reference;
        }

        /// Its bytes; the last of them only where all have the reference's checksum.
        public InputStream body() {
            return body;
        }

        /// A sentence where the payload is not what its reference says.
        public Optional<String> trouble() {
            return body.trouble();
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /// Opens what a reference names.
    ///
    /// @param document the reference, JSON
    /// @throws PayloadRefused where it is no reference, names what it may not, is not good any
    ///   more, or there is no such payload
    public Opened open(byte[] document) throws PayloadRefused {
        PayloadReference reference = PayloadReference.parse(document);
        check(reference);
        String place = "s3://" + reference.bucket() + "/" + reference.key();
        ResponseInputStream<GetObjectResponse> content;
        try {
            content =
                    s3.getObject(
                            r -> r.bucket(reference.bucket()).key(reference.key()),
                            ResponseTransformer.toInputStream());
        } catch (S3Exception e) {
            throw new PayloadRefused(
                    "The payload at "
                            + place
                            + " cannot be read: "
                            + e.awsErrorDetails().errorMessage());
        }
        long bytes = Objects.requireNonNullElse(content.response().contentLength(), -1L);
        if (bytes != reference.bytes()) {
            content.abort();
            throw new PayloadRefused(
                    "The payload at "
                            + place
                            + " has "
                            + bytes
                            + " bytes, and its reference says "
                            + reference.bytes());
        }
        return new Opened(reference, content);
    }

    private void check(PayloadReference reference) throws PayloadRefused {
        if (!settings.buckets().contains(reference.bucket())) {
            throw new PayloadRefused(
                    "The payload reference names the bucket "
                            + reference.bucket()
                            + ", and payloads are taken from "
                            + settings.buckets()
                            + " only");
        }
        Instant now = clock.instant();
        if (!reference.expires().isAfter(now)) {
            throw new PayloadRefused(
                    "The payload reference expired at "
                            + reference.expires()
                            + ": upload it again");
        }
        if (reference.expires().isAfter(now.plus(EXPIRY_MAX))) {
            throw new PayloadRefused(
                    "The payload reference expires at "
                            + reference.expires()
                            + ": it may be good for "
                            + EXPIRY_MAX.toDays()
                            + " days at most");
        }
        if (reference.bytes() > settings.bytesMax()) {
            throw new PayloadRefused(
                    "The payload has "
                            + reference.bytes()
                            + " bytes, and by reference it may have "
                            + settings.bytesMax());
        }
    }

    /// Keeps an answer.
    ///
    /// @param base the platform as the caller addresses it, such as `http://127.0.0.1:4600`
    /// @param length bytes of the body; empty where they are not known
    /// @throws IOException where the body breaks off, and then nothing is kept
    public PayloadReference keep(
            String base, String contentType, OptionalLong length, InputStream body)
            throws IOException {
        String bucket = settings.buckets().getFirst();
        ensure(bucket);
        String key = PayloadReference.PREFIX + "answers/" + UUID.randomUUID();
        Counted counted = new Counted(body);
        PutObjectResponse put = put(s3, bucket, key, contentType, length, counted);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return new PayloadReference(
                bucket,
                key,
                counted.bytes,
                contentType,
                put.checksumSHA256(),
                now.plus(settings.lifetime()),
                Optional.of(signer.get(base, bucket, key, settings.lifetime())));
    }

    /// Puts a stream, with its SHA-256.
    ///
    /// @throws IOException where the body breaks off, and then nothing is kept
    public static PutObjectResponse put(
            S3Client s3,
            String bucket,
            String key,
            String contentType,
            OptionalLong length,
            InputStream body)
            throws IOException {
        RequestBody content =
                length.isPresent()
                        ? RequestBody.fromInputStream(body, length.getAsLong())
                        : RequestBody.fromContentProvider(
                                ContentStreamProvider.fromInputStream(body),
                                "application/octet-stream");
        try {
            return s3.putObject(
                    r ->
                            r.bucket(bucket)
                                    .key(key)
                                    .contentType(contentType.isEmpty() ? null : contentType)
                                    .checksumAlgorithm(ChecksumAlgorithm.SHA256),
                    content);
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
    }

    private void ensure(String bucket) {
        try {
            s3.headBucket(r -> r.bucket(bucket));
        } catch (S3Exception e) {
            if (e.statusCode() != 404) {
                throw e;
            }
            s3.createBucket(r -> r.bucket(bucket));
        }
    }

    private static final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            bytes += next < 0 ? 0 : 1;
            return next;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int n = super.read(to, offset, length);
            bytes += Math.max(0, n);
            return n;
        }
    }
}
