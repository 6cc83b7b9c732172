package io.dormouse.gateway;

import io.dormouse.metrics.Meters;
import io.dormouse.wire.EventStream;
import io.dormouse.wire.Streaming;
import io.dormouse.worker.Answer;
import io.dormouse.worker.Fault;
import io.dormouse.worker.GroupClosed;
import io.dormouse.worker.Request;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Throttled;
import io.dormouse.worker.WorkerGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One invocation, from its slot to its answer and its metrics.
final class Invocation {
    private static final System.Logger LOG = System.getLogger(Invocation.class.getName());

    /// An instance that died before it took any of the body costs a second try, not an error.
    private static final int TRIES = 2;

    /// What goes to the container, by the name that it knows.
    private static final Map<String, String> FORWARDED =
            Map.of(
                    "content-type", "Content-Type",
                    "accept", "Accept",
                    "x-amzn-sagemaker-custom-attributes", "X-Amzn-SageMaker-Custom-Attributes",
                    "x-amzn-sagemaker-inference-id", "X-Amzn-SageMaker-Inference-Id",
                    "x-amzn-sagemaker-target-variant", "X-Amzn-SageMaker-Target-Variant");

    private final Meters meters;
    private final InvocationLimits limits;
    private final Delivery delivery;
    private final Streaming.Head head;
    private final RequestBody body;
    private final OptionalLong length;
    private final long begin;

    Invocation(
            Meters meters,
            InvocationLimits limits,
            Delivery delivery,
            Streaming.Head head,
            RequestBody body,
            OptionalLong length,
            long begin) {
        this.meters = meters;
        this.limits = limits;
        this.delivery = delivery;
        this.head = head;
        this.body = body;
        this.length = length;
        this.begin = begin;
    }

    Streaming.Head head() {
        return head;
    }

    /// The answer of a variant.
    ///
    /// @return empty where its group takes no requests any more
    Optional<Streaming.Answer> by(Route route, Variant variant) throws IOException {
        Traffic traffic = route.traffic(variant);
        String endpoint = route.endpoint();
        try {
            for (int attempt = 1; ; attempt++) {
                WorkerGroup.Lease lease = variant.group().lease(limits.startWait());
                if (attempt == 1) {
                    traffic.came(meters, variant.group().stats(), lease.coldStart().isPresent());
                }
                try {
                    return Optional.of(by(lease, route, variant, traffic));
                } catch (Fault fault) {
                    lease.close();
                    boolean again = fault.kind() == Fault.Kind.DIED && !body.isTouched();
                    if (!again || attempt == TRIES) {
                        return Optional.of(refused(traffic, why(endpoint, fault)));
                    }
                } catch (IOException | RuntimeException e) {
                    lease.close();
                    throw e;
                }
            }
        } catch (GroupClosed e) {
            return Optional.empty();
        } catch (Throttled e) {
            traffic.came(meters, variant.group().stats(), false);
            Refusal refusal =
                    e.retryAfter()
                            .map(wait -> Refusal.queueFull(String.valueOf(e.getMessage()), wait))
                            .orElseGet(Refusal::throttled);
            return Optional.of(refused(traffic, refusal));
        } catch (StartFailed e) {
            traffic.came(meters, variant.group().stats(), true);
            return Optional.of(refused(traffic, why(endpoint, e)));
        }
    }

    private Streaming.Answer by(
            WorkerGroup.Lease lease, Route route, Variant variant, Traffic traffic)
            throws Fault, IOException {
        long sent = System.nanoTime();
        Request request =
                new Request("POST", "/invocations", forwarded(), length, limits.answerWait());
        Answer answer = lease.send(request, body);
        long model = System.nanoTime() - sent;
        if (lease.coldStart().isPresent()) {
            // The start, of which the container's first answer is the sign, is not the model's
            // time.
            long ready = lease.coldStart().get().ready();
            traffic.setUp(meters, Math.max(0, ready - lease.coldStart().get().begin()));
            model = System.nanoTime() - Math.max(sent, ready);
        }
        if (answer.status() < 200 || answer.status() > 299) {
            return modelError(lease, answer, route, traffic);
        }
        ModelAnswer said = new ModelAnswer(this, lease, answer, traffic, model);
        Map<String, String> headers = headers(answer, variant);
        return switch (delivery) {
            case Delivery.Whole(long bytesMax) -> {
                Reply reply = new Reply(said);
                Optional<String> trouble = reply.hold(bytesMax);
                if (trouble.isPresent()) {
                    yield tooLarge(said, route, traffic, trouble.get());
                }
                yield whole(reply, headers);
            }
            case Delivery.Events(Duration longest) -> events(said, headers, longest);
            case Delivery.Kept kept -> kept(kept, said, headers, route, traffic);
        };
    }

    private Streaming.Answer tooLarge(
            ModelAnswer answer, Route route, Traffic traffic, String trouble) {
        answer.release();
        return refused(traffic, Refusal.model(route.endpoint(), 500, trouble));
    }

    private static Streaming.Answer whole(Reply reply, Map<String, String> headers) {
        OptionalLong length = reply.length();
        Optional<Long> bytes =
                length.isPresent() ? Optional.of(length.getAsLong()) : Optional.empty();
        return new Streaming.Answer(200, headers, bytes, reply);
    }

