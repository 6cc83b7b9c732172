package io.dormouse.metrics.alarm;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricAlarmRequest;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricAlarmResponse;

/// Alarms on metrics are put.
public final class MetricAlarms implements CloudWatchClient {
    private final AlarmRecords records;
    private final Watch watch;
    private final CloudWatchClient metrics;
    private final InstantSource clock;

    MetricAlarms(AlarmRecords records, Watch watch, CloudWatchClient metrics, InstantSource clock) {
        this.records = records;
        this.watch = watch;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    ///
    /// [PutMetricAlarm](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html):
    /// a new one has no data at first; one that was there keeps its state. Tags are taken from the
    /// request that makes it alone.
    @Override
    public PutMetricAlarmResponse putMetricAlarm(PutMetricAlarmRequest request) {
        MetricAlarm.Builder asked = AlarmInput.alarm(request);
        Map<String, String> tags = AlarmTags.map(request.tags());
        Webhooks.check(tags);
        Instant now = clock.instant();
        // What the metrics say of queries that are no queries is what the caller reads.
        metrics.getMetricData(r ->
                r.startTime(now.minus(Duration.ofMinutes(1)))
                        .endTime(now)
                        .metricDataQueries(Queries.of(asked.build())));
        asked.alarmArn(AlarmRecords.arn(request.alarmName()))
                .alarmConfigurationUpdatedTimestamp(now);
        records.store.write(tx -> {
            records.put(tx, new Alarm.OfMetric(asked.build()), tags, now);
            return true;
        });
        watch.look();
        return PutMetricAlarmResponse.builder().build();
    }
}
