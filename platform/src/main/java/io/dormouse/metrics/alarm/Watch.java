package io.dormouse.metrics.alarm;

import io.dormouse.metrics.alarm.Evaluation.Point;
import io.dormouse.metrics.alarm.Evaluation.Verdict;
import io.dormouse.store.Entry;
import io.dormouse.store.StoreFailure;
import io.dormouse.timing.Alarms;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataResult;

/// Looks at every alarm once a minute, at those of shorter periods every ten seconds, and puts them
/// into the states that their data points ask for. While there is no alarm nothing is set.
final class Watch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Watch.class.getName());
    private static final int MINUTE = 60;
    private static final int FINE = 10;

    private final AlarmRecords records;
    private final Changes changes;
    private final CloudWatchClient metrics;
    private final InstantSource clock;
    private final Alarms alarms;

    // Guarded by this.
    private Alarms.Alarm next = () -> {};
    private boolean closed;

    /// @param alarms whose tasks may take a while
    Watch(
            AlarmRecords records,
            Changes changes,
            CloudWatchClient metrics,
            InstantSource clock,
            Alarms alarms) {
        this.records = records;
        this.changes = changes;
        this.metrics = metrics;
        this.clock = clock;
        this.alarms = alarms;
    }

    /// Looks at all, then again when the next is due: after a start, and when an alarm was put.
    synchronized void look() {
        if (closed) {
            return;
        }
        next.cancel();
        Instant now = clock.instant();
        try {
            List<Entry<MetricAlarm>> all = records.alarms.all();
            all.forEach(each -> look(each.body(), now));
            changes.look();
            if (!all.isEmpty()) {
                boolean isFine = all.stream().anyMatch(e -> Queries.period(e.body()) < MINUTE);
                int step = isFine ? FINE : MINUTE;
                next = alarms.at(floor(now, step).plusSeconds(step), this::look);
            }
            records.store.write(tx -> {
                records.forgetOld(tx, now);
                return true;
            });
        } catch (StoreFailure e) {
            LOG.log(System.Logger.Level.WARNING, "Alarms were not looked at", e);
            next = alarms.at(now.plusSeconds(MINUTE), this::look);
        }
    }

    private void look(MetricAlarm alarm, Instant now) {
        try {
            Verdict verdict = new Evaluation(alarm, points(alarm, now)).verdict();
            if (verdict.state().isEmpty()) {
                return;
            }
            String data = AlarmJson.reasonData(alarm, verdict.used(), now);
            records.store.write(tx -> {
                // Set, changed or deleted since it was read: the next look sees to it.
                Optional<MetricAlarm> current = records.find(tx, alarm.alarmArn());
                if (current.equals(Optional.of(alarm))
                        && alarm.stateValue() != verdict.state().get()) {
                    changes.to(tx, alarm, verdict.state().get(), verdict.reason(), data);
                }
                return true;
            });
        } catch (AwsServiceException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The alarm " + alarm.alarmName() + " has no data",
                    e);
        }
    }

    /// What is there of the periods that end with the last whole minute.
    private List<Point> points(MetricAlarm alarm, Instant now) {
        int period = Queries.period(alarm);
        Instant end = floor(now, Math.min(period, MINUTE));
        int count = alarm.evaluationPeriods() + Evaluation.EXTRA;
        Instant start = end.minusSeconds((long) period * count);
        List<MetricDataQuery> queries = new ArrayList<>(Queries.of(alarm));
        String watched =
                queries.stream()
                        .filter(each -> !Boolean.FALSE.equals(each.returnData()))
                        .findFirst()
                        .map(MetricDataQuery::id)
                        .orElseThrow();
        boolean needsCounts = "ignore".equals(alarm.evaluateLowSampleCountPercentile());
        if (needsCounts) {
            queries.add(Queries.query(alarm, "samples", "SampleCount"));
        }
        Map<String, TreeMap<Instant, Double>> values = new HashMap<>();
        for (MetricDataResult each :
                metrics.getMetricData(
                                r -> r.startTime(start).endTime(end).metricDataQueries(queries))
                        .metricDataResults()) {
            TreeMap<Instant, Double> line = new TreeMap<>();
            for (int i = 0; i < each.values().size(); i++) {
                line.put(each.timestamps().get(i), each.values().get(i));
            }
            values.put(each.id(), line);
        }
        List<Point> points = new ArrayList<>();
        values.getOrDefault(watched, new TreeMap<>())
                .forEach((at, value) -> {
                    long age = (end.getEpochSecond() - at.getEpochSecond()) / period;
                    points.add(new Point(at, value, (int) age));
                });
        if (needsCounts) {
            Map<Instant, Double> counts = values.getOrDefault("samples", new TreeMap<>());
            double least = samplesFor(alarm.extendedStatistic());
            points.removeIf(each -> counts.getOrDefault(each.at(), 0.0) < least);
        }
        return points;
    }

    /// With fewer samples a percentile says little: [AWS's
    /// bound](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html).
    private static double samplesFor(String percentile) {
        double p = Double.parseDouble(percentile.substring(1)) / 100;
        return 10 / (p >= 0.5 ? Math.max(1 - p, 1e-9) : Math.max(p, 1e-9));
    }

    private static Instant floor(Instant time, int seconds) {
        return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), seconds) * seconds);
    }

    @Override
    public synchronized void close() {
        closed = true;
        next.cancel();
    }
}
