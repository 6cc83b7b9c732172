package io.dormouse.modelserver.setup;

import io.dormouse.modelserver.Step;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// Measures the floor under a cold start: a bare worker process, no platform, from just before its spawn to
/// its first answer in the parent's hands; beside it the same as a Java program does it that takes no care,
/// and a generic warm worker from the load command on.
///
///     java -cp modelserver-all.jar io.dormouse.modelserver.setup.Floor INSTALLED_DIR ROUNDS [MODEL PREPARED]
///
/// Rounds are interleaved. Prints a table of steps, and a line `floor key=value …` in milliseconds.
public final class Floor {
    private static final byte[] ROW = "1,2,3,4\n".getBytes(StandardCharsets.US_ASCII);

    private final Path installed;
    private final Path model;
    private final Path prepared;
    private final Map<String, Samples> ways = new TreeMap<>();

    private Floor(Path installed, Path model, Path prepared) {
        this.installed = installed;
        this.model = model;
        this.prepared = prepared;
    }

    public static void main(String[] words) throws IOException {
        if (words.length != 2 && words.length != 4) {
            System.err.println("floor: INSTALLED_DIR ROUNDS [MODEL PREPARED]");
            System.exit(2);
        }
        Path installed = Path.of(words[0]);
        Path model = words.length > 2 ? Path.of(words[2]) : installed.resolve("warm");
        Path prepared = words.length > 2 ? Path.of(words[3]) : model;
        Floor floor = new Floor(installed, model, prepared);
        byte[] body = words.length > 2 ? System.in.readAllBytes() : ROW;
        String type = words.length > 2 ? "application/json" : "text/csv";
        floor.round(type, body); // the first fills the page cache
        floor.ways.clear();
        for (int i = 0; i < Integer.parseInt(words[1]); i++) {
            floor.round(type, body);
        }
        floor.print();
    }

    private void round(String type, byte[] body) throws IOException {
        cold("floor", installedCommand(), Ahead.environment(installed), type, body);
        cold("naive", naiveCommand(), Map.of(), type, body);
        warm(type, body);
    }

    private List<String> installedCommand() throws IOException {
        List<String> command = new ArrayList<>(program());
        command.addAll(List.of("--kind", "onnx", "--model", model.toString()));
        command.addAll(List.of("--prepared", prepared.toString()));
        return command;
    }

    private List<String> program() throws IOException {
        Properties facts = new Properties();
        try (InputStream in = Files.newInputStream(installed.resolve("install.properties"))) {
            facts.load(in);
        }
        return List.of(
                facts.getProperty("java"),
                "@" + facts.getProperty("args"),
                facts.getProperty("main"));
    }

    /// The JVM's own defaults, the library unpacked at each start, the model as it came.
    private List<String> naiveCommand() {
        return List.of(
                Command.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                Command.classPath(),
                "io.dormouse.modelserver.Main",
                "--kind",
                "onnx",
                "--model",
                model.toString());
    }

    private void cold(
            String way,
            List<String> command,
            Map<String, String> environment,
            String type,
            byte[] body)
            throws IOException {
        try (Probe probe = Probe.start(command, environment)) {
            Probe.Reply reply = probe.invoke(type, body);
            double total = probe.age() / 1e6;
            samples(way).add(steps(reply, way), total);
        }
    }

    private void warm(String type, byte[] body) throws IOException {
        List<String> command = new ArrayList<>(program());
        command.addAll(List.of("--warm", installed.resolve("warm").toString()));
        try (Probe probe = Probe.start(command, Map.of())) {
            probe.invoke(type, body); // 503: it is ready
            long start = System.nanoTime();
            String load =
                    "{\"kind\":\"onnx\",\"model\":\"" + model + "\",\"prepared\":\"" + prepared;
            probe.post(
                    "/load", "application/json", (load + "\"}").getBytes(StandardCharsets.UTF_8));
            Probe.Reply reply = probe.invoke(type, body);
            samples("pool").add(steps(reply, "pool"), (System.nanoTime() - start) / 1e6);
        }
    }

    private Samples samples(String way) {
        return ways.computeIfAbsent(way, _ -> new Samples());
    }

    private static Map<String, Long> steps(Probe.Reply reply, String way) throws IOException {
        if (reply.status() != 200) {
            throw new IOException(way + " answered " + reply.status() + ": " + reply.text());
        }
        Map<String, Long> steps = new TreeMap<>();
        for (String stamp : reply.steps().split(",", -1)) {
            int equals = stamp.indexOf('=');
            steps.put(stamp.substring(0, equals), Long.parseLong(stamp.substring(equals + 1)));
        }
        return steps;
    }

    private void print() {
        StringBuilder line = new StringBuilder("floor");
        for (Map.Entry<String, Samples> way : ways.entrySet()) {
            Samples samples = way.getValue();
            System.out.printf(
                    Locale.ROOT,
                    "%-6s median %7.1f  p95 %7.1f ms of %d:%s%n",
                    way.getKey(),
                    samples.quantile(0.5),
                    samples.quantile(0.95),
                    samples.totals.size(),
                    samples.waterfall());
            line.append(
                    String.format(
                            Locale.ROOT,
                            " %s_ms=%.1f %s_p95_ms=%.1f",
                            way.getKey(),
                            samples.quantile(0.5),
                            way.getKey(),
                            samples.quantile(0.95)));
        }
        System.out.println(line);
    }

    /// The rounds of one way.
    private static final class Samples {
        private final List<Double> totals = new ArrayList<>();
        private final Map<Step, List<Double>> parts = new TreeMap<>();

        void add(Map<String, Long> steps, double total) {
            totals.add(total);
            long before = steps.getOrDefault("spawned", 0L);
            for (Step step : Step.values()) {
                Long at = steps.get(step.name().toLowerCase(Locale.ROOT));
                if (at != null) {
                    parts.computeIfAbsent(step, _ -> new ArrayList<>()).add((at - before) / 1e6);
                    before = at;
                }
            }
        }

        double quantile(double share) {
            return quantile(totals, share);
        }

        private static double quantile(List<Double> values, double share) {
            int index = (int) Math.ceil(share * values.size()) - 1;
            return values.stream().sorted().toList().get(Math.max(0, index));
        }

        String waterfall() {
            StringBuilder text = new StringBuilder();
            for (Map.Entry<Step, List<Double>> part : parts.entrySet()) {
                if (part.getKey() != Step.SPAWNED) {
                    String name = part.getKey().name().toLowerCase(Locale.ROOT);
                    double median = quantile(part.getValue(), 0.5);
                    text.append(String.format(Locale.ROOT, "  %s %.1f", name, median));
                }
            }
            return text.toString();
        }
    }
}
