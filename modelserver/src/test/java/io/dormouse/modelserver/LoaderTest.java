package io.dormouse.modelserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import io.dormouse.modelserver.onnx.Sessions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Our changed copy of ONNX Runtime's loader class.
class LoaderTest {
    /// When this fails, ONNX Runtime was updated: compare its `OnnxRuntime` with ours, take over
    /// what changed, name the version in its header, and then here.
    @Test
    void belongsToThisVersionOfOnnxRuntime() {
        assertEquals("1.29.0", Sessions.environment(new Steps()).getVersion());
    }

    @Test
    void standsFirstOnTheClassPath() throws IOException {
        String name = "/ai/onnxruntime/OnnxRuntime.class";
        try (InputStream in = OrtEnvironment.class.getResourceAsStream(name)) {
            String constants = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            // The original makes its directory in init; ours has a method for it.
            assertTrue(constants.contains("tempDirectory") && !constants.contains("isAndroid"));
        }
    }
}
