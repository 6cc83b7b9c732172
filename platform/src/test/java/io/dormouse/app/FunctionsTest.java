package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.python.Python;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LogType;

/// Lambda by AWS's own client: functions in Python.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class FunctionsTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/caller";

    private TestPlatform platform;
    private LambdaClient lambda;
    private CloudWatchLogsClient logs;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        Python.anyOrSkip();
        assumeTrue(TestPlatform.hasModelServer(), "no model server: ./build makes it");
        platform = new TestPlatform(TestPlatform.settings(folder));
        lambda = here(LambdaClient.builder()).build();
        logs = here(CloudWatchLogsClient.builder()).build();
    }

    private <B extends AwsClientBuilder<B, ?>> B here(B builder) {
        return builder.endpointOverride(platform.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("test", "test")));
    }

    @AfterAll
    void stop() {
        if (platform != null) {
            platform.close();
        }
    }

    static SdkBytes zip(Map<String, String> files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> each : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return SdkBytes.fromByteArray(out.toByteArray());
    }

    private void create(String name, String program) throws IOException {
        SdkBytes code = zip(Map.of("handler.py", program));
        lambda.createFunction(r ->
                r.functionName(name)
                        .runtime("python3.12")
                        .handler("handler.main")
                        .role(ROLE)
                        .timeout(3)
                        .memorySize(256)
                        .environment(e -> e.variables(Map.of("STAGE", "test")))
                        .tags(Map.of("dormouse:idle-seconds", "60"))
                        .code(c -> c.zipFile(code)));
        lambda.waiter().waitUntilFunctionActiveV2(r -> r.functionName(name));
    }

    private InvokeResponse invoke(String name, String event) {
        return lambda.invoke(r ->
                r.functionName(name).logType(LogType.TAIL).payload(SdkBytes.fromUtf8String(event)));
    }

    private static String log(InvokeResponse answer) {
        return new String(Base64.getDecoder().decode(answer.logResult()), StandardCharsets.UTF_8);
    }

    @Test
    void aHandlerAnswersAndItsInstanceGoes() throws Exception {
        create(
                "echo",
                """
                import os
                def main(event, context):
                    print("saw", event["x"])
                    return {"x": event["x"] + 1, "stage": os.environ["STAGE"],
                            "name": context.function_name, "left": context.get_remaining_time_in_millis(),
                            "task": os.environ["LAMBDA_TASK_ROOT"]}
                """);
        InvokeResponse first = invoke("echo", "{\"x\": 1}");
        String answer = first.payload().asUtf8String();
        assertEquals(200, first.statusCode());
        assertTrue(answer.contains("\"x\": 2"), answer);
        assertTrue(answer.contains("\"stage\": \"test\""), answer);
        assertEquals("$LATEST", first.executedVersion());
        String tail = log(first);
        assertTrue(tail.startsWith("START RequestId: "), tail);
        assertTrue(tail.contains("\nsaw 1\nEND RequestId: "), tail);
        assertTrue(tail.contains("\tMemory Size: 256 MB\t"), tail);
        assertTrue(tail.contains("\tInit Duration: "), tail);
        System.err.println(tail);
        String second = log(invoke("echo", "{\"x\": 2}"));
        assertFalse(second.contains("Init Duration"), second);
        System.err.println(second);
        await(() ->
                logs.filterLogEvents(r -> r.logGroupName("/aws/lambda/echo")).events().stream()
                        .anyMatch(each -> each.message().equals("saw 2")));
        assertTrue(platform.get("/_dormouse/status").body().contains("function/echo"));
        platform.post("/_dormouse/clock", "{\"advance_seconds\": 61}");
        await(() -> !platform.get("/_dormouse/status").body().contains("function/echo"));
    }

    static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.call()) {
            assertTrue(System.nanoTime() < deadline, "it did not come true");
            Thread.onSpinWait();
        }
    }
}
