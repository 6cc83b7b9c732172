package io.dormouse.metrics.alarm;

import io.dormouse.metrics.alarm.Evaluation.Point;
import io.dormouse.metrics.alarm.Evaluation.Verdict;
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
import software.amazon.awssdk.services.cloudwatch.model.StateValue;

/// Looks at every alarm once a minute, at those of shorter periods every ten seconds, and puts them
/// into the states that their data points ask for. While there is no alarm nothing is set.
final class Watch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Watch.class.getName());
    private static final int MINUTE = 60;
    private static final int FINE = 10;
    private static final int MISSED_MAX = 180;

    private final AlarmRecords records;
    private final Changes changes;
    private final CloudWatchClient metrics;
    private final InstantSource clock;
    private final Alarms alarms;

    // Guarded by this.
    private Alarms.Alarm next = () -> {};
    private Instant looked;
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
        looked = clock.instant();
    }

    /// Looks at all, then again when the next is due: after a start, and when an alarm was put.
    /// Where the clock was moved over several looks, they are made up for.
    synchronized void look() {
        if (closed) {
            return;
        }
        next.cancel();
        Instant now = clock.instant();
        try {
            List<MetricAlarm> all = all();
            if (!all.isEmpty()) {
                boolean isFine = all.stream().anyMatch(each -> Queries.period(each) < MINUTE);
                int step = isFine ? FINE : MINUTE;
                Instant due = floor(now, step);
                next = alarms.at(due.plusSeconds(step), this::look);
                for (Instant at = firstMissed(all, due, step);
                        at.isBefore(due);
                        at = at.plusSeconds(step)) {
                    lookAt(at);
                }
                lookAt(now);
            }
            looked = now;
            changes.look();
            records.forgetOld(now);
        } catch (StoreFailure e) {
            LOG.log(System.Logger.Level.WARNING, "Alarms were not looked at", e);
            next.cancel();
            next = alarms.at(now.plusSeconds(MINUTE), this::look);
        }
    }

    private List<MetricAlarm> all() {
        return records.store.read(records::ofMetrics).stream().map(Alarm.OfMetric::shape).toList();
    }

    /// The first look that was due since the last one, of those that concern one of the alarms;
    /// `due` or later where there is none.
    private Instant firstMissed(List<MetricAlarm> all, Instant due, int step) {
        Instant since =
                all.stream()
                        .map(MetricAlarm::alarmConfigurationUpdatedTimestamp)
                        .min(Instant::compareTo)
                        .orElse(due);
        Instant last = since.isAfter(looked) ? since : looked;
        Instant first = floor(last, step).plusSeconds(step);
        Instant earliest = due.minusSeconds((long) MISSED_MAX * step);
        return first.isAfter(earliest) ? first : earliest;
    }

    private void lookAt(Instant time) {
        all().stream()
                // Not as they were before they were put, or set by hand.
                .filter(each ->
                        !each.alarmConfigurationUpdatedTimestamp().isAfter(time)
                                && !each.stateUpdatedTimestamp().isAfter(time))
                .forEach(each -> look(each, time));
    }

    private void look(MetricAlarm alarm, Instant time) {
        try {
            Verdict verdict = new Evaluation(alarm, points(alarm, time)).verdict();
            Optional<StateValue> other =
                    verdict.state().filter(state -> state != alarm.stateValue());
            if (other.isEmpty()) {
                return;
            }
            String data = AlarmJson.reasonData(alarm, verdict.used(), time);
            records.store.write(tx -> {
                // Set, changed or deleted since it was read: the next look sees to it.
                Alarm same = new Alarm.OfMetric(alarm);
                if (records.find(tx, same.arn()).equals(Optional.of(same))) {
                    changes.to(tx, same, other.get(), verdict.reason(), data, time);
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
