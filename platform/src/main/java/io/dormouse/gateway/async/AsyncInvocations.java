package io.dormouse.gateway.async;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.gateway.AsyncSettings;
import io.dormouse.gateway.Invocations;
import io.dormouse.gateway.Route;
import io.dormouse.gateway.Routes;
import io.dormouse.metrics.Meters;
import io.dormouse.store.Entry;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.timing.Alarms;
import io.dormouse.wire.Streaming;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.json.JsonMapper;

///
/// [InvokeEndpointAsync](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html):
/// accepts requests, and sees each of them to its outcome.
public final class AsyncInvocations implements Streaming, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AsyncInvocations.class.getName());
    private static final String KIND = "async-invocation";

    /// Requests of one endpoint that may wait.
    private static final int WAITING_MAX = 100_000;

    private static final Duration BUSY_PAUSE = Duration.ofSeconds(1);
    private static final Duration METRICS_PERIOD = Duration.ofMinutes(1);

    /// What a notice may hold of an answer, AWS's.
    private static final int TOLD_BYTES_MAX = 128 * 1024;

    private final Routes routes;
    private final Store store;
    private final S3Client s3;
    private final InstantSource clock;
    private final Alarms alarms;
    private final Caller owner;
    private final String ownBucket;
    private final Records<AsyncRequest> records;
    private final Execution execution;
    private final Notices notices;
    private final QueueMetrics metrics;
    private final Map<String, Backlog> backlogs = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// What outcomes are told and measured by.
    ///
    /// @param sns made when the first topic is told
    public record Telling(Supplier<SnsClient> sns, Meters meters) {}

    /// @param invocations with the limits of asynchronous payloads
    /// @param ownBucket where answers go that have no place of their own
    /// @param bytesMax of an answer
    public AsyncInvocations(
            Routes routes,
            Invocations invocations,
            Store store,
            S3Client s3,
            InstantSource clock,
            Alarms alarms,
            Caller owner,
            String ownBucket,
            long bytesMax,
            Telling telling) {
        this.routes = routes;
        this.store = store;
        this.s3 = s3;
        this.clock = clock;
        this.alarms = alarms;
        this.owner = owner;
        this.ownBucket = ownBucket;
        this.records = new Records<>(store, KIND, AsyncRequest.CODEC);
        this.execution = new Execution(invocations, s3, bytesMax);
        this.notices = new Notices(telling.sns());
        this.metrics = new QueueMetrics(telling.meters());
    }

    /// Takes up what an earlier life accepted and did not bring to its outcome.
    public void start() {
        for (Entry<AsyncRequest> each : records.all()) {
            enqueue(each.body());
        }
    }

    @Override
    public Answer invoke(Head head, InputStream body) throws IOException {
        String endpoint = head.path().getOrDefault("EndpointName", "");
        Route route =
                routes.current()
                        .route(endpoint)
                        .orElseThrow(() ->
                                AwsError.VALIDATION_ERROR.of(
                                        "Endpoint "
                                                + endpoint
                                                + " of account "
                                                + Caller.current().account()
                                                + " not found."));
        AsyncSettings settings =
                route.async()
                        .orElseThrow(() ->
                                AwsError.VALIDATION_ERROR.of(
                                        "Endpoint "
                                                + endpoint
                                                + " is not asynchronous: its endpoint"
                                                + " configuration has no"
                                                + " AsyncInferenceConfig."));
        String ownPath = "s3://" + ownBucket + "/async/" + endpoint;
        AsyncRequest request =
                new Acceptance(head, endpoint, clock.instant()).request(settings, ownPath, body);
        if (settings.outputPath().isEmpty()) {
            ensureOwnBucket();
        }
        if (backlog(endpoint).size().waiting() >= WAITING_MAX) {
            throw AwsError.THROTTLING.of(
                    WAITING_MAX + " requests of endpoint " + endpoint + " are waiting already.");
        }
        store.write(tx ->
                records.insert(
                        tx, Entry.of(request.id(), request.received(), request).within(endpoint)));
        enqueue(request);
        return accepted(request);
    }

    private void ensureOwnBucket() {
        try {
            s3.headBucket(r -> r.bucket(ownBucket));
        } catch (S3Exception e) {
            s3.createBucket(r -> r.bucket(ownBucket));
        }
    }

    private static Answer accepted(AsyncRequest request) {
        byte[] body =
                JsonMapper.shared()
                        .writeValueAsString(Map.of("InferenceId", request.inferenceId()))
                        .getBytes(UTF_8);
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("X-Amzn-SageMaker-OutputLocation", request.output().toString());
        headers.put("X-Amzn-SageMaker-FailureLocation", request.failure().toString());
        return new Answer(202, headers, Optional.of((long) body.length), out -> out.write(body));
    }

    private Backlog backlog(String endpoint) {
        return backlogs.computeIfAbsent(endpoint, _ -> new Backlog());
    }

    private void enqueue(AsyncRequest request) {
        Backlog backlog = backlog(request.endpoint());
        boolean isFirst = backlog.size().waiting() == 0;
        backlog.add(new Backlog.Waiting(request.id(), request.received()), Integer.MAX_VALUE);
        alarms.at(request.expires(), () -> expire(request));
        serve(request.endpoint());
        measure(request.endpoint());
        if (isFirst && backlog.size().waiting() > 0) {
            measureAgain(request.endpoint());
        }
    }

    /// As long as requests wait, what an alarm needs to see is recorded.
    private void measureAgain(String endpoint) {
        alarms.at(
                clock.instant().plus(METRICS_PERIOD),
                () -> {
                    measure(endpoint);
                    if (!closed && backlog(endpoint).size().waiting() > 0) {
                        measureAgain(endpoint);
                    }
                });
    }

    private void measure(String endpoint) {
        int instances =
                routes.current().route(endpoint).stream()
                        .flatMap(route -> route.variants().stream())
                        .mapToInt(variant -> variant.group().stats().instances())
                        .sum();
        metrics.backlog(endpoint, backlog(endpoint).size(), instances, clock.instant());
    }

    /// Begins as many as the endpoint may serve at once. One without a route any more is begun too:
    /// it fails, and that is told.
    private void serve(String endpoint) {
        int concurrency =
                routes.current()
                        .route(endpoint)
                        .map(route ->
                                route.variants().stream()
                                        .mapToInt(each -> each.group().stats().maxConcurrency())
                                        .sum())
                        .orElse(1);
        Backlog backlog = backlog(endpoint);
        while (!closed) {
            Optional<Backlog.Waiting> next = backlog.next(Math.max(1, concurrency));
            if (next.isEmpty()) {
                return;
            }
            Backlog.Waiting waiting = next.get();
            Thread.ofVirtual()
                    .name("async-" + waiting.id())
                    .start(() -> owner.call(() -> run(endpoint, waiting)));
        }
    }

    private boolean run(String endpoint, Backlog.Waiting waiting) {
        Backlog backlog = backlog(endpoint);
        try {
            Optional<AsyncRequest> request = records.get(waiting.id()).map(Entry::body);
            if (request.isPresent() && !carryOut(request.get())) {
                backlog.again(waiting);
                alarms.at(clock.instant().plus(BUSY_PAUSE), () -> serve(endpoint));
                return false;
            }
        } catch (IOException | RuntimeException e) {
            if (closed) {
                return false;
            }
            // The record is there still: the next life of the platform takes it up.
            LOG.log(System.Logger.Level.ERROR, "Asynchronous request " + waiting.id(), e);
        }
        backlog.done();
        measure(endpoint);
        serve(endpoint);
        return true;
    }

    /// @return false where it has to wait
    private boolean carryOut(AsyncRequest request) throws IOException {
        Instant begin = clock.instant();
        if (!begin.isBefore(request.expires())) {
            expired(request);
            return true;
        }
        Execution.Outcome outcome = execution.carryOut(request);
        if (closed) {
            // What went wrong while the platform ends is not the request's outcome.
            return true;
        }
        if (!(outcome instanceof Execution.Outcome.Busy)) {
            metrics.begun(request, begin);
        }
        switch (outcome) {
            case Execution.Outcome.Busy _ -> {
                return false;
            }
            case Execution.Outcome.Answered(String contentType) -> answered(request, contentType);
            case Execution.Outcome.Failed failure -> failed(request, failure);
        }
        return true;
    }

    private Optional<AsyncSettings> settings(AsyncRequest request) {
        return routes.current().route(request.endpoint()).flatMap(Route::async);
    }

    private void answered(AsyncRequest request, String contentType) throws IOException {
        Optional<AsyncSettings> settings = settings(request);
        Optional<String> told =
                settings.filter(AsyncSettings::includeInSuccess).isPresent()
                        ? execution.text(request, TOLD_BYTES_MAX)
                        : Optional.empty();
        settings.ifPresent(each ->
                tell(
                        request,
                        () -> notices.answered(request, each, contentType, clock.instant(), told)));
        end(request, true);
    }

    private void failed(AsyncRequest request, Execution.Outcome.Failed failure) {
        if (failure.type().equals("RequestDownloadFailure")) {
            metrics.happened(request.endpoint(), "RequestDownloadFailures");
        }
        try {
            execution.keep(request, failure);
        } catch (S3Exception e) {
            LOG.log(System.Logger.Level.WARNING, "No place for a failure: " + request.failure(), e);
        }
        String why =
                failure.type()
                        + ": "
                        + JsonMapper.shared()
                                .readTree(failure.document())
                                .path("Message")
                                .asString("");
        settings(request)
                .ifPresent(each -> {
                    Optional<String> told =
                            Optional.of(failure.document()).filter(_ -> each.includeInError());
                    tell(request, () -> notices.failed(request, each, why, clock.instant(), told));
                });
        end(request, false);
    }

    private void tell(AsyncRequest request, Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException e) {
            metrics.happened(request.endpoint(), "NotificationFailures");
            LOG.log(System.Logger.Level.WARNING, "Nobody was told of " + request.id(), e);
        }
    }

    private void end(AsyncRequest request, boolean isAnswered) {
        metrics.ended(request, isAnswered, clock.instant());
        store.write(tx -> records.delete(tx, request.id()));
    }

    private void expire(AsyncRequest request) {
        if (!closed && backlog(request.endpoint()).remove(request.id())) {
            Thread.startVirtualThread(() ->
                    owner.call(() -> {
                        expired(request);
                        return request;
                    }));
        }
    }

    private void expired(AsyncRequest request) {
        metrics.happened(request.endpoint(), "ExpiredRequests");
        failed(
                request,
                Execution.failed(
                        "ExpiredRequest",
                        "The request was not begun before its RequestTTLSeconds were over, at "
                                + request.expires()
                                + "."));
    }

    /// Begins no more; what waits is taken up by the next life.
    @Override
    public void close() {
        closed = true;
    }
}
