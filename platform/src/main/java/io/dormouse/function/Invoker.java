package io.dormouse.function;

import io.dormouse.metrics.Meters;
import io.dormouse.worker.Answer;
import io.dormouse.worker.Fault;
import io.dormouse.worker.GroupClosed;
import io.dormouse.worker.Request;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Throttled;
import io.dormouse.worker.WorkerGroup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import software.amazon.awssdk.services.lambda.model.ThrottleReason;

/// Invokes functions: a slot, the event, the handler's answer, its log lines and its metrics.
final class Invoker {
    /// How long an invocation waits for an instance, its start included: what a client waits for an
    /// answer.
    private static final Duration START_WAIT = Duration.ofSeconds(60);

    private static final int TRIES = 2;

    /// A sixth more than an answer may have, for an error's document.
    private static final int ANSWER_BYTES_MAX = 7 << 20;

    private final FunctionGroups groups;
    private final Meters meters;
    private final InstantSource wall;

    /// What is asked.
    ///
    /// @param arn by which it was asked
    /// @param clientContext JSON
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Call(Function function, String arn, byte[] event, Optional<String> clientContext) {}

    /// What came of it.
    ///
    /// @param error `Unhandled` where the payload is an error's document
    /// @param log the last of its log lines, Base64
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Outcome(String requestId, byte[] payload, Optional<String> error, String log) {}

    /// @param wall the clock that handlers read, too
    Invoker(FunctionGroups groups, Meters meters, InstantSource wall) {
        this.groups = groups;
        this.meters = meters;
        this.wall = wall;
    }

    /// Invokes, and waits for the answer.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException where the handler was
    ///   not asked: `TooManyRequestsException`, `ServiceException`
    Outcome invoke(Call call) {
        Traffic traffic = new Traffic(meters, call.function().name());
        String id = UUID.randomUUID().toString();
        try {
            for (int attempt = 1; ; attempt++) {
                FunctionGroups.Hosted hosted = groups.of(call.function());
                try {
                    Outcome outcome = invoke(call, id, hosted, traffic, attempt == TRIES);
                    traffic.invoked(outcome.error().isPresent());
                    return outcome;
                } catch (Gone | GroupClosed e) {
                    if (attempt == TRIES) {
                        throw FunctionErrors.failed("The function is being replaced; try again.");
                    }
                }
            }
        } catch (Throttled e) {
            traffic.throttled();
            throw tooMany(call.function());
        } catch (StartFailed e) {
            traffic.invoked(true);
            throw e.reason() == StartFailed.Cause.CAPACITY
                    ? FunctionErrors.tooMany(
                            ThrottleReason.CONCURRENT_INVOCATION_LIMIT_EXCEEDED, e.getMessage())
                    : FunctionErrors.failed(e.getMessage());
        }
    }

    /// An instance ended before it had seen the event.
    private static final class Gone extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static RuntimeException tooMany(Function function) {
        return FunctionErrors.tooMany(
                function.reserved().isPresent()
                        ? ThrottleReason.RESERVED_FUNCTION_CONCURRENT_INVOCATION_LIMIT_EXCEEDED
                        : ThrottleReason.CONCURRENT_INVOCATION_LIMIT_EXCEEDED,
                "Rate Exceeded.");
    }

    private Outcome invoke(
            Call call, String id, FunctionGroups.Hosted hosted, Traffic traffic, boolean last)
            throws Throttled, StartFailed, Gone {
        if (call.function().reserved().equals(Optional.of(0))) {
            throw new Throttled("no concurrency is reserved");
        }
        try (WorkerGroup.Lease lease = hosted.group().lease(START_WAIT)) {
            traffic.concurrent(hosted.group().stats().concurrent());
            FunctionLog log =
                    hosted.hosting()
                            .log(lease.instanceId())
                            .orElseGet(() -> new FunctionLog(_ -> {}, call.function().version()));
            Report report = new Report(call.function(), id, lease, log, wall);
            FunctionLog.Run run = log.run(id);
            long sent = System.nanoTime();
            try (Answer answer = lease.send(request(call, id), event(call))) {
                byte[] payload = whole(answer);
                Optional<String> error = answer.header("x-dormouse-function-error");
                long nanos = answer.header("x-dormouse-nanos").map(Long::parseLong).orElse(0L);
                traffic.took(nanos);
                run.end(true, report.ended(nanos, error));
                return new Outcome(id, payload, error, run.tail());
            } catch (Fault fault) {
                if (fault.kind() == Fault.Kind.DIED
                        && !last
                        && lease.coldStart().isEmpty()
                        && System.nanoTime() - sent < 1_000_000) {
                    throw new Gone();
                }
                return failed(call, fault, report, run, sent, traffic);
            } catch (IOException e) {
                Fault fault = new Fault(Fault.Kind.TRUNCATED, String.valueOf(e.getMessage()), e);
                lease.fail(fault);
                return failed(call, fault, report, run, sent, traffic);
            }
        }
    }

    /// The bridge keeps answers below that, but what runs beside it may write past it.
    private static byte[] whole(Answer answer) throws IOException {
        byte[] payload = answer.body().readNBytes(ANSWER_BYTES_MAX + 1);
        if (payload.length > ANSWER_BYTES_MAX) {
            throw new IOException("its answer is longer than " + ANSWER_BYTES_MAX + " bytes");
        }
        return payload;
    }

    private static ByteArrayInputStream event(Call call) {
        return new ByteArrayInputStream(call.event());
    }

    private static Outcome failed(
            Call call,
            Fault fault,
            Report report,
            FunctionLog.Run run,
            long sent,
            Traffic traffic) {
        boolean late = fault.kind() == Fault.Kind.TIMEOUT;
        long timeout = Duration.ofSeconds(call.function().shape().timeout()).toNanos();
        long nanos = late ? timeout : System.nanoTime() - sent;
        traffic.took(nanos);
        Ending ending = Ending.of(fault, call.function().shape().timeout());
        run.end(false, report.failed(nanos, ending));
        return new Outcome(
                report.id(), ending.document(report.id()), Optional.of("Unhandled"), run.tail());
    }

    private Request request(Call call, String id) {
        Duration timeout = Duration.ofSeconds(call.function().shape().timeout());
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Lambda-Runtime-Aws-Request-Id", id);
        headers.put("Lambda-Runtime-Invoked-Function-Arn", call.arn());
        headers.put("X-Dormouse-Timeout-Ms", Long.toString(timeout.toMillis()));
        headers.put("Lambda-Runtime-Trace-Id", trace(id));
        call.clientContext()
                .ifPresent(context -> headers.put("Lambda-Runtime-Client-Context", context));
        return new Request(
                "POST", "/invocations", headers, OptionalLong.of(call.event().length), timeout);
    }

    private String trace(String id) {
        String digits = id.replace("-", "");
        return "Root=1-%08x-%s;Parent=%s;Sampled=0"
                .formatted(
                        wall.instant().getEpochSecond(),
                        digits.substring(0, 24),
                        digits.substring(16));
    }
}
