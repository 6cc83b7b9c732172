package io.dormouse.worker.process;

import io.dormouse.worker.Answer;
import io.dormouse.worker.Execution;
import io.dormouse.worker.Fault;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.Preparation;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PreparedModel.Kind;
import io.dormouse.worker.Request;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import io.dormouse.worker.instance.WorkerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/// Prepares models by the model server's own programs, each a child process with limits: ONNX and
/// XGBoost models by its preparation program, any other by loading it once.
public final class ProcessPreparation implements Preparation {
    private static final String CANNOT_LOAD = "cannot load: ";
    private static final int UNLOADABLE = 3;
    private static final Duration PREPARE_MAX = Duration.ofMinutes(15);
    private static final Duration LOAD_MAX = Duration.ofMinutes(3);

    private final ProcessLauncher launcher;
    private final int memoryMb;

    /// @param memoryMb what a preparation may take: the largest model's peak, twice
    public ProcessPreparation(ProcessLauncher launcher, int memoryMb) {
        this.launcher = launcher;
        this.memoryMb = memoryMb;
    }

    @Override
    public String version() throws StartFailed {
        return launcher.installed().version();
    }

    @Override
    public Outcome prepare(Kind kind, Path model, Path into, LogSink progress) throws StartFailed {
        return switch (kind) {
            case ONNX -> {
                var heap = new Heap(memoryMb / 4, memoryMb / 4);
                yield program(kind, model, into, heap, progress)
                        ? new Outcome(true, measuredBytes(into))
                        : asItIs(kind, model, progress);
            }
            case XGBOOST -> prepareXgboost(model, into, progress);
            case PYTHON, FUNCTION, CONTAINER -> asItIs(kind, model, progress);
        };
    }

    /// Its program parses the model and measures nothing, so it is loaded once from its form.
    private Outcome prepareXgboost(Path model, Path into, LogSink progress) throws StartFailed {
        var heap = Heap.of(Kind.XGBOOST, memoryMb);
        if (!program(Kind.XGBOOST, model, into, heap, progress)) {
            return asItIs(Kind.XGBOOST, model, progress);
        }
        var prepared = new PreparedModel(Kind.XGBOOST, model, Optional.of(into), 0, "");
        return new Outcome(true, loadedBytes(prepared, progress));
    }

    /// Slower to start, and the same answers.
    private Outcome asItIs(Kind kind, Path model, LogSink progress) throws StartFailed {
        var plain = new PreparedModel(kind, model, Optional.empty(), 0, "");
        return new Outcome(false, loadedBytes(plain, progress));
    }

    /// Runs the preparation program.
    ///
    /// @return whether the folder holds a form; else it is empty, and the artifact is to be served
    /// @throws StartFailed when it is not a model that can be served
    private boolean program(Kind kind, Path model, Path into, Heap heap, LogSink progress)
            throws StartFailed {
        Installation server = launcher.installed();
        List<String> command = new ArrayList<>();
        command.add(server.java().toString());
        command.addAll(server.arguments());
        command.addAll(heap.flags());
        command.add(server.prepare());
        command.addAll(List.of("--kind", kind.argument()));
        command.addAll(List.of("--model", model.toString(), "--into", into.toString()));
        var last = new AtomicReference<>("");
        LogSink log =
                line -> {
                    last.set(line);
                    progress.line(line);
                };
        List<Path> readable = new ArrayList<>(server.readable());
        readable.add(model);
        var spec =
                new RunSpec(
                        "prepare/" + model,
                        command,
                        into,
                        WorkerEnvironment.of(Map.of()),
                        memoryMb,
                        Runtime.getRuntime().availableProcessors(),
                        PREPARE_MAX,
                        readable);
        Execution.Result result = result(launcher.run(spec, log));
        if (result.exitCode() == UNLOADABLE && last.get().startsWith(CANNOT_LOAD)) {
            throw new StartFailed(
                    StartFailed.Cause.MODEL, last.get().substring(CANNOT_LOAD.length()));
        }
        if (result.outOfMemory()) {
            throw new StartFailed(
                    StartFailed.Cause.MEMORY,
                    "preparing the model takes more than %d MB of memory".formatted(memoryMb));
        }
        if (result.exitCode() != 0) {
            withoutForm(result, into, progress);
        }
        return result.exitCode() == 0;
    }

    private static Execution.Result result(Execution execution) throws StartFailed {
        try {
            return execution.result().get();
        } catch (InterruptedException e) {
            execution.stop();
            Thread.currentThread().interrupt();
            throw new StartFailed(StartFailed.Cause.PLATFORM, "the platform is stopping", e);
        } catch (ExecutionException e) {
            throw new StartFailed(StartFailed.Cause.PLATFORM, "the preparation failed", e);
        }
    }

    private static long measuredBytes(Path into) throws StartFailed {
        Properties found = new Properties();
        try (Reader reader = Files.newBufferedReader(into.resolve("prepared.properties"))) {
            found.load(reader);
            return Long.parseLong(found.getProperty("peak_bytes", "0"));
        } catch (IOException | NumberFormatException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "the preparation left no usable result: " + e, e);
        }
    }

    private static void withoutForm(Execution.Result result, Path into, LogSink progress)
            throws StartFailed {
        progress.line(
                "the preparation ended with exit code %d: the model is served as it is"
                        .formatted(result.exitCode()));
        try (var files = Files.newDirectoryStream(into)) {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new StartFailed(StartFailed.Cause.PLATFORM, "cannot clear " + into, e);
        }
    }

    /// Loads the model in a worker, once: a model that cannot be served is told of at deployment,
    /// not at the first request.
    private long loadedBytes(PreparedModel model, LogSink progress) throws StartFailed {
        var spec = new InstanceSpec("prepare", model, memoryMb, 1, Map.of(), progress);
        var ping = new Request("GET", "/ping", Map.of(), OptionalLong.of(0), LOAD_MAX);
        try (Instance instance = launcher.start(spec, new Steps());
                Answer answer = instance.send(ping, InputStream.nullInputStream())) {
            if (answer.status() != 200) {
                throw new StartFailed(
                        StartFailed.Cause.PLATFORM,
                        "the model server is not well: /ping answered " + answer.status());
            }
            return instance.memoryBytes();
        } catch (Fault e) {
            throw WorkerProcess.startFailed(e);
        }
    }
}
