import java.util.List;
import java.util.Locale;

/// Small plots of cold starts against GB-seconds, one per trace, as SVG.
final class IdlePlot {
    private static final int WIDTH = 300;
    private static final int HEIGHT = 270;
    private static final int PER_ROW = 3;
    private static final int LEFT = 48;
    private static final int RIGHT = 16;
    private static final int TOP = 34;
    private static final int BOTTOM = 44;

    /// Both relative to ten minutes fixed.
    record Point(String label, double gbSeconds, double cold) {}

    /// @param curve of the adaptive policy, for other worths of a cold start
    record Panel(String title, List<Point> fixed, Point adaptive, List<Point> curve) {
        double xMax() {
            return max(fixed.stream().mapToDouble(Point::gbSeconds).max().orElse(1));
        }

        double yMax() {
            return max(fixed.stream().mapToDouble(Point::cold).max().orElse(1));
        }

        private static double max(double largest) {
            return Math.max(1.5, Math.ceil(largest * 2 + 0.3) / 2);
        }

        boolean shows(Point point) {
            return point.gbSeconds() <= xMax() && point.cold() <= yMax();
        }

        double x(double value) {
            return LEFT + (WIDTH - LEFT - RIGHT) * value / xMax();
        }

        double y(double value) {
            return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / yMax();
        }
    }

    private IdlePlot() {}

    static String draw(List<Panel> panels) {
        int rows = (panels.size() + PER_ROW - 1) / PER_ROW;
        StringBuilder svg = new StringBuilder();
        svg.append(
                format(
                        """
                        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" \
                        font-family="sans-serif" font-size="11" fill="#333">
                        <rect width="100%%" height="100%%" fill="white"/>
                        """,
                        WIDTH * PER_ROW, HEIGHT * rows));
        for (int i = 0; i < panels.size(); i++) {
            svg.append(
                    format(
                            "<g transform=\"translate(%d,%d)\">\n",
                            i % PER_ROW * WIDTH, i / PER_ROW * HEIGHT));
            panel(svg, panels.get(i));
            svg.append("</g>\n");
        }
        legend(svg, panels.size());
        return svg.append("</svg>\n").toString();
    }

    private static void panel(StringBuilder svg, Panel panel) {
        text(
                svg,
                panel.x(0),
                TOP - 14,
                "start",
                "<tspan font-weight=\"bold\">" + panel.title() + "</tspan>");
        for (double tick = 0; tick <= panel.xMax(); tick += 0.5) {
            line(svg, panel.x(tick), panel.y(0), panel.x(tick), panel.y(panel.yMax()), "#e4e4e4");
            text(svg, panel.x(tick), panel.y(0) + 15, "middle", format("%.1f", tick));
        }
        for (double tick = 0; tick <= panel.yMax(); tick += 0.5) {
            line(svg, panel.x(0), panel.y(tick), panel.x(panel.xMax()), panel.y(tick), "#e4e4e4");
            text(svg, panel.x(0) - 6, panel.y(tick) + 4, "end", format("%.1f", tick));
        }
        text(svg, panel.x(panel.xMax() / 2), HEIGHT - 12, "middle", "GB-seconds");
        svg.append(
                format(
                        "<text transform=\"translate(14,%.1f) rotate(-90)\""
                            + " text-anchor=\"middle\">cold starts</text>\n",
                        panel.y(panel.yMax() / 2)));
        path(svg, panel, panel.curve(), "#d9480f");
        path(svg, panel, panel.fixed(), "#9aa5b1");
        for (Point point : panel.fixed()) {
            dot(svg, panel, point, "#52606d", 4, true);
        }
        for (Point point : panel.curve()) {
            if (panel.shows(point)) {
                circle(svg, panel, point, "#d9480f", 2);
            }
        }
        dot(svg, panel, panel.adaptive(), "#d9480f", 5, false);
    }

    private static void path(StringBuilder svg, Panel panel, List<Point> points, String colour) {
        StringBuilder at = new StringBuilder();
        for (Point point : points) {
            if (panel.shows(point)) {
                at.append(format("%.1f,%.1f ", panel.x(point.gbSeconds()), panel.y(point.cold())));
            }
        }
        svg.append(
                format(
                        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\""
                            + " stroke-width=\"1.3\"/>\n",
                        at.toString().strip(), colour));
    }

    private static void dot(
            StringBuilder svg, Panel panel, Point point, String colour, int radius, boolean right) {
        circle(svg, panel, point, colour, radius);
        String anchor = right ? "start" : "end";
        double aside = right ? 5 : -5;
        double x = panel.x(point.gbSeconds()) + aside;
        if (x > panel.x(panel.xMax()) - 30 && right) {
            anchor = "end";
        } else if (x < panel.x(0) + 50 && !right) {
            anchor = "start";
        }
        boolean above = right || panel.y(0) - panel.y(point.cold()) < 16;
        text(svg, x, panel.y(point.cold()) + (above ? -7 : 14), anchor, point.label());
    }

    private static void circle(
            StringBuilder svg, Panel panel, Point point, String colour, int radius) {
        svg.append(
                format(
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\"/>\n",
                        panel.x(point.gbSeconds()), panel.y(point.cold()), radius, colour));
    }

    private static void line(
            StringBuilder svg, double x1, double y1, double x2, double y2, String colour) {
        svg.append(
                format(
                        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n",
                        x1, y1, x2, y2, colour));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(
                format(
                        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
                        x, y, anchor, text));
    }

    private static void legend(StringBuilder svg, int at) {
        double x = at % PER_ROW * WIDTH + LEFT;
        double y = at / PER_ROW * HEIGHT + TOP + 20;
        List<String> lines =
                List.of(
                        "1.0 is ten minutes fixed, on each trace.",
                        "Grey: fixed 5, 10 and 20 minutes.",
                        "Orange: adaptive; the line is the same policy",
                        "with a cold start worth ¼ to 4 times as much.",
                        "Nearer to the corner at 0 is better.");
        for (int i = 0; i < lines.size(); i++) {
            text(svg, x, y + 18 * i, "start", lines.get(i));
        }
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
