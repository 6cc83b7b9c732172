package io.dormouse.metrics;

import io.dormouse.metrics.LogEvents.Line;
import io.dormouse.metrics.LogTables.Group;
import io.dormouse.metrics.Points.Sample;
import io.dormouse.metrics.filter.InvalidPattern;
import io.dormouse.store.Tx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The metric filters of all groups, ready to look at lines: what they find is kept in the
/// transaction that keeps the lines. A group without filters costs one look into a map.
final class LogMeters {
    /// CloudWatch Logs reports by the minute.
    private static final int STEP = 60;

    // Touched in transactions alone, which are taken one at a time.
    private Optional<Map<Long, List<LogMeter>>> meters = Optional.empty();

    private record Key(Metric metric, long minute, String unit) {}

    /// To be called in each transaction that changes filters.
    void forget() {
        meters = Optional.empty();
    }

    /// Looks at lines that are just being kept.
    void measure(Tx tx, Group group, List<Line> lines) {
        List<LogMeter> ofGroup = all(tx).getOrDefault(group.id(), List.of());
        if (ofGroup.isEmpty()) {
            return;
        }
        Map<Key, Summary> found = new HashMap<>();
        for (Line line : lines) {
            long minute = Math.floorDiv(line.at().getEpochSecond(), STEP) * STEP;
            for (LogMeter meter : ofGroup) {
                meter.measure(line.message())
                        .ifPresent(reading ->
                                found.computeIfAbsent(
                                                new Key(reading.metric(), minute, meter.unit()),
                                                _ -> new Summary())
                                        .add(reading.value(), 1));
            }
        }
        found.forEach((key, summary) ->
                Points.add(tx, new Sample(key.metric(), key.minute(), STEP, key.unit(), summary)));
    }

    private Map<Long, List<LogMeter>> all(Tx tx) {
        if (meters.isEmpty()) {
            meters = Optional.of(compiled(MetricFilterRows.all(tx)));
        }
        return meters.get();
    }

    private static Map<Long, List<LogMeter>> compiled(List<MetricFilterRows.Row> rows) {
        Map<Long, List<LogMeter>> compiled = new HashMap<>();
        for (MetricFilterRows.Row row : rows) {
            try {
                compiled.computeIfAbsent(row.group(), _ -> new java.util.ArrayList<>())
                        .add(LogMeter.of(row.filter()));
            } catch (InvalidPattern e) {
                System.getLogger(LogMeters.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "The metric filter " + row.filter().filterName() + " is left out",
                                e);
            }
        }
        return compiled;
    }
}
