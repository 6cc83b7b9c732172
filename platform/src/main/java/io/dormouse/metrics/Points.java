package io.dormouse.metrics;

import io.dormouse.store.Query;
import io.dormouse.store.Schema;
import io.dormouse.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// The rows of all data points, each a [Summary] of one metric over a step of time.
///
/// As in CloudWatch, points grow coarser with age: seconds for 3 hours, minutes for 15 days, five
/// minutes for 63, hours for 455. [#age] makes them so.
final class Points {
    static final Schema SCHEMA =
            Schema.of(
                    "metrics",
                    """
                    CREATE TABLE metric(
                        id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL,
                        dimensions TEXT NOT NULL, last INTEGER NOT NULL,
                        UNIQUE(namespace, name, dimensions))
                    """,
                    """
                    CREATE TABLE point(
                        metric INTEGER NOT NULL, at INTEGER NOT NULL, step INTEGER NOT NULL,
                        unit TEXT NOT NULL, count REAL NOT NULL, sum REAL NOT NULL,
                        min REAL NOT NULL, max REAL NOT NULL, sketch BLOB NOT NULL,
                        PRIMARY KEY(metric, at, step, unit)) WITHOUT ROWID
                    """,
                    "CREATE INDEX point_age ON point(step, at)");

    /// How long points of one step are kept, and of which step they are then part.
    private record Age(int step, Duration kept, int nextStep) {}

    private static final int NO_STEP = 0;

    private static final List<Age> AGES =
            List.of(
                    new Age(1, Duration.ofHours(3), 60),
                    new Age(60, Duration.ofDays(15), 300),
                    new Age(300, Duration.ofDays(63), 3600),
                    new Age(3600, Duration.ofDays(455), NO_STEP));

    /// A point to add.
    ///
    /// @param second of the epoch
    /// @param step 1 or 60 seconds
    /// @param unit as CloudWatch spells it
    record Sample(Metric metric, long second, int step, String unit, Summary summary) {
        Sample {
            second = Math.floorDiv(second, step) * step;
        }
    }

    /// A point as it is read.
    record Point(long second, String unit, Summary summary) {}

    private Points() {}

    /// Adds a point to what is there of its step.
    static void add(Tx tx, Sample sample) {
        put(tx, id(tx, sample), sample.second(), sample.step(), sample.unit(), sample.summary());
    }

    private static long id(Tx tx, Sample sample) {
        Metric metric = sample.metric();
        return tx.one(
                        "INSERT INTO metric(namespace, name, dimensions, last) VALUES (?, ?, ?, ?)"
                                + " ON CONFLICT DO UPDATE SET last = max(last, excluded.last)"
                                + " RETURNING id",
                        row -> row.number(1),
                        metric.namespace(),
                        metric.name(),
                        metric.dimensionsJson(),
                        sample.second())
                .orElseThrow();
    }

    private static void put(
            Tx tx, long metric, long second, int step, String unit, Summary summary) {
        tx.one(
                        "SELECT "
                                + Summary.COLUMNS
                                + " FROM point WHERE metric = ? AND at = ? AND step = ? AND unit = ?",
                        row -> Summary.of(row, 1),
                        metric,
                        second,
                        step,
                        unit)
                .ifPresent(summary::add);
        tx.update(
                "INSERT OR REPLACE INTO point(metric, at, step, unit, "
                        + Summary.COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                metric,
                second,
                step,
                unit,
                summary.count(),
                summary.sum(),
                summary.min(),
                summary.max(),
                summary.sketch());
    }

    /// Gives the points of a metric that start in `[from, to)`, oldest first.
    ///
    /// @param unit only points of that unit; empty for all
    static void each(
            Query query,
            Metric metric,
            Optional<String> unit,
            Instant from,
            Instant to,
            Consumer<Point> reader) {
        Optional<Long> id =
                query.one(
                        "SELECT id FROM metric WHERE namespace = ? AND name = ? AND dimensions = ?",
                        row -> row.number(1),
                        metric.namespace(),
                        metric.name(),
                        metric.dimensionsJson());
        if (id.isEmpty()) {
            return;
        }
        query.list(
                "SELECT at, unit, "
                        + Summary.COLUMNS
                        + " FROM point WHERE metric = ?1 AND at >= ?2 AND at < ?3"
                        + " AND (?4 IS NULL OR unit = ?4) ORDER BY at",
                row -> {
                    reader.accept(new Point(row.number(1), row.text(2), Summary.of(row, 3)));
                    return 0;
                },
                id.get(),
                from.getEpochSecond(),
                to.getEpochSecond(),
                unit);
    }

    /// Makes at most `limit` points that are too old for their step part of the next one, or
    /// removes them.
    ///
    /// @return whether there may be more
    static boolean age(Tx tx, Instant now, int limit) {
        int left = limit;
        for (Age age : AGES) {
            if (left > 0) {
                left -= age(tx, age, now, left);
            }
        }
        if (left > 0) {
            long oldest = now.minus(AGES.getLast().kept()).getEpochSecond();
            tx.update("DELETE FROM metric WHERE last < ?", oldest - AGES.getLast().step());
        }
        return left == 0;
    }

    private record Old(long metric, long second, String unit, Summary summary) {}

    private static int age(Tx tx, Age age, Instant now, int limit) {
        long until = now.minus(age.kept()).getEpochSecond();
        long before =
                age.nextStep() == NO_STEP
                        ? until
                        : Math.floorDiv(until, age.nextStep()) * age.nextStep();
        List<Old> old =
                tx.list(
                        "SELECT metric, at, unit, "
                                + Summary.COLUMNS
                                + " FROM point WHERE step = ? AND at < ? ORDER BY at LIMIT ?",
                        row ->
                                new Old(
                                        row.number(1),
                                        row.number(2),
                                        row.text(3),
                                        Summary.of(row, 4)),
                        age.step(),
                        before,
                        limit);
        for (Old each : old) {
            tx.update(
                    "DELETE FROM point WHERE metric = ? AND at = ? AND step = ? AND unit = ?",
                    each.metric(),
                    each.second(),
                    age.step(),
                    each.unit());
            if (age.nextStep() != NO_STEP) {
                long second = Math.floorDiv(each.second(), age.nextStep()) * age.nextStep();
                put(tx, each.metric(), second, age.nextStep(), each.unit(), each.summary());
            }
        }
        return old.size();
    }

    /// A metric and where it stands in a listing.
    record Listed(long id, Metric metric) {}

    /// Metrics in the order in which they were first seen.
    ///
    /// @param after the last one of the page before
    /// @param since only metrics that have a point at or after that time
    static List<Listed> metrics(
            Query query,
            Optional<String> namespace,
            Optional<String> name,
            Instant since,
            OptionalLong after) {
        return query.list(
                "SELECT id, namespace, name, dimensions FROM metric"
                        + " WHERE id > ?1 AND last >= ?2"
                        + " AND (?3 IS NULL OR namespace = ?3) AND (?4 IS NULL OR name = ?4)"
                        + " ORDER BY id",
                row -> new Listed(row.number(1), Metric.of(row.text(2), row.text(3), row.text(4))),
                after.orElse(0),
                since.getEpochSecond(),
                namespace,
                name);
    }
}
