import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The first answer of an endpoint that sleeps, as its client sees it: from nothing and from the warm
/// pool, through the gateway, beside the bare worker process (the floor) and a worker without any of
/// the techniques (the usual way). The rounds of all are interleaved, and the page cache is warm; then
/// the same from nothing with nothing of workers and models in the page cache.
public final class ColdStart {
    private static final Path ROOT = Path.of(System.getProperty("dormouse.root"));
    private static final JsonMapper JSON = JsonMapper.shared();

    /// An installation of its own, so that the floor is measured on the one that the platform uses.
    private static final Path CACHE = ROOT.resolve("platform/target/bench-cache");

    /// AWS gives one core for each.
    private static final double MB_PER_CORE = 1769;

    /// A pool stands ready before it is asked: what filled it has come to rest.
    private static final long REST_MS = 300;

    private record Model(String key, String label, Path file, String request, int memoryMb) {}

    /// What is measured of one model: milliseconds by contender, and the steps of its starts.
    private static final class Figures {
        final Map<String, List<Double>> millis = new LinkedHashMap<>();
        final Map<String, List<Double>> steps = new LinkedHashMap<>();
        final Map<String, List<Double>> poolSteps = new LinkedHashMap<>();

        void add(String contender, double value) {
            millis.computeIfAbsent(contender, _ -> new ArrayList<>()).add(value);
        }
    }

    /// A platform of its own.
    private record Platform(URI endpoint, Path data) implements AutoCloseable {
        static Platform start(int warmPool, String isolation) throws Exception {
            Path data = Files.createTempDirectory("bench-cold");
            run(
                    List.of(
                            dormouse(), "start", "--detach", "--port", "0", "--warm-pool",
                            Integer.toString(warmPool), "--isolation", isolation, "--data",
                            data.toString()));
            Properties note = new Properties();
            try (InputStream in = Files.newInputStream(data.resolve("platform.properties"))) {
                note.load(in);
            }
            return new Platform(URI.create(note.getProperty("endpoint")), data);
        }

        void deploy(Model model) throws Exception {
            run(
                    List.of(
                            dormouse(), "deploy", model.file().toString(), "--name", model.key(),
                            "--memory", Integer.toString(model.memoryMb()), "--max-concurrency",
                            "1", "--idle-seconds", "0", "--endpoint-url", endpoint.toString()));
        }

        @Override
        public void close() throws Exception {
            run(List.of(dormouse(), "stop", "--data", data.toString()));
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        boolean quick = List.of(arguments).contains("--quick");
        Path folder = Files.createTempDirectory("bench-models");
        List<Model> models = new ArrayList<>();
        Path small = folder.resolve("small.onnx");
        models.add(new Model("small", "a few KB", small, OnnxModels.small(small), 1024));
        if (!quick) {
            Path medium = folder.resolve("medium.onnx");
            models.add(
                    new Model(
                            "medium",
                            "ResNet-50, 102 MB",
                            medium,
                            OnnxModels.resNet50(medium),
                            2048));
            Path large = folder.resolve("large.onnx");
            models.add(
                    new Model(
                            "large", "BERT-base, 436 MB", large, OnnxModels.bertBase(large), 3072));
        }
        new ColdStart().measure(models, quick ? 10 : 30);
    }

