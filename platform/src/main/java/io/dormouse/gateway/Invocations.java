package io.dormouse.gateway;

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

    public Invocations(Routes routes, Meters meters, InvocationLimits limits) {
        this.routes = routes;
        this.meters = meters;
        this.limits = limits;
    }

    @Override
    public Answer invoke(Head head, InputStream body) throws IOException {
        return invoke(
                head, body, limits.answerWait(), new Delivery.Whole(limits.payloadBytesMax()));
    }

    /// Invokes an endpoint and delivers its answer in the way asked for.
    ///
    /// @param head its headers are InvokeEndpoint's
    /// @param answerWait until the container's answer begins, and then between any two pieces of it
    Answer invoke(Head head, InputStream body, Duration answerWait, Delivery delivery)
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
        OptionalLong length = OptionalLong.empty();
        InputStream content = body;
        if (head.contentLength().isPresent()) {
            length = OptionalLong.of(head.contentLength().get());
        } else {
            byte[] held = body.readNBytes(HELD_BYTES_MAX);
            if (held.length < HELD_BYTES_MAX) {
                length = OptionalLong.of(held.length);
            }
            content = new SequenceInputStream(new ByteArrayInputStream(held), body);
        }
        if (length.orElse(0) > limits.payloadBytesMax()) {
            return Refusal.tooLarge(head.requestId()).answer();
        }
        RequestBody request = new RequestBody(content, limits.payloadBytesMax());
        InvocationLimits mine =
                new InvocationLimits(limits.payloadBytesMax(), answerWait, limits.startWait());
        return invoke(
                new Invocation(meters, mine, delivery, head, request, length, begin), route.get());
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
