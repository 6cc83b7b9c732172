import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The first answer of a scikit-learn model that sleeps, as its client sees it through the gateway:
/// forked from the parent that has its libraries loaded; with that parent to be started first; and
/// started whole. Beside them the usual way: a Python process that imports the same, loads the same
/// model and answers one request. The rounds of all are interleaved, and the page cache is warm.
public final class PythonStart {
    private static final Path ROOT = Path.of(System.getProperty("dormouse.root"));
    private static final Path PROGRAMS = ROOT.resolve("bench/python");
    private static final Path VENV = ROOT.resolve("bench/target/venv-python-start");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String IMAGE =
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3";
    private static final String ROWS = "[[0,1,2,3,4,5,6,7,8,9],[9,8,7,6,5,4,3,2,1,0]]";

    /// A process that is not needed any more ends within.
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private record Contender(String key, String label) {}

    private static final List<Contender> CONTENDERS =
            List.of(
                    new Contender("forked_ms", "endpoint, its environment's parent there"),
                    new Contender("first_ms", "endpoint, the parent started first"),
                    new Contender("whole_ms", "endpoint, `DORMOUSE_FORK=off`: imports itself"),
                    new Contender("plain_ms", "a Python process of one's own"));

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path data;
    private final URI endpoint;

    private PythonStart(Path data) throws IOException {
        this.data = data;
        Properties note = new Properties();
        try (InputStream in = Files.newInputStream(data.resolve("platform.properties"))) {
            note.load(in);
        }
        this.endpoint = URI.create(note.getProperty("endpoint"));
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = List.of(arguments).contains("--quick") ? 5 : 20;
        install();
        Path folder = Files.createTempDirectory("bench-python");
        Path archive = folder.resolve("model.tar.gz");
        Path model = folder.resolve("model");
        run(Map.of(), python(), PROGRAMS.resolve("train.py"), archive, model);
        Path data = Files.createTempDirectory("bench-python-data");
        Map<String, String> chosen = Map.of("DORMOUSE_PYTHON", python());
        run(chosen, dormouse(), "start", "--detach", "--port", "0", "--data", data);
        try {
            PythonStart bench = new PythonStart(data);
            bench.deploy("forked", archive, "on");
            bench.deploy("whole", archive, "off");
            bench.measure(model, rounds);
        } finally {
            run(Map.of(), dormouse(), "stop", "--data", data);
        }
    }

    private static String dormouse() {
        return ROOT.resolve("dormouse").toString();
    }

    private static String python() {
        return VENV.resolve("bin/python").toString();
    }

    private static void install() throws Exception {
        Path done = VENV.resolve("installed");
        if (!Files.exists(done)) {
            run(Map.of(), "python3", "-m", "venv", VENV);
            run(
                    Map.of(),
                    VENV.resolve("bin/pip"),
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "scikit-learn");
            Files.writeString(done, "scikit-learn");
        }
    }

    private void deploy(String name, Path archive, String fork) throws Exception {
        Path definition = Files.createTempFile("bench-python", ".yaml");
        Files.writeString(
                definition,
                """
                name: %s
                model: %s
                image: %s
                memory: 2048
                concurrency: 1
                environment: {SAGEMAKER_PROGRAM: inference.py, DORMOUSE_FORK: "%s"}
                settings: {idle-seconds: 0}
                """
                        .formatted(name, archive, IMAGE, fork));
        run(Map.of(), dormouse(), "apply", definition, "--endpoint-url", endpoint);
    }

    private void measure(Path model, int rounds) throws Exception {
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        Map<String, List<Double>> steps = new LinkedHashMap<>();
        for (int round = -2; round < rounds; round++) { // two rounds warm the page cache
            Map<String, List<Double>> to = round < 0 ? new LinkedHashMap<>() : figures;
            endParent();
            add(to, "first_ms", cold("forked"));
            add(to, "forked_ms", cold("forked"));
            steps(round < 0 ? new LinkedHashMap<>() : steps);
            add(to, "whole_ms", cold("whole"));
            add(to, "plain_ms", plain(model));
        }
        report(figures, steps, rounds);
    }