    private Streaming.Answer events(
            ModelAnswer answer, Map<String, String> headers, Duration longest) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Content-Type", EventStream.MEDIA_TYPE);
        Optional.ofNullable(headers.get("Content-Type"))
                .ifPresent(type -> all.put("X-Amzn-SageMaker-Content-Type", type));
        return new Streaming.Answer(
                200, all, Optional.empty(), new EventReply(answer, begin, longest));
    }

    private Streaming.Answer kept(
            Delivery.Kept kept,
            ModelAnswer answer,
            Map<String, String> headers,
            Route route,
            Traffic traffic)
            throws Fault {
        Reply reply = new Reply(answer);
        Optional<String> trouble = reply.hold(kept.bytesMax());
        if (trouble.isPresent()) {
            return tooLarge(answer, route, traffic, trouble.get());
        }
        if (reply.length().orElse(Long.MAX_VALUE) <= kept.wholeBytesMax()) {
            return whole(reply, headers);
        }
        Reply.Kept body = reply.kept();
        Streaming.Answer place;
        try {
            place = kept.keeper().keep(headers, reply.length(), body);
        } catch (IOException | RuntimeException e) {
            if (body.excess().isPresent()) {
                return tooLarge(answer, route, traffic, body.excess().get());
            }
            answer.release();
            if (body.fault().isPresent()) {
                throw body.fault().get();
            }
            LOG.log(System.Logger.Level.WARNING, "An answer could not be stored", e);
            return refused(traffic, Refusal.internal("The answer could not be stored: " + e));
        }
        reply.close();
        return place;
    }

    private Map<String, String> forwarded() {
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<String, String> each : FORWARDED.entrySet()) {
            head.header(each.getKey()).ifPresent(value -> headers.put(each.getValue(), value));
        }
        return headers;
    }

    private static Map<String, String> headers(Answer answer, Variant variant) {
        Map<String, String> headers = new HashMap<>();
        headers.put("x-Amzn-Invoked-Production-Variant", variant.name());
        answer.header("content-type").ifPresent(type -> headers.put("Content-Type", type));
        answer.header("x-amzn-sagemaker-custom-attributes")
                .ifPresent(value -> headers.put("X-Amzn-SageMaker-Custom-Attributes", value));
        return headers;
    }

    private Streaming.Answer modelError(
            WorkerGroup.Lease lease, Answer answer, Route route, Traffic traffic) throws Fault {
        try (lease;
                answer) {
            byte[] said = answer.body().readNBytes(Refusal.QUOTE_BYTES_MAX);
            traffic.memory(meters, lease);
            String text = new String(said, StandardCharsets.UTF_8);
            return refused(traffic, Refusal.model(route.endpoint(), answer.status(), text));
        } catch (IOException e) {
            throw broke(lease, e);
        }
    }

    /// The answer broke off: the instance says why.
    static Fault broke(WorkerGroup.Lease lease, IOException failure) {
        Fault fault =
                failure.getCause() instanceof Fault told
                        ? told
                        : new Fault(
                                Fault.Kind.TRUNCATED, "the answer ended in its middle", failure);
        lease.fail(fault);
        return fault;
    }

    private Streaming.Answer refused(Traffic traffic, Refusal refusal) {
        traffic.ended(meters, !refusal.isOurs(), refusal.isOurs());
        return refusal.answer();
    }

    private Refusal why(String endpoint, Fault fault) throws IOException {
        String message = String.valueOf(fault.getMessage());
        return switch (fault.kind()) {
            case TIMEOUT -> Refusal.timeout(endpoint);
            case OUT_OF_MEMORY -> Refusal.outOfMemory(endpoint, message);
            case UNLOADABLE -> Refusal.silence(endpoint, "The model cannot be loaded: " + message);
            case DIED, GARBAGE, TRUNCATED -> Refusal.silence(endpoint, message);
            case CALLER_GONE -> {
                if (body.isTooLarge()) {
                    yield Refusal.tooLarge(head.requestId());
                }
                if (body.trouble().isPresent()) {
                    yield Refusal.invalid(body.trouble().get());
                }
                throw new IOException(message, fault);
            }
        };
    }

    private static Refusal why(String endpoint, StartFailed failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.reason()) {
            case MODEL -> Refusal.silence(endpoint, "The model cannot be loaded: " + message);
            case MEMORY -> Refusal.outOfMemory(endpoint, message);
            case TIMEOUT, BROKEN -> Refusal.silence(endpoint, message);
            case CAPACITY -> Refusal.unavailable(message);
            case PLATFORM -> Refusal.internal(message);
        };
    }

    /// The answer is with the client.
    void answered(Traffic traffic, WorkerGroup.Lease lease, long modelNanos) {
        traffic.ended(meters, false, false);
        traffic.answered(meters, modelNanos, System.nanoTime() - begin);
        traffic.memory(meters, lease);
    }

    /// The answer broke off on its way, by the instance's fault.
    void brokeOff(Traffic traffic) {
        traffic.ended(meters, false, true);
    }
}
