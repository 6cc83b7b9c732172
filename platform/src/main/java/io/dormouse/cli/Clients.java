package io.dormouse.cli;

import io.dormouse.client.LargePayloads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ecr.EcrClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sts.StsClient;

/// Makes AWS clients for one endpoint, each when it is asked for: constructing one costs a tenth of
/// a second, so a command makes only what it calls.
public final class Clients {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofMinutes(10);

    private final Optional<URI> endpoint;
    private final String region;
    private final Supplier<AwsCredentialsProvider> credentials;
    private final Optional<CallPrinter> printer;

    /// Clients of the platform at `endpoint`.
    ///
    /// @param printer prints each call, where it is wanted
    public Clients(
            URI endpoint,
            String region,
            String accessKey,
            String secretKey,
            Optional<CallPrinter> printer) {
        this(
                Optional.of(endpoint),
                region,
                () ->
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create(accessKey, secretKey)),
                printer);
    }

    private Clients(
            Optional<URI> endpoint,
            String region,
            Supplier<AwsCredentialsProvider> credentials,
            Optional<CallPrinter> printer) {
        this.endpoint = endpoint;
        this.region = region;
        this.credentials = credentials;
        this.printer = printer;
    }

    /// Clients of AWS, with whatever credentials AWS's default chain finds.
    ///
    /// @param endpoint in place of AWS's own hosts
    static Clients aws(Optional<URI> endpoint, String region, Optional<CallPrinter> printer) {
        return new Clients(
                endpoint, region, () -> DefaultCredentialsProvider.builder().build(), printer);
    }

    /// The platform's.
    public URI endpoint() {
        return endpoint.orElseThrow();
    }

    public String region() {
        return region;
    }

    public SageMakerClient sageMaker() {
        return ready(SageMakerClient.builder()).build();
    }

    public SageMakerRuntimeClient runtime() {
        return ready(SageMakerRuntimeClient.builder()).build();
    }

    /// One that takes and gives payloads of any size.
    public SageMakerRuntimeClient runtimeOfAnySize() {
        LargePayloads payloads =
                LargePayloads.builder(this::payloadBucket)
                        .endpoint(endpoint())
                        .region(Region.of(region))
                        .credentials(credentials.get())
                        .build();
        return ready(SageMakerRuntimeClient.builder(), payloads).build();
    }

    private String payloadBucket() {
        try (StsClient sts = sts()) {
            return "dormouse-payloads-" + region + "-" + sts.getCallerIdentity().account();
        }
    }

    /// Path style: a bucket is no host of a platform on this machine.
    public S3Client s3() {
        return ready(S3Client.builder()).forcePathStyle(endpoint.isPresent()).build();
    }

    public CloudWatchClient cloudWatch() {
        return ready(CloudWatchClient.builder()).build();
    }

    public CloudWatchLogsClient logs() {
        return ready(CloudWatchLogsClient.builder()).build();
    }

    public StsClient sts() {
        return ready(StsClient.builder()).build();
    }

    public IamClient iam() {
        return ready(IamClient.builder()).build();
    }

    /// The headers that sign a GET of a page that is ours and not AWS's.
    public Map<String, String> signed(URI page) {
        SignedRequest signed =
                AwsV4HttpSigner.create()
                        .sign(request ->
                                request.identity(credentials.get().resolveCredentials())
                                        .request(
                                                SdkHttpRequest.builder()
                                                        .method(SdkHttpMethod.GET)
                                                        .uri(page)
                                                        .build())
                                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                                        .putProperty(AwsV4HttpSigner.REGION_NAME, region));
        Map<String, String> headers = new HashMap<>();
        signed.request().forEachHeader((name, values) -> headers.put(name, values.getFirst()));
        return headers;
    }

    public EcrClient ecr() {
        return ready(EcrClient.builder()).build();
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B ready(
            B builder, ExecutionInterceptor... more) {
        ClientOverrideConfiguration.Builder options = ClientOverrideConfiguration.builder();
        if (endpoint.isPresent()) {
            // A platform on this machine answers or it does not, and no profile is about it.
            options.defaultProfileFile(ProfileFile.aggregator().build())
                    .retryStrategy(DefaultRetryStrategy.doNotRetry());
            builder.endpointOverride(endpoint.get());
        }
        printer.ifPresent(options::addExecutionInterceptor);
        List.of(more).forEach(options::addExecutionInterceptor);
        return builder.region(Region.of(region))
                .credentialsProvider(credentials.get())
                .httpClient(http())
                .overrideConfiguration(options.build());
    }

    /// For a platform without TLS, connections are opened here: the SDK's own client reads the
    /// JDK's certificates at once, which costs a command more than its call does.
    private SdkHttpClient http() {
        if (endpoint.filter(url -> url.getScheme().equals("http")).isPresent()) {
            return UrlConnectionHttpClient.create(Clients::open);
        }
        return UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(ANSWER)
                .build();
    }

    private static HttpURLConnection open(URI uri) {
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout((int) CONNECT.toMillis());
            connection.setReadTimeout((int) ANSWER.toMillis());
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
