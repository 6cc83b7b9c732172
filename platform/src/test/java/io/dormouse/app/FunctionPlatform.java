package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.python.Python;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LogType;

/// A platform with functions on it, and AWS's own clients.
final class FunctionPlatform implements AutoCloseable {
    static final String ROLE = "arn:aws:iam::123456789012:role/caller";

    private final Path folder;
    final TestPlatform platform;
    final LambdaClient lambda;

    FunctionPlatform(Path folder) throws IOException {
        this.folder = folder;
        Python.anyOrSkip();
        assumeTrue(TestPlatform.hasModelServer(), "no model server: ./build makes it");
        platform = new TestPlatform(TestPlatform.settings(folder));
        lambda = here(LambdaClient.builder()).build();
    }

    /// A client of this platform.
    <B extends AwsClientBuilder<B, ?>> B here(B builder) {
        return builder.endpointOverride(platform.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("test", "test")));
    }

    static SdkBytes zip(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> each : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue());
            }
        }
        return SdkBytes.fromByteArray(out.toByteArray());
    }

    static SdkBytes python(String program) throws IOException {
        return zip(Map.of("handler.py", program.getBytes(StandardCharsets.UTF_8)));
    }

    /// A Python function in service.
    void create(String name, String program, Map<String, String> tags) throws IOException {
        create(name, "python3.12", "handler.main", python(program), tags);
    }

    void create(
            String name, String runtime, String handler, SdkBytes code, Map<String, String> tags) {
        lambda.createFunction(r ->
                r.functionName(name)
                        .runtime(runtime)
                        .handler(handler)
                        .role(ROLE)
                        .timeout(3)
                        .memorySize(256)
                        .environment(e -> e.variables(Map.of("STAGE", "test")))
                        .tags(tags)
                        .code(c -> c.zipFile(code)));
        lambda.waiter().waitUntilFunctionActiveV2(r -> r.functionName(name));
    }

    InvokeResponse invoke(String name, String event) {
        return lambda.invoke(r ->
                r.functionName(name).logType(LogType.TAIL).payload(SdkBytes.fromUtf8String(event)));
    }

    /// Where packages lie, and what was unpacked of them.
    Path code() {
        return folder.resolve("data/functions/code");
    }

    /// The name of a function's package there.
    String digest(String name) {
        String sha256 = lambda.getFunctionConfiguration(r -> r.functionName(name)).codeSha256();
        return HexFormat.of().formatHex(Base64.getDecoder().decode(sha256));
    }

    static String log(InvokeResponse answer) {
        return new String(Base64.getDecoder().decode(answer.logResult()), StandardCharsets.UTF_8);
    }

    /// Opens a function's URL to everybody.
    ///
    /// @return the path under which it is reached here
    String url(String name) {
        lambda.createFunctionUrlConfig(r -> r.functionName(name).authType("NONE"));
        lambda.addPermission(r ->
                r.functionName(name)
                        .statementId("public")
                        .action("lambda:InvokeFunctionUrl")
                        .principal("*")
                        .functionUrlAuthType("NONE"));
        return "/_dormouse/functions/" + name + "/";
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(platform.endpoint().resolve(path));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return platform.get(path);
    }

    void advance(int seconds) throws IOException, InterruptedException {
        platform.post("/_dormouse/clock", "{\"advance_seconds\": " + seconds + "}");
    }

    static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.call()) {
            assertTrue(System.nanoTime() < deadline, "it did not come true");
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        platform.close();
    }
}
