package io.dormouse.cli;

import io.dormouse.cli.line.Console;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        Instant now = Instant.now();
        List<MetricDataQuery> queries = new ArrayList<>();
        for (int i = 0; i < WANTED.size(); i++) {
            queries.add(query("m" + i, WANTED.get(i)));
        }
        List<MetricDataResult> results =
                cloudWatch
                        .getMetricData(r ->
                                r.startTime(now.minus(Duration.ofMinutes(15)))
                                        .endTime(now.plus(Duration.ofMinutes(1)))
                                        .metricDataQueries(queries))
                        .metricDataResults();
        for (int i = 0; i < WANTED.size(); i++) {
            Wanted wanted = WANTED.get(i);
            String id = "m" + i;
            double value =
                    results.stream()
                            .filter(result -> result.id().equals(id))
                            .flatMap(result -> result.values().stream())
                            .mapToDouble(Double::doubleValue)
                            .reduce(wanted.statistic().equals("Sum") ? Double::sum : Math::max)
                            .orElse(Double.NaN);
            console.say(
                    String.format(
                            Locale.ROOT,
                            "   %-42s %-8s %,12.2f %s",
                            wanted.metric(),
                            wanted.statistic(),
                            value,
                            wanted.unit()));
        }
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
