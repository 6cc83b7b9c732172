package io.dormouse.artifact;

import io.dormouse.aws.Caller;
import io.dormouse.store.Store;
import io.dormouse.wire.HttpServer;
import io.dormouse.wire.s3.S3Handler;
import io.dormouse.wire.sign.ObjectAuthenticator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/// S3 alone, on a port: a real store, real files, the real server.
final class S3Platform implements AutoCloseable {
    static final String SECRET = "test";

    private final Store store;
    private final HttpServer server;
    private final Objects objects;
    private final Optional<S3Platform> behind;
    private final S3Client served;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    S3Platform(Path folder) {
        this(
                folder,
                ObjectAuthenticator.open(
                        _ -> Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION)));
    }

    S3Platform(Path folder, ObjectAuthenticator authenticator) {
        try {
            behind = Optional.empty();
            store = Store.open(folder, InstantSource.system(), List.of(Objects.SCHEMA));
            objects = new Objects(store, folder.resolve("s3"), InstantSource.system());
            served = objects;
            server = server(served, authenticator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private S3Platform(S3Platform other) {
        try {
            behind = Optional.of(other);
            store = other.store;
            objects = other.objects;
            served = new OtherS3(other.endpoint(), "us-east-1", "test", SECRET).client();
            server =
                    server(
                            served,
                            ObjectAuthenticator.open(_ ->
                                    Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A platform that keeps its objects in another S3, which this one then stands for.
    S3Platform inFront() {
        return new S3Platform(this);
    }

    private static HttpServer server(S3Client s3, ObjectAuthenticator authenticator)
            throws IOException {
        return new HttpServer(
                new HttpServer.Settings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(100),
                        32 * 1024),
                new S3Handler(s3, authenticator));
    }

    Store store() {
        return store;
    }

    Objects objects() {
        return objects;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /// AWS's own client, path style.
    S3Client client() {
        return client(builder -> builder.forcePathStyle(true));
    }

    S3Client client(Consumer<S3ClientBuilder> more) {
        S3ClientBuilder builder =
                S3Client.builder()
                        .endpointOverride(endpoint())
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create("test", SECRET)))
                        .httpClientBuilder(UrlConnectionHttpClient.builder());
        more.accept(builder);
        return builder.build();
    }

    /// A request as written: `send("GET", "/bucket/a%2Fb", "hello", "x-amz-acl", "private")`.
    HttpResponse<String> send(String method, String target, String body, String... headers) {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(endpoint() + target))
                            .method(
                                    method,
                                    body.isEmpty()
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        http.close();
        server.close();
        served.close();
        behind.ifPresentOrElse(S3Platform::close, store::close);
    }
}