    private void measure(List<Model> models, int rounds) throws Exception {
        Map<Model, Figures> figures = new LinkedHashMap<>();
        String protection;
        try (Platform bare = Platform.start(0, "all");
                Platform pooled = Platform.start(1, "all");
                Platform open = Platform.start(0, "none");
                Platform bubble = Platform.start(0, "bubblewrap")) {
            for (Model model : models) {
                boolean first = figures.isEmpty();
                bare.deploy(model);
                pooled.deploy(model);
                open.deploy(model);
                if (first) {
                    bubble.deploy(model);
                }
                Worker worker = new Worker(installation(), model);
                Figures of = new Figures();
                figures.put(model, of);
                for (int round = -2; round < rounds; round++) { // two rounds warm the page cache
                    Figures to = round < 0 ? new Figures() : of;
                    double isolated = cold(bare, model);
                    to.add("ms", isolated);
                    steps(bare, model, to.steps);
                    double plain = cold(open, model);
                    to.add("open_ms", plain);
                    to.add("isolation_ms", isolated - plain);
                    if (first) {
                        to.add("bubble_ms", cold(bubble, model));
                    }
                    to.add("floor_ms", worker.floor());
                    if (round % 3 == 0) {
                        to.add("naive_ms", worker.naive());
                    }
                    awaitWarm(pooled);
                    Thread.sleep(REST_MS);
                    to.add("pool_ms", cold(pooled, model));
                    steps(pooled, model, to.poolSteps);
                }
            }
            protection = protection(bare);
        }
        try (Platform alone = Platform.start(0, "all")) {
            for (Map.Entry<Model, Figures> each : figures.entrySet()) {
                alone.deploy(each.getKey());
                for (int round = 0; round < Math.max(3, rounds / 3); round++) {
                    awaitAsleep(alone, each.getKey().key());
                    forget(alone);
                    each.getValue().add("disk_ms", cold(alone, each.getKey()));
                }
            }
        }
        report(figures, rounds, protection);
    }

    /// Drops from the page cache what a start reads: the runtime, the model server, the models.
    private static void forget(Platform platform) throws Exception {
        run(
                List.of(
                        "find",
                        CACHE.toString(),
                        platform.data().resolve("models").toString(),
                        ROOT.resolve("platform/target").toString(),
                        "-type",
                        "f",
                        "-size",
                        "+0",
                        "-exec",
                        "dd",
                        "if={}",
                        "iflag=nocache",
                        "count=0",
                        "status=none",
                        ";"));
    }

    /// What instances are held by, in a sentence.
    private String protection(Platform platform) throws Exception {
        JsonNode status = get(platform, "/_dormouse/status");
        return "Isolation in force: %s; limits: %s, at the memory in the table and its share of CPU."
                .formatted(
                        status.path("isolation").asString(), status.path("limits").asString());
    }

    private double cold(Platform platform, Model model) throws Exception {
        awaitAsleep(platform, model.key());
        HttpRequest request =
                HttpRequest.newBuilder(
                                platform.endpoint()
                                        .resolve("/endpoints/" + model.key() + "/invocations"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(model.request()))
                        .build();
        long begin = System.nanoTime();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        double millis = (System.nanoTime() - begin) / 1e6;
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
        }
        return millis;
    }

    private JsonNode get(Platform platform, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(platform.endpoint().resolve(path)).build();
        return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private void awaitAsleep(Platform platform, String endpoint) throws Exception {
        HttpRequest describe =
                HttpRequest.newBuilder(platform.endpoint())
                        .header("X-Amz-Target", "SageMaker.DescribeEndpoint")
                        .header("Content-Type", "application/x-amz-json-1.1")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"EndpointName\":\"" + endpoint + "\"}"))
                        .build();
        while (true) {
            String answer = http.send(describe, HttpResponse.BodyHandlers.ofString()).body();
            JsonNode variant = JSON.readTree(answer).path("ProductionVariants").path(0);
            if (variant.path("CurrentInstanceCount").asInt(0) == 0) {
                return;
            }
            Thread.sleep(5);
        }
    }

    private void awaitWarm(Platform platform) throws Exception {
        while (get(platform, "/_dormouse/status").path("warm_workers").asInt() < 1) {
            Thread.sleep(5);
        }
    }

    private void steps(Platform platform, Model model, Map<String, List<Double>> to)
            throws Exception {
        JsonNode start =
                get(platform, "/_dormouse/endpoints/" + model.key() + "/starts")
                        .path("starts")
                        .path(0);
        for (JsonNode step : start.path("steps")) {
            to
                    .computeIfAbsent(step.path("step").asString(), _ -> new ArrayList<>())
                    .add(step.path("ms").asDouble());
        }
    }

    /// The model server as the platform installed it.
    private static Path installation() throws IOException {
        try (Stream<Path> files = Files.walk(CACHE, 2)) {
            return files.filter(file -> file.endsWith("install.properties"))
                    .max(java.util.Comparator.comparing(file -> file.toFile().lastModified()))
                    .orElseThrow(() -> new IOException("no installation in " + CACHE));
        }
    }

