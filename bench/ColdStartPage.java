import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the cold-start bench found: the page, its plot, and the last line.
final class ColdStartPage {
    private final Map<ColdStartModel, ColdStartModel.Figures> figures;
    private final StringBuilder page = new StringBuilder("# cold-start\n\n");
    private final StringBuilder line = new StringBuilder("cold-start");

    /// @param protection what instances are held by, in a sentence
    /// @param restMs how long the warm pool had been ready
    ColdStartPage(
            Map<ColdStartModel, ColdStartModel.Figures> figures,
            int rounds,
            String protection,
            long restMs) {
        this.figures = figures;
        page.append(
                String.format(
                        Locale.ROOT,
                        "Milliseconds to the first answer, %d rounds interleaved, page cache warm, %d"
                                + " cores. *from nothing*: no instance, empty warm pool, through the gateway;"
                                + " *floor*: the bare worker process; *usual*: the same without any of the"
                                + " techniques (a third of the rounds); *warm pool*: a generic worker that has been"
                                + " ready for %d ms; *platform's first*: the first invocation that a platform has ever"
                                + " had, some seconds after its start, from nothing. The client connects for each. %s%n%n",
                        rounds,
                        Runtime.getRuntime().availableProcessors(),
                        restMs,
                        protection));
        page.append("| model | MB limit | from nothing | p95 | floor | ratio | usual | warm pool | p95 | cold page cache | platform's first |\n");
        page.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        figures.forEach(
                (model, of) -> {
                    double cold = of.median("ms");
                    double floor = of.median("floor_ms");
                    double naive = of.median("naive_ms");
                    double pool = of.median("pool_ms");
                    String first =
                            of.millis.containsKey("first_ms")
                                    ? String.format(Locale.ROOT, "%.1f", of.median("first_ms"))
                                    : "not measured";
                    page.append(
                            String.format(
                                    Locale.ROOT,
                                    "| %s | %d | %.1f | %.1f | %.1f | %.2f | %.1f | %.1f | %.1f | %.1f | %s |%n",
                                    model.label(),
                                    model.memoryMb(),
                                    cold,
                                    of.p95("ms"),
                                    floor,
                                    cold / floor,
                                    naive,
                                    pool,
                                    of.p95("pool_ms"),
                                    of.median("disk_ms"),
                                    first));
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
                                    of.median("disk_ms")));
                });
        isolation();
        page.append("\nThe steps, medians:\n\n| model | from | steps, ms |\n| --- | --- | --- |\n");
        figures.forEach(
                (model, of) -> {
                    steps(model, "nothing", of.steps);
                    steps(model, "warm pool", of.poolSteps);
                });
        page.append("\n![From nothing, step by step](cold-start.svg)\n");
    }

    String text() {
        return page.toString();
    }

    /// With each figure's unit in its key.
    String line() {
        return line.toString();
    }

    private void steps(
            ColdStartModel model, String from, Map<String, List<Double>> steps) {
        page.append("| " + model.label() + " | " + from + " |");
        steps.forEach(
                (step, values) ->
                        page.append(
                                String.format(Locale.ROOT, " %s %.1f", step, ColdStartModel.Figures.median(values))));
        page.append(" |\n");
    }

    /// What isolation costs: the difference between starts from nothing of the same round.
    private void isolation() {
        page.append("\nThe same from nothing by isolation, medians; *cost*: of the differences in each");
        page.append(" round:\n\n| model | isolated | plain process | cost | by bubblewrap |\n");
        page.append("| --- | --- | --- | --- | --- |\n");
        figures.forEach(
                (model, of) -> {
                    double cost = of.median("isolation_ms");
                    List<Double> bubble = of.millis.getOrDefault("bubble_ms", List.of());
                    page.append(
                            String.format(
                                    Locale.ROOT,
                                    "| %s | %.1f | %.1f | %.1f | %s |%n",
                                    model.label(),
                                    of.median("ms"),
                                    of.median("open_ms"),
                                    cost,
                                    bubble.isEmpty()
                                            ? "not measured"
                                            : String.format(Locale.ROOT, "%.1f", ColdStartModel.Figures.median(bubble))));
                    line.append(
                            String.format(
                                    Locale.ROOT, " %s_isolation_ms=%.1f", model.key(), cost));
                });
    }

    /// The starts from nothing, step by step.
    String plot() {
        List<ColdStartPlot.Bar> bars = new ArrayList<>();
        figures.forEach(
                (model, of) -> {
                    Map<String, Double> steps = new LinkedHashMap<>();
                    of.steps.forEach((step, values) -> steps.put(step, ColdStartModel.Figures.median(values)));
                    bars.add(
                            new ColdStartPlot.Bar(
                                    model.label(),
                                    steps,
                                    of.median("ms"),
                                    of.median("naive_ms"),
                                    of.median("pool_ms")));
                });
        return ColdStartPlot.draw(bars);
    }
}
