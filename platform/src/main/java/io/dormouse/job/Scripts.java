package io.dormouse.job;

import io.dormouse.artifact.Archive;
import io.dormouse.artifact.BadArchive;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.PythonEnvironment;
import io.dormouse.worker.PythonEnvironments;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.S3Client;

/// Scripts in Python as jobs: the chosen interpreter, or an environment with what the source's
/// `requirements.txt` asks for beside it.
///
/// @param environments the interpreters
/// @param s3 where sources lie
public record Scripts(PythonEnvironments environments, S3Client s3) {
    /// Where our part lies, out of the way of the script's own files.
    private static final String RUNNER = ".dormouse/script_mode.py";

    private static final String CODE = "code";

    /// A script mode training: source, packages, then our runner with the script.
    Programs.Program training(Framework framework, ScriptMode script) {
        return (folder, log) -> {
            unpack(script.source(), folder);
            PythonEnvironment environment = environment(folder.folder(CODE), log);
            Path runner = folder.resolve(RUNNER);
            Files.createDirectories(runner.resolveSibling("."));
            try (InputStream in =
                    Objects.requireNonNull(Scripts.class.getResourceAsStream("script_mode.py"))) {
                Files.copy(in, runner);
            }
            return command(
                    environment,
                    List.of(
                            environment.python().toString(),
                            "/opt/ml/" + RUNNER,
                            framework.module()));
        };
    }

    /// A program as an image's entry point names it: `python3` is the chosen interpreter.
    Programs.Program program(List<String> entrypoint, List<String> arguments) throws JobFailed {
        if (entrypoint.isEmpty()) {
            throw JobFailed.client(
                    "ContainerEntrypoint is needed: [\"python3\","
                            + " \"/opt/ml/processing/input/code/script.py\"], for example");
        }
        return (_, _) -> {
            PythonEnvironment environment = chosen();
            List<String> words = new ArrayList<>(entrypoint);
            words.addAll(arguments);
            words.set(0, program(words.getFirst(), environment));
            return command(environment, words);
        };
    }

    private static String program(String named, PythonEnvironment environment) {
        String name = named.substring(named.lastIndexOf('/') + 1);
        return switch (name) {
            case "bash" -> "/bin/bash";
            case "sh" -> "/bin/sh";
            default -> name.matches("python[0-9.]*") ? environment.python().toString() : named;
        };
    }

    private static Programs.Command command(PythonEnvironment environment, List<String> words) {
        Map<String, String> variables = new TreeMap<>();
        Path bin = Objects.requireNonNull(environment.python().getParent());
        variables.put("PATH", bin + ":/usr/local/bin:/usr/bin:/bin");
        variables.put("HOME", "/tmp");
        variables.put("LANG", "C.UTF-8");
        variables.put("PYTHONUNBUFFERED", "1");
        return new Programs.Command(words, variables, environment.readable(), true);
    }

    private void unpack(String source, JobFolder folder) throws JobFailed, IOException {
        Path code = folder.resolve(CODE);
        Path archive;
        if (source.startsWith("s3://")) {
            archive = folder.folder("tmp").resolve("sourcedir.tar.gz");
            new S3Files(s3).get(S3Files.Location.of(source), archive);
        } else if (source.startsWith("/opt/ml/")) {
            archive = folder.resolve(source);
        } else {
            throw JobFailed.client(
                    "sagemaker_submit_directory must be a tar.gz by its s3:// URI or below /opt/ml, was "
                            + source);
        }
        if (!Files.isRegularFile(archive)) {
            throw JobFailed.client("sagemaker_submit_directory " + source + " is not there");
        }
        try {
            Archive.unpack(archive, code, Archive.Limits.DEFAULT);
        } catch (BadArchive e) {
            throw new JobFailed(
                    "ClientError: sagemaker_submit_directory " + source + ": " + e.getMessage(), e);
        }
    }

    private PythonEnvironment environment(Path code, LogSink log) throws JobFailed {
        Path requirements = code.resolve("requirements.txt");
        if (!Files.isRegularFile(requirements)) {
            return chosen();
        }
        try {
            return environments.with(requirements, log);
        } catch (StartFailed e) {
            if (e.reason() == StartFailed.Cause.PLATFORM) {
                throw failed(e);
            }
            // As the toolkit says it.
            String text =
                    "InstallRequirementsError:\nExitCode 1\nErrorMessage \""
                            + e.getMessage()
                            + "\"\nCommand \"python3 -m pip install -r requirements.txt\"";
            throw new JobFailed(Ending.Failed.algorithm(text, 1).reason(), e);
        }
    }

    private PythonEnvironment chosen() throws JobFailed {
        try {
            return environments.chosen();
        } catch (StartFailed e) {
            throw failed(e);
        }
    }

    private static JobFailed failed(StartFailed e) {
        return new JobFailed("InternalServerError: " + e.getMessage(), e);
    }
}
