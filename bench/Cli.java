import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How long a command takes, whole process: `./dormouse endpoints` beside the same without the start-up
/// cache, and beside the aws CLI where it is installed. The runs are interleaved.
public final class Cli {
    private static final Path ROOT = Path.of(System.getProperty("dormouse.root"));

    private record Contender(String key, String label, List<String> command) {}

    public static void main(String[] arguments) throws Exception {
        int rounds = List.of(arguments).contains("--quick") ? 5 : 20;
        Path data = Files.createTempDirectory("bench-cli");
        String dormouse = ROOT.resolve("dormouse").toString();
        try {
            run(List.of(dormouse, "start", "--detach", "--port", "0", "--data", data.toString()));
            String endpoint =
                    Files.readAllLines(data.resolve("platform.properties")).stream()
                            .filter(line -> line.startsWith("endpoint="))
                            .map(line -> line.substring("endpoint=".length()))
                            .findFirst()
                            .orElseThrow();
            List<Contender> contenders = contenders(dormouse, endpoint);
            report(contenders, measure(contenders, rounds));
        } finally {
            run(List.of(dormouse, "stop", "--data", data.toString()));
        }
    }

    private static List<Contender> contenders(String dormouse, String endpoint) {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(
                new Contender(
                        "list",
                        "`./dormouse endpoints`",
                        List.of(dormouse, "endpoints", "--endpoint-url", endpoint)));
        contenders.add(
                new Contender(
                        "list_no_cache",
                        "the same without the start-up cache",
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                ROOT.resolve("platform/target/dormouse.jar").toString(),
                                "io.dormouse.app.Main",
                                "endpoints",
                                "--endpoint-url",
                                endpoint)));
        if (exists("aws")) {
            contenders.add(
                    new Contender(
                            "aws_cli",
                            "`aws sagemaker list-endpoints`",
                            List.of(
                                    "aws", "--endpoint-url", endpoint, "sagemaker",
                                    "list-endpoints")));
        }
        return contenders;
    }

    private static double[][] measure(List<Contender> contenders, int rounds) throws Exception {
        double[][] millis = new double[contenders.size()][rounds];
        for (int round = -1; round < rounds; round++) { // round -1 warms the page cache
            for (int i = 0; i < contenders.size(); i++) {
                long begin = System.nanoTime();
                run(contenders.get(i).command());
                if (round >= 0) {
                    millis[i][round] = (System.nanoTime() - begin) / 1e6;
                }
            }
        }
        return millis;
    }

    private static void report(List<Contender> contenders, double[][] millis) throws IOException {
        StringBuilder page = new StringBuilder("# cli\n\nWhole process, ms, runs interleaved.\n\n");
        page.append("| command | median | p95 | min | max |\n| --- | --- | --- | --- | --- |\n");
        StringBuilder line = new StringBuilder("cli");
        for (int i = 0; i < contenders.size(); i++) {
            double[] sorted = millis[i].clone();
            Arrays.sort(sorted);
            double median = sorted[sorted.length / 2];
            double p95 = sorted[(int) (sorted.length * 0.95)];
            page.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %.0f | %.0f | %.0f | %.0f |%n",
                            contenders.get(i).label(),
                            median,
                            p95,
                            sorted[0],
                            sorted[sorted.length - 1]));
            line.append(
                    String.format(Locale.ROOT, " %s_ms=%.0f", contenders.get(i).key(), median));
        }
        Files.writeString(ROOT.resolve("bench/results/cli.md"), page);
        System.out.println(page);
        System.out.println(line);
    }

    private static boolean exists(String command) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    private static void run(List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("AWS_ACCESS_KEY_ID", "test");
        builder.environment().put("AWS_SECRET_ACCESS_KEY", "test");
        builder.environment().put("AWS_DEFAULT_REGION", "us-east-1");
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
