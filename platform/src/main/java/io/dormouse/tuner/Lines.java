package io.dormouse.tuner;

import io.dormouse.tuner.Measured.Fails;
import io.dormouse.tuner.Measured.Works;
import java.util.ArrayList;
import java.util.List;

/// A report as cells and sentences, for a terminal and for a page alike.
public final class Lines {
    private Lines() {}

    public static List<String> headings(Report report) {
        List<String> all = new ArrayList<>(List.of("memory", "cold", "warm p50", "p99"));
        concurrencies(report).forEach(each -> all.add("p99 at " + each));
        all.addAll(List.of("$ a million", "ModelSetupTime"));
        return all;
    }

    /// The concurrencies beside the lowest one.
    private static List<Integer> concurrencies(Report report) {
        return report.sizes().stream()
                .flatMap(each -> each.works().stream())
                .flatMap(works -> works.warm().stream().skip(1))
                .map(Measured.Warm::concurrency)
                .distinct()
                .sorted()
                .toList();
    }

    public static List<List<String>> rows(Report report) {
        return report.sizes().stream().map(each -> row(report, each)).toList();
    }

    private static List<String> row(Report report, Measured each) {
        List<String> all = new ArrayList<>();
        all.add(each.memoryMb() + " MB");
        if (!(each.outcome() instanceof Works works)) {
            all.add("does not work");
            while (all.size() < headings(report).size()) {
                all.add("-");
            }
            return all;
        }
        all.add(withInterval(works.cold()));
        all.add(withInterval(works.single().latencies()));
        all.add("%.1f ms".formatted(works.single().latencies().quantile(0.99)));
        for (int concurrency : concurrencies(report)) {
            all.add(
                    works.warm().stream()
                            .filter(warm -> warm.concurrency() == concurrency)
                            .findFirst()
                            .map(warm -> "%.1f ms".formatted(warm.latencies().quantile(0.99)))
                            .orElse("refused"));
        }
        all.add("%.3f".formatted(report.dollarsAMillion(each.memoryMb(), works)));
        all.add(
                works.metrics()
                        .setupMillis()
                        .map(setup ->
                                "%.0f ms, %.0f starts"
                                        .formatted(setup, works.metrics().starts().orElse(0.0)))
                        .orElse("none found"));
        return all;
    }

    private static String withInterval(Latencies sample) {
        double half = sample.interval(0.5).halfWidth(sample.median());
        return Double.isFinite(half)
                ? "%.1f ms ±%.0f %%".formatted(sample.median(), half * 100)
                : "%.1f ms of %d".formatted(sample.median(), sample.count());
    }

    /// What follows the table.
    public static List<String> sentences(Report report) {
        List<String> all = new ArrayList<>();
        for (Measured each : report.sizes()) {
            switch (each.outcome()) {
                case Fails fails ->
                        all.add(
                                "%d MB does not work: %s"
                                        .formatted(each.memoryMb(), fails.reason()));
                case Works works -> {
                    works.notes()
                            .forEach(note -> all.add("%d MB: %s".formatted(each.memoryMb(), note)));
                    List<Integer> wide =
                            works.warm().stream()
                                    .filter(warm -> !warm.narrow())
                                    .map(Measured.Warm::concurrency)
                                    .toList();
                    if (!wide.isEmpty()) {
                        all.add(
                                "%d MB: a maximum ended the calls at concurrency %s before the interval was narrow enough"
                                        .formatted(each.memoryMb(), wide));
                    }
                }
            }
        }
        return all;
    }

    public static List<String> findings(Report report) {
        return report.findings().stream()
                .map(each ->
                        "%-52s %s"
                                .formatted(
                                        each.what(),
                                        each.memoryMb().map(size -> size + " MB").orElse("none")))
                .toList();
    }

    public static List<String> breakEvens(Report report) {
        return report.breakEvens().stream().map(Lines::breakEven).toList();
    }

    static String breakEven(BreakEven each) {
        return "%-30s %9s a month: %s"
                .formatted(
                        each.against(),
                        "$%.2f".formatted(each.dollarsAMonth()),
                        each.requests()
                                .map(requests ->
                                        "pays from %,.0f requests a month on (%.0f %% of one instance's time%s)"
                                                .formatted(
                                                        requests,
                                                        each.busy() * 100,
                                                        each.busy() > 1
                                                                ? ": more than one can serve in turn"
                                                                : ""))
                                .orElse("never pays, it only spares cold starts"));
    }
}
