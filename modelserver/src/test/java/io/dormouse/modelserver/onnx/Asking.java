package io.dormouse.modelserver.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dormouse.modelserver.Answer;
import io.dormouse.modelserver.Load;
import io.dormouse.modelserver.OnnxFile;
import io.dormouse.modelserver.Predictor;
import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.Steps;
import io.dormouse.modelserver.Unloadable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Loads models, and asks them as a worker does.
final class Asking {
    private Asking() {}

    static OnnxPredictor load(OnnxFile model, Path folder) throws IOException, Unloadable {
        model.into(folder);
        Load load = new Load("onnx", folder.toFile(), Optional.empty(), Map.of());
        return OnnxPredictor.load(load, 1, new Steps());
    }

    static byte[] bytes(Predictor model, String type, String accept, byte[] body)
            throws IOException, Refusal {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Answer answer =
                model.predict(new Predictor.Request(type, accept, new ByteArrayInputStream(body)));
        answer.writeTo(out);
        assertEquals(answer.length(), out.size());
        return out.toByteArray();
    }

    static String ask(Predictor model, String type, String accept, byte[] body)
            throws IOException, Refusal {
        return new String(bytes(model, type, accept, body), StandardCharsets.UTF_8);
    }

    static String ask(Predictor model, String type, String accept, String body)
            throws IOException, Refusal {
        return ask(model, type, accept, body.getBytes(StandardCharsets.UTF_8));
    }

    static String json(Predictor model, String body) throws IOException, Refusal {
        return ask(model, "application/json", "", body);
    }

    static String refusal(Predictor model, String type, String body, int status) {
        Refusal refusal = assertThrows(Refusal.class, () -> ask(model, type, "", body));
        assertEquals(status, refusal.status(), refusal.getMessage());
        return refusal.getMessage();
    }
}
