package io.dormouse.wire;

import io.dormouse.aws.Caller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/// A server with the fakes behind it, on a free port.
final class Wired implements AutoCloseable {
    final Fakes.Models models = new Fakes.Models();
    final Fakes.EndpointConfigs configs = new Fakes.EndpointConfigs();
    final Fakes.Metrics metrics = new Fakes.Metrics();
    final Operations operations =
            Operations.builder()
                    .join(AwsService.SAGEMAKER, models, configs)
                    .join(AwsService.SAGEMAKER_RUNTIME, new Fakes.Async())
                    .stream(AwsService.SAGEMAKER_RUNTIME, "InvokeEndpoint", Fakes::echo)
                    .join(AwsService.CLOUDWATCH, metrics)
                    .join(AwsService.LOGS, new Fakes.Logs())
                    .join(AwsService.STS, new Fakes.Sts())
                    .join(AwsService.IAM, new Fakes.Roles())
                    .build();
    final HttpServer server;

    Wired() throws IOException {
        this(Duration.ofSeconds(30));
    }

    Wired(Duration idle) throws IOException {
        Handler objects =
                exchange ->
                        exchange.answer(
                                200,
                                Map.of("Content-Type", "text/plain"),
                                ("S3 " + exchange.method() + " " + exchange.path())
                                        .getBytes(StandardCharsets.UTF_8));
        Router router =
                new Router(
                        operations,
                        new OpenAccess(
                                Caller.root("123456789012", "us-east-1"), _ -> Optional.empty()),
                        objects);
        HttpServer.Settings settings =
                new HttpServer.Settings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        idle,
                        Duration.ofSeconds(10),
                        32 * 1024);
        server = new HttpServer(settings, new Loopback(router, _ -> false));
    }

    URI uri() {
        return URI.create("http://localhost:" + server.port());
    }

    <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C extends SdkClient> C client(
            B builder) {
        return builder.endpointOverride(uri())
                .region(Region.of("eu-west-1"))
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("test", "test")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @Override
    public void close() {
        server.close();
    }
}
