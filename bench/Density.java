import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Endpoints by the thousand, asleep: what they cost the platform, how fast they are made, and
/// whether one of many wakes as fast as a lone one.
public final class Density {
    private static final Path ROOT = Path.of(System.getProperty("dormouse.root"));
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int CLIENTS = 8;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI endpoint;
    private final long pid;
    private final String request;

    private Density(URI endpoint, long pid, String request) {
        this.endpoint = endpoint;
        this.pid = pid;
        this.request = request;
    }

    public static void main(String[] arguments) throws Exception {
        boolean quick = List.of(arguments).contains("--quick");
        Path data = Files.createTempDirectory("bench-density");
        Path model = Files.createTempDirectory("bench-model").resolve("small.onnx");
        String request = OnnxModels.small(model);
        String dormouse = ROOT.resolve("dormouse").toString();
        run(
                List.of(
                        dormouse, "start", "--detach", "--port", "0", "--warm-pool", "0", "--data",
                        data.toString()));
        try {
            Properties note = new Properties();
            try (InputStream in = Files.newInputStream(data.resolve("platform.properties"))) {
                note.load(in);
            }
            URI endpoint = URI.create(note.getProperty("endpoint"));
            run(
                    List.of(
                            dormouse, "deploy", model.toString(), "--name", "lone", "--memory",
                            "1024", "--max-concurrency", "1", "--idle-seconds", "0",
                            "--endpoint-url", endpoint.toString()));
            new Density(endpoint, Long.parseLong(note.getProperty("pid")), request)
                    .measure(quick ? 1_000 : 10_000, quick ? 40 : 200);
        } finally {
            run(List.of(dormouse, "stop", "--data", data.toString()));
        }
    }

    private void measure(int count, int woken) throws Exception {
        String config = sageMaker("DescribeEndpoint", "{\"EndpointName\":\"lone\"}")
                .path("EndpointConfigName")
                .asString();
        double[] lone = new double[Math.max(20, woken / 4)];
        for (int i = 0; i < lone.length; i++) {
            lone[i] = wake("lone");
        }
        long before = residentKb();
        long begin = System.nanoTime();
        create(config, count);
        double seconds = (System.nanoTime() - begin) / 1e9;
        awaitInService();
        long workers = workers();
        long after = residentKb();
        List<Integer> picked = new ArrayList<>();
        new Random(1).ints(woken, 0, count).forEach(picked::add);
        Collections.shuffle(picked, new Random(2));
        double[] many = new double[woken];
        for (int i = 0; i < woken; i++) {
            many[i] = wake("many-" + picked.get(i));
        }
        report(count, workers, (after - before) / 1024.0, count / seconds, lone, many);
    }

    private void create(String config, int count) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String body =
                        "{\"EndpointName\":\"many-%d\",\"EndpointConfigName\":\"%s\",\"Tags\":[{\"Key\":\"dormouse:idle-seconds\",\"Value\":\"0\"}]}"
                                .formatted(i, config);
                done.add(clients.submit(() -> sageMaker("CreateEndpoint", body)));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
    }

    private void awaitInService() throws Exception {
        int creating;
        do {
            creating =
                    sageMaker("ListEndpoints", "{\"StatusEquals\":\"Creating\",\"MaxResults\":1}")
                            .path("Endpoints")
                            .size();
            Thread.sleep(50);
        } while (creating > 0);
    }

    private JsonNode sageMaker(String operation, String body) throws Exception {
        HttpRequest call =
                HttpRequest.newBuilder(endpoint)
                        .header("X-Amz-Target", "SageMaker." + operation)
                        .header("Content-Type", "application/x-amz-json-1.1")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> answer = http.send(call, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(operation + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    private double wake(String name) throws Exception {
        while (sageMaker("DescribeEndpoint", "{\"EndpointName\":\"" + name + "\"}")
                        .path("ProductionVariants")
                        .path(0)
                        .path("CurrentInstanceCount")
                        .asInt(0)
                > 0) {
            Thread.sleep(5);
        }
        HttpRequest invoke =
                HttpRequest.newBuilder(endpoint.resolve("/endpoints/" + name + "/invocations"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(request))
                        .build();
        long begin = System.nanoTime();
        HttpResponse<String> answer = http.send(invoke, HttpResponse.BodyHandlers.ofString());
        double millis = (System.nanoTime() - begin) / 1e6;
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(name + ": " + answer.body());
        }
        return millis;
    }

    private long residentKb() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmRSS of " + pid);
    }

    private long workers() {
        return ProcessHandle.of(pid).orElseThrow().descendants().count();
    }

    private static void report(
            int count, long workers, double extraMb, double perSecond, double[] lone, double[] many)
            throws IOException {
        double ratio = median(many) / median(lone);
        String page =
                String.format(
                        Locale.ROOT,
                        """
                        # density

                        %d endpoints of one small ONNX model, asleep; no warm pool; %d clients make them.

                        | | |
                        | --- | --- |
                        | worker processes | %d |
                        | resident memory beyond the empty platform's | %.1f MB |
                        | endpoints made per second | %.0f |
                        | first answer of a lone endpoint, median (p95) | %.1f (%.1f) ms |
                        | first answer of %d of them, picked at random | %.1f (%.1f) ms |
                        """,
                        count,
                        CLIENTS,
                        workers,
                        extraMb,
                        perSecond,
                        median(lone),
                        p95(lone),
                        many.length,
                        median(many),
                        p95(many));
        Files.writeString(ROOT.resolve("bench/results/density.md"), page);
        System.out.println(page);
        System.out.printf(
                Locale.ROOT,
                "density endpoints=%d workers=%d extra_mb=%.1f create_per_s=%.0f wake_ratio=%.2f%n",
                count,
                workers,
                extraMb,
                perSecond,
                ratio);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double p95(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)];
    }

    private static void run(List<String> command) throws Exception {
        Path output = Files.createTempFile("bench", ".log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException(
                    command + " ended with " + code + ":\n" + Files.readString(output));
        }
        Files.delete(output);
    }
}
