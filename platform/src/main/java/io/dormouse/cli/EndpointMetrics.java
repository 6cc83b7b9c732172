package io.dormouse.cli;

import io.dormouse.cli.line.Console;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataResult;

/// The metrics that AWS keeps of a serverless endpoint, over the last quarter of an hour.
record EndpointMetrics(CloudWatchClient cloudWatch, String endpoint) {
    private record Wanted(String namespace, String metric, String statistic, String unit) {}

    private static final List<Wanted> WANTED =
            List.of(
                    new Wanted("AWS/SageMaker", "Invocations", "Sum", ""),
                    new Wanted("AWS/SageMaker", "Invocation4XXErrors", "Sum", ""),
                    new Wanted("AWS/SageMaker", "Invocation5XXErrors", "Sum", ""),
                    new Wanted("AWS/SageMaker", "ModelSetupTime", "Maximum", "µs"),
                    new Wanted("AWS/SageMaker", "ModelLatency", "p50", "µs"),
                    new Wanted("AWS/SageMaker", "OverheadLatency", "p50", "µs"),
                    new Wanted(
                            "AWS/SageMaker",
                            "ServerlessConcurrentExecutionsUtilization",
                            "Maximum",
                            ""),
                    new Wanted("/aws/sagemaker/Endpoints", "MemoryUtilization", "Maximum", "%"));

    void print(Console console) {
        List<OptionalDouble> values = values(WANTED);
        for (int i = 0; i < WANTED.size(); i++) {
            Wanted wanted = WANTED.get(i);
            String value =
                    values.get(i).isPresent()
                            ? "%,12.2f".formatted(values.get(i).getAsDouble())
                            : "           -";
            console.say(
                    "   %-42s %-8s %s %s"
                            .formatted(wanted.metric(), wanted.statistic(), value, wanted.unit()));
        }
    }

    /// How many invocations there were, and for how long the model worked on them, seconds.
    double[] invocationsAndSeconds() {
        List<OptionalDouble> values =
                values(
                        List.of(
                                new Wanted("AWS/SageMaker", "Invocations", "Sum", ""),
                                new Wanted("AWS/SageMaker", "ModelLatency", "Sum", "µs")));
        return new double[] {values.get(0).orElse(0), values.get(1).orElse(0) / 1e6};
    }

    private List<OptionalDouble> values(List<Wanted> wanted) {
        Instant now = Instant.now();
        List<MetricDataQuery> queries = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            queries.add(query("m" + i, wanted.get(i)));
        }
        List<MetricDataResult> results =
                cloudWatch
                        .getMetricData(r ->
                                r.startTime(now.minus(Duration.ofMinutes(15)))
                                        .endTime(now.plus(Duration.ofMinutes(1)))
                                        .metricDataQueries(queries))
                        .metricDataResults();
        List<OptionalDouble> values = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            String id = "m" + i;
            values.add(
                    results.stream()
                            .filter(result -> result.id().equals(id))
                            .flatMap(result -> result.values().stream())
                            .mapToDouble(Double::doubleValue)
                            .reduce(
                                    wanted.get(i).statistic().equals("Sum")
                                            ? Double::sum
                                            : Math::max));
        }
        return values;
    }

    private MetricDataQuery query(String id, Wanted wanted) {
        return MetricDataQuery.builder()
                .id(id)
                .metricStat(s ->
                        s.stat(wanted.statistic())
                                .period(60)
                                .metric(m ->
                                        m.namespace(wanted.namespace())
                                                .metricName(wanted.metric())
                                                .dimensions(
                                                        dimension("EndpointName", endpoint),
                                                        dimension("VariantName", "AllTraffic"))))
                .build();
    }

    private static Dimension dimension(String name, String value) {
        return Dimension.builder().name(name).value(value).build();
    }
}
