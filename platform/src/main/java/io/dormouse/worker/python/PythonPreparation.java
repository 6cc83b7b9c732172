package io.dormouse.worker.python;

import io.dormouse.worker.Answer;
import io.dormouse.worker.Fault;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.Preparation;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PreparedModel.Kind;
import io.dormouse.worker.PythonEnvironment;
import io.dormouse.worker.PythonEnvironments;
import io.dormouse.worker.PythonForm;
import io.dormouse.worker.Request;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/// Prepares models that Python programs serve: builds their environment, loads each once behind the
/// walls, and notes what it imported and how much memory it took. All other kinds are left to
/// another preparation.
public final class PythonPreparation implements Preparation {
    private static final Duration LOAD_MAX = Duration.ofMinutes(3);

    private final Preparation others;
    private final PythonEnvironments environments;
    private final Path folder;
    private final Launcher launcher;
    private final int memoryMb;
    private final RoleAccess roles;
    private final BiConsumer<PreparedModel, Map<String, String>> ready;

    /// @param others for the kinds that are no Python
    /// @param folder where the model server's files are laid out
    /// @param launcher starts the trial
    /// @param memoryMb what the trial may take, MB
    /// @param roles lets the program speak to the platform while it is tried
    /// @param ready told of each Python model whose trial went well, and of its container's
    ///   environment: its libraries may be loaded ahead of its first request
    public PythonPreparation(
            Preparation others,
            PythonEnvironments environments,
            Path folder,
            Launcher launcher,
            int memoryMb,
            RoleAccess roles,
            BiConsumer<PreparedModel, Map<String, String>> ready) {
        this.others = others;
        this.environments = environments;
        this.folder = folder.toAbsolutePath().normalize();
        this.launcher = launcher;
        this.memoryMb = memoryMb;
        this.roles = roles;
        this.ready = ready;
    }

    @Override
    public String version() throws StartFailed {
        return others.version();
    }

    @Override
    public String version(Kind kind) throws StartFailed {
        if (kind != Kind.PYTHON) {
            return others.version(kind);
        }
        return PythonFiles.laidOut(folder).getFileName() + "-" + environments.chosen().key();
    }

    @Override
    public Outcome prepare(Kind kind, Path model, Path into, LogSink progress) throws StartFailed {
        if (kind != Kind.PYTHON) {
            return others.prepare(kind, model, into, progress);
        }
        try {
            PythonForm asked = PythonForm.read(into);
            Path code = asked.code().in(model, into);
            requireProgram(asked, code);
            Path requirements = code.resolve("requirements.txt");
            PythonEnvironment environment =
                    Files.exists(requirements)
                            ? environments.with(requirements, progress)
                            : environments.chosen();
            Path server = PythonFiles.laidOut(folder);
            form(asked, environment, server, List.of()).write(into);
            PythonForm.Trial trial = PythonForm.Trial.taken(into);
            progress.line("loading the model once");
            var prepared = new PreparedModel(Kind.PYTHON, model, Optional.of(into), 0, "");
            Outcome outcome;
            try (RoleAccess.Pass pass = pass(trial)) {
                Map<String, String> variables = new HashMap<>(pass.environment());
                variables.putAll(trial.environment());
                var spec =
                        new InstanceSpec(
                                "prepare",
                                prepared,
                                memoryMb,
                                1,
                                variables,
                                progress,
                                pass.network());
                outcome = tried(spec, form(asked, environment, server, List.of()), into);
            }
            ready.accept(prepared, trial.environment());
            return outcome;
        } catch (IOException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "the program cannot be prepared: " + e, e);
        }
    }

    private RoleAccess.Pass pass(PythonForm.Trial trial) {
        return roles.pass(trial.role());
    }

    private static PythonForm form(
            PythonForm asked, PythonEnvironment environment, Path server, List<String> imports) {
        return new PythonForm(
                asked.program(), asked.code(), asked.family(), environment, server, imports);
    }

    private static void requireProgram(PythonForm asked, Path code) throws StartFailed {
        Path file = code.resolve(asked.program()).normalize();
        boolean inside = file.startsWith(code.normalize());
        if (asked.program().isEmpty() || (inside && Files.isRegularFile(file))) {
            return;
        }
        throw new StartFailed(
                StartFailed.Cause.MODEL,
                "the program %s is not there: it was looked for in code/ of the model's archive and in SAGEMAKER_SUBMIT_DIRECTORY; SAGEMAKER_PROGRAM names it"
                        .formatted(asked.program()));
    }

    private Outcome tried(InstanceSpec spec, PythonForm form, Path into)
            throws StartFailed, IOException {
        try (Instance instance = launcher.start(spec, new Steps())) {
            asked(instance, "/ping");
            List<String> imports = asked(instance, "/imports").lines().toList();
            long bytes = instance.memoryBytes();
            form(form, form.environment(), form.server(), imports).write(into);
            return new Outcome(true, bytes);
        } catch (Fault e) {
            StartFailed.Cause cause =
                    switch (e.kind()) {
                        case UNLOADABLE -> StartFailed.Cause.MODEL;
                        case OUT_OF_MEMORY -> StartFailed.Cause.MEMORY;
                        case TIMEOUT -> StartFailed.Cause.TIMEOUT;
                        case DIED, GARBAGE, TRUNCATED, CALLER_GONE -> StartFailed.Cause.BROKEN;
                    };
            throw new StartFailed(cause, e.getMessage(), e);
        }
    }

    private static String asked(Instance instance, String what) throws Fault, IOException {
        var request = new Request("GET", what, Map.of(), OptionalLong.of(0), LOAD_MAX);
        try (Answer answer = instance.send(request, InputStream.nullInputStream())) {
            return new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
