package io.dormouse.tuner;

import io.dormouse.tuner.Measured.Works;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// The one chart: latency above, cost below, over memory. Latency is drawn in powers of ten, since
/// a first call may take a hundred times as long as the next. Its colours come from the page's
/// style.
final class Chart {
    private static final int WIDTH = 760;
    private static final int LEFT = 78;
    private static final int RIGHT = 96;
    private static final int LATENCY_TOP = 50;
    private static final int LATENCY_HEIGHT = 230;
    private static final int COST_TOP = 338;
    private static final int COST_HEIGHT = 120;
    private static final int HEIGHT = 516;

    private record Point(double x, double value, double low, double high) {}

    private final Report report;
    private final List<Integer> sizes;
    private final StringBuilder svg = new StringBuilder();
    private double lowest;
    private double highest;

    Chart(Report report) {
        this.report = report;
        this.sizes = report.sizes().stream().map(Measured::memoryMb).toList();
    }

    /// The whole `svg` element; empty where no size works.
    String draw() {
        List<Point> cold = points(works -> works.cold());
        List<Point> warm = points(works -> works.single().latencies());
        if (warm.isEmpty()) {
            return "";
        }
        svg.append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Latency and cost against memory\">%n"
                        .formatted(WIDTH, HEIGHT));
        scale(Stream.concat(cold.stream(), warm.stream()).toList());
        latencyAxis();
        series("cold", cold);
        series("warm", warm);
        cost();
        sizes.forEach(size -> {
            text(x(size), COST_TOP + COST_HEIGHT + 20, "middle", "tick", size + "");
            boolean fails = at(size).works().isEmpty();
            if (fails) {
                text(x(size), LATENCY_TOP + LATENCY_HEIGHT / 2.0, "middle", "fails", "too small");
            }
        });
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", "title", "memory, MB");
        return svg.append("</svg>").toString();
    }

    private Measured at(int size) {
        return report.sizes().stream().filter(each -> each.memoryMb() == size).findFirst().get();
    }

    private List<Point> points(Function<Works, Latencies> which) {
        List<Point> all = new ArrayList<>();
        for (Measured each : report.sizes()) {
            each.works()
                    .map(which)
                    .filter(sample -> sample.count() > 0)
                    .ifPresent(sample -> {
                        Interval interval = sample.interval(0.5);
                        double value = sample.median();
                        all.add(
                                new Point(
                                        x(each.memoryMb()),
                                        value,
                                        interval.low() > 0 ? interval.low() : value,
                                        Double.isFinite(interval.high())
                                                ? interval.high()
                                                : value));
                    });
        }
        return all;
    }

    private double x(int size) {
        int steps = Math.max(1, sizes.size() - 1);
        double inner = WIDTH - LEFT - RIGHT - 60.0;
        return LEFT + 30 + inner * sizes.indexOf(size) / steps;
    }

    private void scale(List<Point> points) {
        lowest = points.stream().mapToDouble(Point::low).min().orElse(1) / 1.15;
        highest = points.stream().mapToDouble(Point::high).max().orElse(10) * 1.15;
    }

    private double y(double millis) {
        double share = Math.log(millis / lowest) / Math.log(highest / lowest);
        return LATENCY_TOP + LATENCY_HEIGHT * (1 - share);
    }

    private void latencyAxis() {
        text(
                LEFT - 62,
                LATENCY_TOP - 34,
                "start",
                "title",
                "latency, ms (median and its 95 % interval; warm at the lowest concurrency)");
        int drawn = 0;
        for (double power = Math.pow(10, Math.floor(Math.log10(lowest)));
                power <= highest;
                power *= 10) {
            for (int step : new int[] {1, 2, 5}) {
                double value = power * step;
                if (value >= lowest && value <= highest) {
                    gridLine(y(value), number(value));
                    drawn++;
                }
            }
        }
        if (drawn < 2) {
            gridLine(y(lowest * 1.15), number(lowest * 1.15));
            gridLine(y(highest / 1.15), number(highest / 1.15));
        }
    }

    private void cost() {
        text(LEFT - 62, COST_TOP - 16, "start", "title", "cost of a million warm requests, $");
        double most =
                report.sizes().stream()
                        .flatMap(each ->
                                each
                                        .works()
                                        .map(works ->
                                                report.dollarsAMillion(each.memoryMb(), works))
                                        .stream())
                        .mapToDouble(Double::doubleValue)
                        .max()
                        .orElse(1);
        double top = nice(most);
        for (int i = 0; i <= 2; i++) {
            gridLine(COST_TOP + COST_HEIGHT * (1 - i / 2.0), number(top * i / 2));
        }
        for (Measured each : report.sizes()) {
            each.works()
                    .ifPresent(works -> {
                        double dollars = report.dollarsAMillion(each.memoryMb(), works);
                        double height = COST_HEIGHT * dollars / top;
                        svg.append(
                                "<rect class=\"cost\" x=\"%.1f\" y=\"%.1f\" width=\"36\" height=\"%.1f\" rx=\"2\"/>%n"
                                        .formatted(
                                                x(each.memoryMb()) - 18,
                                                COST_TOP + COST_HEIGHT - height,
                                                height));
                        text(
                                x(each.memoryMb()),
                                COST_TOP + COST_HEIGHT - height - 5,
                                "middle",
                                "value",
                                number(dollars));
                    });
        }
    }

    private void series(String name, List<Point> points) {
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append(path.isEmpty() ? "M" : "L")
                    .append("%.1f %.1f ".formatted(point.x(), y(point.value())));
        }
        svg.append("<path class=\"line %s\" d=\"%s\"/>%n".formatted(name, path.toString().strip()));
        for (Point point : points) {
            svg.append(
                    "<path class=\"whisker %s\" d=\"M%.1f %.1f V%.1f\"/>%n"
                            .formatted(name, point.x(), y(point.low()), y(point.high())));
            svg.append(
                    "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>%n"
                            .formatted(name, point.x(), y(point.value())));
            text(point.x(), y(point.high()) - 9, "middle", "value", number(point.value()));
        }
        Point last = points.getLast();
        text(last.x() + 16, y(last.value()) + 4, "start", "name " + name, name);
    }

    private void gridLine(double y, String label) {
        svg.append("<path class=\"grid\" d=\"M%d %.1f H%d\"/>%n".formatted(LEFT, y, WIDTH - RIGHT));
        text(LEFT - 8, y + 4, "end", "tick", label);
    }

    private void text(double x, double y, String anchor, String kind, String said) {
        svg.append(
                "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n"
                        .formatted(kind, x, y, anchor, said));
    }

    /// The next of 1, 2, 2.5, 5 or 10 times a power of ten.
    private static double nice(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 2, 2.5, 5}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }

    /// With as many digits as tell it from its neighbours.
    private static String number(double value) {
        if (value == 0) {
            return "0";
        }
        if (value >= 100) {
            return "%,.0f".formatted(value);
        }
        int digits = Math.max(0, 2 - (int) Math.floor(Math.log10(value)));
        String text = ("%." + Math.min(digits, 4) + "f").formatted(value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
