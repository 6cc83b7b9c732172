package io.dormouse.cli;

import io.dormouse.cli.line.Console;
import io.dormouse.deploy.EndpointWait;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;

/// The story of one model, from flights to an endpoint asleep again. Every step is a call that AWS
/// would answer too.
final class FlightsDemo implements AutoCloseable {
    private static final String ENDPOINT = "flights";
    private static final String CANDIDATE = "flights-candidate";
    private static final String GROUP = "flights";
    private static final String ROLE = "dormouse-demo";
    private static final int MEMORY_MB = 2048;
    private static final int MAX_CONCURRENCY = 5;

    /// From nothing, so that the whole start is seen, and soon asleep again.
    private static final Map<String, String> SETTINGS =
            Map.of("dormouse:idle-seconds", "5", "dormouse:warm-pool", "false");

    private static final int WARM_CALLS = 100;

    /// Of a serverless endpoint with 2048 MB: https://aws.amazon.com/sagemaker/pricing/
    private static final double DOLLARS_PER_SECOND = 0.00004;

    private final Clients clients;
    private final Console console;
    private final Path files;
    private final S3Client s3;
    private final SageMakerClient sageMaker;
    private final SageMakerRuntimeClient runtime;
    private final String run =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                    .withZone(ZoneOffset.UTC)
                    .format(Instant.now());
    private final long begin = System.nanoTime();
    private int step;

    FlightsDemo(Clients clients, Console console, Path files) {
        this.clients = clients;
        this.console = console;
        this.files = files;
        this.s3 = clients.s3();
        this.sageMaker = clients.sageMaker();
        this.runtime = clients.runtime();
    }

    void run() {
        String roleArn = role();
        String account = roleArn.split(":", -1)[4];
        FlightsTraining training =
                new FlightsTraining(
                        sageMaker,
                        ArtifactBucket.of(s3, account, clients.region()).ensured(),
                        roleArn,
                        run,
                        console);
        title("Data and features: a processing job runs Features.java");
        training.upload(files);
        training.makeFeatures();
        title("Training: SageMaker's built-in XGBoost, January to March");
        String artifact = training.train();
        title("Evaluation: a candidate endpoint scores flights that training has not seen");
        deploy(
                CANDIDATE,
                ContainerDefinition.builder()
                        .image(FlightsTraining.IMAGE)
                        .modelDataUrl(artifact)
                        .build(),
                roleArn);
        FlightsScores scores = new FlightsScores(runtime, training, CANDIDATE);
        double heldOut = scores.auc("validation/validation.csv");
        double april = scores.auc("april/april.csv");
        say("AUC %.3f on held-out flights of January to March".formatted(heldOut));
        say("AUC %.3f on April: the world moves on, and the model with it should".formatted(april));
        title("Registry: a version with these figures, then its approval");
        FlightsRegistry registry = new FlightsRegistry(sageMaker, training, GROUP);
        String version = registry.register(artifact, heldOut, april);
        say("registered %s".formatted(version));
        registry.approve(version, "AUC %.3f on held-out flights".formatted(heldOut));
        say("approved");
        title(
                "Endpoint: %d MB, MaxConcurrency %d, from the approved version"
                        .formatted(MEMORY_MB, MAX_CONCURRENCY));
        deploy(ENDPOINT, ContainerDefinition.builder().modelPackageName(version).build(), roleArn);
        serve(training);
        forget();
        next();
    }

    /// From zero: no instance of the endpoint exists, and it takes none from the warm pool.
    private void serve(FlightsTraining training) {
        title("Invocation: ten flights, the first one from zero instances");
        FlightsScores scores = new FlightsScores(runtime, training, ENDPOINT);
        scores.tenFlights(console);
        title("Why the start took as long as it did");
        new StartPage(clients.endpoint(), ENDPOINT).print(console);
        double[] warm = scores.warmMillis(WARM_CALLS);
        say(
                "warm: median %.1f ms, p95 %.1f ms of %d calls (this client's time included)"
                        .formatted(warm[0], warm[1], WARM_CALLS));
        title("Metrics, as CloudWatch has them (the last quarter of an hour)");
        try (CloudWatchClient cloudWatch = clients.cloudWatch()) {
            EndpointMetrics metrics = new EndpointMetrics(cloudWatch, ENDPOINT);
            metrics.print(console);
            bill(metrics);
        }
        title("Back to zero");
        Duration asleep = new EndpointWait(sageMaker).untilAsleep(ENDPOINT);
        say("no instance left %.1f s later; asleep it costs nothing".formatted(seconds(asleep)));
    }

    private void deploy(String endpoint, ContainerDefinition container, String roleArn) {
        long from = System.nanoTime();
        new Deployment(endpoint, container, roleArn, MEMORY_MB, MAX_CONCURRENCY, SETTINGS)
                .apply(sageMaker, run);
        new EndpointWait(sageMaker).untilInService(endpoint, _ -> {});
        say("%s is in service after %.2f s, with no instance".formatted(endpoint, since(from)));
    }

    /// AWS bills the milliseconds that the model works, and nothing asleep.
    private void bill(EndpointMetrics metrics) {
        double[] all = metrics.invocationsAndSeconds();
        say(
                "On AWS: %.0f invocations x %.1f ms at %d MB, $%.5f per second (us-east-1, September"
                                .formatted(
                                        all[0],
                                        all[1] / all[0] * 1e3,
                                        MEMORY_MB,
                                        DOLLARS_PER_SECOND)
                        + " 2026): $%.6f, and $0.016 per GB sent and received; asleep $0"
                                .formatted(all[1] * DOLLARS_PER_SECOND));
    }

    private void forget() {
        String config =
                sageMaker.describeEndpoint(r -> r.endpointName(CANDIDATE)).endpointConfigName();
        sageMaker.deleteEndpoint(r -> r.endpointName(CANDIDATE));
        new EndpointWait(sageMaker).untilDeleted(CANDIDATE);
        sageMaker.deleteEndpointConfig(r -> r.endpointConfigName(config));
        sageMaker.deleteModel(r -> r.modelName(config));
    }

    private String role() {
        try (IamClient iam = clients.iam()) {
            try {
                return iam.getRole(r -> r.roleName(ROLE)).role().arn();
            } catch (NoSuchEntityException e) {
                return iam.createRole(r -> r.roleName(ROLE).assumeRolePolicyDocument(TRUST))
                        .role()
                        .arn();
            }
        }
    }

    private static final String TRUST =
            """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}\
            """;

    private void next() {
        console.say("");
        console.say(
                "Done in %.0f s. The endpoint '%s' sleeps. Try next:"
                        .formatted(since(begin), ENDPOINT));
        console.say(
                "  ./dormouse invoke flights --body '10,0,60,2,6,1023,37.94,28.04,67.21,11.5,0.0,1012.4,10.0'");
        console.say("  ./dormouse why flights");
        console.say(
                "  eval \"$(./dormouse env)\" && aws sagemaker describe-endpoint --endpoint-name flights");
        console.say("  ./dormouse deploy your-model.onnx --name yours");
    }

    private void title(String text) {
        step++;
        console.say("");
        console.say(step + ". " + text);
    }

    private void say(String text) {
        console.say("   " + text);
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    @Override
    public void close() {
        s3.close();
        sageMaker.close();
        runtime.close();
    }
}
