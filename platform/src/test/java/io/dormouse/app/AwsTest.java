package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.app.TestPlatform.Ran;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What leaves for AWS: `--to aws` against moto's server, and the exported texts in the hands of
/// cfn-lint, an HCL parser and boto3. Skipped where pip cannot install them.
@Tag("full")
class AwsTest {
    private static final Path MODEL =
            Path.of("../modelserver/src/test/resources/xgboost/old-binary.json");
    private static final Path PYTHON = Path.of("target/python-aws").toAbsolutePath();
    private static final String ROLE = "arn:aws:iam::123456789012:role/served";

    @TempDir private static Path folder;
    private static Path file;

    @BeforeAll
    static void prepare() throws IOException, InterruptedException {
        assumeTrue(
                installed(),
                "pip cannot install moto, cfn-lint, python-hcl2 and jsonschema: not tried");
        Files.copy(MODEL, folder.resolve("model.json"));
        Files.writeString(folder.resolve("row.csv"), "1,2,3,4\n");
        file = folder.resolve("dormouse.yaml");
        Files.writeString(file, definition("xgboost", "row.csv"));
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
        System.setProperty("aws.region", "us-east-1");
    }

    @AfterAll
    static void forget() {
        List.of("aws.accessKeyId", "aws.secretAccessKey", "aws.region")
                .forEach(System::clearProperty);
    }

    @Test
    void findingsComeAllAtOnceThenTheSameDefinitionIsCreated() throws Exception {
        int port = freePort();
        Path log = folder.resolve("moto.log");
        Process moto = start(log, Map.of(), "bin/moto_server", "-H", "127.0.0.1", "-p", "" + port);
        try {
            String url = "http://127.0.0.1:" + port;
            awaitAnswer(URI.create(url + "/moto-api/"), moto);
            Path large = folder.resolve("large.csv");
            Files.write(large, new byte[(4 << 20) + 1]);
            Path wrong = folder.resolve("wrong.yaml");
            Files.writeString(wrong, definition("onnx", "large.csv"));
            Ran refused = TestPlatform.execute(apply(wrong, url));
            assertEquals(1, refused.code(), refused.err());
            assertTrue(
                    refused.err()
                            .startsWith("AWS account 123456789012, Region us-east-1, at " + url),
                    refused.err());
            for (String finding :
                    List.of(
                            "REFUSED payload: It has 4,194,305 bytes",
                            "REFUSED image: There is no image 123456789012.dkr.ecr",
                            "REFUSED role: There is no role " + ROLE,
                            "IGNORED settings.idle-seconds: AWS keeps it as a tag")) {
                assertTrue(refused.err().contains(finding), refused.err());
            }

            run(folder, Map.of("URL", url), "bin/python", "-c", MAKE_ROLES);
            Files.writeString(wrong, definition("xgboost", "row.csv").replace(ROLE, ROLE + "2"));
            assertTrue(
                    TestPlatform.execute(apply(wrong, url))
                            .err()
                            .contains("does not trust sagemaker.amazonaws.com"));
            Files.writeString(
                    wrong,
                    definition("xgboost", "row.csv")
                            .replace("model.json", "s3://elsewhere/m.tar.gz"));
            assertTrue(
                    TestPlatform.execute(apply(wrong, url))
                            .err()
                            .contains("Bucket elsewhere is in eu-west-1"));

            Ran dry = TestPlatform.execute(apply(file, url, "--dry-run"));
            assertEquals(0, dry.code(), dry.err());
            assertTrue(
                    dry.out()
                            .contains(
                                    "+ image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/"
                                            + "sagemaker-xgboost:1.7-1"),
                    dry.out());
            assertEquals(1, TestPlatform.execute(command("diff", file, url)).code());
            Ran applied = TestPlatform.execute(apply(file, url));
            assertEquals(0, applied.code(), applied.err());
            assertEquals(0, TestPlatform.execute(command("diff", file, url)).code());
        } finally {
            moto.destroyForcibly().waitFor();
        }
    }

    @Test
    void theSameDefinitionGoesToASecondPlatformThatIsStrict(@TempDir Path second) throws Exception {
        assumeTrue(TestPlatform.hasModelServer(), "the model server is not packaged: run ./build");
        try (TestPlatform strict = new TestPlatform(TestPlatform.settings(second))) {
            String url = strict.endpoint().toString();
            run(folder, Map.of("URL", url), "bin/python", "-c", MAKE_ROLES);
            Ran applied = TestPlatform.execute(apply(file, url));
            assertEquals(0, applied.code(), applied.err());
            assertTrue(applied.err().contains("The payload was answered"), applied.err());
            assertEquals(0, TestPlatform.execute(command("diff", file, url)).code());
        }
    }

    @Test
    void theBoto3ScriptDeploysAndIsRunTwice(@TempDir Path second) throws Exception {
        assumeTrue(TestPlatform.hasModelServer(), "the model server is not packaged: run ./build");
        Path script = folder.resolve("deploy.py");
        Files.writeString(script, export("boto3"));
        try (TestPlatform platform = new TestPlatform(TestPlatform.settings(second))) {
            Map<String, String> environment =
                    Map.of("AWS_ENDPOINT_URL", platform.endpoint().toString());
            for (int round = 0; round < 2; round++) {
                String printed = run(folder, environment, "bin/python", script.toString());
                assertTrue(printed.contains("tree is in service"), printed);
                assertTrue(printed.matches("(?s).*\\n0\\.[0-9]+\\s*"), printed);
            }
            assertEquals("tree", platform.run("endpoints", "--names").out());
        }
    }

