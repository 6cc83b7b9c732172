import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import javax.tools.ToolProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The warm path: the same models behind Dormouse, its model server alone and the servers that Python
/// has for them, under the same load from a process of its own.
public final class Throughput {
    private static final int[] CONNECTIONS = {1, 16};
    private static final List<String> RIVALS = List.of("mlserver", "litserve", "bentoml");

    /// One round of one server.
    ///
    /// @param cpuMicros of the server's processes, for each answer
    record Sample(Load.Result load, double cpuMicros) {
        double perSecond() {
            return load.answers() / load.seconds();
        }
    }

    /// What was measured of one server.
    static final class Figures {
        final Map<Integer, List<Sample>> samples = new LinkedHashMap<>();
        double memoryMb;

        double median(int connections, ToDoubleFunction<Sample> of) {
            double[] sorted = sorted(connections, of);
            return sorted[sorted.length / 2];
        }

        private double[] sorted(int connections, ToDoubleFunction<Sample> of) {
            return samples.get(connections).stream().mapToDouble(of).sorted().toArray();
        }

        String spread(int connections) {
            double[] sorted = sorted(connections, Sample::perSecond);
            return format("%.0f (%.0f-%.0f)", median(connections, Sample::perSecond), sorted[0],
                    sorted[sorted.length - 1]);
        }

        long failed() {
            return samples.values().stream()
                    .flatMap(List::stream)
                    .mapToLong(each -> each.load().failed())
                    .sum();
        }
    }

    /// The load generator's process.
    private static final class Generator implements AutoCloseable {
        private final Process process;
        private final PrintWriter orders;
        private final BufferedReader results;

        Generator() throws Exception {
            Path classes = Files.createTempDirectory("bench-load");
            Path source = Contender.ROOT.resolve("bench/Load.java");
            ToolProvider.getSystemJavaCompiler()
                    .run(null, null, null, "-d", classes.toString(), source.toString());
            process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                    "-XX:+UseSerialGC",
                                    "-cp",
                                    classes.toString(),
                                    "Load")
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            orders = new PrintWriter(new OutputStreamWriter(process.getOutputStream()), true);
            results = new BufferedReader(new InputStreamReader(process.getInputStream()));
        }

        Load.Result put(Contender on, Path request, int connections, double seconds)
                throws Exception {
            orders.println(on.target() + " " + request + " " + connections + " " + seconds);
            String line = results.readLine();
            if (line == null) {
                throw new IllegalStateException("the load on " + on.label() + " broke off");
            }
            return Load.Result.parse(line);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private final int rounds;
    private final double seconds;
    private final List<String> notes = new ArrayList<>();
    private final Map<String, String> versions = new LinkedHashMap<>();

    private Throughput(boolean quick) {
        rounds = quick ? 1 : 3;
        seconds = 3;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(arguments));
        boolean quick = words.remove("--quick");
        Throughput bench = new Throughput(quick);
        List<Contender.Python> rivals =
                Contender.Python.ALL.stream()
                        .filter(each -> words.isEmpty() || words.contains(each.key()))
                        .toList();
        bench.run(models(), bench.installed(rivals));
    }

