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

    /// From a platform's start to its first invocation.
    private static final long FIRST_MS = 3000;

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

        void deploy(ColdStartModel model) throws Exception {
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
        List<ColdStartModel> models = new ArrayList<>();
        Path small = folder.resolve("small.onnx");
        models.add(new ColdStartModel("small", "a few KB", small, OnnxModels.small(small), 1024));
        if (!quick) {
            Path medium = folder.resolve("medium.onnx");
            models.add(
                    new ColdStartModel(
                            "medium",
                            "ResNet-50, 102 MB",
                            medium,
                            OnnxModels.resNet50(medium),
                            2048));
            Path large = folder.resolve("large.onnx");
            models.add(
                    new ColdStartModel(
                            "large", "BERT-base, 436 MB", large, OnnxModels.bertBase(large), 3072));
        }
        new ColdStart().measure(models, quick ? 10 : 30);
    }

    private void measure(List<ColdStartModel> models, int rounds) throws Exception {
        Map<ColdStartModel, ColdStartModel.Figures> figures = new LinkedHashMap<>();
        String protection;
        try (Platform bare = Platform.start(0, "all");
                Platform pooled = Platform.start(1, "all");
                Platform open = Platform.start(0, "none");
                Platform bubble = Platform.start(0, "bubblewrap")) {
            for (ColdStartModel model : models) {
                boolean first = figures.isEmpty();
                bare.deploy(model);
                pooled.deploy(model);
                open.deploy(model);
                if (first) {
                    bubble.deploy(model);
                }
                Worker worker = new Worker(installation(), model);
                ColdStartModel.Figures of = new ColdStartModel.Figures();
                figures.put(model, of);
                for (int round = -2; round < rounds; round++) { // two rounds warm the page cache
                    ColdStartModel.Figures to = round < 0 ? new ColdStartModel.Figures() : of;
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
        ColdStartModel small = models.getFirst();
        for (int round = 0; round < (rounds < 30 ? 3 : 5); round++) {
            try (Platform fresh = Platform.start(0, "all")) {
                fresh.deploy(small);
                Thread.sleep(FIRST_MS);
                figures.get(small).add("first_ms", cold(fresh, small));
            }
        }
        try (Platform alone = Platform.start(0, "all")) {
            for (Map.Entry<ColdStartModel, ColdStartModel.Figures> each : figures.entrySet()) {
                alone.deploy(each.getKey());
                for (int round = 0; round < Math.max(3, rounds / 3); round++) {
                    awaitAsleep(alone, each.getKey().key());
                    forget(alone);
                    each.getValue().add("disk_ms", cold(alone, each.getKey()));
                }
            }
        }
        ColdStartPage page = new ColdStartPage(figures, rounds, protection, REST_MS);
        Files.writeString(ROOT.resolve("bench/results/cold-start.md"), page.text());
        Files.writeString(ROOT.resolve("bench/results/cold-start.svg"), page.plot());
        System.out.println(page.text());
        System.out.println(page.line());
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

    private double cold(Platform platform, ColdStartModel model) throws Exception {
        awaitAsleep(platform, model.key());
        byte[] body = model.request().getBytes(StandardCharsets.UTF_8);
        byte[] request =
                ("POST /endpoints/%s/invocations HTTP/1.1\r\nHost: localhost\r\n"
                                + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
                        .formatted(model.key(), body.length, model.request())
                        .getBytes(StandardCharsets.UTF_8);
        return Load.anew("tcp:" + platform.endpoint().getPort(), request);
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

    private void steps(Platform platform, ColdStartModel model, Map<String, List<Double>> to)
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

        Worker(Path installation, ColdStartModel model) throws Exception {
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
