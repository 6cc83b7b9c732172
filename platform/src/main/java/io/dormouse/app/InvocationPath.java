package io.dormouse.app;

import io.dormouse.gateway.InvocationLimits;
import io.dormouse.gateway.Invocations;
import io.dormouse.gateway.ResponseStreams;
import io.dormouse.gateway.Routes;
import io.dormouse.gateway.async.AsyncInvocations;
import io.dormouse.gateway.payload.PayloadSettings;
import io.dormouse.gateway.payload.Payloads;
import io.dormouse.gateway.payload.Sweep;
import io.dormouse.metrics.Meters;
import io.dormouse.store.Store;
import io.dormouse.timing.Alarms;
import io.dormouse.wire.AwsService;
import io.dormouse.wire.Operations;
import io.dormouse.wire.sign.PresignedUrl;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sns.SnsClient;

/// The ways to invoke an endpoint: at once, as a stream, later; and the payloads that they refer
/// to.
final class InvocationPath implements AutoCloseable {
    private final Invocations invocations;
    private final AsyncInvocations later;
    private final Sweep sweep;

    /// @param operations the whole table, once it is there: topics are told through it
    InvocationPath(
            Settings settings,
            Routes routes,
            Store store,
            S3Client s3,
            Meters meters,
            InstantSource clock,
            Alarms alarms,
            Supplier<Operations> operations) {
        PayloadSettings payloads = settings.payloads();
        invocations =
                new Invocations(
                        routes,
                        meters,
                        limits(settings.payloadBytesMax()),
                        Optional.of(new Payloads(s3, payloads, signer(settings), clock)));
        later =
                new AsyncInvocations(
                        routes,
                        new Invocations(routes, meters, limits(payloads.bytesMax())),
                        store,
                        s3,
                        clock,
                        alarms,
                        settings.owner(),
                        PayloadSettings.ownBucket(settings.owner()),
                        payloads.bytesMax(),
                        new AsyncInvocations.Telling(
                                () -> operations.get().client(SnsClient.class, settings::owner),
                                meters));
        sweep = new Sweep(s3, payloads, clock, alarms, settings.owner());
    }

    private static InvocationLimits limits(long payloadBytesMax) {
        Duration answerWait = InvocationLimits.DEFAULT.answerWait();
        Duration startWait = InvocationLimits.DEFAULT.startWait();
        return new InvocationLimits(payloadBytesMax, answerWait, startWait);
    }

    /// Presigns for the platform itself.
    private static PresignedUrl.Signer signer(Settings settings) {
        Settings.Keys key = settings.keys().orElseGet(() -> new Settings.Keys("test", "test"));
        return new PresignedUrl.Signer(
                key.accessKeyId(),
                key.secretAccessKey(),
                settings.owner().region(),
                InstantSource.system());
    }

    Operations.Builder join(Operations.Builder table) {
        return table.stream(AwsService.SAGEMAKER_RUNTIME, "InvokeEndpoint", invocations).stream(
                AwsService.SAGEMAKER_RUNTIME,
                "InvokeEndpointWithResponseStream",
                new ResponseStreams(invocations, ResponseStreams.LONGEST))
                .stream(AwsService.SAGEMAKER_RUNTIME, "InvokeEndpointAsync", later);
    }

    /// Takes up what was accepted in an earlier life: call it when endpoints are in service, and
    /// behind the start.
    void start() {
        sweep.start();
        later.start();
    }

    @Override
    public void close() {
        later.close();
    }
}
