package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.client.LargePayloads;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;

/// Payloads much larger than the memory of those that they pass through: the platform as its user
/// starts it, and the real model server with a model that streams in place of its own kinds.
class GigabyteTest {
    private static final long MEMORY_MAX = 256L << 20;
    private static final Path MODEL =
            PlatformProcess.ROOT.resolve("modelserver/src/test/resources/xgboost/old-binary.json");

    @TempDir Path folder;

    @Test
    void threeHundredMegabytesPass() throws Exception {
        passes(300L << 20);
    }

    @Test
    @Tag("full")
    void aGigabytePasses() throws Exception {
        passes(1L << 30);
    }

    private void passes(long bytes) throws Exception {
        try (PlatformProcess platform =
                PlatformProcess.start(
                        Files.createDirectory(folder.resolve("data")),
                        Map.of("DORMOUSE_LIB", streamingLibrary().toString()))) {
            deploy(platform);
            LargePayloads payloads =
                    LargePayloads.builder("dormouse-payloads-us-east-1-123456789012")
                            .endpoint(platform.endpoint())
                            .region(Region.US_EAST_1)
                            .credentials(
                                    StaticCredentialsProvider.create(
                                            AwsBasicCredentials.create("test", "test")))
                            .build();
            Path body = folder.resolve("body");
            String sha256 = written(body, bytes);
            Path answer = folder.resolve("answer");
            try (SageMakerRuntimeClient runtime =
                    platform.client(
                            SageMakerRuntimeClient.builder()
                                    .overrideConfiguration(
                                            o -> o.addExecutionInterceptor(payloads)))) {
                runtime.invokeEndpoint(r ->
                        r.endpointName("echo")
                                .contentType("application/octet-stream")
                                .body(SdkBytes.fromUtf8String(""))
                                .overrideConfiguration(o ->
                                        o.putExecutionAttribute(LargePayloads.BODY, body)
                                                .putExecutionAttribute(
                                                        LargePayloads.ANSWER, answer)));
            }
            assertEquals(bytes, Files.size(answer));
            assertRepeats(answer, sha256);
            assertSmall("the platform", platform.process());
            List<ProcessHandle> workers =
                    platform.process()
                            .descendants()
                            .filter(each ->
                                    each.info()
                                            .commandLine()
                                            .orElse("")
                                            .contains("io.dormouse.modelserver.Main"))
                            .toList();
            assertTrue(!workers.isEmpty(), "the worker is there still");
            for (ProcessHandle each : workers) {
                assertSmall("a worker", each);
            }
        }
    }

    private static void deploy(PlatformProcess platform) {
        try (SageMakerClient sageMaker = platform.client(SageMakerClient.builder());
                S3Client s3 = platform.client(S3Client.builder().forcePathStyle(true))) {
            s3.createBucket(r -> r.bucket("models"));
            s3.putObject(r -> r.bucket("models").key("model.json"), MODEL);
            Serving.createModel(
                    sageMaker,
                    "echo",
                    "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                    "s3://models/model.json");
            Serving.deploy(sageMaker, "echo", 1024, 1);
        }
    }

    /// The platform's programs, with the streaming model in the model server.
    private Path streamingLibrary() throws IOException {
        Path lib = Files.createDirectory(folder.resolve("lib"));
        Path real = PlatformProcess.ROOT.resolve("platform/target/lib");
        try (var programs = Files.list(real)) {
            for (Path each : programs.toList()) {
                if (Files.isRegularFile(each)) {
                    Files.copy(each, lib.resolve(each.getFileName()));
                }
            }
        }
        Path jar = lib.resolve("modelserver.jar");
        Path classes = Files.createDirectory(folder.resolve("classes"));
        int compiled =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-cp",
                                jar.toString(),
                                "-d",
                                classes.toString(),
                                "src/test/resources/streaming/Kinds.java");
        assertEquals(0, compiled);
        try (FileSystem inside =
                        FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of());
                var made = Files.walk(classes)) {
            for (Path each : made.filter(Files::isRegularFile).toList()) {
                Files.copy(
                        each,
                        inside.getPath(classes.relativize(each).toString()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return lib;
    }

    /// @return the SHA-256 of what was written, in hexadecimal
    private static String written(Path file, long bytes) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[1 << 20];
        Random random = new Random(1);
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            for (long left = bytes; left > 0; left -= piece.length) {
                random.nextBytes(piece);
                out.write(piece, 0, (int) Math.min(piece.length, left));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void assertRepeats(Path file, String text) throws IOException {
        byte[] expected = text.repeat(16 * 1024).getBytes(StandardCharsets.US_ASCII);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (byte[] piece = in.readNBytes(expected.length);
                    piece.length > 0;
                    piece = in.readNBytes(expected.length)) {
                assertTrue(
                        java.util.Arrays.equals(piece, 0, piece.length, expected, 0, piece.length));
            }
        }
    }

    /// What it has ever held of the machine's memory, files that it maps included.
    private static void assertSmall(String who, ProcessHandle process) throws IOException {
        String line =
                Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"))
                        .stream()
                        .filter(each -> each.startsWith("VmHWM:"))
                        .findFirst()
                        .orElseThrow();
        long bytes = Long.parseLong(line.replaceAll("\\D", "")) << 10;
        System.err.println(who + " held at most " + (bytes >> 20) + " MB");
        assertTrue(bytes < MEMORY_MAX, who + " held " + (bytes >> 20) + " MB");
    }
}
