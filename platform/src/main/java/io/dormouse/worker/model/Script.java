package io.dormouse.worker.model;

import io.dormouse.worker.ModelSource;
import io.dormouse.worker.PythonEnvironment;
import io.dormouse.worker.PythonForm;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The program that serves a model, as the container's environment names it: `SAGEMAKER_PROGRAM` in
/// `SAGEMAKER_SUBMIT_DIRECTORY`, an archive in S3 or a folder of the artifact.
///
/// @param program its file; empty where there is none
/// @param archive the archive in S3, where it is in one
/// @param code where its folder is
/// @param environment the container's
/// @param role whom it acts for
record Script(
        String program,
        Optional<String> archive,
        PythonForm.Code code,
        Map<String, String> environment,
        Optional<RoleAccess.Role> role) {
    private static final String DEFAULT = "inference.py";
    private static final String IN_MODEL = "/opt/ml/model";

    static Script of(ModelSource source, Path model) throws StartFailed {
        Map<String, String> environment = source.environment();
        String named = environment.getOrDefault("SAGEMAKER_PROGRAM", "");
        String submitted = environment.getOrDefault("SAGEMAKER_SUBMIT_DIRECTORY", "");
        if (submitted.startsWith("s3://")) {
            String program = named.isEmpty() ? DEFAULT : named;
            return new Script(
                    program,
                    Optional.of(submitted),
                    PythonForm.Code.FORM,
                    environment,
                    source.role());
        }
        String folder = submitted.replaceAll("/+$", "");
        boolean known = List.of("", IN_MODEL, IN_MODEL + "/code", "/opt/ml/code").contains(folder);
        if (!known) {
            throw new StartFailed(
                    StartFailed.Cause.MODEL,
                    "SAGEMAKER_SUBMIT_DIRECTORY is %s: expected an archive s3://…/sourcedir.tar.gz, or /opt/ml/model/code for the folder code/ of the model's archive"
                            .formatted(submitted));
        }
        boolean inCode = Files.exists(model.resolve("code")) && !folder.equals(IN_MODEL);
        PythonForm.Code code = inCode ? PythonForm.Code.MODEL : PythonForm.Code.ROOT;
        boolean there = Files.exists(model.resolve(inCode ? "code" : "").resolve(DEFAULT));
        String program = !named.isEmpty() ? named : there ? DEFAULT : "";
        return new Script(program, Optional.empty(), code, environment, source.role());
    }

    /// What the prepared form is tied to, beside the artifact.
    String key(ModelImage image, String digest, String version) {
        String all =
                String.join(
                        "\n",
                        program,
                        code.name(),
                        image.family(),
                        digest,
                        version,
                        new TreeMap<>(environment).toString());
        byte[] bytes = all.getBytes(StandardCharsets.UTF_8);
        return Download.hex(Download.sha256().digest(bytes)).substring(0, 32);
    }

    /// Lays out what the preparation begins with.
    ///
    /// @param from the program's archive, unpacked, where it came in one
    void lay(ModelImage image, Optional<Path> from, Path form) throws IOException {
        if (from.isPresent()) {
            copy(from.get(), form.resolve("code"));
        }
        var nothing = new PythonEnvironment("", Path.of("python3"), List.of());
        new PythonForm(program, code, image.family(), nothing, Path.of(""), List.of()).write(form);
        new PythonForm.Trial(environment, role).leave(form);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path each : walk.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }
}
