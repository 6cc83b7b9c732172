import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/// The judgement of a soak, its table and its plot of memory over time.
final class SoakPage {
    private static final String BROKEN = "errors that AWS has for a broken instance";
    private static final double HEAP_GROWTH_MB_MAX = 10;
    private static final double RSS_GROWTH_MB_MAX = 60;

    /// A pool of connections or of threads may be fuller than it was.
    private static final long SPARE = 10;

    private final Map<String, AtomicLong> counts;
    private final List<String> wrong;
    private final List<SoakPlatform.Held> samples;
    private final SoakPlatform.Held before;
    private final SoakPlatform.Held after;
    private final double heapBefore;
    private final double heapAfter;
    private final double minutes;

    SoakPage(
            Map<String, AtomicLong> counts,
            List<String> wrong,
            List<SoakPlatform.Held> samples,
            SoakPlatform.Held before,
            SoakPlatform.Held after,
            double heapBefore,
            double heapAfter,
            double minutes) {
        this.counts = counts;
        this.wrong = wrong;
        this.samples = List.copyOf(samples);
        this.before = before;
        this.after = after;
        this.heapBefore = heapBefore;
        this.heapAfter = heapAfter;
        this.minutes = minutes;
    }

    /// @return whether all was right
    boolean write(Path log) throws IOException {
        List<String> leaks = leaks();
        long broken = count(BROKEN);
        long killed = count("workers killed");
        List<String> faults = new ArrayList<>(wrong.stream().limit(20).toList());
        if (broken > killed) {
            faults.add(broken + " requests met a broken instance, only " + killed + " were killed");
        }
        faults.addAll(leaks);
        StringBuilder page = new StringBuilder(head());
        counts.forEach((what, count) -> page.append("| " + what + " | " + count + " |\n"));
        page.append("| wrong or lost answers, hung requests | " + wrong.size() + " |\n\n");
        page.append(held());
        page.append("\n![memory](soak.svg)\n");
        faults.forEach(each -> page.append("\n- **").append(each).append("**\n"));
        Path results = Path.of(System.getProperty("dormouse.root")).resolve("bench/results");
        Files.writeString(results.resolve("soak.md"), page);
        Files.writeString(results.resolve("soak.svg"), plot());
        System.out.println(page);
        System.out.println(line(leaks));
        if (!faults.isEmpty()) {
            Path kept = Files.createTempFile("soak-platform", ".log");
            Files.write(kept, Files.readAllBytes(log));
            System.err.println("The platform's log: " + kept);
        }
        return faults.isEmpty();
    }

    private long count(String what) {
        return counts.getOrDefault(what, new AtomicLong()).get();
    }

    private List<String> leaks() {
        List<String> leaks = new ArrayList<>();
        grown(leaks, "descriptors", SPARE, SoakPlatform.Held::descriptors);
        grown(leaks, "threads", SPARE, SoakPlatform.Held::threads);
        grown(leaks, "processes", 1, SoakPlatform.Held::processes);
        grown(leaks, "entries of the run folder", 2, SoakPlatform.Held::runEntries);
        grown(leaks, "temporary files", 0, SoakPlatform.Held::temporary);
        grown(leaks, "cgroups", 1, SoakPlatform.Held::cgroups);
        grown(leaks, "resident MB", RSS_GROWTH_MB_MAX, SoakPlatform.Held::rssMb);
        if (heapAfter - heapBefore > HEAP_GROWTH_MB_MAX) {
            leaks.add(format("live heap grew from %.1f to %.1f MB", heapBefore, heapAfter));
        }
        return leaks;
    }

    private void grown(
            List<String> leaks,
            String what,
            double allowed,
            ToDoubleFunction<SoakPlatform.Held> value) {
        double from = value.applyAsDouble(before);
        double to = value.applyAsDouble(after);
        if (to - from > allowed) {
            leaks.add(format("%s grew from %.0f to %.0f", what, from, to));
        }
    }

    private String head() {
        return format(
                """
                # soak

                %.0f minutes of mixed traffic over 50 endpoints (ONNX and XGBoost, CSV and JSON, six busy, the \
                others woken from zero), workers killed, malformed and too large requests, clients that hang \
                up, endpoints updated, deleted and made again meanwhile. Each answer is compared with what its \
                model must say. %d cores.

                | | |
                | --- | --- |
                """,
                minutes, Runtime.getRuntime().availableProcessors());
    }

    private String held() {
        StringBuilder table =
                new StringBuilder(
                        """
                        | the platform holds | at rest after the warm-up | at rest in the end | most under load |
                        | --- | --- | --- | --- |
                        """);
        table.append(format("| live heap, MB | %.1f | %.1f | |%n", heapBefore, heapAfter));
        row(table, "resident, MB", SoakPlatform.Held::rssMb);
        row(table, "descriptors", SoakPlatform.Held::descriptors);
        row(table, "threads", SoakPlatform.Held::threads);
        row(table, "processes", SoakPlatform.Held::processes);
        row(table, "entries of the run folder", SoakPlatform.Held::runEntries);
        row(table, "temporary files", SoakPlatform.Held::temporary);
        row(table, "cgroups", SoakPlatform.Held::cgroups);
        return table.toString();
    }

    private void row(
            StringBuilder table, String what, ToDoubleFunction<SoakPlatform.Held> value) {
        table.append(
                format(
                        "| %s | %.0f | %.0f | %.0f |%n",
                        what,
                        value.applyAsDouble(before),
                        value.applyAsDouble(after),
                        samples.stream().mapToDouble(value).max().orElse(0)));
    }

    private String line(List<String> leaks) {
        return format(
                "soak minutes=%.0f answers=%d wrong=%d broken=%d killed=%d leaks=%d heap_mb=%.1f heap_growth_mb=%.1f rss_mb=%.0f rss_growth_mb=%.0f",
                minutes,
                count("answers"),
                wrong.size(),
                count(BROKEN),
                count("workers killed"),
                leaks.size(),
                heapAfter,
                heapAfter - heapBefore,
                after.rssMb(),
                after.rssMb() - before.rssMb());
    }

    private String plot() {
        double seconds = samples.getLast().second();
        double most = samples.stream().mapToDouble(SoakPlatform.Held::rssMb).max().orElse(1);
        StringBuilder points = new StringBuilder();
        for (SoakPlatform.Held each : samples) {
            points.append(
                    format(
                            "%.1f,%.1f ",
                            60 + 520 * each.second() / seconds, 190 - 150 * each.rssMb() / most));
        }
        return format(
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="600" height="230" font-family="sans-serif" \
                font-size="11" fill="#333">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="60" y="22" font-weight="bold">The platform's resident memory under the soak</text>
                <line x1="60" y1="190" x2="580" y2="190" stroke="#9aa5b1"/>
                <line x1="60" y1="40" x2="60" y2="190" stroke="#9aa5b1"/>
                <text x="54" y="44" text-anchor="end">%.0f MB</text>
                <text x="54" y="194" text-anchor="end">0</text>
                <text x="580" y="208" text-anchor="end">%.1f minutes</text>
                <polyline points="%s" fill="none" stroke="#d9480f" stroke-width="1.3"/>
                </svg>
                """,
                most, seconds / 60, points.toString().strip());
    }

    private static String format(String text, Object... values) {
        return String.format(java.util.Locale.ROOT, text, values);
    }
}
