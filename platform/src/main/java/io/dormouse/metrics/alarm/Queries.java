package io.dormouse.metrics.alarm;

import java.util.List;
import java.util.Objects;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricStat;

/// What is asked of the metrics on an alarm's behalf.
final class Queries {
    private static final int MINUTE = 60;

    private Queries() {}

    /// An alarm's queries: its own, or the one that its metric amounts to.
    static List<MetricDataQuery> of(MetricAlarm alarm) {
        if (!alarm.metrics().isEmpty()) {
            return alarm.metrics();
        }
        String statistic =
                alarm.statistic() == null ? alarm.extendedStatistic() : alarm.statisticAsString();
        return List.of(query(alarm, "m1", statistic));
    }

    /// An alarm's one metric, by a statistic.
    static MetricDataQuery query(MetricAlarm alarm, String id, String statistic) {
        return MetricDataQuery.builder()
                .id(id)
                .metricStat(stat ->
                        stat.metric(metric ->
                                        metric.namespace(alarm.namespace())
                                                .metricName(alarm.metricName())
                                                .dimensions(alarm.dimensions()))
                                .period(alarm.period())
                                .stat(statistic)
                                .unit(alarm.unitAsString()))
                .returnData(true)
                .build();
    }

    /// The seconds of an alarm's periods: of several metrics, the longest.
    static int period(MetricAlarm alarm) {
        if (alarm.period() != null) {
            return alarm.period();
        }
        return alarm.metrics().stream()
                .map(query -> {
                    MetricStat stat = query.metricStat();
                    return stat == null ? query.period() : stat.period();
                })
                .filter(Objects::nonNull)
                .max(Integer::compare)
                .orElse(MINUTE);
    }
}