    private static List<Contender.Model> models() throws Exception {
        Path folder = Files.createTempDirectory("bench-models");
        Path small = folder.resolve("small.onnx");
        Path miniLm = folder.resolve("minilm.onnx");
        String ids =
                "{\"name\":\"%s\",\"shape\":[1,16],\"datatype\":\"INT64\",\"data\":%s}";
        return List.of(
                new Contender.Model(
                        "small",
                        "small, 4 numbers to 3",
                        small,
                        OnnxModels.small(small),
                        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[5.1,3.5,1.4,0.2]}]}",
                        1,
                        3072,
                        10),
                new Contender.Model(
                        "minilm",
                        "MiniLM, 16 tokens to 384 numbers",
                        miniLm,
                        MiniLm.write(miniLm, Contender.ROOT),
                        "{\"inputs\":["
                                + ids.formatted("input_ids", MiniLm.IDS)
                                + ","
                                + ids.formatted(
                                        "attention_mask", MiniLm.IDS.replaceAll("\\d+", "1"))
                                + ","
                                + ids.formatted(
                                        "token_type_ids", MiniLm.IDS.replaceAll("\\d+", "0"))
                                + "]}",
                        2,
                        4096,
                        5));
    }

    /// Those that can be had here; the others are noted.
    private List<Contender.Python> installed(List<Contender.Python> all) throws Exception {
        List<Contender.Python> installed = new ArrayList<>();
        for (Contender.Python each : all) {
            try {
                each.install();
                versions.put(each.label(), each.version());
                installed.add(each);
            } catch (java.io.IOException | IllegalStateException e) {
                notes.add(each.label() + " could not be installed: " + firstLine(e));
            }
        }
        return installed;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private void run(List<Contender.Model> models, List<Contender.Python> rivals)
            throws Exception {
        Map<Contender.Model, Map<Contender, Figures>> figures = new LinkedHashMap<>();
        try (Generator generator = new Generator()) {
            for (Contender.Model model : models) {
                List<Contender> contenders = new ArrayList<>();
                try {
                    start(model, rivals, contenders);
                    figures.put(model, measure(generator, model, contenders));
                } finally {
                    for (Contender each : contenders) {
                        each.close();
                    }
                }
            }
        }
        new ThroughputPage(figures, versions, notes, rounds, seconds).write();
    }

    private void start(
            Contender.Model model, List<Contender.Python> rivals, List<Contender> contenders)
            throws Exception {
        contenders.add(Contender.dormouse(model));
        contenders.add(Contender.worker(model));
        for (Contender.Python each : rivals) {
            contenders.add(each.start(model));
        }
        double[] expected = numbers(contenders.getFirst().awaitReady());
        for (Contender each : List.copyOf(contenders)) {
            try {
                double[] found = numbers(each.awaitReady());
                requireSame(each, expected, found);
            } catch (IllegalStateException e) {
                notes.add(each.label() + " with " + model.key() + ": " + firstLine(e));
                contenders.remove(each);
                each.close();
            }
        }
    }

    private static void requireSame(Contender of, double[] expected, double[] found) {
        boolean same = expected.length == found.length && expected.length > 0;
        for (int i = 0; same && i < expected.length; i++) {
            same = Math.abs(expected[i] - found[i]) < 1e-4;
        }
        if (!same) {
            throw new IllegalStateException(
                    of.label() + " answers otherwise: " + Arrays.toString(found));
        }
    }

    /// The numbers of the answer's first output, whatever the protocol.
    private static double[] numbers(String answer) {
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        if (!body.startsWith("{")) { // chunked
            body = body.substring(body.indexOf('{'), body.lastIndexOf('}') + 1);
        }
        JsonNode node = JsonMapper.shared().readTree(body);
        node = node.has("outputs") ? node.get("outputs") : node;
        node = node.isArray() ? node.get(0).get("data") : node;
        List<Double> numbers = new ArrayList<>();
        collect(node, numbers);
        return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static void collect(JsonNode node, List<Double> into) {
        if (node.isNumber()) {
            into.add(node.asDouble());
        }
        node.forEach(each -> collect(each, into));
    }

    private Map<Contender, Figures> measure(
            Generator generator, Contender.Model model, List<Contender> contenders)
            throws Exception {
        Map<Contender, Figures> figures = new LinkedHashMap<>();
        Map<Contender, Path> requests = new LinkedHashMap<>();
        for (Contender each : contenders) {
            figures.put(each, new Figures());
            requests.put(each, Files.write(Files.createTempFile("bench", ".http"), each.request()));
            pause(each, "STOP");
        }
        warmUp(generator, model, requests);
        for (int round = 0; round < rounds; round++) {
            for (int connections : CONNECTIONS) {
                for (Contender each : contenders) {
                    Path request = requests.get(each);
                    pause(each, "CONT");
                    double before = Processes.cpuSeconds(each.root());
                    Load.Result load = generator.put(each, request, connections, seconds);
                    double cpu = Processes.cpuSeconds(each.root()) - before;
                    Figures of = figures.get(each);
                    of.memoryMb = Processes.memoryMb(each.root());
                    pause(each, "STOP");
                    double micros = cpu * 1e6 / Math.max(1, load.answers());
                    of.samples
                            .computeIfAbsent(connections, _ -> new ArrayList<>())
                            .add(new Sample(load, micros));
                    progress(model, each, connections, load, micros);
                }
            }
        }
        return figures;
    }

    /// For as long as compilers take: this is about servers that have been up for a while.
    private void warmUp(Generator generator, Contender.Model model, Map<Contender, Path> requests)
            throws Exception {
        for (Map.Entry<Contender, Path> each : requests.entrySet()) {
            pause(each.getKey(), "CONT");
            generator.put(each.getKey(), each.getValue(), 16, model.warmSeconds());
            generator.put(each.getKey(), each.getValue(), 1, 1);
            pause(each.getKey(), "STOP");
        }
    }

    private static void pause(Contender contender, String signal) throws Exception {
        if (contender.pauses()) {
            Processes.signal(signal, contender.root());
        }
    }

    private static void progress(
            Contender.Model model, Contender of, int connections, Load.Result load, double micros) {
        System.err.println(
                format(
                        "%s %s at %d: %.0f/s, p50 %.0f µs, p99 %.0f µs, CPU %.0f µs, failed %d",
                        model.key(),
                        of.key(),
                        connections,
                        load.answers() / load.seconds(),
                        load.p50(),
                        load.p99(),
                        micros,
                        load.failed()));
    }

    static boolean isRival(Contender contender) {
        return RIVALS.contains(contender.key());
    }

    static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
