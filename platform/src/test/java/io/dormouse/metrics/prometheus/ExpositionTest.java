package io.dormouse.metrics.prometheus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.metrics.prometheus.Exposition.Form;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Both forms, letter by letter; `conformance` holds the whole page to Prometheus' own parser.
class ExpositionTest {
    private static String page(Form form) {
        Exposition page = new Exposition(form);
        page.counter("hits", "What\ncame.")
                .add(Map.of("b", "x", "a", "say \"\\\""), 3)
                .add(Map.of(), 0.5);
        page.gauge("none", "Nothing.");
        page.histogram("time_seconds", "How long.")
                .add(Map.of("v", "1"), List.of(0.01, 1.0), List.of(2.0, 0.0, 1.0), 4.25);
        return page.text();
    }

    @Test
    void theTextForm() {
        assertEquals(
                """
                # HELP hits_total What\\ncame.
                # TYPE hits_total counter
                hits_total{a="say \\"\\\\\\"",b="x"} 3
                hits_total 0.5
                # HELP time_seconds How long.
                # TYPE time_seconds histogram
                time_seconds_bucket{le="0.01",v="1"} 2
                time_seconds_bucket{le="1.0",v="1"} 2
                time_seconds_bucket{le="+Inf",v="1"} 3
                time_seconds_sum{v="1"} 4.25
                time_seconds_count{v="1"} 3
                """,
                page(Form.TEXT));
    }

    @Test
    void openMetricsNamesTheFamilyAndEnds() {
        String page = page(Form.OPEN_METRICS);
        assertEquals(
                List.of("# HELP hits What\\ncame.", "# TYPE hits counter"),
                page.lines().limit(2).toList());
        assertEquals("# EOF", page.lines().toList().getLast());
        assertEquals(Form.OPEN_METRICS, Form.of("application/openmetrics-text;version=1.0.0,*/*"));
        assertEquals(Form.TEXT, Form.of("text/plain;version=0.0.4"));
    }
}