    @Test
    void toolsOfOthersAcceptTheTexts() throws Exception {
        Path template = Files.writeString(folder.resolve("t.yaml"), export("cloudformation"));
        run(folder, Map.of(), "bin/cfn-lint", "-r", "us-east-1", "--", template.toString());
        Path main = Files.writeString(folder.resolve("main.tf"), export("terraform"));
        String parsed =
                run(
                        folder,
                        Map.of(),
                        "bin/python",
                        "-c",
                        "import hcl2, json; print(json.dumps(hcl2.load(open('" + main + "'))))");
        assertTrue(parsed.contains("memory_size_in_mb"), parsed);
        assertTrue(parsed.contains("$${TEXT}"), parsed);
        for (String format : List.of("cloudformation", "terraform", "boto3")) {
            assertEquals(export(format), export(format), "the same text each time");
        }
    }

    @Test
    void pythonChecksTheFileByThePublishedSchema() throws Exception {
        String check =
                "import json, sys, yaml, jsonschema; s = json.load(open(sys.argv[1]));"
                        + " v = jsonschema.Draft202012Validator(s);"
                        + " print([e.json_path for e in v.iter_errors(yaml.safe_load(open(sys.argv[2])))])";
        String schema = Path.of("../docs/dormouse.schema.json").toAbsolutePath().toString();
        assertEquals(
                "[]", run(folder, Map.of(), "bin/python", "-c", check, schema, file.toString()));
        Path wrong = folder.resolve("schema.yaml");
        Files.writeString(wrong, "name: tree\nmodel: m.onnx\nmemory: 1000\n");
        assertEquals(
                "['$.memory']",
                run(folder, Map.of(), "bin/python", "-c", check, schema, wrong.toString()));
        String example =
                Path.of("../examples/definition/dormouse.yaml").toAbsolutePath().toString();
        assertEquals("[]", run(folder, Map.of(), "bin/python", "-c", check, schema, example));
    }

    private static final String MAKE_ROLES =
            """
            import boto3, json, os
            def client(name):
                return boto3.client(name, endpoint_url=os.environ["URL"])
            for name, service in (("served", "sagemaker"), ("served2", "lambda")):
                client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({
                    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": {"Service": service + ".amazonaws.com"}}]}))
            client("s3").create_bucket(Bucket="elsewhere",
                CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
            """;

    private static String definition(String framework, String payload) {
        return """
        name: tree
        model: model.json
        framework: %s
        memory: 1024
        concurrency: 3
        payload: %s
        environment:
          LITERAL: ${TEXT}
        settings:
          idle-seconds: 300
        role: %s
        """
                .formatted(framework, payload, ROLE);
    }

    private static String export(String format) {
        Ran ran = TestPlatform.execute("export", file.toString(), "--format", format);
        assertEquals(0, ran.code(), ran.err());
        assertFalse(ran.out().isEmpty());
        return ran.out() + "\n";
    }

    private static String[] apply(Path definition, String url, String... more) {
        String[] words = command("apply", definition, url);
        String[] all = new String[words.length + more.length];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return all;
    }

    private static String[] command(String word, Path definition, String url) {
        return new String[] {word, definition.toString(), "--to", "aws", "--endpoint-url", url};
    }

    /// Makes the environment where it is missing; kept between builds.
    private static boolean installed() throws IOException, InterruptedException {
        Path done = PYTHON.resolve("installed");
        if (Files.exists(done)) {
            return true;
        }
        Path log = folder.resolve("pip.log");
        boolean made =
                ended(new ProcessBuilder("python3", "-m", "venv", PYTHON.toString()), log)
                        && ended(
                                new ProcessBuilder(
                                        PYTHON.resolve("bin/pip").toString(),
                                        "install",
                                        "--quiet",
                                        "--disable-pip-version-check",
                                        "moto[server,s3,iam,ecr]",
                                        "boto3",
                                        "cfn-lint",
                                        "python-hcl2",
                                        "jsonschema",
                                        "pyyaml"),
                                log);
        if (made) {
            Files.writeString(done, "");
        }
        return made;
    }

    private static boolean ended(ProcessBuilder builder, Path log)
            throws IOException, InterruptedException {
        try {
            Process process =
                    builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
            if (process.waitFor(5, TimeUnit.MINUTES)) {
                return process.exitValue() == 0;
            }
            process.destroyForcibly().waitFor();
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private static Process start(Path log, Map<String, String> variables, String... command)
            throws IOException {
        command[0] = PYTHON.resolve(command[0]).toString();
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment()
                .putAll(
                        Map.of(
                                "AWS_ACCESS_KEY_ID", "test",
                                "AWS_SECRET_ACCESS_KEY", "test",
                                "AWS_DEFAULT_REGION", "us-east-1"));
        builder.environment().putAll(variables);
        return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    private static String run(Path in, Map<String, String> variables, String... command)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile(in, "run", ".log");
        Process process = start(log, variables, command);
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String printed = Files.readString(log).stripTrailing();
        assertTrue(ended && process.exitValue() == 0, printed);
        return printed;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void awaitAnswer(URI url, Process server) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (server.isAlive() && System.nanoTime() < until) {
                try {
                    http.send(
                            HttpRequest.newBuilder(url).build(),
                            HttpResponse.BodyHandlers.discarding());
                    return;
                } catch (IOException _) {
                    // Not listening yet.
                    server.waitFor(100, TimeUnit.MILLISECONDS);
                }
            }
        }
        throw new AssertionError("moto's server does not answer");
    }
}
