import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// How long a platform takes from the command to its first answer of AWS's API (ListEndpoints, empty
/// folder), and what it takes idle, beside the same without the start-up cache. The runs are
/// interleaved; the warm pool is off, so that the memory is the platform's own.
public final class Start {
    private static final Path ROOT = Path.of(System.getProperty("dormouse.root"));
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private record Contender(String key, String label, List<String> command) {}

    /// Behind its start a platform rehearses: it is idle after that.
    private static final long IDLE_MS = 3000;

    /// @param ms from the command to the first answer
    /// @param rssMb resident memory when idle
    /// @param pssMb the same with shared pages divided among those that share them
    private record Sample(double ms, double rssMb, double pssMb) {}

    public static void main(String[] arguments) throws Exception {
        int rounds = List.of(arguments).contains("--quick") ? 5 : 15;
        List<Contender> contenders =
                List.of(
                        new Contender(
                                "start",
                                "`./dormouse start`",
                                List.of(ROOT.resolve("dormouse").toString(), "start")),
                        new Contender(
                                "no_cache",
                                "the same without the start-up cache",
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:+UseSerialGC",
                                        "-Xmx256m",
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-cp",
                                        ROOT.resolve("platform/target/dormouse.jar").toString(),
                                        "io.dormouse.app.Main",
                                        "start")));
        List<List<Sample>> samples = new ArrayList<>();
        contenders.forEach(_ -> samples.add(new ArrayList<>()));
        for (int round = -1; round < rounds; round++) { // round -1 warms the page cache
            for (int i = 0; i < contenders.size(); i++) {
                Sample sample = measure(contenders.get(i).command());
                if (round >= 0) {
                    samples.get(i).add(sample);
                }
            }
        }
        report(contenders, samples);
    }

    private static Sample measure(List<String> start) throws Exception {
        Path data = Files.createTempDirectory("bench-start");
        List<String> command = new ArrayList<>(start);
        command.addAll(List.of("--port", "0", "--warm-pool", "0", "--data", data.toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(data.resolve("out.log").toFile());
        builder.environment().put("DORMOUSE_LIB", ROOT.resolve("platform/target/lib").toString());
        long begin = System.nanoTime();
        Process process = builder.start();
        try {
            String endpoint = endpoint(data, process, begin + PATIENCE_NANOS);
            call(URI.create(endpoint));
            double ms = (System.nanoTime() - begin) / 1e6;
            Thread.sleep(IDLE_MS);
            return new Sample(ms, memory(process, "Rss"), memory(process, "Pss"));
        } finally {
            process.destroy();
            process.waitFor();
            delete(data);
        }
    }

    private static String endpoint(Path data, Process process, long deadline) throws Exception {
        Path note = data.resolve("platform.properties");
        while (System.nanoTime() < deadline && process.isAlive()) {
            if (Files.exists(note)) {
                for (String line : Files.readAllLines(note)) {
                    if (line.startsWith("endpoint=")) {
                        return line.substring("endpoint=".length());
                    }
                }
            }
            Thread.sleep(1);
        }
        throw new IllegalStateException(
                "It did not start:\n" + Files.readString(data.resolve("out.log")));
    }

    private static void call(URI endpoint) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) endpoint.toURL().openConnection();
        connection.setRequestProperty("X-Amz-Target", "SageMaker.ListEndpoints");
        connection.setRequestProperty("Content-Type", "application/x-amz-json-1.1");
        connection.setDoOutput(true);
        connection.getOutputStream().write("{}".getBytes());
        if (connection.getResponseCode() != 200) {
            throw new IOException("answered " + connection.getResponseCode());
        }
        connection.getInputStream().readAllBytes();
    }

    /// MB, or not a number where the machine does not tell.
    private static double memory(Process process, String kind) throws IOException {
        Path rollup = Path.of("/proc", Long.toString(process.pid()), "smaps_rollup");
        if (!Files.isReadable(rollup)) {
            return Double.NaN;
        }
        return Files.readAllLines(rollup).stream()
                .filter(line -> line.startsWith(kind + ":"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static void report(List<Contender> contenders, List<List<Sample>> samples)
            throws IOException {
        StringBuilder page =
                new StringBuilder(
                        """
                        # start

                        From the command to the first answer of ListEndpoints, ms, runs interleaved; memory
                        idle, MB, without warm workers.

                        | command | median | p95 | min | RSS | PSS |
                        | --- | --- | --- | --- | --- | --- |
                        """);
        StringBuilder line = new StringBuilder("start");
        for (int i = 0; i < contenders.size(); i++) {
            double[] ms = sorted(samples.get(i).stream().mapToDouble(Sample::ms).toArray());
            double[] rss = sorted(samples.get(i).stream().mapToDouble(Sample::rssMb).toArray());
            double[] pss = sorted(samples.get(i).stream().mapToDouble(Sample::pssMb).toArray());
            double median = ms[ms.length / 2];
            page.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %.0f | %.0f | %.0f | %.0f | %.0f |%n",
                            contenders.get(i).label(),
                            median,
                            ms[(int) (ms.length * 0.95)],
                            ms[0],
                            rss[rss.length / 2],
                            pss[pss.length / 2]));
            line.append(
                    String.format(
                            Locale.ROOT,
                            " %s_ms=%.0f %s_rss_mb=%.0f",
                            contenders.get(i).key(),
                            median,
                            contenders.get(i).key(),
                            rss[rss.length / 2]));
        }
        Files.writeString(ROOT.resolve("bench/results/start.md"), page);
        System.out.println(page);
        System.out.println(line);
    }

    private static double[] sorted(double[] values) {
        Arrays.sort(values);
        return values;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
