package io.dormouse.worker.process;

import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PythonForm;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How the model server of a Python program is called.
///
/// @param form the model's
/// @param words behind the transport
/// @param environment all of it
/// @param threads that its libraries may have
record PythonCommand(
        PythonForm form, List<String> words, Map<String, String> environment, int threads) {
    static final String PATH = "/usr/local/bin:/usr/bin:/bin";

    /// @throws StartFailed where the model has no usable form
    static PythonCommand of(InstanceSpec spec, Walls walls) throws StartFailed {
        PreparedModel model = spec.model();
        PythonForm form = form(model);
        Walls.Sight sight = walls.sight(model);
        Path prepared = sight.prepared().orElseThrow();
        List<String> words = new ArrayList<>();
        words.addAll(List.of("--model", sight.model().toString()));
        words.addAll(List.of("--code", form.code().in(sight.model(), prepared).toString()));
        if (!form.program().isEmpty()) {
            words.addAll(List.of("--program", form.program()));
        }
        words.addAll(List.of("--family", form.family()));
        int threads = ProcessLauncher.threads(spec.memoryMb());
        words.addAll(List.of("--threads", String.valueOf(threads)));
        Map<String, String> environment = WorkerEnvironment.of(spec.environment());
        environment.put("DORMOUSE_WALLS", walls.kind());
        environment.putIfAbsent("PATH", PATH);
        return new PythonCommand(form, words, environment, threads);
    }

    private static PythonForm form(PreparedModel model) throws StartFailed {
        try {
            Path folder =
                    model.prepared().orElseThrow(() -> new IOException("it was never prepared"));
            return PythonForm.read(folder);
        } catch (IOException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM,
                    "the model's Python program is not laid out: " + e,
                    e);
        }
    }

    /// The interpreter and its program.
    List<String> program() {
        String main = form.server().resolve("main.py").toString();
        return List.of(form.environment().python().toString(), "-s", main);
    }

    Worker worker(InstanceSpec spec) {
        return new Worker(
                program(),
                words,
                readable(),
                Optional.of(spec.model()),
                environment,
                spec.owner(),
                spec.memoryMb(),
                spec.log(),
                spec.network());
    }

    List<Path> readable() {
        return form.readable();
    }
}
