import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Bars of requests per second and of CPU per request, a panel each for every model, as SVG.
final class ThroughputPlot {
    private static final int WIDTH = 460;
    private static final int LABELS = 150;
    private static final int BAR = 16;
    private static final int STEP = 24;
    private static final int TOP = 42;
    private static final int CONNECTIONS = 16;

    private final Map<Contender.Model, Map<Contender, Throughput.Figures>> figures;
    private final StringBuilder svg = new StringBuilder();

    ThroughputPlot(Map<Contender.Model, Map<Contender, Throughput.Figures>> figures) {
        this.figures = figures;
    }

    String draw() {
        int rows = figures.values().stream().mapToInt(Map::size).max().orElse(0);
        int height = TOP + rows * STEP + 12;
        add(
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" \
                font-size="11" fill="#333">
                <rect width="100%%" height="100%%" fill="white"/>
                """,
                WIDTH * 2, height * figures.size());
        int[] row = {0};
        figures.forEach(
                (model, of) -> {
                    panel(
                            0,
                            row[0] * height,
                            model.label() + ": requests/s at 16 connections",
                            of,
                            Throughput.Sample::perSecond);
                    panel(
                            WIDTH,
                            row[0]++ * height,
                            "CPU µs per request",
                            of,
                            Throughput.Sample::cpuMicros);
                });
        return svg.append("</svg>\n").toString();
    }

    private void panel(
            int x,
            int y,
            String title,
            Map<Contender, Throughput.Figures> of,
            ToDoubleFunction<Throughput.Sample> value) {
        add("<g transform=\"translate(%d,%d)\">\n", x, y);
        add("<text x=\"12\" y=\"24\" font-weight=\"bold\">%s</text>\n", title);
        double max =
                of.values().stream()
                        .mapToDouble(each -> each.median(CONNECTIONS, value))
                        .max()
                        .orElse(1);
        int at = TOP;
        for (Map.Entry<Contender, Throughput.Figures> each : of.entrySet()) {
            double figure = each.getValue().median(CONNECTIONS, value);
            double width = (WIDTH - LABELS - 70) * figure / max;
            String colour =
                    switch (each.getKey().key()) {
                        case "dormouse" -> "#d9480f";
                        case "worker" -> "#f4a582";
                        default -> "#9aa5b1";
                    };
            add(
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
                    LABELS - 6, at + 12, each.getKey().label());
            add(
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
                    LABELS, at, width, BAR, colour);
            add("<text x=\"%.1f\" y=\"%d\">%.0f</text>\n", LABELS + width + 5, at + 12, figure);
            at += STEP;
        }
        svg.append("</g>\n");
    }

    private void add(String text, Object... values) {
        svg.append(Throughput.format(text, values));
    }
}
