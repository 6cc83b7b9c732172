package io.dormouse.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import io.dormouse.wire.Streaming;
import io.dormouse.worker.Answer;
import io.dormouse.worker.FakeLauncher;
import io.dormouse.worker.Fault;
import io.dormouse.worker.Serving;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Tuning;
import io.dormouse.worker.WorkerGroup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a client of InvokeEndpoint sees, and what is recorded of it, on instances that do what each
/// test says.
class InvocationsTest {
    private static final String SEE =
            ". See https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1"
                    + "#logEventViewer:group=/aws/sagemaker/Endpoints/churn in account 123456789012"
                    + " for more information.";

    private record Point(String namespace, String name, double value, String unit) {}

    private record Seen(int status, Map<String, String> headers, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    private final Serving serving = new Serving();
    private final Queue<Point> points = new ConcurrentLinkedQueue<>();
    private final Routes routes = new Routes();
    private final Invocations invocations =
            new Invocations(
                    routes,
                    (namespace, name, dimensions, value, unit) -> {
                        assertEquals(
                                Map.of("EndpointName", "churn", "VariantName", "AllTraffic"),
                                dimensions);
                        points.add(new Point(namespace, name, value, unit));
                    },
                    new InvocationLimits(1 << 20, Duration.ofSeconds(60), Duration.ofSeconds(20)));

    private WorkerGroup serve(int maxConcurrency, int provisioned, Tuning tuning) {
        WorkerGroup group =
                serving.pools.create(Serving.spec("churn", maxConcurrency, provisioned, tuning));
        route(group, provisioned);
        return group;
    }

    private void route(WorkerGroup group, int provisioned) {
        Variant variant = new Variant("AllTraffic", 1, provisioned, group);
        routes.update(table -> table.with(new Route("churn", List.of(variant))));
    }

    private static Streaming.Head head(
            String endpoint, Map<String, String> headers, Optional<Long> length) {
        Map<String, List<String>> lists = new HashMap<>();
        headers.forEach((name, value) -> lists.put(name, List.of(value)));
        return new Streaming.Head(
                "InvokeEndpoint",
                Map.of("EndpointName", endpoint),
                lists,
                Map.of(),
                length,
                "request-1");
    }

    private Seen ask(String endpoint, Map<String, String> headers, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        return ask(
                head(endpoint, headers, Optional.of((long) bytes.length)),
                new ByteArrayInputStream(bytes));
    }

    private Seen ask(Streaming.Head head, InputStream body) throws IOException {
        return seen(invocations.invoke(head, body));
    }

    private static Seen seen(Streaming.Answer answer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Streaming.Body content = answer.body()) {
            content.writeTo(out);
        }
        answer.contentLength().ifPresent(length -> assertEquals(length, out.size()));
        return new Seen(answer.status(), answer.headers(), out.toString(UTF_8));
    }

    private Seen ask(String body) throws IOException {
        return ask("churn", Map.of("content-type", "text/csv"), body);
    }

    private List<Double> values(String metric) {
        return points.stream()
                .filter(each -> each.name().equals(metric))
                .map(Point::value)
                .toList();
    }

    private void behave(FakeLauncher.Behaviour behaviour) {
        serving.launcher.behaviour = behaviour;
    }

    private void assertModelError(Seen seen, String kind, int status, String said) {
        assertEquals(424, seen.status());
        assertEquals("ModelError", seen.headers().get("x-amzn-ErrorType"));
        JsonNode json = seen.json();
        assertEquals(
                "Received "
                        + kind
                        + " error ("
                        + status
                        + ") from primary with message \""
                        + said
                        + "\""
                        + SEE,
                json.path("Message").asString());
        assertEquals(said, json.path("OriginalMessage").asString());
        assertEquals(status, json.path("OriginalStatusCode").asInt());
        assertEquals(
                "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/churn",
                json.path("LogStreamArn").asString());
    }

