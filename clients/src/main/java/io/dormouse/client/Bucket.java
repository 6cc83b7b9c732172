package io.dormouse.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.Region;

/// The bucket of payloads, by presigned URLs alone: so no S3 client is needed.
///
/// @param names says which, when it is needed
/// @param endpoint of S3, addressed in path style
record Bucket(
        Supplier<String> names, URI endpoint, Region region, AwsCredentialsProvider credentials) {
    private static final int PIECE_BYTES = 64 * 1024;
    private static final int ERROR_BYTES_MAX = 2048;
    private static final Duration UPLOAD = Duration.ofHours(1);

    Named named() {
        return new Named(names.get());
    }

    /// The bucket by its name.
    final class Named {
        private final String name;

        private Named(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }

        /// Uploads a stream, making the bucket where there is none.
        ///
        /// @return its SHA-256, Base64
        /// @throws IOException where it is refused, with what S3 said
        String put(String key, InputStream content, long bytes) throws IOException {
            if (!exists()) {
                create();
            }
            HttpURLConnection connection = connection("PUT", key);
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(bytes);
            DigestInputStream digested = new DigestInputStream(content, sha256());
            try (OutputStream out = connection.getOutputStream()) {
                byte[] piece = new byte[PIECE_BYTES];
                for (int n = digested.read(piece); n >= 0; n = digested.read(piece)) {
                    out.write(piece, 0, n);
                }
            }
            check(connection, "PUT", key);
            return Base64.getEncoder().encodeToString(digested.getMessageDigest().digest());
        }

        private boolean exists() throws IOException {
            HttpURLConnection connection = connection("HEAD", "");
            return connection.getResponseCode() != HttpURLConnection.HTTP_NOT_FOUND;
        }

        private void create() throws IOException {
            HttpURLConnection connection = connection("PUT", "");
            String place =
                    region.equals(Region.US_EAST_1)
                            ? ""
                            : "<CreateBucketConfiguration"
                                    + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                                    + "<LocationConstraint>"
                                    + region.id()
                                    + "</LocationConstraint></CreateBucketConfiguration>";
            byte[] body = place.getBytes(StandardCharsets.UTF_8);
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
            // Who was first to make it does not matter.
            if (connection.getResponseCode() != HttpURLConnection.HTTP_CONFLICT) {
                check(connection, "PUT", "");
            }
        }

        private HttpURLConnection connection(String method, String key) throws IOException {
            HttpURLConnection connection =
                    (HttpURLConnection) presigned(method, key, UPLOAD).toURL().openConnection();
            connection.setRequestMethod(method);
            return connection;
        }

        private void check(HttpURLConnection connection, String method, String key)
                throws IOException {
            int status = connection.getResponseCode();
            if (status / 100 != 2) {
                throw new IOException(
                        method
                                + " s3://"
                                + name
                                + "/"
                                + key
                                + ": "
                                + status
                                + " "
                                + said(connection));
            }
            connection.getInputStream().close();
        }

        /// A URL by which anybody may do this, for a while.
        URI presigned(String method, String key, Duration lifetime) {
            String path = "/" + name + (key.isEmpty() ? "" : "/" + key);
            SdkHttpRequest request =
                    SdkHttpRequest.builder()
                            .method(SdkHttpMethod.fromValue(method))
                            .uri(endpoint)
                            .encodedPath(path)
                            .build();
            return AwsV4HttpSigner.create()
                    .sign(r ->
                            r.identity(credentials.resolveCredentials())
                                    .request(request)
                                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                                    .putProperty(AwsV4HttpSigner.REGION_NAME, region.id())
                                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                                    .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                                    .putProperty(
                                            AwsV4HttpSigner.AUTH_LOCATION,
                                            AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                                    .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, lifetime))
                    .request()
                    .getUri();
        }
    }

    private static String said(HttpURLConnection connection) throws IOException {
        try (InputStream error = connection.getErrorStream()) {
            return error == null
                    ? ""
                    : new String(error.readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8);
        }
    }

    /// Opens what a reference names.
    ///
    /// @return its bytes; at their end an [IOException] where they are not what was promised
    static InputStream open(URI url, Reference reference) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        int status = connection.getResponseCode();
        if (status / 100 != 2) {
            throw new IOException(
                    "GET s3://"
                            + reference.bucket()
                            + "/"
                            + reference.key()
                            + ": "
                            + status
                            + " "
                            + said(connection));
        }
        return new Checked(
                new DigestInputStream(connection.getInputStream(), sha256()), reference.sha256());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Fails at its end where its digest is not that promised.
    private static final class Checked extends FilterInputStream {
        private final DigestInputStream from;
        private final String promised;
        private boolean ended;

        Checked(DigestInputStream from, String promised) {
            super(from);
            this.from = from;
            this.promised = promised;
        }

        @Override
        public int read() throws IOException {
            int next = from.read();
            if (next < 0) {
                check();
            }
            return next;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int n = from.read(to, offset, length);
            if (n < 0) {
                check();
            }
            return n;
        }

        private void check() throws IOException {
            if (ended) {
                return;
            }
            ended = true;
            String found = Base64.getEncoder().encodeToString(from.getMessageDigest().digest());
            if (!found.equals(promised)) {
                throw new IOException(
                        "the payload has the SHA-256 " + found + " and not " + promised);
            }
        }
    }
}
