package io.dormouse.tuner;

import io.dormouse.tuner.Measured.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;

/// What CloudWatch has of a serverless endpoint over a time. Microseconds become milliseconds.
record Readings(CloudWatchClient cloudWatch, String endpoint, String variant) {
    private static final String NAMESPACE = "AWS/SageMaker";

    /// Statistics of one metric.
    private record Wanted(String metric, String statistic) {}

    /// What an endpoint did in a time.
    ///
    /// @param invocations as counted
    /// @param modelSeconds that the model worked, all together
    /// @param starts instances started
    record Use(double invocations, double modelSeconds, double starts) {}

    /// @param period of the points; the shorter, the fewer days there are
    Use use(Instant from, Instant to, Duration period) {
        List<OptionalDouble> found =
                sums(
                        List.of(
                                new Wanted("Invocations", "Sum"),
                                new Wanted("ModelLatency", "Sum"),
                                new Wanted("ModelSetupTime", "SampleCount")),
                        from,
                        to,
                        period);
        return new Use(
                found.get(0).orElse(0), found.get(1).orElse(0) / 1e6, found.get(2).orElse(0));
    }

    Metrics metrics(Instant from, Instant to) {
        List<OptionalDouble> found =
                sums(
                        List.of(
                                new Wanted("ModelSetupTime", "SampleCount"),
                                new Wanted("ModelSetupTime", "Sum"),
                                new Wanted("ModelLatency", "SampleCount"),
                                new Wanted("ModelLatency", "Sum"),
                                new Wanted("OverheadLatency", "Maximum")),
                        from,
                        to,
                        Duration.ofMinutes(1));
        Optional<Double> starts = optional(found.get(0)).filter(count -> count > 0);
        return new Metrics(
                starts,
                starts.flatMap(count -> optional(found.get(1)).map(sum -> sum / count / 1e3)),
                optional(found.get(4)).map(micros -> micros / 1e3),
                optional(found.get(2))
                        .filter(count -> count > 0)
                        .flatMap(count -> optional(found.get(3)).map(sum -> sum / count / 1e3)));
    }

    private static Optional<Double> optional(OptionalDouble value) {
        return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
    }

    /// Over all points: their sum, of a maximum the largest.
    private List<OptionalDouble> sums(
            List<Wanted> wanted, Instant from, Instant to, Duration period) {
        List<MetricDataQuery> queries = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            queries.add(query("m" + i, wanted.get(i), period));
        }
        List<List<Double>> values = new ArrayList<>();
        wanted.forEach(_ -> values.add(new ArrayList<>()));
        cloudWatch
                .getMetricDataPaginator(
                        GetMetricDataRequest.builder()
                                .startTime(from)
                                .endTime(to)
                                .metricDataQueries(queries)
                                .build())
                .metricDataResults()
                .forEach(result ->
                        values.get(Integer.parseInt(result.id().substring(1)))
                                .addAll(result.values()));
        List<OptionalDouble> all = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            boolean largest = wanted.get(i).statistic().equals("Maximum");
            all.add(
                    values.get(i).stream()
                            .mapToDouble(Double::doubleValue)
                            .reduce(largest ? Math::max : Double::sum));
        }
        return all;
    }

    private MetricDataQuery query(String id, Wanted wanted, Duration period) {
        return MetricDataQuery.builder()
                .id(id)
                .metricStat(s ->
                        s.stat(wanted.statistic())
                                .period((int) period.toSeconds())
                                .metric(m ->
                                        m.namespace(NAMESPACE)
                                                .metricName(wanted.metric())
                                                .dimensions(
                                                        dimension("EndpointName", endpoint),
                                                        dimension("VariantName", variant))))
                .build();
    }

    private static Dimension dimension(String name, String value) {
        return Dimension.builder().name(name).value(value).build();
    }
}
