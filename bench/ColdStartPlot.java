import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The first answer of a sleeping endpoint as bars, one for each model: from nothing step by step, from
/// the warm pool, and the usual way.
final class ColdStartPlot {
    private static final int LEFT = 130;
    private static final int WIDTH = 760;
    private static final int BAR = 18;
    private static final int GAP = 6;
    private static final int TOP = 56;

    private static final List<String> COLOURS =
            List.of(
                    "#9aa5b1", "#5b8def", "#2f5fc4", "#56b4a9", "#2d8a80", "#e6a23c", "#d9623b",
                    "#8e5ea2");

    /// @param steps of a start from nothing, ms
    /// @param nothing ms to the first answer from nothing
    /// @param usual the same without any technique
    /// @param pool from the warm pool
    record Bar(
            String label, Map<String, Double> steps, double nothing, double usual, double pool) {}

    private ColdStartPlot() {}

    static String draw(List<Bar> bars) {
        double longest = bars.stream().mapToDouble(Bar::usual).max().orElse(1);
        double scale = (WIDTH - LEFT - 70) / longest;
        int height = TOP + bars.size() * (3 * (BAR + GAP) + 2 * GAP) + 10;
        StringBuilder svg = new StringBuilder();
        svg.append(
                format(
                        """
                        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" \
                        font-family="sans-serif" font-size="11" fill="#333">
                        <rect width="100%%" height="100%%" fill="white"/>
                        <text x="8" y="16" font-size="13">Milliseconds to the first answer of a \
                        sleeping endpoint, medians</text>
                        """,
                        WIDTH, height));
        legend(svg, bars.getFirst().steps());
        int y = TOP;
        for (Bar bar : bars) {
            svg.append(format("<text x=\"8\" y=\"%d\" font-size=\"12\">%s</text>%n", y + 13, bar.label()));
            double x = LEFT;
            int colour = 0;
            for (double ms : bar.steps().values()) {
                svg.append(rectangle(x, y, ms * scale, COLOURS.get(colour++ % COLOURS.size())));
                x += ms * scale;
            }
            svg.append(figure(LEFT + bar.nothing() * scale, y, bar.nothing(), "from nothing"));
            y += BAR + GAP;
            svg.append(rectangle(LEFT, y, bar.pool() * scale, "#7fb069"));
            svg.append(figure(LEFT + bar.pool() * scale, y, bar.pool(), "from the warm pool"));
            y += BAR + GAP;
            svg.append(rectangle(LEFT, y, bar.usual() * scale, "#d5d8dc"));
            svg.append(
                    bar.usual() == longest
                            ? format(
                                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"end\">%.0f, the usual way</text>%n",
                                    LEFT + bar.usual() * scale - 4, y + 13, bar.usual())
                            : figure(LEFT + bar.usual() * scale, y, bar.usual(), "the usual way"));
            y += BAR + 3 * GAP;
        }
        return svg.append("</svg>\n").toString();
    }

    private static void legend(StringBuilder svg, Map<String, Double> steps) {
        int x = LEFT;
        int colour = 0;
        for (String step : steps.keySet()) {
            svg.append(rectangle(x, 26, 10, COLOURS.get(colour++ % COLOURS.size())));
            svg.append(format("<text x=\"%d\" y=\"39\">%s</text>%n", x + 14, step));
            x += 24 + 7 * step.length();
        }
    }

    private static String rectangle(double x, int y, double width, String colour) {
        return format(
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                x, y, Math.max(0.5, width), BAR, colour);
    }

    private static String figure(double x, int y, double ms, String what) {
        return format("<text x=\"%.1f\" y=\"%d\">%.0f, %s</text>%n", x + 4, y + 13, ms, what);
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
