package io.dormouse.metrics;

import io.dormouse.metrics.Points.Sample;
import io.dormouse.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The platform's own measurements: added up in memory by the second, kept by [#flush].
final class Recordings implements Meters {
    private record Key(
            String namespace,
            String name,
            Map<String, String> dimensions,
            String unit,
            long second) {}

    /// One second of one metric, until a flush takes it.
    private static final class Live {
        private final Summary summary = new Summary();
        private boolean taken;

        private synchronized boolean add(double value) {
            if (!taken) {
                summary.add(value, 1);
            }
            return !taken;
        }

        private synchronized Summary take() {
            taken = true;
            return summary;
        }
    }

    private final Store store;
    private final InstantSource clock;
    private final Instant start;
    private final Map<Key, Live> live = new ConcurrentHashMap<>();

    // Guarded by this; empty until somebody asks.
    private Optional<Totals> totals = Optional.empty();

    Recordings(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.start = clock.instant();
    }

    @Override
    public void record(
            String namespace,
            String name,
            Map<String, String> dimensions,
            double value,
            String unit) {
        if (!Double.isFinite(value)) {
            return; // CloudWatch knows no such value, and a measurement never fails
        }
        Key key =
                new Key(
                        namespace,
                        name,
                        Map.copyOf(dimensions),
                        unit,
                        clock.instant().getEpochSecond());
        while (!live.computeIfAbsent(key, _ -> new Live()).add(value)) {
            // A flush took that one between the two steps: the next one is new.
            Thread.onSpinWait();
        }
    }

    /// Keeps what was recorded before the call. One at a time, so that a reader that flushes first
    /// sees what another flush is just writing.
    synchronized void flush() {
        List<Sample> samples = new ArrayList<>();
        for (Key key : List.copyOf(live.keySet())) {
            Live second = live.remove(key);
            if (second != null) {
                Metric metric = new Metric(key.namespace(), key.name(), key.dimensions());
                samples.add(new Sample(metric, key.second(), 1, key.unit(), second.take()));
            }
        }
        if (!samples.isEmpty()) {
            store.write(tx -> {
                samples.forEach(sample -> Points.add(tx, sample));
                return samples.size();
            });
            totals.ifPresent(all -> samples.forEach(all::add));
        }
    }

    /// What was recorded since the start, added up.
    ///
    /// @param endpoints of which something is to be known
    synchronized List<Totals.Total> totals(Set<String> endpoints) {
        flush();
        Totals all = totals.orElseGet(this::readTotals);
        totals = Optional.of(all);
        all.keep(endpoints);
        return all.list();
    }

    private Totals readTotals() {
        Totals read = new Totals();
        store.read(query -> {
            Points.metrics(
                            query,
                            Optional.of(Totals.NAMESPACE),
                            Optional.empty(),
                            start,
                            OptionalLong.empty())
                    .stream()
                    .map(Points.Listed::metric)
                    .filter(Totals::counts)
                    .forEach(metric ->
                            Points.each(
                                    query,
                                    metric,
                                    Optional.empty(),
                                    start,
                                    Instant.MAX,
                                    point -> read.add(metric, point.summary())));
            return read;
        });
        return read;
    }
}
