package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A Python with AWS's current clients, installed into the build folder.
record Python(Path environment) {
    /// One with boto3, the aws CLI and Prometheus' client, whose parsers read pages for it.
    static Python installed() throws IOException, InterruptedException {
        return installed("python", List.of("boto3", "awscli", "prometheus_client"));
    }

    /// One with the second version of the SageMaker SDK.
    static Python withSageMakerSdk() throws IOException, InterruptedException {
        return installed("python-sagemaker", List.of("sagemaker<3"));
    }

    /// One with what scripts on the platform import.
    static Python withScikitLearn() throws IOException, InterruptedException {
        return installed("python-scripts", List.of("boto3", "scikit-learn"));
    }

    Path program() {
        return environment.resolve("bin/python");
    }

    /// One with moto, which answers AWS's APIs without doing what they ask for.
    static Python moto() throws IOException, InterruptedException {
        return installed("python-moto", List.of("moto[server]"));
    }

    /// Starts moto's server on a port; the folder takes its log, `moto`.
    Process begin(int port, Path folder) throws IOException {
        return new ProcessBuilder(
                        environment.resolve("bin/moto_server").toString(),
                        "-p",
                        String.valueOf(port))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("moto").toFile())
                .start();
    }

    /// Makes the environment where it is missing; kept between builds.
    private static Python installed(String name, List<String> packages)
            throws IOException, InterruptedException {
        Path environment = Path.of("target", name).toAbsolutePath();
        Path done = environment.resolve("installed");
        String wanted = String.join(" ", packages);
        if (!Files.exists(done) || !Files.readString(done).equals(wanted)) {
            Map<String, String> nothing = Map.of();
            run(List.of("python3", "-m", "venv", environment.toString()), nothing);
            List<String> install =
                    new ArrayList<>(
                            List.of(
                                    environment.resolve("bin/pip").toString(),
                                    "install",
                                    "--quiet",
                                    "--disable-pip-version-check"));
            install.addAll(packages);
            run(install, nothing);
            Files.writeString(done, wanted);
        }
        return new Python(environment);
    }

    /// Runs a script of the test resources against a platform.
    ///
    /// @return what it printed
    String script(String name, URI platform, String... arguments)
            throws IOException, InterruptedException {
        Path file = Path.of("src/test/resources", name).toAbsolutePath();
        List<String> command = new ArrayList<>();
        command.add(name.endsWith(".py") ? environment.resolve("bin/python").toString() : "bash");
        command.add(file.toString());
        command.addAll(List.of(arguments));
        return run(
                command,
                Map.of(
                        "AWS_ENDPOINT_URL", platform.toString(),
                        "AWS_ACCESS_KEY_ID", "test",
                        "AWS_SECRET_ACCESS_KEY", "test",
                        "AWS_DEFAULT_REGION", "us-east-1",
                        "AWS_EC2_METADATA_DISABLED", "true",
                        "AWS_PAGER", "",
                        "PATH", environment.resolve("bin") + ":" + System.getenv("PATH")));
    }

    private static String run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("conformance", ".log");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String printed = Files.readString(output);
        Files.delete(output);
        assertTrue(ended, () -> command + " did not end:\n" + printed);
        assertEquals(0, process.exitValue(), () -> command + ":\n" + printed);
        return printed;
    }
}
