package io.dormouse.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import io.dormouse.cli.Clients;
import io.dormouse.worker.Serving;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.Datapoint;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DesiredWeightAndCapacity;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole platform with one endpoint that has provisioned concurrency, as its users see it: real
/// workers behind real HTTP.
final class ProvisionedEndpoint implements AutoCloseable {
    static final String NAME = "tree";
    private static final String ROW = "1,2,3,4";
    private static final Path MODEL =
            Path.of("../modelserver/src/test/resources/xgboost/old-binary.json");

    final TestPlatform platform;
    final SageMakerClient sageMaker;
    final SageMakerRuntimeClient runtime;
    final CloudWatchClient cloudWatch;
    final ApplicationAutoScalingClient scaling;

    ProvisionedEndpoint(TestPlatform.SettingsBuilder settings) throws IOException {
        platform = new TestPlatform(settings);
        URI endpoint = platform.endpoint();
        Clients clients =
                new Clients(endpoint, Caller.DEFAULT_REGION, "test", "test", Optional.empty());
        sageMaker = clients.sageMaker();
        runtime = clients.runtime();
        cloudWatch = clients.cloudWatch();
        scaling =
                ApplicationAutoScalingClient.builder()
                        .endpointOverride(endpoint)
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create("test", "test")))
                        .httpClient(UrlConnectionHttpClient.create())
                        .build();
    }

    /// Creates it and returns when it is in service.
    void create(int maxConcurrency, int provisioned) {
        assertEquals(
                0,
                platform.run("deploy", MODEL.toString(), "--name", "model", "--memory=1024")
                        .code());
        String model = sageMaker.listModels(r -> {}).models().getFirst().modelName();
        sageMaker.createEndpointConfig(r ->
                r.endpointConfigName(NAME)
                        .productionVariants(
                                ProductionVariant.builder()
                                        .variantName("AllTraffic")
                                        .modelName(model)
                                        .serverlessConfig(s ->
                                                s.memorySizeInMB(1024)
                                                        .maxConcurrency(maxConcurrency)
                                                        .provisionedConcurrency(provisioned))
                                        .build()));
        sageMaker.createEndpoint(r -> r.endpointName(NAME).endpointConfigName(NAME));
        awaitInService();
    }

    void awaitInService() {
        Serving.await("in service", () -> describe().endpointStatus() == EndpointStatus.IN_SERVICE);
    }

    DescribeEndpointResponse describe() {
        DescribeEndpointResponse now = sageMaker.describeEndpoint(r -> r.endpointName(NAME));
        assertTrue(now.endpointStatus() != EndpointStatus.FAILED, () -> now.failureReason());
        return now;
    }

    ProductionVariantServerlessConfig current() {
        return describe().productionVariants().getFirst().currentServerlessConfig();
    }

    void provision(int provisioned) {
        sageMaker.updateEndpointWeightsAndCapacities(r ->
                r.endpointName(NAME)
                        .desiredWeightsAndCapacities(
                                DesiredWeightAndCapacity.builder()
                                        .variantName("AllTraffic")
                                        .serverlessUpdateConfig(
                                                s -> s.provisionedConcurrency(provisioned))
                                        .build()));
    }

    String invoke() {
        return runtime.invokeEndpoint(r ->
                        r.endpointName(NAME)
                                .contentType("text/csv")
                                .body(SdkBytes.fromUtf8String(ROW)))
                .body()
                .asUtf8String();
    }

    /// A request whose body is not whole yet: it holds its slot until it is finished.
    final class Held {
        private final Socket socket;

        Held() {
            try {
                socket = new Socket("127.0.0.1", platform.endpoint().getPort());
                send(
                        "POST /endpoints/"
                                + NAME
                                + "/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                + "Content-Type: text/csv\r\nConnection: close\r\nContent-Length: "
                                + ROW.length()
                                + "\r\n\r\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(US_ASCII));
        }

        /// @return the status line
        String finish() throws IOException {
            try (socket) {
                send(ROW);
                String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
                return answer.lines().findFirst().orElse("");
            }
        }
    }

    /// Requests at once, each of which has its slot.
    List<Held> hold(int requests) {
        List<Held> held = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            int busy = stats().path("busy").asInt();
            held.add(new Held());
            Serving.await("a slot", () -> stats().path("busy").asInt() == busy + 1);
        }
        return held;
    }

    JsonNode stats() {
        return page("starts").path("variants").path(0);
    }

    int ready() {
        return stats().path("instances").asInt() - stats().path("starting").asInt();
    }

    JsonNode page(String name) {
        URI page = platform.endpoint().resolve("/_dormouse/endpoints/" + NAME + "/" + name);
        try (InputStream in = page.toURL().openStream()) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Moves the platform's clock.
    Instant advance(long seconds) throws Exception {
        String now =
                platform.post("/_dormouse/clock", "{\"advance_seconds\": " + seconds + "}").body();
        return Instant.parse(JsonMapper.shared().readTree(now).path("now").asString());
    }

    /// Moves it to the beginning of the next minute, so that what is slow on a busy machine stays
    /// within that minute.
    void nextMinute() throws Exception {
        Instant now = advance(0);
        advance(60 - now.getEpochSecond() % 60);
    }

    /// The sum of a metric, over all that was recorded.
    double sum(String metric) throws Exception {
        Instant now = advance(0);
        return cloudWatch
                .getMetricStatistics(r ->
                        r.namespace("AWS/SageMaker")
                                .metricName(metric)
                                .dimensions(
                                        dimension("EndpointName", NAME),
                                        dimension("VariantName", "AllTraffic"))
                                .startTime(now.minusSeconds(3600))
                                .endTime(now.plusSeconds(60))
                                .period(60)
                                .statistics(Statistic.SUM))
                .datapoints()
                .stream()
                .mapToDouble(Datapoint::sum)
                .sum();
    }

    private static Dimension dimension(String name, String value) {
        return Dimension.builder().name(name).value(value).build();
    }

    @Override
    public void close() {
        scaling.close();
        sageMaker.close();
        runtime.close();
        cloudWatch.close();
        platform.close();
    }
}
