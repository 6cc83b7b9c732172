import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the throughput bench writes: a table for each model, bars, and one line of figures.
final class ThroughputPage {
    private static final int ALONE = 1;
    private static final int MANY = 16;

    private final Map<Contender.Model, Map<Contender, Throughput.Figures>> figures;
    private final Map<String, String> versions;
    private final List<String> notes;
    private final int rounds;
    private final double seconds;

    ThroughputPage(
            Map<Contender.Model, Map<Contender, Throughput.Figures>> figures,
            Map<String, String> versions,
            List<String> notes,
            int rounds,
            double seconds) {
        this.figures = figures;
        this.versions = versions;
        this.notes = notes;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    void write() throws IOException {
        String page = head() + tables() + foot();
        Path results = Contender.ROOT.resolve("bench/results");
        Files.writeString(results.resolve("throughput.md"), page, StandardCharsets.UTF_8);
        Files.writeString(results.resolve("throughput.svg"), new ThroughputPlot(figures).draw());
        System.out.println(page);
        StringBuilder line = new StringBuilder("throughput");
        figures.forEach((model, of) -> line.append(line(model.key(), of)));
        System.out.println(line);
    }

    private String head() {
        return Throughput.format(
                """
                # throughput

                Warm requests, closed loop: each connection sends the next as soon as its answer is whole. %d \
                rounds of %.0f s interleaved after each server was warmed up for as long as the others, medians, in brackets the lowest and highest round. %d cores for \
                server and load generator together, nothing pinned. One load generator for all, a process of \
                its own (its CPU stands apart). CPU and memory (PSS): all processes of the server. The same \
                ONNX file, the same numbers in each server's own JSON, the same threads of one inference; \
                answers are compared before. Servers in Python with one worker process per core.

                ![throughput](throughput.svg)

                """,
                rounds, seconds, Runtime.getRuntime().availableProcessors());
    }

    private String tables() {
        StringBuilder page = new StringBuilder();
        figures.forEach(
                (model, of) -> {
                    page.append(
                            Throughput.format(
                                    "## %s (threads of one inference: %d)%n%n",
                                    model.label(), model.threads()));
                    page.append(
                            """
                            | server | 1 connection: requests/s | p50 µs | p99 µs | CPU µs | 16 connections: requests/s | p50 µs | p99 µs | CPU µs | generator's CPU µs | MB | failed |
                            | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
                            """);
                    of.forEach((contender, measured) -> page.append(row(contender, measured)));
                    page.append('\n').append(overhead(of)).append('\n');
                });
        return page.toString();
    }

    private static String row(Contender contender, Throughput.Figures of) {
        return Throughput.format(
                "| %s | %s | %.0f | %.0f | %.0f | %s | %.0f | %.0f | %.0f | %.0f | %.0f | %d |%n",
                contender.label(),
                of.spread(ALONE),
                of.median(ALONE, each -> each.load().p50()),
                of.median(ALONE, each -> each.load().p99()),
                of.median(ALONE, Throughput.Sample::cpuMicros),
                of.spread(MANY),
                of.median(MANY, each -> each.load().p50()),
                of.median(MANY, each -> each.load().p99()),
                of.median(MANY, Throughput.Sample::cpuMicros),
                of.median(MANY, each -> each.load().cpuSeconds() * 1e6 / each.load().answers()),
                of.memoryMb,
                of.failed());
    }

    private static String overhead(Map<Contender, Throughput.Figures> of) {
        Throughput.Figures whole = find(of, "dormouse").orElseThrow();
        Throughput.Figures direct = find(of, "worker").orElseThrow();
        String text =
                Throughput.format(
                        "Over its model server alone, at 1 connection: p50 %+.0f µs, p99 %+.0f µs; at 16 it serves %.0f %% of its rate.",
                        above(whole, direct, 0.5),
                        above(whole, direct, 0.99),
                        100 * share(whole, direct));
        return best(of).map(
                                best ->
                                        text
                                                + Throughput.format(
                                                        " Beside %s, the fastest of MLServer, LitServe and BentoML: %.1f times the requests at 16 connections, p99 %.0f against %.0f µs.",
                                                        best.getKey().label(),
                                                        rate(whole, MANY)
                                                                / rate(best.getValue(), MANY),
                                                        p99(whole),
                                                        p99(best.getValue())))
                        .orElse(text)
                + "\n";
    }

    private static double above(Throughput.Figures whole, Throughput.Figures direct, double q) {
        return q == 0.5
                ? whole.median(ALONE, each -> each.load().p50())
                        - direct.median(ALONE, each -> each.load().p50())
                : whole.median(ALONE, each -> each.load().p99())
                        - direct.median(ALONE, each -> each.load().p99());
    }

    private static double share(Throughput.Figures whole, Throughput.Figures direct) {
        return rate(whole, MANY) / rate(direct, MANY);
    }

    private static double rate(Throughput.Figures of, int connections) {
        return of.median(connections, Throughput.Sample::perSecond);
    }

    private static double p99(Throughput.Figures of) {
        return of.median(MANY, each -> each.load().p99());
    }

    private static Optional<Throughput.Figures> find(
            Map<Contender, Throughput.Figures> of, String key) {
        return of.entrySet().stream()
                .filter(each -> each.getKey().key().equals(key))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static Optional<Map.Entry<Contender, Throughput.Figures>> best(
            Map<Contender, Throughput.Figures> of) {
        return of.entrySet().stream()
                .filter(each -> Throughput.isRival(each.getKey()))
                .max(Comparator.comparingDouble(each -> rate(each.getValue(), MANY)));
    }

    private String foot() {
        List<String> lines = new ArrayList<>();
        versions.forEach((name, version) -> lines.add(name + " " + version));
        String page = lines.isEmpty() ? "" : String.join("; ", lines) + ".\n";
        return notes.isEmpty() ? page : page + "\nNot measured: " + String.join("; ", notes) + "\n";
    }

    private static String line(String key, Map<Contender, Throughput.Figures> of) {
        Throughput.Figures whole = find(of, "dormouse").orElseThrow();
        Throughput.Figures direct = find(of, "worker").orElseThrow();
        String line =
                Throughput.format(
                        " %1$s_1_per_s=%2$.0f %1$s_16_per_s=%3$.0f %1$s_16_p99_us=%4$.0f %1$s_1_cpu_us=%5$.0f %1$s_16_cpu_us=%6$.0f %1$s_over_p50_us=%7$.0f %1$s_over_p99_us=%8$.0f %1$s_of_direct=%9$.2f",
                        key,
                        rate(whole, ALONE),
                        rate(whole, MANY),
                        p99(whole),
                        whole.median(ALONE, Throughput.Sample::cpuMicros),
                        whole.median(MANY, Throughput.Sample::cpuMicros),
                        above(whole, direct, 0.5),
                        above(whole, direct, 0.99),
                        share(whole, direct));
        return best(of).map(
                        best ->
                                line
                                        + Throughput.format(
                                                " %1$s_times_best=%2$.2f %1$s_best_p99_us=%3$.0f",
                                                key,
                                                rate(whole, MANY) / rate(best.getValue(), MANY),
                                                p99(best.getValue())))
                .orElse(line);
    }
}
