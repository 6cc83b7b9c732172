package io.dormouse.gateway;

import io.dormouse.gateway.payload.PayloadRefused;
import io.dormouse.gateway.payload.Payloads;
import io.dormouse.metrics.Meters;
import io.dormouse.wire.Streaming;
import io.dormouse.worker.WorkerGroup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

///
/// [InvokeEndpoint](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html):
/// finds the variant and hands the invocation to it.
public final class Invocations implements Streaming {
    /// A body up to this size may be held in memory, so that its length is known.
    static final int HELD_BYTES_MAX = 64 * 1024;

    private static final int ATTRIBUTES_MAX = 1024;
    private static final int INFERENCE_ID_MAX = 64;

    private static final String ATTRIBUTES = "x-amzn-sagemaker-custom-attributes";
    private static final String INFERENCE_ID = "x-amzn-sagemaker-inference-id";
    private static final String VARIANT = "x-amzn-sagemaker-target-variant";

    /// What endpoints of one model each do not have.
    private static final List<String> UNSUPPORTED =
            List.of(
                    "x-amzn-sagemaker-target-model",
                    "x-amzn-sagemaker-target-container-hostname",
                    "x-amzn-sagemaker-inference-component",
                    "x-amzn-sagemaker-enable-explanations",
                    "x-amzn-sagemaker-session-id");

    private final Routes routes;
    private final Meters meters;
    private final InvocationLimits limits;
    private final Optional<ByReference> references;

    /// Without payloads by reference.
    public Invocations(Routes routes, Meters meters, InvocationLimits limits) {
        this(routes, meters, limits, Optional.empty());
    }

    /// @param payloads those that references name
    public Invocations(
            Routes routes, Meters meters, InvocationLimits limits, Optional<Payloads> payloads) {
        this.routes = routes;
        this.meters = meters;
        this.limits = limits;
        this.references = payloads.map(ByReference::new);
    }

    @Override
    public Answer invoke(Head head, InputStream body) throws IOException {
        Optional<Refusal> refusal = notAtOnce(head);
        if (refusal.isPresent()) {
            return refusal.get().answer();
        }
        long whole = limits.payloadBytesMax();
        Delivery delivery =
                references
                        .filter(_ -> ByReference.isAccepted(head))
                        .map(each -> each.delivery(head, whole))
                        .orElseGet(() -> new Delivery.Whole(whole));
        return invoke(ByReference.withoutAccept(head), body, limits.answerWait(), delivery);
    }

    /// Invokes an endpoint and delivers its answer in the way asked for.
    ///
    /// @param head its headers are InvokeEndpoint's
    /// @param answerWait until the container's answer begins, and then between any two pieces of it
    public Answer invoke(Head head, InputStream body, Duration answerWait, Delivery delivery)
            throws IOException {
        long begin = System.nanoTime();
        String endpoint = head.path().getOrDefault("EndpointName", "");
        Optional<Route> route = routes.current().route(endpoint);
        if (route.isEmpty()) {
            return Refusal.noEndpoint(endpoint).answer();
        }
        Optional<Refusal> refusal = check(head);
        if (refusal.isPresent()) {
            return refusal.get().answer();
        }
        if (references.isPresent() && ByReference.isBody(head)) {
            try (Payloads.Opened payload = references.get().open(body)) {
                Asked asked =
                        new Asked(
                                ByReference.of(head, payload.reference()),
                                payload.body(),
                                OptionalLong.of(payload.reference().bytes()),
                                references.get().bytesMax());
                return invoke(asked, payload::trouble, answerWait, delivery, route.get(), begin);
            } catch (PayloadRefused e) {
                return Refusal.invalid(e.getMessage()).answer();
            }
        }
        Asked asked = asked(head, body);
        if (asked.length().orElse(0) > limits.payloadBytesMax()) {
            return Refusal.tooLarge(head.requestId()).answer();
        }
        return invoke(asked, Optional::empty, answerWait, delivery, route.get(), begin);
    }