    private static void add(Map<String, List<Double>> to, String key, double ms) {
        to.computeIfAbsent(key, _ -> new ArrayList<>()).add(ms);
    }

    /// As if it had been idle for long.
    private void endParent() throws Exception {
        awaitAsleep("forked");
        for (long pid : parents()) {
            Processes.signal("KILL", pid);
        }
        await("the parent's end", () -> parents().isEmpty());
    }

    private List<Long> parents() {
        return ProcessHandle.allProcesses()
                .filter(each -> commandLine(each.pid()).contains("\0--parent\0"))
                .filter(each -> commandLine(each.pid()).contains(data.toString()))
                .map(ProcessHandle::pid)
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("never came: " + what);
            }
            Thread.sleep(5);
        }
    }

    private double cold(String name) throws Exception {
        awaitAsleep(name);
        return Load.anew("tcp:" + endpoint.getPort(), request("/endpoints/" + name + "/invocations"));
    }

    private static byte[] request(String path) {
        return ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: %d\r\n\r\n%s")
                .formatted(path, ROWS.length(), ROWS)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static double plain(Path model) throws Exception {
        long begin = System.nanoTime();
        Process process =
                new ProcessBuilder(
                                python(),
                                PROGRAMS.resolve("plain_server.py").toString(),
                                model.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            Load.anew("tcp:" + out.readLine(), request("/invocations"));
            return (System.nanoTime() - begin) / 1e6;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private void awaitAsleep(String name) throws Exception {
        HttpRequest describe =
                HttpRequest.newBuilder(endpoint)
                        .header("X-Amz-Target", "SageMaker.DescribeEndpoint")
                        .header("Content-Type", "application/x-amz-json-1.1")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"EndpointName\":\"" + name + "\"}"))
                        .build();
        await(
                "the sleep of " + name,
                () -> {
                    String answer =
                            http.send(describe, HttpResponse.BodyHandlers.ofString()).body();
                    JsonNode variant = JSON.readTree(answer).path("ProductionVariants").path(0);
                    return variant.path("CurrentInstanceCount").asInt(0) == 0;
                });
    }

    private void steps(Map<String, List<Double>> to) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(endpoint.resolve("/_dormouse/endpoints/forked/starts"))
                        .build();
        String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        for (JsonNode step : JSON.readTree(answer).path("starts").path(0).path("steps")) {
            add(to, step.path("step").asString(), step.path("ms").asDouble());
        }
    }

    private static void report(
            Map<String, List<Double>> figures, Map<String, List<Double>> steps, int rounds)
            throws IOException {
        StringBuilder page =
                new StringBuilder(
                        """
                        # python-start

                        The first answer of a scikit-learn model (a random forest of 50 trees), ms, %d rounds,
                        all interleaved, page cache warm; the endpoints as a client of the gateway sees them,
                        from zero instances each time.

                        | | median | p95 | min | max |
                        | --- | --- | --- | --- | --- |
                        """
                                .formatted(rounds));
        StringBuilder line = new StringBuilder("python-start");
        for (Contender each : CONTENDERS) {
            double[] ms = sorted(figures.get(each.key()));
            page.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %.0f | %.0f | %.0f | %.0f |%n",
                            each.label(),
                            ms[ms.length / 2],
                            ms[(int) (ms.length * 0.95)],
                            ms[0],
                            ms[ms.length - 1]));
            line.append(
                    String.format(Locale.ROOT, " %s=%.1f", each.key(), ms[ms.length / 2]));
        }
        page.append("\nSteps of the forked start, medians, ms: ");
        List<String> told = new ArrayList<>();
        steps.forEach(
                (step, all) ->
                        told.add(
                                String.format(
                                        Locale.ROOT, "%s %.1f", step, sorted(all)[all.size() / 2])));
        page.append(String.join(", ", told)).append(".\n");
        Files.createDirectories(ROOT.resolve("bench/results"));
        Files.writeString(ROOT.resolve("bench/results/python-start.md"), page);
        System.out.println(page);
        System.out.println(line);
    }

    private static double[] sorted(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static void run(Map<String, String> environment, Object... command) throws Exception {
        List<String> words = Arrays.stream(command).map(String::valueOf).toList();
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(words + ":\n" + said);
        }
    }
}
