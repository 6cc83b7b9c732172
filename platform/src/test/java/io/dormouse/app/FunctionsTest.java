package io.dormouse.app;

import static io.dormouse.app.FunctionPlatform.await;
import static io.dormouse.app.FunctionPlatform.log;
import static io.dormouse.app.FunctionPlatform.python;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LastUpdateStatus;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.ThrottleReason;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Lambda by AWS's own client.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class FunctionsTest {
    private static final Map<String, String> SHORT = Map.of("dormouse:idle-seconds", "60");

    private FunctionPlatform here;
    private CloudWatchLogsClient logs;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        here = new FunctionPlatform(folder);
        logs = here.here(CloudWatchLogsClient.builder()).build();
    }

    @AfterAll
    void stop() {
        if (here != null) {
            here.close();
        }
    }

    private static JsonNode json(InvokeResponse answer) {
        return JsonMapper.shared().readTree(answer.payload().asUtf8String());
    }

    private boolean runs(String name) throws Exception {
        return here.get("/_dormouse/status").body().contains("\"function/" + name + "\"");
    }

    @Test
    void aHandlerAnswersAndItsInstanceGoes() throws Exception {
        here.create(
                "echo",
                """
                import os, time, urllib.request
                time.sleep(1)
                def main(event, context):
                    print("saw", event["x"])
                    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/health") as answer:
                        health = answer.status
                    return {"x": event["x"] + 1, "stage": os.environ["STAGE"], "health": health,
                            "name": context.function_name, "left": context.get_remaining_time_in_millis(),
                            "stream": context.log_stream_name}
                """,
                SHORT);
        InvokeResponse first = here.invoke("echo", "{\"x\": 1}");
        JsonNode answer = json(first);
        assertEquals(200, first.statusCode());
        assertEquals(2, answer.get("x").asInt(), answer.toString());
        assertEquals("test", answer.get("stage").asString());
        assertEquals(200, answer.get("health").asInt(), "the way to the platform");
        int left = answer.get("left").asInt();
        assertTrue(left > 2000 && left <= 3000, "the start does not count: " + answer);
        assertEquals("$LATEST", first.executedVersion());
        String tail = log(first);
        assertTrue(tail.startsWith("START RequestId: "), tail);
        assertTrue(tail.contains("\nsaw 1\nEND RequestId: "), tail);
        assertTrue(tail.contains("\tMemory Size: 256 MB\t"), tail);
        assertTrue(tail.contains("\tInit Duration: "), tail);
        String second = log(here.invoke("echo", "{\"x\": 2}"));
        assertFalse(second.contains("Init Duration"), second);
        await(() ->
                logs.filterLogEvents(r -> r.logGroupName("/aws/lambda/echo")).events().stream()
                        .anyMatch(each ->
                                each.message().equals("saw 2")
                                        && each.logStreamName()
                                                .equals(answer.get("stream").asString())));
        assertTrue(runs("echo"));
        here.advance(61);
        await(() -> !runs("echo"));
    }

    @Test
    void whatGoesWrongInAHandlerIsToldAsAwsTellsIt() throws Exception {
        here.create(
                "wrong",
                """
                import os, time
                def main(event, context):
                    if event == "raise":
                        raise ValueError("boom")
                    if event == "exit":
                        os._exit(7)
                    if event == "hang":
                        time.sleep(60)
                    if event == "hog":
                        return len(bytearray(500000000))
                    if event == "large":
                        return "x" * 7000000
                    return open
                """,
                SHORT);
        InvokeResponse raised = here.invoke("wrong", "\"raise\"");
        assertEquals("Unhandled", raised.functionError());
        assertEquals(200, raised.statusCode());
        assertEquals("ValueError", json(raised).get("errorType").asString());
        assertEquals("boom", json(raised).get("errorMessage").asString());
        assertTrue(json(raised).get("stackTrace").get(0).asString().contains("handler.py"));
        assertTrue(log(raised).contains("[ERROR] ValueError: boom"), log(raised));
        InvokeResponse unreadable = here.invoke("wrong", "1");
        assertEquals("Runtime.MarshalError", json(unreadable).get("errorType").asString());
        InvokeResponse large = here.invoke("wrong", "\"large\"");
        assertEquals("Function.ResponseSizeTooLarge", json(large).get("errorType").asString());
        InvokeResponse exited = here.invoke("wrong", "\"exit\"");
        assertEquals("Runtime.ExitError", json(exited).get("errorType").asString());
        assertTrue(
                json(exited)
                        .get("errorMessage")
                        .asString()
                        .endsWith(" Error: Runtime exited with error: exit status 7"),
                exited.payload().asUtf8String());
        InvokeResponse hog = here.invoke("wrong", "\"hog\"");
        String kind = json(hog).path("errorType").asString("");
        assertTrue(
                List.of("Runtime.OutOfMemory", "MemoryError").contains(kind),
                hog.payload().asUtf8String());
        here.lambda.updateFunctionConfiguration(r -> r.functionName("wrong").timeout(1));
        InvokeResponse late = here.invoke("wrong", "\"hang\"");
        assertEquals("Sandbox.Timedout", json(late).get("errorType").asString());
        assertTrue(
                json(late)
                        .get("errorMessage")
                        .asString()
                        .endsWith(" Error: Task timed out after 1.00 seconds"));
        assertTrue(log(late).contains(" Task timed out after 1.00 seconds\nEND "), log(late));
        assertTrue(log(late).contains("\tStatus: timeout"), log(late));
        // The next one has a fresh instance.
        assertEquals(
                "ValueError", json(here.invoke("wrong", "\"raise\"")).get("errorType").asString());
    }

    /// Where answers go by descriptor 0; by another, the handler does not find it.
    @Test
    void anAnswerThatIsWrittenPastTheRuntimeHasAnEnd() throws Exception {
        here.create(
                "flood",
                """
                import os
                def main(event, context):
                    os.write(0, b"HTTP/1.1 200 OK\\r\\nContent-Length: 99000000\\r\\n\\r\\n")
                    while True:
                        os.write(0, bytes(1 << 20))
                """,
                SHORT);
        InvokeResponse answer = here.invoke("flood", "{}");
        assertEquals("Unhandled", answer.functionError());
        String kind = json(answer).path("errorType").asString("");
        assertTrue(List.of("Runtime.ExitError", "OSError").contains(kind), kind);
    }

    @Test
    void aHandlerThatCannotBeHadSaysWhy() throws Exception {
        here.create("nowhere", "import nothing_of_that_name\n", SHORT);
        InvokeResponse missing = here.invoke("nowhere", "{}");
        assertEquals("Unhandled", missing.functionError());
        assertEquals("Runtime.ImportModuleError", json(missing).get("errorType").asString());
        assertEquals(
                "Unable to import module 'handler': No module named 'nothing_of_that_name'",
                json(missing).get("errorMessage").asString());
        SdkBytes better = python("def main(event, context): return 'mended'");
        here.lambda.updateFunctionCode(r -> r.functionName("nowhere").zipFile(better));
        here.lambda.waiter().waitUntilFunctionUpdatedV2(r -> r.functionName("nowhere"));
        assertEquals("\"mended\"", here.invoke("nowhere", "{}").payload().asUtf8String());
    }

    @Test
    void requestsThatBreakLambdasRulesAreRefusedInItsWords() throws Exception {
        here.create("taken", "def main(event, context): pass", Map.of());
        SdkBytes code = python("");
        var conflict =
                assertThrows(
                        ResourceConflictException.class,
                        () -> here.create("taken", "python3.12", "handler.main", code, Map.of()));
        assertEquals("Function already exist: taken", conflict.awsErrorDetails().errorMessage());
        SdkBytes nonsense = SdkBytes.fromUtf8String("no zip at all");
        var corrupt =
                assertThrows(
                        InvalidParameterValueException.class,
                        () -> here.create("bad", "python3.12", "handler.main", nonsense, Map.of()));
        assertTrue(
                corrupt.awsErrorDetails()
                        .errorMessage()
                        .startsWith("Could not unzip uploaded file."));
        SdkBytes climbing = FunctionPlatform.zip(Map.of("../out.py", new byte[1]));
        assertThrows(
                InvalidParameterValueException.class,
                () -> here.create("bad", "python3.12", "handler.main", climbing, Map.of()));
        var node =
                assertThrows(
                        InvalidParameterValueException.class,
                        () -> here.create("bad", "nodejs22.x", "index.main", code, Map.of()));
        assertTrue(
                node.awsErrorDetails()
                        .errorMessage()
                        .contains("Runtime nodejs22.x is not served here"));
        var absent =
                assertThrows(ResourceNotFoundException.class, () -> here.invoke("absent", "{}"));
        assertEquals(
                "Function not found: arn:aws:lambda:us-east-1:123456789012:function:absent",
                absent.awsErrorDetails().errorMessage());
        assertThrows(
                InvalidParameterValueException.class,
                () ->
                        here.lambda.updateFunctionConfiguration(r ->
                                r.functionName("taken")
                                        .environment(e -> e.variables(Map.of("AWS_REGION", "x")))));
    }

    @Test
    void aFunctionIsThrottledAtItsReservedConcurrency() throws Exception {
        here.create("busy", "def main(event, context): return 1", SHORT);
        here.lambda.putFunctionConcurrency(
                r -> r.functionName("busy").reservedConcurrentExecutions(0));
        var refused = assertThrows(TooManyRequestsException.class, () -> here.invoke("busy", "{}"));
        assertEquals(
                ThrottleReason.RESERVED_FUNCTION_CONCURRENT_INVOCATION_LIMIT_EXCEEDED,
                refused.reason());
        assertEquals("Rate Exceeded.", refused.awsErrorDetails().errorMessage());
        here.lambda.deleteFunctionConcurrency(r -> r.functionName("busy"));
        assertEquals("1", here.invoke("busy", "{}").payload().asUtf8String());
    }

    @Test
    void versionsStayAndAliasesMove() throws Exception {
        here.create("grown", "def main(event, context): return 'first'", SHORT);
        assertEquals("1", here.lambda.publishVersion(r -> r.functionName("grown")).version());
        here.lambda.createAlias(r -> r.functionName("grown").name("live").functionVersion("1"));
        SdkBytes next = python("def main(event, context): return 'second'");
        var updated = here.lambda.updateFunctionCode(r -> r.functionName("grown").zipFile(next));
        assertEquals(LastUpdateStatus.SUCCESSFUL, updated.lastUpdateStatus());
        assertEquals("\"first\"", here.invoke("grown:live", "{}").payload().asUtf8String());
        assertEquals("\"second\"", here.invoke("grown", "{}").payload().asUtf8String());
        assertEquals("2", here.lambda.publishVersion(r -> r.functionName("grown")).version());
        here.lambda.updateAlias(r -> r.functionName("grown").name("live").functionVersion("2"));
        InvokeResponse moved = here.invoke("grown:live", "{}");
        assertEquals("\"second\"", moved.payload().asUtf8String());
        assertEquals("2", moved.executedVersion());
        Path code = here.code();
        try (Stream<Path> all = Files.list(code)) {
            assertTrue(all.anyMatch(each -> each.toString().endsWith(".zip")));
        }
        String first = here.digest("grown:1");
        String second = here.digest("grown");
        here.lambda.deleteFunction(r -> r.functionName("grown"));
        await(() -> Files.notExists(code.resolve(first)) && Files.notExists(code.resolve(second)));
        assertThrows(ResourceNotFoundException.class, () -> here.invoke("grown:live", "{}"));
    }

    @Test
    void anEventIsTakenLaterAndTriedAgain() throws Exception {
        here.create(
                "later",
                """
                def main(event, context):
                    print("attempt")
                    raise RuntimeError("never")
                """,
                SHORT);
        InvokeResponse accepted =
                here.lambda.invoke(r -> r.functionName("later").invocationType("Event"));
        assertEquals(202, accepted.statusCode());
        assertEquals("", accepted.payload().asUtf8String());
        await(() -> said("later", "attempt"));
        here.advance(61);
        await(() -> attempts() == 2);
        here.advance(121);
        await(() -> attempts() == 3);
        assertEquals(
                204,
                here.lambda
                        .invoke(r -> r.functionName("later").invocationType("DryRun"))
                        .statusCode());
    }

    @Test
    void rulesAndTopicsTellFunctions() throws Exception {
        here.create(
                "told",
                """
                def main(event, context):
                    if "Records" in event:
                        print("topic", event["Records"][0]["Sns"]["Message"])
                    else:
                        print("rule", event["detail"]["n"])
                """,
                SHORT);
        String arn = "arn:aws:lambda:us-east-1:123456789012:function:told";
        try (EventBridgeClient events = here.here(EventBridgeClient.builder()).build();
                SnsClient topics = here.here(SnsClient.builder()).build()) {
            events.putRule(r -> r.name("mine").eventPattern("{\"source\": [\"my.app\"]}"));
            Target target = Target.builder().id("f").arn(arn).build();
            events.putTargets(r -> r.rule("mine").targets(target));
            PutEventsRequestEntry done =
                    PutEventsRequestEntry.builder()
                            .source("my.app")
                            .detailType("Done")
                            .detail("{\"n\": 42}")
                            .build();
            events.putEvents(r -> r.entries(done));
            String topic = topics.createTopic(r -> r.name("news")).topicArn();
            topics.subscribe(r -> r.topicArn(topic).protocol("lambda").endpoint(arn));
            topics.publish(r -> r.topicArn(topic).message("hello"));
        }
        await(() -> said("told", "rule 42") && said("told", "topic hello"));
    }

    private boolean said(String function, String line) {
        return logs.describeLogGroups(r -> r.logGroupNamePrefix("/aws/lambda/" + function))
                                .logGroups()
                                .size()
                        == 1
                && logs
                        .filterLogEvents(r -> r.logGroupName("/aws/lambda/" + function))
                        .events()
                        .stream()
                        .anyMatch(each -> each.message().equals(line));
    }

    private long attempts() {
        return logs.filterLogEvents(r -> r.logGroupName("/aws/lambda/later")).events().stream()
                .filter(each -> each.message().equals("attempt"))
                .count();
    }

    private static final String JAVA =
            """
            package demo;
            import com.amazonaws.services.lambda.runtime.Context;
            import com.amazonaws.services.lambda.runtime.RequestHandler;
            import java.util.Map;
            public class Scores implements RequestHandler<Map<String, Object>, Map<String, Object>> {
                public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
                    context.getLogger().log("java saw " + event.get("x"));
                    if (event.containsKey("boom")) {
                        throw new IllegalStateException("boom");
                    }
                    return Map.of("x", event.get("x"), "name", context.getFunctionName(),
                            "stage", System.getenv("STAGE"));
                }
            }
            """;

    private static final String STREAM =
            """
            package demo;
            import com.amazonaws.services.lambda.runtime.Context;
            import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
            import java.io.*;
            public class Upper implements RequestStreamHandler {
                public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
                    out.write(new String(in.readAllBytes()).toUpperCase().getBytes());
                }
            }
            """;

    /// A jar as a build tool makes it, against AWS's own interfaces.
    private static SdkBytes jar(Path folder) throws Exception {
        Path runtime = Path.of("../functionserver/target/functionserver-0.1.0-all.jar");
        Path source = Files.createDirectories(folder.resolve("demo")).resolve("Scores.java");
        Files.writeString(source, JAVA);
        Path stream = Files.writeString(source.resolveSibling("Upper.java"), STREAM);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                said,
                                said,
                                "-proc:none",
                                "-d",
                                folder.toString(),
                                "-cp",
                                runtime.toString(),
                                source.toString(),
                                stream.toString());
        assertEquals(0, code, said.toString());
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(file -> file.toString().endsWith(".class")).toList()) {
                files.put(folder.relativize(each).toString(), Files.readAllBytes(each));
            }
        }
        return FunctionPlatform.zip(files);
    }

    @Test
    void aJavaHandlerIsRunByAwsOwnRuntimeFromS3(@TempDir Path folder) throws Exception {
        assumeTrue(
                TestPlatform.hasFunctionServer(), "no runtime of Java functions: ./build makes it");
        try (S3Client s3 = here.here(S3Client.builder()).forcePathStyle(true).build()) {
            s3.createBucket(r -> r.bucket("code"));
            s3.putObject(
                    r -> r.bucket("code").key("scores.jar"),
                    RequestBody.fromBytes(jar(folder).asByteArray()));
        }
        here.lambda.createFunction(r ->
                r.functionName("scores")
                        .runtime("java21")
                        .handler("demo.Scores::handleRequest")
                        .role(FunctionPlatform.ROLE)
                        .timeout(10)
                        .memorySize(512)
                        .environment(e -> e.variables(Map.of("STAGE", "test")))
                        .code(c -> c.s3Bucket("code").s3Key("scores.jar")));
        here.lambda.waiter().waitUntilFunctionActiveV2(r -> r.functionName("scores"));
        InvokeResponse first = here.invoke("scores", "{\"x\": 1}");
        assertEquals(1, json(first).path("x").asInt(), first.payload().asUtf8String() + log(first));
        assertEquals("scores", json(first).get("name").asString());
        assertEquals("test", json(first).get("stage").asString());
        assertTrue(log(first).contains("\njava saw 1\nEND "), log(first));
        InvokeResponse raised = here.invoke("scores", "{\"x\": 1, \"boom\": true}");
        assertEquals("Unhandled", raised.functionError());
        assertEquals("java.lang.IllegalStateException", json(raised).get("errorType").asString());
    }
}