    /// An asynchronous endpoint is not asked for its answer at once, as on AWS.
    Optional<Refusal> notAtOnce(Head head) {
        String endpoint = head.path().getOrDefault("EndpointName", "");
        return routes.current()
                .route(endpoint)
                .flatMap(Route::async)
                .map(_ ->
                        Refusal.invalid(
                                "Endpoint "
                                        + endpoint
                                        + " is asynchronous: use InvokeEndpointAsync."));
    }

    /// What an instance is to get.
    private record Asked(Head head, InputStream body, OptionalLong length, long bytesMax) {}

    /// As it came; the length of a short body becomes known.
    private Asked asked(Head head, InputStream body) throws IOException {
        long bytesMax = limits.payloadBytesMax();
        if (head.contentLength().isPresent()) {
            return new Asked(head, body, OptionalLong.of(head.contentLength().get()), bytesMax);
        }
        byte[] held = body.readNBytes(HELD_BYTES_MAX);
        OptionalLong length =
                held.length < HELD_BYTES_MAX ? OptionalLong.of(held.length) : OptionalLong.empty();
        InputStream content = new SequenceInputStream(new ByteArrayInputStream(held), body);
        return new Asked(head, content, length, bytesMax);
    }

    private Answer invoke(
            Asked asked,
            Supplier<Optional<String>> trouble,
            Duration answerWait,
            Delivery delivery,
            Route route,
            long begin)
            throws IOException {
        RequestBody request = new RequestBody(asked.body(), asked.bytesMax(), trouble);
        InvocationLimits mine =
                new InvocationLimits(asked.bytesMax(), answerWait, limits.startWait());
        Invocation invocation =
                new Invocation(
                        meters, mine, delivery, asked.head(), request, asked.length(), begin);
        return invoke(invocation, route);
    }

    /// Invokes by the route that was read; where its group drains, the table has changed since, and
    /// the new route serves.
    private Answer invoke(Invocation invocation, Route route) throws IOException {
        Route current = route;
        while (true) {
            Optional<Variant> variant = choose(invocation.head(), current);
            if (variant.isEmpty()) {
                String name = invocation.head().header(VARIANT).orElse("");
                return Refusal.invalid(
                                "Variant "
                                        + name
                                        + " of endpoint "
                                        + route.endpoint()
                                        + " not found.")
                        .answer();
            }
            Optional<Answer> answer = invocation.by(current, variant.get());
            if (answer.isPresent()) {
                return answer.get();
            }
            WorkerGroup closed = variant.get().group();
            Optional<Route> next = routes.current().route(route.endpoint());
            if (next.isEmpty()
                    || next.get().variants().stream()
                            .anyMatch(each -> each.group().equals(closed))) {
                return Refusal.noEndpoint(route.endpoint()).answer();
            }
            current = next.get();
        }
    }

    private static Optional<Variant> choose(Head head, Route route) {
        Optional<String> named = head.header(VARIANT);
        if (named.isPresent()) {
            return route.variant(named.get());
        }
        return Optional.of(
                route.variants().size() == 1
                        ? route.variants().getFirst()
                        : route.at(ThreadLocalRandom.current().nextDouble()));
    }

    private static Optional<Refusal> check(Head head) {
        for (String header : UNSUPPORTED) {
            if (head.headers().containsKey(header)) {
                return Optional.of(
                        Refusal.invalid(
                                "Header "
                                        + header
                                        + " is not supported: the endpoint serves one model."));
            }
        }
        return tooLong(head, ATTRIBUTES, "customAttributes", ATTRIBUTES_MAX)
                .or(() -> tooLong(head, INFERENCE_ID, "inferenceId", INFERENCE_ID_MAX));
    }

    private static Optional<Refusal> tooLong(Head head, String header, String member, int max) {
        Optional<String> value = head.header(header);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        boolean ascii = value.get().chars().allMatch(c -> c < 128);
        if (value.get().length() <= max && ascii) {
            return Optional.empty();
        }
        return Optional.of(
                Refusal.invalid(
                        "1 validation error detected: Value '"
                                + value.get()
                                + "' at '"
                                + member
                                + "' failed to satisfy constraint: Member must "
                                + (ascii
                                        ? "have length less than or equal to " + max
                                        : "satisfy regular expression pattern: \\p{ASCII}*")));
    }
}
