package io.dormouse.app;

import static io.dormouse.app.FunctionPlatform.await;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.s3.S3Client;

/// Functions' packages: what is refused, and what goes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class FunctionCodeTest {
    private FunctionPlatform here;

    /// What an earlier life was at when it was killed.
    private List<Path> unfinished = List.of();

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Path code = Files.createDirectories(folder.resolve("data/functions/code"));
        Path half = Files.createDirectories(code.resolve("earlier-1.tmp"));
        Files.writeString(half.resolve("handler.py"), "def ma");
        Path download = Files.writeString(code.resolve("earlier-2.tmp"), "PK");
        Path unnamed = Files.writeString(code.resolve("0".repeat(64) + ".zip"), "PK");
        unfinished = List.of(half, download, unnamed);
        here = new FunctionPlatform(folder);
    }

    @AfterAll
    void stop() {
        if (here != null) {
            here.close();
        }
    }

    @Test
    void whatACrashLeftGoes() throws Exception {
        await(() -> unfinished.stream().noneMatch(Files::exists));
    }

    @Test
    void pathsThatCannotBeAreToldByName() throws Exception {
        Map<String, byte[]> both = new TreeMap<>(Map.of("a", new byte[1], "a/b", new byte[1]));
        assertRefused(both, "a/b");
        assertRefused(Map.of("../out.py", new byte[1]), "../out.py");
        assertRefused(Map.of("/out.py", new byte[1]), "/out.py");
        assertRefused(Map.of("d/".repeat(600) + "f", new byte[1]), "d/d/");
        assertRefused(Map.of("x".repeat(300), new byte[1]), "xxx");
    }

    private void assertRefused(Map<String, byte[]> files, String path) throws Exception {
        SdkBytes zip = FunctionPlatform.zip(files);
        var refused =
                assertThrows(
                        InvalidParameterValueException.class,
                        () -> here.create("bad", "python3.12", "handler.main", zip, Map.of()));
        assertTrue(
                refused.awsErrorDetails()
                        .errorMessage()
                        .startsWith("The zip has a path that cannot be unpacked: " + path),
                refused.getMessage());
    }

    @Test
    void aZipInS3ThatIsNoneIsToldFromOneThatIsNotThere() {
        try (S3Client s3 = here.here(S3Client.builder()).forcePathStyle(true).build()) {
            s3.createBucket(r -> r.bucket("zips"));
            s3.putObject(r -> r.bucket("zips").key("none.zip"), RequestBody.fromString("no zip"));
        }
        assertTrue(refusedFromS3("none.zip").startsWith("Could not unzip uploaded file."));
        assertTrue(refusedFromS3("absent.zip").startsWith("Error occurred while GetObject."));
    }

    private String refusedFromS3(String key) {
        var refused =
                assertThrows(
                        InvalidParameterValueException.class,
                        () ->
                                here.lambda.createFunction(r ->
                                        r.functionName("bad")
                                                .runtime("python3.12")
                                                .handler("handler.main")
                                                .role(FunctionPlatform.ROLE)
                                                .code(c -> c.s3Bucket("zips").s3Key(key))));
        return refused.awsErrorDetails().errorMessage();
    }
}
