package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.waiters.SageMakerWaiter;

/// A platform as its user starts it.
final class PlatformProcess implements AutoCloseable {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern READY = Pattern.compile("Dormouse is ready at (http://\\S+),");
    private static final Duration ENOUGH = Duration.ofSeconds(90);

    private final Process process;
    private final Path log;
    private final URI endpoint;
    private final AwsBasicCredentials key;

    private PlatformProcess(Process process, Path log, URI endpoint, AwsBasicCredentials key) {
        this.process = process;
        this.log = log;
        this.endpoint = endpoint;
        this.key = key;
    }

    /// Starts an open one on a free port, its data in `data`, and returns when it is ready.
    static PlatformProcess start(Path data) throws IOException {
        return start(
                List.of("--data", data.toString()),
                data,
                AwsBasicCredentials.create("test", "test"),
                Map.of());
    }

    /// Starts one whose data goes with it; `folder` takes its log and its note.
    static PlatformProcess startEphemeral(Path folder) throws IOException {
        return start(
                List.of("--ephemeral", "--data", folder.toString()),
                folder,
                AwsBasicCredentials.create("test", "test"),
                Map.of());
    }

    /// Starts one that knows this key only.
    static PlatformProcess start(Path data, AwsBasicCredentials key) throws IOException {
        return start(
                List.of("--data", data.toString()),
                data,
                key,
                Map.of(
                        "DORMOUSE_ACCESS_KEY_ID", key.accessKeyId(),
                        "DORMOUSE_SECRET_ACCESS_KEY", key.secretAccessKey()));
    }

    /// Starts an open one that belongs to another account and Region.
    static PlatformProcess start(Path data, String account, String region) throws IOException {
        return start(
                List.of("--data", data.toString()),
                data,
                AwsBasicCredentials.create("test", "test"),
                Map.of("DORMOUSE_ACCOUNT", account, "DORMOUSE_REGION", region));
    }

    /// Starts an open one with further variables of the environment.
    static PlatformProcess start(Path data, Map<String, String> settings) throws IOException {
        return start(
                List.of("--data", data.toString()),
                data,
                AwsBasicCredentials.create("test", "test"),
                settings);
    }

    private static PlatformProcess start(
            List<String> options,
            Path folder,
            AwsBasicCredentials key,
            Map<String, String> settings)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(ROOT.resolve("dormouse").toString(), "start", "--port", "0"));
        command.addAll(options);
        Path log = Files.createTempFile(folder, "platform", ".log");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .put("DORMOUSE_CACHE", ROOT.resolve("conformance/target/cache").toString());
        builder.environment().putAll(settings);
        Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        long deadline = System.nanoTime() + ENOUGH.toNanos();
        while (true) {
            Matcher ready = READY.matcher(Files.readString(log));
            if (ready.find()) {
                return new PlatformProcess(process, log, URI.create(ready.group(1)), key);
            }
            assertTrue(
                    process.isAlive() && System.nanoTime() < deadline,
                    () -> "the platform did not get ready:\n" + read(log));
            LockSupport.parkNanos(5_000_000);
        }
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    URI endpoint() {
        return endpoint;
    }

    /// What it said so far.
    String log() {
        return read(log);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    /// An AWS client of it: `client(S3Client.builder())`.
    <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder) {
        return client(endpoint, key, builder);
    }

    /// An AWS client of a stranger.
    static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(
            URI endpoint, B builder) {
        return client(endpoint, AwsBasicCredentials.create("test", "test"), builder);
    }

    private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(
            URI endpoint, AwsBasicCredentials key, B builder) {
        return builder.endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(key))
                .httpClient(
                        UrlConnectionHttpClient.builder()
                                .socketTimeout(Duration.ofMinutes(3))
                                .build())
                .build();
    }

    /// AWS's own waiters, asking every fifth of a second instead of every half minute.
    static SageMakerWaiter waiter(SageMakerClient client) {
        return SageMakerWaiter.builder()
                .client(client)
                .overrideConfiguration(o ->
                        o.maxAttempts(600)
                                .backoffStrategyV2(
                                        BackoffStrategy.fixedDelayWithoutJitter(
                                                Duration.ofMillis(200))))
                .build();
    }

    /// Ends it as a power cut would.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the platform did not end within a minute:\n" + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
