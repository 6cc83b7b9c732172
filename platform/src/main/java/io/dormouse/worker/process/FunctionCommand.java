package io.dormouse.worker.process;

import io.dormouse.worker.FunctionForm;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/// How the program of a function is called: AWS's environment of it, and where it finds the runtime
/// API.
///
/// @param form the function's
/// @param environment all of it
record FunctionCommand(FunctionForm form, Map<String, String> environment) {
    private static final int PORT = 9001;

    /// @throws StartFailed where the function has no form
    static FunctionCommand of(InstanceSpec spec, Walls walls) throws StartFailed {
        PreparedModel model = spec.model();
        Map<String, String> environment = new TreeMap<>(spec.environment());
        environment.put("LAMBDA_TASK_ROOT", walls.sight(model).model().toString());
        environment.put("AWS_LAMBDA_RUNTIME_API", address(walls) + ":" + PORT);
        environment.putIfAbsent("LANG", "C.UTF-8");
        environment.putIfAbsent("PATH", "/usr/local/bin:/usr/bin:/bin");
        return new FunctionCommand(form(model), environment);
    }

    /// Behind walls an instance has a loopback address of its own; without, one out of the sixteen
    /// million that a machine has, as ports could not be told ahead.
    private static String address(Walls walls) {
        if (!(walls instanceof Open)) {
            return "127.0.0.1";
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "127."
                + random.nextInt(1, 255)
                + "."
                + random.nextInt(256)
                + "."
                + random.nextInt(1, 255);
    }

    private static FunctionForm form(PreparedModel model) throws StartFailed {
        try {
            Path folder = model.prepared().orElseThrow(() -> new IOException("it has no form"));
            return FunctionForm.read(folder);
        } catch (IOException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "the function is not laid out: " + e, e);
        }
    }

    List<String> program() {
        return form.command();
    }

    List<Path> readable() {
        return form.readable();
    }
}
