package io.dormouse.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.gateway.Route;
import io.dormouse.gateway.Routes;
import io.dormouse.gateway.Variant;
import io.dormouse.metrics.MetricData;
import io.dormouse.metrics.Totals;
import io.dormouse.metrics.Totals.Total;
import io.dormouse.metrics.prometheus.Exposition;
import io.dormouse.wire.Exchange;
import io.dormouse.wire.Handler;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.WorkerGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/// What Prometheus reads: `/_dormouse/metrics`. `docs/prometheus.md` lists the names.
final class MetricsPage implements Handler {
    /// Where it is mounted.
    static final String PATH = "/_dormouse/metrics";

    /// More endpoints than these are added up under [#OTHER], those of the least invocations.
    private static final int ENDPOINTS_MAX = 500;

    /// No endpoint has such a name.
    private static final String OTHER = "_other";

    private static final double MB = 1024 * 1024;
    private static final double MICROSECONDS = 1e6;

    private final MetricData metrics;
    private final Routes routes;
    private final Capacity capacity;
    private final Workers workers;

    /// A page of what is there when it is read.
    ///
    /// @param metrics what was recorded of invocations
    /// @param routes the endpoints in service
    MetricsPage(MetricData metrics, Routes routes, Workers workers) {
        this.metrics = metrics;
        this.routes = routes;
        this.capacity = workers.capacity();
        this.workers = workers;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        Exposition.Form form = Exposition.Form.of(exchange.header("Accept").orElse(""));
        Exposition page = new Exposition(form);
        endpoints(page);
        machine(page);
        ProcessFigures.add(page);
        exchange.answer(
                200, Map.of("Content-Type", form.contentType()), page.text().getBytes(UTF_8));
    }

    /// What is known of one variant, or of all that have no line of their own.
    private static final class Line {
        private final Map<String, String> labels;
        private final Map<String, Sum> sums = new HashMap<>();
        private final List<WorkerGroup.Stats> stats = new ArrayList<>();

        private Line(Map<String, String> labels) {
            this.labels = labels;
        }

        private double sum(String name) {
            return sums.getOrDefault(name, Sum.NONE).sum();
        }

        private double gauge(ToDoubleFunction<WorkerGroup.Stats> figure) {
            return stats.stream().mapToDouble(figure).sum();
        }

        private Map<String, String> with(String label, String value) {
            Map<String, String> all = new TreeMap<>(labels);
            all.put(label, value);
            return all;
        }
    }

    private record Sum(double sum, List<Double> counts) {
        private static final Sum NONE = new Sum(0, List.of());

        Sum plus(Total total) {
            List<Double> all = new ArrayList<>(total.counts());
            for (int i = 0; i < counts.size(); i++) {
                all.set(i, all.get(i) + counts.get(i));
            }
            return new Sum(sum + total.sum(), all);
        }

