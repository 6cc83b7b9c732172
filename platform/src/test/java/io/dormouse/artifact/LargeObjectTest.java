package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An object passes that is larger than the heap by far.
class LargeObjectTest {
    @TempDir Path temp;

    private void pass(String heap, long bytes) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                heap,
                                "-XX:MaxDirectMemorySize=64m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LargeObject.class.getName(),
                                temp.toString(),
                                Long.toString(bytes))
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        System.out.println(output.lines().filter(line -> line.startsWith("heap_mb")).toList());
    }

    @Test
    void fourHundredMegabytesPassWith48() throws IOException, InterruptedException {
        pass("-Xmx48m", 400L << 20);
    }

    @Test
    @Tag("full")
    void fiveGigabytesPassWith256() throws IOException, InterruptedException {
        pass("-Xmx256m", 5L << 30);
    }
}
