package io.dormouse.tuner;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A report as one HTML file that needs nothing else, readable in light and in dark.
public final class Page {
    private static final String STYLE =
            """
            :root { color-scheme: light dark; --paper: #fff; --ink: #1c2430; --soft: #5b6675;
              --grid: #d9dee5; --cold: #1f6fd1; --warm: #c2410c; --cost: #6b8f3c; }
            @media (prefers-color-scheme: dark) { :root { --paper: #14181f; --ink: #e6eaf0;
              --soft: #9aa6b5; --grid: #323a46; --cold: #6fb1ff; --warm: #ff9d5c; --cost: #9cc465; } }
            body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
              max-width: 820px; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.4rem; margin-bottom: 0; } h2 { font-size: 1.05rem; margin-top: 2rem; }
            .soft { color: var(--soft); } svg { width: 100%; height: auto; margin-top: 1rem; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { text-align: left; padding: .25rem .9rem .25rem 0; white-space: nowrap;
              border-bottom: 1px solid var(--grid); }
            tr.best td { font-weight: 600; }
            svg text { fill: var(--ink); font-size: 12px; }
            svg .tick { fill: var(--soft); } svg .title { font-weight: 600; }
            svg .fails { fill: var(--soft); font-style: italic; }
            svg .name { font-weight: 600; font-size: 13px; }
            svg .grid { stroke: var(--grid); } svg .line { fill: none; stroke-width: 2; }
            svg .whisker { stroke-width: 2; opacity: .55; }
            svg path.cold { stroke: var(--cold); } svg path.warm { stroke: var(--warm); }
            svg circle.cold, svg text.cold { fill: var(--cold); }
            svg circle.warm, svg text.warm { fill: var(--warm); }
            svg .cost { fill: var(--cost); }
            """;

    private Page() {}

    public static String of(Report report) {
        return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Memory of %s</title>
        <style>
        %s</style>
        </head>
        <body>
        <h1>Memory of %s</h1>
        <p class="soft">%s, %s</p>
        <p>%s</p>
        %s
        <h2>Sizes</h2>
        <div class="scroll"><table>
        %s%s
        </table></div>
        %s
        <h2>Which size</h2>
        <table>%s</table>
        <h2>Where something always on is cheaper, for the recommended size</h2>
        %s
        <h2>What the figures rest on</h2>
        %s
        </body>
        </html>
        """
                .formatted(
                        escape(report.endpoint()),
                        STYLE,
                        escape(report.endpoint()),
                        escape(report.where()),
                        report.when(),
                        report.recommended()
                                .map(size -> "Recommended: <b>" + size + " MB</b>")
                                .orElse("No size does what was asked for."),
                        new Chart(report).draw(),
                        row("th", "", Lines.headings(report)),
                        rows(report),
                        list(Lines.sentences(report)),
                        findings(report),
                        list(Lines.breakEvens(report)),
                        list(report.basis()));
    }

    private static String rows(Report report) {
        StringBuilder all = new StringBuilder();
        List<List<String>> rows = Lines.rows(report);
        for (int i = 0; i < rows.size(); i++) {
            boolean best =
                    report.recommended().equals(Optional.of(report.sizes().get(i).memoryMb()));
            all.append(row("td", best ? " class=\"best\"" : "", rows.get(i)));
        }
        return all.toString();
    }

    private static String findings(Report report) {
        return report.findings().stream()
                .map(each ->
                        row(
                                "td",
                                "",
                                List.of(
                                        each.what(),
                                        each.memoryMb().map(size -> size + " MB").orElse("none"))))
                .collect(Collectors.joining());
    }

    private static String row(String tag, String attribute, List<String> cells) {
        return cells.stream()
                .map(cell -> "<%s>%s</%s>".formatted(tag, escape(cell), tag))
                .collect(Collectors.joining("", "<tr" + attribute + ">", "</tr>\n"));
    }

    private static String list(List<String> lines) {
        return lines.isEmpty()
                ? ""
                : lines.stream()
                        .map(line -> "<li>" + escape(line.replaceAll(" +", " ")) + "</li>")
                        .collect(Collectors.joining("\n", "<ul>\n", "\n</ul>"));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
