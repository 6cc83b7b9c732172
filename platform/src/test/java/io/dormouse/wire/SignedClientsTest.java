package io.dormouse.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dormouse.wire.sign.Keys;
import io.dormouse.wire.sign.Signatures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/// A platform with keys: AWS's clients are known by their signature in every protocol.
class SignedClientsTest {
    private static final String KEY = "AKIDEXAMPLE";
    private static HttpServer server;

    @BeforeAll
    static void start() throws IOException {
        Operations operations =
                Operations.builder().join(AwsService.SAGEMAKER, new Fakes.Models()).stream(
                                AwsService.SAGEMAKER_RUNTIME, "InvokeEndpoint", Fakes::echo)
                        .join(AwsService.CLOUDWATCH, new Fakes.Metrics())
                        .join(AwsService.STS, new Fakes.Sts())
                        .build();
        Keys keys =
                accessKey ->
                        accessKey.equals(KEY)
                                ? Optional.of(
                                        new Keys.Key(
                                                "right",
                                                "",
                                                "210987654321",
                                                "arn:aws:iam::210987654321:user/ada"))
                                : Optional.empty();
        Router router =
                new Router(
                        operations,
                        new Signatures(
                                keys,
                                "us-east-1",
                                InstantSource.system(),
                                Router.DOCUMENT_BYTES_MAX),
                        exchange -> exchange.answer(404, Map.of(), new byte[0]));
        server =
                new HttpServer(
                        HttpServer.Settings.at(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                        router);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static <
                    B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>,
                    C extends SdkClient>
            C client(B builder, String secret) {
        return builder.endpointOverride(URI.create("http://localhost:" + server.port()))
                .region(Region.EU_WEST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, secret)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @Test
    void theRightKeyIsKnownInEachProtocol() {
        GetCallerIdentityResponse identity =
                client(StsClient.builder(), "right").getCallerIdentity();
        assertEquals("arn:aws:iam::210987654321:user/ada", identity.arn());
        assertEquals(KEY + "@eu-west-1", identity.userId());
        assertEquals(
                "arn:aws:sagemaker:eu-west-1:210987654321:model/signed",
                client(SageMakerClient.builder(), "right")
                        .createModel(model -> model.modelName("signed"))
                        .modelArn());
        assertEquals(
                "churn|text/csv|1,2",
                client(SageMakerRuntimeClient.builder(), "right")
                        .invokeEndpoint(call ->
                                call.endpointName("churn")
                                        .contentType("text/csv")
                                        .body(Fakes.bytes("1,2")))
                        .body()
                        .asUtf8String());
        client(CloudWatchClient.builder(), "right").listMetrics(list -> list.namespace("a b+c"));
    }

    @Test
    void aWrongSecretIsRefusedInEachProtocol() {
        refused(
                "SignatureDoesNotMatch",
                () -> client(StsClient.builder(), "wrong").getCallerIdentity());
        refused(
                "InvalidSignatureException",
                () -> client(SageMakerClient.builder(), "wrong").listModels(list -> {}));
        refused(
                "InvalidSignatureException",
                () ->
                        client(SageMakerRuntimeClient.builder(), "wrong")
                                .invokeEndpoint(
                                        call -> call.endpointName("churn").body(Fakes.bytes("1"))));
    }

    private static void refused(String code, Runnable call) {
        AwsServiceException thrown = assertThrows(AwsServiceException.class, call::run);
        assertEquals(403, thrown.statusCode());
        assertEquals(code, thrown.awsErrorDetails().errorCode());
    }
}
