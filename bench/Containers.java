import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What the first answer of an idle endpoint takes whose container is paused, beside the same with
/// one that was removed. Two platforms, asked in turns; each waits until its endpoint is at zero.
///
/// Takes the image: one that is here, keeps SageMaker's contract and needs no model.
public final class Containers {
    private static final Path ROOT = Path.of(System.getProperty("dormouse.root"));
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String ROLE = "arn:aws:iam::123456789012:role/bench";

    /// A platform and its endpoint.
    private static final class Side implements AutoCloseable {
        final String label;
        final Path data = Files.createTempDirectory("bench-containers");
        final URI endpoint;
        final double[] wakes;

        Side(String label, int pauseSeconds, String image, int rounds) throws Exception {
            this.label = label;
            this.wakes = new double[rounds];
            ProcessBuilder start =
                    new ProcessBuilder(
                            ROOT.resolve("dormouse").toString(),
                            "start",
                            "--detach",
                            "--port=0",
                            "--warm-pool=0",
                            "--data=" + data);
            start.environment().put("DORMOUSE_DOCKER_PAUSE_SECONDS", "" + pauseSeconds);
            start.inheritIO();
            if (start.start().waitFor() != 0) {
                throw new IOException("no platform started");
            }
            String note = Files.readString(data.resolve("platform.properties"));
            this.endpoint = URI.create(note.replaceAll("(?s).*endpoint=(\\S+).*", "$1").replace("\\", ""));
            ask("CreateModel", "{\"ModelName\":\"m\",\"ExecutionRoleArn\":\"%s\",\"PrimaryContainer\":{\"Image\":\"%s\"}}".formatted(ROLE, image));
            ask("CreateEndpointConfig", "{\"EndpointConfigName\":\"m\",\"ProductionVariants\":[{\"VariantName\":\"a\",\"ModelName\":\"m\",\"ServerlessConfig\":{\"MemorySizeInMB\":2048,\"MaxConcurrency\":1}}]}");
            ask("CreateEndpoint", "{\"EndpointName\":\"m\",\"EndpointConfigName\":\"m\",\"Tags\":[{\"Key\":\"dormouse:idle-seconds\",\"Value\":\"0\"}]}");
            await("InService");
        }

        String ask(String operation, String body) throws Exception {
            HttpRequest request =
                    HttpRequest.newBuilder(endpoint)
                            .header("X-Amz-Target", "SageMaker." + operation)
                            .header("Content-Type", "application/x-amz-json-1.1")
                            .POST(BodyPublishers.ofString(body))
                            .build();
            HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(operation + ": " + answer.body());
            }
            return answer.body();
        }

        void await(String what) throws Exception {
            while (true) {
                String now = ask("DescribeEndpoint", "{\"EndpointName\":\"m\"}");
                if (now.contains(what)) {
                    return;
                }
                if (now.contains("\"Failed\"")) {
                    throw new IOException(now);
                }
                Thread.sleep(20);
            }
        }

        /// @return milliseconds
        double wake() throws Exception {
            await("\"CurrentInstanceCount\":0");
            HttpRequest request =
                    HttpRequest.newBuilder(endpoint.resolve("/endpoints/m/invocations"))
                            .header("Content-Type", "text/plain")
                            .POST(BodyPublishers.ofString("hello"))
                            .build();
            long begin = System.nanoTime();
            HttpResponse<byte[]> answer = HTTP.send(request, BodyHandlers.ofByteArray());
            double ms = (System.nanoTime() - begin) / 1e6;
            if (answer.statusCode() != 200) {
                throw new IOException(new String(answer.body()));
            }
            return ms;
        }

        @Override
        public void close() throws Exception {
            new ProcessBuilder(ROOT.resolve("dormouse").toString(), "stop", "--data=" + data)
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }

    public static void main(String[] words) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(words));
        int rounds = arguments.remove("--quick") ? 5 : 20;
        if (arguments.size() != 1) {
            System.err.println("Usage: bench/run containers IMAGE [--quick]");
            System.exit(2);
        }
        String image = arguments.getFirst();
        try (Side paused = new Side("paused", 1800, image, rounds);
                Side removed = new Side("removed", 0, image, rounds)) {
            for (int round = -1; round < rounds; round++) { // round -1 is the first start of all
                for (Side side : List.of(paused, removed)) {
                    double ms = side.wake();
                    if (round >= 0) {
                        side.wakes[round] = ms;
                    }
                }
            }
            report(image, List.of(paused, removed));
        }
    }

    private static void report(String image, List<Side> sides) throws IOException {
        StringBuilder page =
                new StringBuilder(
                        """
                        # containers

                        The first answer of an endpoint at zero, ms, its image %s, in turns.

                        | its container was | median | p95 | min |
                        | --- | --- | --- | --- |
                        """
                                .formatted(image));
        StringBuilder line = new StringBuilder("containers");
        for (Side side : sides) {
            double[] ms = side.wakes.clone();
            Arrays.sort(ms);
            double median = ms[ms.length / 2];
            page.append(
                    "| %s | %.0f | %.0f | %.0f |%n"
                            .formatted(side.label, median, ms[(int) (ms.length * 0.95)], ms[0]));
            line.append(String.format(Locale.ROOT, " %s_ms=%.0f", side.label, median));
        }
        Files.writeString(ROOT.resolve("bench/results/containers.md"), page);
        System.out.println(page);
        System.out.println(line);
    }
}