    /// One worker process after the other, without a platform.
    private static final class Worker {
        private final Properties installed = new Properties();
        private final Path model;
        private final Path prepared;
        private final byte[] request;
        private final int memoryMb;

        Worker(Path installation, Model model) throws Exception {
            try (InputStream in = Files.newInputStream(installation)) {
                installed.load(in);
            }
            this.memoryMb = model.memoryMb();
            this.model = Files.createTempDirectory("bench-model");
            Files.createLink(this.model.resolve("model.onnx"), model.file());
            this.prepared = Files.createTempDirectory("bench-prepared");
            run(
                    List.of(
                            installed.getProperty("java"),
                            "@" + installed.getProperty("args"),
                            "-Xmx1g",
                            installed.getProperty("prepare"),
                            "--model",
                            this.model.toString(),
                            "--into",
                            prepared.toString()));
            byte[] body = model.request().getBytes(StandardCharsets.UTF_8);
            String head =
                    "POST /invocations HTTP/1.1\r\nHost: worker\r\nContent-Type: application/json\r\n"
                            + "Content-Length: "
                            + body.length
                            + "\r\n\r\n";
            this.request = (head + model.request()).getBytes(StandardCharsets.UTF_8);
        }

        double floor() throws Exception {
            String ahead = installed.getProperty("ahead", "");
            int cores = Runtime.getRuntime().availableProcessors();
            int threads = (int) Math.min(cores, Math.ceil(memoryMb / MB_PER_CORE));
            return firstAnswer(
                    ahead.isEmpty() ? Map.of() : Map.of("LD_PRELOAD", ahead),
                    List.of(
                            installed.getProperty("java"),
                            "@" + installed.getProperty("args"),
                            installed.getProperty("main"),
                            "--stdio",
                            "--kind",
                            "onnx",
                            "--model",
                            model.toString(),
                            "--prepared",
                            prepared.toString(),
                            "--memory",
                            String.valueOf(memoryMb),
                            "--threads",
                            String.valueOf(threads)));
        }

        /// The same program as most would start it: the JVM's defaults, the library unpacked at each
        /// start, the model optimised at each load.
        double naive() throws Exception {
            return firstAnswer(
                    Map.of(),
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-cp",
                            ROOT.resolve("platform/target/lib/modelserver.jar").toString(),
                            installed.getProperty("main"),
                            "--stdio",
                            "--kind",
                            "onnx",
                            "--model",
                            model.toString()));
        }