        double count() {
            return counts.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    private List<Line> lines() {
        Map<String, Route> inService = routes.current().routes();
        List<Total> totals = metrics.totals(inService.keySet());
        Map<String, Double> invocations = new HashMap<>();
        totals.stream()
                .filter(each -> each.name().equals("Invocations"))
                .forEach(each -> invocations.merge(each.endpoint(), each.sum(), Double::sum));
        Comparator<String> busiest =
                Comparator.comparingDouble((String name) -> -invocations.getOrDefault(name, 0.0));
        List<String> named =
                inService.keySet().stream()
                        .sorted(busiest.thenComparing(Function.identity()))
                        .limit(ENDPOINTS_MAX)
                        .toList();
        Predicate<String> hasLine = java.util.Set.copyOf(named)::contains;
        Map<List<String>, Line> lines = new HashMap<>();
        inService
                .values()
                .forEach(route ->
                        route.variants()
                                .forEach(each ->
                                        line(lines, hasLine, route.endpoint(), each.name())
                                                .stats
                                                .add(stats(each))));
        for (Total each : totals) {
            line(lines, hasLine, each.endpoint(), each.variant())
                    .sums
                    .merge(each.name(), Sum.NONE.plus(each), (old, _) -> old.plus(each));
        }
        return lines.entrySet().stream()
                .sorted(Comparator.comparing(each -> String.join(" ", each.getKey())))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static WorkerGroup.Stats stats(Variant variant) {
        return variant.group().stats();
    }

    private static Line line(
            Map<List<String>, Line> lines,
            Predicate<String> hasLine,
            String endpoint,
            String variant) {
        List<String> key =
                hasLine.test(endpoint) ? List.of(endpoint, variant) : List.of(OTHER, OTHER);
        return lines.computeIfAbsent(
                key, _ -> new Line(Map.of("endpoint", key.getFirst(), "variant", key.getLast())));
    }

    private void endpoints(Exposition page) {
        List<Line> lines = lines();
        page.gauge("dormouse_endpoints", "Endpoints in service.")
                .add(Map.of(), routes.current().routes().size());
        counter(page, lines, "invocations", "Invocations that came.", "Invocations");
        Exposition.Family errors =
                page.counter("dormouse_endpoint_errors", "Invocations that failed, by status.");
        for (Line each : lines) {
            errors.add(each.with("status", "4xx"), each.sum("Invocation4XXErrors"));
            errors.add(each.with("status", "5xx"), each.sum("Invocation5XXErrors"));
        }
        counter(
                page,
                lines,
                "spillovers",
                "Invocations beyond the provisioned concurrency.",
                "ServerlessProvisionedConcurrencySpilloverInvocations");
        Exposition.Family cold =
                page.counter(
                        "dormouse_endpoint_cold_starts",
                        "Invocations that waited for the start of an instance.");
        lines.forEach(each ->
                cold.add(each.labels, each.sums.getOrDefault("ModelSetupTime", Sum.NONE).count()));
        histogram(page, lines, "model_seconds", "Time that the model took.", "ModelLatency");
        histogram(
                page,
                lines,
                "overhead_seconds",
                "Time of an invocation that was not the model's.",
                "OverheadLatency");
        histogram(
                page,
                lines,
                "cold_start_seconds",
                "Time that a start took for the invocation that waited for it.",
                "ModelSetupTime");
        instances(page, lines);
    }

    private static void counter(
            Exposition page, List<Line> lines, String name, String help, String metric) {
        Exposition.Family family = page.counter("dormouse_endpoint_" + name, help);
        lines.forEach(each -> family.add(each.labels, each.sum(metric)));
    }

    /// Of those alone that have values: an endpoint that sleeps costs no buckets.
    private static void histogram(
            Exposition page, List<Line> lines, String name, String help, String metric) {
        Exposition.Family family = page.histogram("dormouse_endpoint_" + name, help);
        List<Double> bounds = Totals.BOUNDS.stream().map(each -> each / MICROSECONDS).toList();
        for (Line each : lines) {
            Sum sum = each.sums.getOrDefault(metric, Sum.NONE);
            if (!sum.counts().isEmpty()) {
                family.add(each.labels, bounds, sum.counts(), sum.sum() / MICROSECONDS);
            }
        }
    }

    private static void instances(Exposition page, List<Line> lines) {
        Exposition.Family instances =
                page.gauge("dormouse_endpoint_instances", "Instances, by state.");
        for (Line each : lines) {
            instances.add(each.with("state", "starting"), each.gauge(WorkerGroup.Stats::starting));
            instances.add(
                    each.with("state", "ready"),
                    each.gauge(stats -> stats.instances() - stats.starting()));
        }
        gauge(page, lines, "busy_slots", "Invocations being answered.", WorkerGroup.Stats::busy);
        gauge(
                page,
                lines,
                "queue_depth",
                "Invocations that wait for an instance.",
                WorkerGroup.Stats::waiting);
        gauge(page, lines, "max_concurrency", "MaxConcurrency.", WorkerGroup.Stats::maxConcurrency);
    }

    private static void gauge(
            Exposition page,
            List<Line> lines,
            String name,
            String help,
            ToDoubleFunction<WorkerGroup.Stats> figure) {
        Exposition.Family family = page.gauge("dormouse_endpoint_" + name, help);
        lines.forEach(each -> family.add(each.labels, each.gauge(figure)));
    }

    /// The ledger, by kind of holder: `endpoint/churn/AllTraffic` holds as an endpoint.
    private void machine(Exposition page) {
        Capacity.Usage usage = capacity.usage();
        Map<String, Double> reserved = new TreeMap<>();
        usage.byOwner()
                .forEach((owner, megabytes) ->
                        reserved.merge(owner.split("/", 2)[0], megabytes * MB, Double::sum));
        Exposition.Family memory =
                page.gauge(
                        "dormouse_capacity_reserved_bytes",
                        "Memory that the ledger has given out, by kind of holder.");
        reserved.forEach((kind, bytes) -> memory.add(Map.of("holder", kind), bytes));
        page.gauge("dormouse_capacity_bytes", "Memory that the ledger gives out at most.")
                .add(Map.of(), usage.memoryTotalMb() * MB);
        page.gauge("dormouse_capacity_reserved_cores", "Cores that the ledger has given out.")
                .add(Map.of(), usage.cores());
        page.gauge("dormouse_capacity_cores", "Cores that the ledger gives out at most.")
                .add(Map.of(), usage.coresTotal());
        page.gauge("dormouse_warm_instances", "Generic instances that wait for a model.")
                .add(Map.of(), workers.warm().ready());
    }
}
