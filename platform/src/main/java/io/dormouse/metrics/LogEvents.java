package io.dormouse.metrics;

import io.dormouse.metrics.LogTables.Group;
import io.dormouse.metrics.LogTables.Stream;
import io.dormouse.store.Query;
import io.dormouse.store.Tx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The rows of log events, in the order of their times, and among equals as they came.
final class LogEvents {
    /// What CloudWatch Logs adds to the bytes of each message when it counts.
    static final int EVENT_BYTES = 26;

    /// A line to append.
    record Line(Instant at, String message) {
        int bytes() {
            return message.getBytes(StandardCharsets.UTF_8).length + EVENT_BYTES;
        }
    }

    /// A line as it is read.
    record Event(Position position, long ingested, String message, String stream) {
        long at() {
            return position.at();
        }
    }

    /// A place among the events of a stream or group.
    ///
    /// @param at milliseconds of the epoch
    record Position(long at, long seq) {
        static final Position START = new Position(Long.MIN_VALUE, 0);
        static final Position END = new Position(Long.MAX_VALUE, 0);

        private static final Pattern TEXT = Pattern.compile("(-?\\d{1,19})\\.(-?\\d{1,19})");

        String text() {
            return at + "." + seq;
        }

        static Position of(String text) {
            Matcher matcher = TEXT.matcher(text);
            try {
                if (matcher.matches()) {
                    return new Position(
                            Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
                }
            } catch (NumberFormatException e) {
                throw LogErrors.invalidToken();
            }
            throw LogErrors.invalidToken();
        }

        /// Just before this place, so that what is after it begins here.
        Position before() {
            return new Position(at, seq - 1);
        }

        /// Just after this place.
        Position after() {
            return new Position(at, seq + 1);
        }
    }

    /// Which events to read.
    ///
    /// @param from milliseconds of the epoch, inclusive
    /// @param to exclusive
    /// @param streams their ids as a JSON list; empty for all of the group
    record Wanted(Group group, Optional<String> streams, long from, long to) {}

    private LogEvents() {}

    static void append(Tx tx, Group group, Stream stream, List<Line> lines, Instant now) {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        long bytes = 0;
        for (Line line : lines) {
            tx.update(
                    "INSERT INTO log_event(grp, stream, at, ingested, message)"
                            + " VALUES (?, ?, ?, ?, ?)",
                    group.id(),
                    stream.id(),
                    line.at(),
                    now,
                    line.message());
            first = Math.min(first, line.at().toEpochMilli());
            last = Math.max(last, line.at().toEpochMilli());
            bytes += line.bytes();
        }
        if (!lines.isEmpty()) {
            tx.update(
                    "UPDATE log_stream SET first = min(coalesce(first, ?1), ?1),"
                            + " last = max(coalesce(last, ?2), ?2), ingested = ?3 WHERE id = ?4",
                    first,
                    last,
                    now,
                    stream.id());
            tx.update("UPDATE log_group SET bytes = bytes + ? WHERE id = ?", bytes, group.id());
        }
    }

    /// The events next to a place, in ascending order: as many as fit into both limits, and one at
    /// least where there is one.
    ///
    /// @param forward those after the place, or those before it
    static List<Event> next(
            Query query, Wanted wanted, Position place, boolean forward, int limit, int bytesMax) {
        String order = forward ? "ASC" : "DESC";
        // A stream of its own is found by its own index, the whole group by that of the group.
        String sql =
                " FROM log_event e JOIN log_stream s ON s.id = e.stream WHERE "
                        + (wanted.streams().isPresent()
                                ? "e.stream IN (SELECT value FROM json_each(?1))"
                                : "e.grp = ?1")
                        + " AND e.at >= ?2 AND e.at < ?3 AND (e.at, e.seq) "
                        + (forward ? ">" : "<")
                        + " (?4, ?5) ORDER BY e.at "
                        + order
                        + ", e.seq "
                        + order
                        + " LIMIT ?6";
        @Nullable Object[] arguments = {
            wanted.streams().isPresent() ? wanted.streams().get() : wanted.group().id(),
            wanted.from(),
            wanted.to(),
            place.at(),
            place.seq(),
            limit
        };
        List<Long> sizes =
                query.list("SELECT octet_length(e.message)" + sql, row -> row.number(1), arguments);
        arguments[5] = fitting(sizes, bytesMax);
        List<Event> events =
                new ArrayList<>(
                        query.list(
                                "SELECT e.at, e.seq, e.ingested, e.message, s.name" + sql,
                                row ->
                                        new Event(
                                                new Position(row.number(1), row.number(2)),
                                                row.number(3),
                                                row.text(4),
                                                row.text(5)),
                                arguments));
        return forward ? events : events.reversed();
    }

    /// How many of these messages fit, so that long ones are not all read into memory.
    private static int fitting(List<Long> sizes, int bytesMax) {
        long bytes = 0;
        int count = 0;
        for (long size : sizes) {
            bytes += size + EVENT_BYTES;
            if (bytes > bytesMax && count > 0) {
                break;
            }
            count++;
        }
        return count;
    }

    /// Removes at most `limit` events whose stream is gone or whose time is over.
    ///
    /// @return whether there may be more
    static boolean sweep(Tx tx, Instant now, int limit) {
        Optional<Long> gone = tx.one("SELECT stream FROM log_gone LIMIT 1", row -> row.number(1));
        if (gone.isPresent()) {
            int removed = remove(tx, "stream = ?1 AND at < ?2", gone.get(), Instant.MAX, limit);
            if (removed < limit) {
                tx.update("DELETE FROM log_gone WHERE stream = ?", gone.get());
            }
            return true;
        }
        for (Group group : LogTables.groups(tx, "", "", "", Integer.MAX_VALUE)) {
            if (group.retentionDays().isPresent()
                    && remove(tx, "grp = ?1 AND at < ?2", group.id(), group.oldest(now), limit)
                            == limit) {
                return true;
            }
        }
        return false;
    }

    private static int remove(Tx tx, String which, long id, Instant before, int limit) {
        long time = before.equals(Instant.MAX) ? Long.MAX_VALUE : before.toEpochMilli();
        return tx.update(
                "DELETE FROM log_event WHERE seq IN (SELECT seq FROM log_event WHERE "
                        + which
                        + " LIMIT ?3)",
                id,
                time,
                limit);
    }
}
