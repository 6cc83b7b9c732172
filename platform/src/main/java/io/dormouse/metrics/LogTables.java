package io.dormouse.metrics;

import io.dormouse.store.Query;
import io.dormouse.store.Row;
import io.dormouse.store.Schema;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The rows of log groups and log streams.
final class LogTables {
    static final Schema SCHEMA =
            Schema.of(
                    "logs",
                    """
                    CREATE TABLE log_group(
                        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
                        created INTEGER NOT NULL, retention INTEGER, class TEXT NOT NULL,
                        bytes INTEGER NOT NULL)
                    """,
                    """
                    CREATE TABLE log_stream(
                        id INTEGER PRIMARY KEY AUTOINCREMENT, grp INTEGER NOT NULL,
                        name TEXT NOT NULL, created INTEGER NOT NULL, first INTEGER, last INTEGER,
                        ingested INTEGER, UNIQUE(grp, name))
                    """,
                    """
                    CREATE TABLE log_event(
                        seq INTEGER PRIMARY KEY AUTOINCREMENT, grp INTEGER NOT NULL,
                        stream INTEGER NOT NULL, at INTEGER NOT NULL, ingested INTEGER NOT NULL,
                        message TEXT NOT NULL)
                    """,
                    "CREATE INDEX log_event_stream ON log_event(stream, at, seq)",
                    "CREATE INDEX log_event_group ON log_event(grp, at, seq)",
                    // Streams whose events are still to be removed, some at a time.
                    "CREATE TABLE log_gone(stream INTEGER PRIMARY KEY)",
                    """
                    CREATE TABLE metric_filter(
                        grp INTEGER NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
                        PRIMARY KEY(grp, name)) WITHOUT ROWID
                    """);

    /// A log group.
    ///
    /// @param retentionDays how long its events are kept; empty for ever
    /// @param kind its log group class, `STANDARD` if nothing else was asked for
    record Group(
            long id,
            String name,
            Instant created,
            Optional<Integer> retentionDays,
            String kind,
            long bytes) {
        private static final String COLUMNS = "id, name, created, retention, class, bytes";

        private static Group of(Row row) {
            return new Group(
                    row.number(1),
                    row.text(2),
                    row.time(3),
                    row.isNull(4) ? Optional.empty() : Optional.of((int) row.number(4)),
                    row.text(5),
                    row.number(6));
        }

        /// Events before that time are no longer there.
        Instant oldest(Instant now) {
            return retentionDays
                    .map(days -> now.minus(java.time.Duration.ofDays(days)))
                    .orElse(Instant.EPOCH);
        }
    }

    /// A log stream; times in milliseconds of the epoch, empty before its first event.
    record Stream(
            long id,
            String name,
            Instant created,
            OptionalLong first,
            OptionalLong last,
            OptionalLong ingested) {
        private static final String COLUMNS = "id, name, created, first, last, ingested";

        private static Stream of(Row row) {
            return new Stream(
                    row.number(1),
                    row.text(2),
                    row.time(3),
                    maybe(row, 4),
                    maybe(row, 5),
                    maybe(row, 6));
        }

        private static OptionalLong maybe(Row row, int column) {
            return row.isNull(column) ? OptionalLong.empty() : OptionalLong.of(row.number(column));
        }
    }

    private LogTables() {}

    static Optional<Group> group(Query query, String name) {
        return query.one(
                "SELECT " + Group.COLUMNS + " FROM log_group WHERE name = ?", Group::of, name);
    }

    /// Groups by name.
    ///
    /// @param after the last name of the page before; empty for the first page
    static List<Group> groups(Query query, String prefix, String pattern, String after, int limit) {
        return query.list(
                "SELECT "
                        + Group.COLUMNS
                        + " FROM log_group WHERE name > ?1 AND substr(name, 1, length(?2)) = ?2"
                        + " AND instr(name, ?3) > 0 ORDER BY name LIMIT ?4",
                Group::of,
                after,
                prefix,
                pattern,
                limit);
    }

    /// Adds a group.
    ///
    /// @return false where the name is taken
    static boolean insertGroup(Tx tx, String name, String kind, Instant now) {
        return tx.update(
                        "INSERT INTO log_group(name, created, class, bytes) VALUES (?, ?, ?, 0)"
                                + " ON CONFLICT DO NOTHING",
                        name,
                        now,
                        kind)
                == 1;
    }

    static void setRetention(Tx tx, Group group, Optional<Integer> days) {
        tx.update("UPDATE log_group SET retention = ? WHERE id = ?", days, group.id());
    }

    /// Removes a group with its streams; their events follow by [LogEvents#sweep].
    static void deleteGroup(Tx tx, Group group) {
        tx.update("INSERT INTO log_gone SELECT id FROM log_stream WHERE grp = ?", group.id());
        tx.update("DELETE FROM log_stream WHERE grp = ?", group.id());
        tx.update("DELETE FROM metric_filter WHERE grp = ?", group.id());
        tx.update("DELETE FROM log_group WHERE id = ?", group.id());
    }

    static Optional<Stream> stream(Query query, Group group, String name) {
        return query.one(
                "SELECT " + Stream.COLUMNS + " FROM log_stream WHERE grp = ? AND name = ?",
                Stream::of,
                group.id(),
                name);
    }

    /// Where a listing by time goes on: after this time and name.
    record After(long last, String name) {}

    static List<Stream> streamsByName(
            Query query,
            Group group,
            String prefix,
            Optional<String> after,
            boolean descending,
            int limit) {
        return query.list(
                "SELECT "
                        + Stream.COLUMNS
                        + " FROM log_stream WHERE grp = ?1 AND substr(name, 1, length(?2)) = ?2"
                        + " AND (?3 IS NULL OR name "
                        + (descending ? "<" : ">")
                        + " ?3) ORDER BY name "
                        + (descending ? "DESC" : "ASC")
                        + " LIMIT ?4",
                Stream::of,
                group.id(),
                prefix,
                after,
                limit);
    }

    /// By the time of the last event; streams without one count as older than all others.
    static List<Stream> streamsByTime(
            Query query, Group group, Optional<After> after, boolean descending, int limit) {
        String order = descending ? "DESC" : "ASC";
        return query.list(
                "SELECT "
                        + Stream.COLUMNS
                        + " FROM log_stream WHERE grp = ?1 AND (?2 IS NULL OR (coalesce(last, 0), name) "
                        + (descending ? "<" : ">")
                        + " (?2, ?3)) ORDER BY coalesce(last, 0) "
                        + order
                        + ", name "
                        + order
                        + " LIMIT ?4",
                Stream::of,
                group.id(),
                after.map(After::last),
                after.map(After::name),
                limit);
    }

    /// Adds a stream.
    ///
    /// @return false where the name is taken
    static boolean insertStream(Tx tx, Group group, String name, Instant now) {
        return tx.update(
                        "INSERT INTO log_stream(grp, name, created) VALUES (?, ?, ?)"
                                + " ON CONFLICT DO NOTHING",
                        group.id(),
                        name,
                        now)
                == 1;
    }

    static void deleteStream(Tx tx, Stream stream) {
        tx.update("INSERT INTO log_gone VALUES (?)", stream.id());
        tx.update("DELETE FROM log_stream WHERE id = ?", stream.id());
    }
}
