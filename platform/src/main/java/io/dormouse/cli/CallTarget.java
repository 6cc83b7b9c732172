package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sts.StsClient;

/// Whom a command calls: the platform, or AWS with `--to aws`, by the credentials and the Region
/// that AWS's own tools would take.
final class CallTarget {
    static final Option<String> TO =
            Option.word(
                    "--to",
                    "WHERE",
                    List.of("aws"),
                    "aws: AWS itself, by the credentials and Region that AWS's tools take; an"
                            + " --endpoint-url then stands for AWS");

    /// AWS lets an invocation take a minute.
    private static final Duration ANSWER = Duration.ofSeconds(80);

    private final CommonOptions options;
    private final Console console;
    private final boolean aws;

    CallTarget(Arguments arguments, CommonOptions options, Console console) {
        this.options = options;
        this.console = console;
        this.aws = arguments.find(TO).isPresent();
    }

    boolean isAws() {
        return aws;
    }

    SageMakerClient sageMaker() {
        return aws ? toAws(SageMakerClient.builder(), true) : options.clients().sageMaker();
    }

    /// Never tries again by itself: what a call takes is what one call takes.
    SageMakerRuntimeClient runtime() {
        return aws ? toAws(SageMakerRuntimeClient.builder(), false) : options.clients().runtime();
    }

    CloudWatchClient cloudWatch() {
        return aws ? toAws(CloudWatchClient.builder(), true) : options.clients().cloudWatch();
    }

    /// In a phrase: the platform's address, or AWS's account and Region, asked of STS.
    String where() {
        if (!aws) {
            return "this platform at " + options.endpoint();
        }
        try (StsClient sts = toAws(StsClient.builder(), true)) {
            String account = sts.getCallerIdentity().account();
            return "AWS account %s, Region %s%s"
                    .formatted(
                            account,
                            sts.serviceClientConfiguration().region(),
                            sts.serviceClientConfiguration()
                                    .endpointOverride()
                                    .map(at -> ", at " + at)
                                    .orElse(""));
        }
    }

    /// The cores of the machine that serves, where it is this one.
    Optional<Integer> cores() {
        Optional<URI> at = aws ? options.givenEndpoint() : Optional.of(options.endpoint());
        return at.map(URI::getHost)
                .filter(host -> List.of("localhost", "127.0.0.1", "[::1]").contains(host))
                .map(_ -> Runtime.getRuntime().availableProcessors());
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C toAws(
            B builder, boolean retrying) {
        ClientOverrideConfiguration.Builder more = ClientOverrideConfiguration.builder();
        if (!retrying) {
            more.retryStrategy(DefaultRetryStrategy.doNotRetry());
        }
        if (options.verbose()) {
            more.addExecutionInterceptor(new CallPrinter(console));
        }
        options.givenEndpoint().ifPresent(builder::endpointOverride);
        return builder.httpClient(UrlConnectionHttpClient.builder().socketTimeout(ANSWER).build())
                .overrideConfiguration(more.build())
                .build();
    }
}