        private double firstAnswer(Map<String, String> environment, List<String> command)
                throws Exception {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().clear();
            builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
            builder.environment().putAll(environment);
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            long begin = System.nanoTime();
            Process process = builder.start();
            try (OutputStream out = process.getOutputStream()) {
                out.write(request);
                out.flush();
                int first = process.getInputStream().read();
                double millis = (System.nanoTime() - begin) / 1e6;
                if (first != 'H') {
                    throw new IllegalStateException("no answer from " + command);
                }
                return millis;
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static void report(Map<Model, Figures> figures, int rounds, String protection)
            throws IOException {
        StringBuilder page = new StringBuilder("# cold-start\n\n");
        page.append(
                String.format(
                        Locale.ROOT,
                        "Milliseconds to the first answer, %d rounds interleaved, page cache warm, %d"
                                + " cores. *from nothing*: no instance, empty warm pool, through the gateway;"
                                + " *floor*: the bare worker process; *usual*: the same without any of the"
                                + " techniques (a third of the rounds); *warm pool*: a generic worker that has been"
                                + " ready for %d ms. %s%n%n",
                        rounds,
                        Runtime.getRuntime().availableProcessors(),
                        REST_MS,
                        protection));
        page.append("| model | MB limit | from nothing | p95 | floor | ratio | usual | warm pool | p95 | cold page cache |\n");
        page.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        StringBuilder line = new StringBuilder("cold-start");
        figures.forEach(
                (model, of) -> {
                    double cold = median(of.millis.get("ms"));
                    double floor = median(of.millis.get("floor_ms"));
                    double naive = median(of.millis.get("naive_ms"));
                    double pool = median(of.millis.get("pool_ms"));
                    page.append(
                            String.format(
                                    Locale.ROOT,
                                    "| %s | %d | %.1f | %.1f | %.1f | %.2f | %.1f | %.1f | %.1f | %.1f |%n",
                                    model.label(),
                                    model.memoryMb(),
                                    cold,
                                    p95(of.millis.get("ms")),
                                    floor,
                                    cold / floor,
                                    naive,
                                    pool,
                                    p95(of.millis.get("pool_ms")),
                                    median(of.millis.get("disk_ms"))));
                    line.append(
                            String.format(
                                    Locale.ROOT,
                                    " %1$s_ms=%2$.1f %1$s_floor_ms=%3$.1f %1$s_ratio=%4$.2f"
                                            + " %1$s_naive_ms=%5$.1f %1$s_pool_ms=%6$.1f"
                                            + " %1$s_disk_ms=%7$.1f",
                                    model.key(),
                                    cold,
                                    floor,
                                    cold / floor,
                                    naive,
                                    pool,
                                    median(of.millis.get("disk_ms"))));
                });
        isolation(figures, page, line);
        page.append("\nThe steps, medians:\n\n| model | from | steps, ms |\n| --- | --- | --- |\n");
        figures.forEach(
                (model, of) -> {
                    steps(page, model, "nothing", of.steps);
                    steps(page, model, "warm pool", of.poolSteps);
                });
        page.append("\n![From nothing, step by step](cold-start.svg)\n");
        Files.writeString(ROOT.resolve("bench/results/cold-start.md"), page);
        Files.writeString(ROOT.resolve("bench/results/cold-start.svg"), plot(figures));
        System.out.println(page);
        System.out.println(line);
    }

    private static void steps(
            StringBuilder page, Model model, String from, Map<String, List<Double>> steps) {
        page.append("| " + model.label() + " | " + from + " |");
        steps.forEach(
                (step, values) ->
                        page.append(
                                String.format(Locale.ROOT, " %s %.1f", step, median(values))));
        page.append(" |\n");
    }

    /// What isolation costs: the difference between starts from nothing of the same round.
    private static void isolation(
            Map<Model, Figures> figures, StringBuilder page, StringBuilder line) {
        page.append("\nThe same from nothing by isolation, medians; *cost*: of the differences in each");
        page.append(" round:\n\n| model | isolated | plain process | cost | by bubblewrap |\n");
        page.append("| --- | --- | --- | --- | --- |\n");
        figures.forEach(
                (model, of) -> {
                    double cost = median(of.millis.get("isolation_ms"));
                    List<Double> bubble = of.millis.getOrDefault("bubble_ms", List.of());
                    page.append(
                            String.format(
                                    Locale.ROOT,
                                    "| %s | %.1f | %.1f | %.1f | %s |%n",
                                    model.label(),
                                    median(of.millis.get("ms")),
                                    median(of.millis.get("open_ms")),
                                    cost,
                                    bubble.isEmpty()
                                            ? "not measured"
                                            : String.format(Locale.ROOT, "%.1f", median(bubble))));
                    line.append(
                            String.format(
                                    Locale.ROOT, " %s_isolation_ms=%.1f", model.key(), cost));
                });
    }

    private static String plot(Map<Model, Figures> figures) {
        List<ColdStartPlot.Bar> bars = new ArrayList<>();
        figures.forEach(
                (model, of) -> {
                    Map<String, Double> steps = new LinkedHashMap<>();
                    of.steps.forEach((step, values) -> steps.put(step, median(values)));
                    bars.add(
                            new ColdStartPlot.Bar(
                                    model.label(),
                                    steps,
                                    median(of.millis.get("ms")),
                                    median(of.millis.get("naive_ms")),
                                    median(of.millis.get("pool_ms"))));
                });
        return ColdStartPlot.draw(bars);
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double p95(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)];
    }

    private static String dormouse() {
        return ROOT.resolve("dormouse").toString();
    }

    private static void run(List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.environment().put("DORMOUSE_CACHE", CACHE.toString());
        Path output = Files.createTempFile("bench", ".log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException(
                    command + " ended with " + code + ":\n" + Files.readString(output));
        }
        Files.delete(output);
    }
}