    @Test
    void answersWithTheHeadersThatAwsGives() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        behave((_, body) ->
                new Answer(
                        200,
                        Map.of(
                                "content-type",
                                "application/json",
                                "x-amzn-sagemaker-custom-attributes",
                                "trace=1",
                                "server",
                                "x"),
                        OptionalLong.empty(),
                        body,
                        () -> {}));
        Seen seen = ask("churn", Map.of("content-type", "text/csv"), "1,2");
        assertEquals(200, seen.status());
        assertEquals("1,2", seen.body());
        assertEquals(
                Map.of(
                        "Content-Type", "application/json",
                        "X-Amzn-SageMaker-Custom-Attributes", "trace=1",
                        "x-Amzn-Invoked-Production-Variant", "AllTraffic"),
                seen.headers());
    }

    @Test
    void aShortAnswerHasItsLengthThoughTheContainerSentItChunked() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        behave((_, _) ->
                new Answer(
                        200,
                        Map.of(),
                        OptionalLong.empty(),
                        new ByteArrayInputStream("abc".getBytes(US_ASCII)),
                        () -> {}));
        Streaming.Answer answer =
                invocations.invoke(
                        head("churn", Map.of(), Optional.empty()),
                        new ByteArrayInputStream(new byte[3]));
        assertEquals(Optional.of(3L), answer.contentLength());
        answer.body().close();
    }

    @Test
    void aLargeBodyIsTheSameOnBothSidesWhicheverWayItIsFramed() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        String large = "0123456789".repeat(50_000);
        assertEquals(large, ask(large).body());
        Seen chunked =
                ask(
                        head("churn", Map.of(), Optional.empty()),
                        new ByteArrayInputStream(large.getBytes(UTF_8)));
        assertEquals(large, chunked.body());
    }

    @Test
    void theSlotOfAShortAnswerIsFreeBeforeTheClientHasReadIt() throws IOException {
        WorkerGroup group = serve(1, 0, Tuning.DEFAULT);
        Streaming.Answer unread =
                invocations.invoke(
                        head("churn", Map.of(), Optional.of(1L)),
                        new ByteArrayInputStream(new byte[1]));
        assertEquals(0, group.stats().busy());
        assertEquals("b", ask("b").body());
        unread.body().close();
    }

    @Test
    void anUnknownEndpointIsAValidationError() throws IOException {
        Seen seen = ask("nowhere", Map.of(), "1");
        assertEquals(400, seen.status());
        assertEquals("ValidationError", seen.headers().get("x-amzn-ErrorType"));
        assertEquals(
                "Endpoint nowhere of account 123456789012 not found.",
                seen.json().path("Message").asString());
        assertTrue(points.isEmpty());
    }

    @Test
    void theAccountIsTheCallers() throws Exception {
        Seen seen =
                Caller.root("999999999999", "eu-west-1").call(() -> ask("nowhere", Map.of(), "1"));
        assertEquals(
                "Endpoint nowhere of account 999999999999 not found.",
                seen.json().path("Message").asString());
    }

    @Test
    void aboveMaxConcurrencyThrottlesWithAwsEmptySentence() throws Exception {
        WorkerGroup group = serve(1, 0, Tuning.DEFAULT);
        WorkerGroup.Lease held = group.lease(Serving.PATIENCE);
        Seen seen = ask("1");
        assertEquals(400, seen.status());
        assertEquals("ThrottlingException", seen.headers().get("x-amzn-ErrorType"));
        assertEquals("{\"message\":null}", seen.body());
        assertEquals(List.of(1.0), values("Invocation4XXErrors"));
        assertEquals(List.of(0.0), values("Invocation5XXErrors"));
        held.close();
    }

    @Test
    void aFullQueueAnswers429AndWhenToComeBack() throws Exception {
        WorkerGroup group = serve(1, 0, Serving.queue(1, Duration.ofSeconds(9)));
        WorkerGroup.Lease held = group.lease(Serving.PATIENCE);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Seen> queued = clients.submit(() -> ask("1"));
            Serving.await("queued", () -> group.stats().waiting() == 1);
            Seen seen = ask("2");
            assertEquals(429, seen.status());
            assertEquals("9", seen.headers().get("Retry-After"));
            held.close();
            assertEquals("1", queued.get(20, TimeUnit.SECONDS).body());
        }
    }

    @Test
    void whatTheModelRefusesIsQuoted() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        behave((_, _) -> FakeLauncher.answer(400, "text/plain", "expected 4 columns, got \"3\""));
        assertModelError(ask("1,2,3"), "client", 400, "expected 4 columns, got \"3\"");
        assertEquals(List.of(1.0), values("Invocation4XXErrors"));
        behave((_, _) -> FakeLauncher.answer(500, "text/plain", "it broke"));
        assertModelError(ask("1,2,3"), "server", 500, "it broke");
        assertEquals(List.of(0.0, 1.0), values("Invocation5XXErrors"));
    }

    @Test
    void aTimeoutHasAwsSentence() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        behave((_, _) -> {
            throw new Fault(Fault.Kind.TIMEOUT, "late");
        });
        assertModelError(
                ask("1"),
                "server",
                0,
                "Your invocation timed out while waiting for a response from container primary. "
                        + "Review the latency metrics for each container in Amazon CloudWatch, "
                        + "resolve the issue, and try again.");
    }

    @Test
    void outOfMemorySaysInsufficientMemoryAndTheNextRequestIsServed() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        FakeLauncher.Behaviour usual = serving.launcher.behaviour;
        behave((_, _) -> {
            throw new Fault(Fault.Kind.OUT_OF_MEMORY, "it needed more than its 2048 MB");
        });
        Seen seen = ask("1");
        assertEquals(424, seen.status());
        assertTrue(seen.body().contains("insufficient memory"), seen.body());
        behave(usual);
        assertEquals("2", ask("2").body());
        assertEquals(2, serving.launcher.starts.get());
    }

    @Test
    void anInstanceThatDiedBeforeItTookTheBodyIsReplacedUnseen() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        FakeLauncher.Behaviour usual = serving.launcher.behaviour;
        behave((_, _) -> {
            serving.launcher.behaviour = usual;
            throw new Fault(Fault.Kind.DIED, "it was ended by signal 9");
        });
        assertEquals("1", ask("1").body());
        assertEquals(2, serving.launcher.starts.get());
    }

    @Test
    void aRequestThatTheInstanceBeganToReadIsNeverSentTwice() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        behave((_, body) -> {
            int _ = body.read();
            throw new Fault(Fault.Kind.DIED, "it was ended by signal 9");
        });
        assertModelError(ask("1"), "server", 0, "it was ended by signal 9");
        assertEquals(1, serving.launcher.starts.get());
    }

    @Test
    void aShortAnswerThatBreaksOffIsAnError() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        behave((_, _) -> broken(100));
        assertModelError(ask("1"), "server", 0, "the answer ended in its middle");
    }

    @Test
    void aLongAnswerThatBreaksOffEndsTheConnectionAndItsInstance() throws IOException {
        WorkerGroup group = serve(5, 0, Tuning.DEFAULT);
        behave((_, _) -> broken(200_000));
        assertThrows(IOException.class, () -> ask("1"));
        assertEquals(List.of(1.0), values("Invocation5XXErrors"));
        Serving.await("it is gone", () -> group.stats().instances() == 0);
    }

    private static Answer broken(long length) {
        InputStream body =
                new InputStream() {
                    private int left = (int) length - 10;

                    @Override
                    public int read() throws IOException {
                        if (left-- > 0) {
                            return 'x';
                        }
                        throw new IOException("the connection is closed");
                    }
                };
        return new Answer(200, Map.of(), OptionalLong.of(length), body, () -> {});
    }

    @Test
    void anOversizeRequestIsRefusedBeforeItIsRead() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        InputStream unreadable =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new AssertionError("the body was read");
                    }
                };
        Seen seen = ask(head("churn", Map.of(), Optional.of((1L << 20) + 1)), unreadable);
        assertEquals(400, seen.status());
        assertEquals(
                "Request request-1 has oversize body.", seen.json().path("Message").asString());
        assertEquals(0, serving.launcher.starts.get());
    }

    @Test
    void anOversizeChunkedRequestIsRefusedWhereItBecomesTooLarge() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        Seen seen =
                ask(
                        head("churn", Map.of(), Optional.empty()),
                        new ByteArrayInputStream(new byte[(1 << 20) + 1]));
        assertEquals(400, seen.status());
        assertTrue(seen.body().contains("oversize"), seen.body());
        assertEquals("b", ask("b").body());
        assertEquals(1, serving.launcher.starts.get());
    }

    @Test
    void anOversizeAnswerIsAnErrorThatSaysSo() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        behave((_, _) ->
                new Answer(
                        200,
                        Map.of(),
                        OptionalLong.of(2 << 20),
                        InputStream.nullInputStream(),
                        () -> {}));
        assertModelError(
                ask("1"),
                "server",
                500,
                "Response payload size (2097152 bytes) exceeded the maximum of 1048576 bytes.");
    }

    @Test
    void aStartThatFailsSaysWhy() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        serving.launcher.failure =
                Optional.of(new StartFailed(StartFailed.Cause.MODEL, "no input named x"));
        assertModelError(ask("1"), "server", 0, "The model cannot be loaded: no input named x");
        serving.launcher.failure =
                Optional.of(new StartFailed(StartFailed.Cause.CAPACITY, "The memory is full."));
        Seen full = ask("1");
        assertEquals(503, full.status());
        assertEquals("ServiceUnavailable", full.headers().get("x-amzn-ErrorType"));
        assertEquals("The memory is full.", full.json().path("Message").asString());
    }

    @Test
    void headersThatAreTooLongOrNotSupportedAreRefused() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        Seen tooLong =
                ask("churn", Map.of("x-amzn-sagemaker-custom-attributes", "a".repeat(1025)), "1");
        assertEquals(400, tooLong.status());
        assertTrue(
                tooLong.body().contains("at 'customAttributes' failed to satisfy constraint"),
                tooLong.body());
        Seen notAscii = ask("churn", Map.of("x-amzn-sagemaker-custom-attributes", "é"), "1");
        assertEquals(400, notAscii.status());
        Seen id = ask("churn", Map.of("x-amzn-sagemaker-inference-id", "i".repeat(65)), "1");
        assertTrue(id.body().contains("inferenceId"), id.body());
        Seen multi = ask("churn", Map.of("x-amzn-sagemaker-target-model", "a.tar.gz"), "1");
        assertTrue(multi.body().contains("x-amzn-sagemaker-target-model"), multi.body());
        Seen variant = ask("churn", Map.of("x-amzn-sagemaker-target-variant", "B"), "1");
        assertTrue(variant.body().contains("Variant B of endpoint churn"), variant.body());
    }

    @Test
    void everyInvocationIsRecordedAsAwsDoes() throws IOException {
        serve(4, 0, Tuning.DEFAULT);
        ask("1");
        Serving.await("memory is sampled", () -> !values("MemoryUtilization").isEmpty());
        assertEquals(
                new TreeSet<>(
                        List.of(
                                "AWS/SageMaker Invocation4XXErrors None",
                                "AWS/SageMaker Invocation5XXErrors None",
                                "AWS/SageMaker Invocations None",
                                "AWS/SageMaker ModelLatency Microseconds",
                                "AWS/SageMaker ModelSetupTime Microseconds",
                                "AWS/SageMaker OverheadLatency Microseconds",
                                "AWS/SageMaker ServerlessConcurrentExecutionsUtilization None",
                                "/aws/sagemaker/Endpoints MemoryUtilization Percent")),
                points.stream()
                        .map(each -> each.namespace() + " " + each.name() + " " + each.unit())
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertEquals(List.of(0.25), values("ServerlessConcurrentExecutionsUtilization"));
        assertEquals(List.of(100.0 * 64 / 2048), values("MemoryUtilization"));
        points.clear();
        ask("2");
        assertEquals(List.of(), values("ModelSetupTime"));
        assertEquals(List.of(1.0), values("Invocations"));
        assertEquals(List.of(0.0), values("Invocation4XXErrors"));
    }

    @Test
    void provisionedConcurrencyAndItsSpilloverAreRecorded() throws Exception {
        WorkerGroup group = serve(2, 1, Tuning.DEFAULT);
        Serving.await("one is ready", () -> group.stats().starting() == 0);
        ask("1");
        assertEquals(List.of(1.0), values("ServerlessProvisionedConcurrencyUtilization"));
        assertEquals(List.of(1.0), values("ServerlessProvisionedConcurrencyInvocations"));
        assertEquals(List.of(0.0), values("ServerlessProvisionedConcurrencySpilloverInvocations"));
        points.clear();
        WorkerGroup.Lease held = group.lease(Serving.PATIENCE);
        ask("2");
        assertEquals(List.of(1.0), values("ServerlessProvisionedConcurrencyExecutions"));
        assertEquals(List.of(0.0), values("ServerlessProvisionedConcurrencyInvocations"));
        assertEquals(List.of(1.0), values("ServerlessProvisionedConcurrencySpilloverInvocations"));
        held.close();
    }

    @Test
    void anUpdateUnderLoadLosesNoRequestAndEachAnswerIsOfOneVersion() throws Exception {
        behave((instance, body) -> {
            String text = new String(body.readAllBytes(), UTF_8);
            return FakeLauncher.ok(instance.owner() + " " + text);
        });
        int versions = 5;
        int perVersion = 200;
        Tuning tuning = Serving.queue(10_000, Duration.ofSeconds(60));
        List<WorkerGroup> groups = new ArrayList<>();
        groups.add(serving.pools.create(Serving.spec("v0", 4, 0, tuning)));
        route(groups.getFirst(), 0);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Seen>> answers = new ArrayList<>();
            for (int version = 1; version <= versions; version++) {
                for (int i = 0; i < perVersion; i++) {
                    answers.add(clients.submit(() -> ask("x")));
                }
                WorkerGroup next = serving.pools.create(Serving.spec("v" + version, 4, 0, tuning));
                route(next, 0);
                groups.getLast().drain();
                groups.add(next);
            }
            for (Future<Seen> each : answers) {
                Seen seen = each.get(60, TimeUnit.SECONDS);
                assertEquals(200, seen.status(), seen.body());
                assertTrue(seen.body().matches("endpoint/v[0-5]/AllTraffic x"), seen.body());
            }
        }
        for (WorkerGroup old : groups.subList(0, versions)) {
            old.drain().get(20, TimeUnit.SECONDS);
            assertEquals(0, old.stats().instances());
        }
        assertEquals("endpoint/v5/AllTraffic last", ask("last").body());
    }

    @Test
    void aDeletedEndpointIsNotFoundWhileItDrains() throws Exception {
        WorkerGroup group = serve(5, 0, Tuning.DEFAULT);
        WorkerGroup.Lease held = group.lease(Serving.PATIENCE);
        var drained = group.drain();
        assertTrue(ask("1").body().contains("not found"));
        held.close();
        drained.get(20, TimeUnit.SECONDS);
        routes.update(table -> table.without("churn"));
        assertTrue(ask("1").body().contains("not found"));
    }

    @Test
    void thePagesTellTheStartStepByStepAndTheReasons() throws IOException {
        serve(5, 0, Tuning.DEFAULT);
        ask("1");
        EndpointPages pages = new EndpointPages(routes);
        JsonNode start = pages.page("churn", "starts").orElseThrow().path("starts").get(0);
        assertEquals("i-1", start.path("instance").asString());
        assertEquals("nothing", start.path("from").asString());
        assertEquals("queue", start.path("steps").get(0).path("step").asString());
        double sum = 0;
        for (JsonNode step : start.path("steps")) {
            assertEquals(sum, step.path("from_ms").asDouble(), 0.01);
            sum += step.path("ms").asDouble();
        }
        assertEquals(start.path("total_ms").asDouble(), sum, 0.01);
        JsonNode decision = pages.page("churn", "decisions").orElseThrow().path("decisions").get(0);
        assertEquals("start", decision.path("decision").asString());
        assertEquals("no instance", decision.path("reason").asString());
        assertTrue(pages.page("nowhere", "starts").isEmpty());
    }
}
