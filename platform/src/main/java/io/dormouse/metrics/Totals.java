package io.dormouse.metrics;

import io.dormouse.metrics.Points.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the platform has recorded of its endpoints since it started, added up: for who reads
/// counters. Kept from the first time that somebody asks. Not thread-safe.
public final class Totals {
    static final String NAMESPACE = "AWS/SageMaker";

    /// Bounds of the buckets that values are counted in, microseconds.
    public static final List<Double> BOUNDS =
            List.of(
                    1e3, 2.5e3, 5e3, 1e4, 2.5e4, 5e4, 1e5, 2.5e5, 5e5, 1e6, 2.5e6, 5e6, 1e7, 3e7,
                    6e7);

    private static final Set<String> NAMES =
            Set.of(
                    "Invocations",
                    "Invocation4XXErrors",
                    "Invocation5XXErrors",
                    "ModelLatency",
                    "OverheadLatency",
                    "ModelSetupTime",
                    "ServerlessProvisionedConcurrencySpilloverInvocations");

    /// One metric of one variant.
    ///
    /// @param name such as `ModelLatency`
    /// @param sum of all values
    /// @param counts how many values are in each bucket of [#BOUNDS], and how many above; each
    ///   bucket's bound is known to half a percent
    public record Total(
            String name, String endpoint, String variant, double sum, List<Double> counts) {
        public Total {
            counts = List.copyOf(counts);
        }
    }

    private static final class Running {
        private double sum;
        private final double[] counts = new double[BOUNDS.size() + 1];
    }

    private final Map<Metric, Running> running = new HashMap<>();

    Totals() {}

    static boolean counts(Metric metric) {
        return metric.namespace().equals(NAMESPACE)
                && NAMES.contains(metric.name())
                && metric.dimensions().containsKey("EndpointName");
    }

    void add(Sample sample) {
        if (counts(sample.metric())) {
            add(sample.metric(), sample.summary());
        }
    }

    void add(Metric metric, Summary summary) {
        Running total = running.computeIfAbsent(metric, _ -> new Running());
        total.sum += summary.sum();
        summary.spread(BOUNDS, total.counts);
    }

    List<Total> list() {
        List<Total> list = new ArrayList<>();
        running.forEach((metric, total) -> {
            List<Double> counts = new ArrayList<>();
            for (double each : total.counts) {
                counts.add(each);
            }
            list.add(
                    new Total(
                            metric.name(),
                            metric.dimensions().getOrDefault("EndpointName", ""),
                            metric.dimensions().getOrDefault("VariantName", ""),
                            total.sum,
                            counts));
        });
        return list;
    }

    /// Forgets endpoints that are gone.
    void keep(Set<String> endpoints) {
        running.keySet()
                .removeIf(each -> !endpoints.contains(each.dimensions().get("EndpointName")));
    }
}
