package io.dormouse.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/// A start that answers requests of each protocol, serves a model for a while and ends: what the
/// launcher records the start-up cache of platforms from. It holds the classes, and what was learnt
/// of the methods that ran often: so the first requests are nearly as fast as the ten thousandth.
///
/// The cache of the commands is another one, for what is in a cache costs each start, used or not.
record RecordStartCommand() implements Command {
    /// Begins with a dot: no word for users.
    static final String WORD = ".record-start";

    private static final String TINY_MODEL = "io/dormouse/modelserver/setup/warm.onnx";
    private static final int INVOCATIONS = 6000;

    @Override
    public Syntax syntax() {
        return new Syntax(
                WORD,
                "Start, answer and end, for the start-up cache.",
                Optional.empty(),
                StartOptions.all(),
                List.of());
    }

    @Override
    public int run(Arguments arguments, Console console) throws IOException {
        Served served = Served.start(arguments, console);
        try (PlainClient client = new PlainClient(served.endpoint())) {
            speak(client);
            serve(client, model(served.programs()));
        }
        return 0;
    }

    private static byte[] model(Path programs) throws IOException {
        try (JarFile jar = new JarFile(programs.resolve("modelserver.jar").toFile())) {
            ZipEntry entry = jar.getEntry(TINY_MODEL);
            if (entry == null) {
                throw new FileNotFoundException("modelserver.jar has no " + TINY_MODEL);
            }
            try (InputStream in = jar.getInputStream(entry)) {
                return in.readAllBytes();
            }
        }
    }

    private static void speak(PlainClient client) throws IOException {
        client.send("GET", "/health", "", new byte[0]);
        json(client, "SageMaker.ListModels", "{}");
        client.send(
                "POST",
                "/",
                header("X-Amz-Target", "GraniteServiceVersion20100801.ListMetrics")
                        + header("Content-Type", "application/x-amz-json-1.0"),
                "{}".getBytes(ISO_8859_1));
        client.send(
                "POST",
                "/",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "Action=GetCallerIdentity&Version=2011-06-15".getBytes(ISO_8859_1));
        client.send("PUT", "/recorded", "", new byte[0]);
        client.send("PUT", "/recorded/object", "", "text".getBytes(ISO_8859_1));
        client.send("GET", "/recorded/object", "", new byte[0]);
        client.send("POST", "/endpoints/none/invocations", "", "1".getBytes(ISO_8859_1));
    }

    private static void serve(PlainClient client, byte[] model) throws IOException {
        client.send("PUT", "/recorded/model.onnx", "", model);
        json(
                client,
                "SageMaker.CreateModel",
                """
                {"ModelName": "recorded", "PrimaryContainer": {
                    "Image": "dormouse/onnx", "ModelDataUrl": "s3://recorded/model.onnx"}}
                """);
        json(
                client,
                "SageMaker.CreateEndpointConfig",
                """
                {"EndpointConfigName": "recorded", "ProductionVariants": [{
                    "VariantName": "AllTraffic", "ModelName": "recorded",
                    "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5}}]}
                """);
        String name = "{\"EndpointName\": \"recorded\"}";
        json(
                client,
                "SageMaker.CreateEndpoint",
                "{\"EndpointName\": \"recorded\", \"EndpointConfigName\": \"recorded\"}");
        while (json(client, "SageMaker.DescribeEndpoint", name).contains("\"Creating\"")) {
            Thread.onSpinWait();
        }
        byte[] row = "1,2,3,4".getBytes(ISO_8859_1);
        for (int i = 0; i < INVOCATIONS; i++) {
            client.send(
                    "POST", "/endpoints/recorded/invocations", "Content-Type: text/csv\r\n", row);
        }
        json(client, "SageMaker.DeleteEndpoint", name);
    }

    private static String header(String name, String value) {
        return name + ": " + value + "\r\n";
    }

    private static String json(PlainClient client, String target, String body) throws IOException {
        String headers =
                header("X-Amz-Target", target)
                        + header("Content-Type", "application/x-amz-json-1.1");
        return client.send("POST", "/", headers, body.getBytes(ISO_8859_1));
    }
}
