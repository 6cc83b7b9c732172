package io.dormouse.queue;

import io.dormouse.store.Codec;
import io.dormouse.store.Query;
import io.dormouse.store.Row;
import io.dormouse.store.Schema;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.sqs.model.Message;

/// The rows that messages are. All times are milliseconds of the platform's clock.
final class MessageTable {
    static final Schema SCHEMA =
            Schema.of(
                    "queue",
                    """
                    CREATE TABLE message(
                        seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL,
                        id TEXT NOT NULL, body TEXT NOT NULL, sender TEXT NOT NULL,
                        sent INTEGER NOT NULL, visible INTEGER NOT NULL,
                        receives INTEGER NOT NULL, received INTEGER NOT NULL,
                        message_group TEXT NOT NULL, dedup TEXT NOT NULL,
                        dead_source TEXT NOT NULL)
                    """,
                    "CREATE INDEX message_queue ON message(queue, visible)",
                    "CREATE INDEX message_id ON message(queue, id)",
                    """
                    CREATE TABLE message_dedup(
                        queue TEXT NOT NULL, dedup TEXT NOT NULL, id TEXT NOT NULL,
                        seq INTEGER NOT NULL, sent INTEGER NOT NULL,
                        PRIMARY KEY(queue, dedup)) WITHOUT ROWID
                    """);

    private static final Codec<Message> SHAPE = Codec.shape(Message::builder);
    private static final String COLUMNS =
            "seq, id, body, sender, sent, receives, received, message_group, dedup, dead_source";

    /// What may be received: no message of a group while an earlier one of it is in flight.
    private static final String READY =
            " FROM message m WHERE queue = ? AND visible <= ? AND sent > ? AND (message_group = ''"
                    + " OR NOT EXISTS (SELECT 1 FROM message e WHERE e.queue = m.queue"
                    + " AND e.message_group = m.message_group AND e.seq < m.seq"
                    + " AND e.visible > ?))";

    private MessageTable() {}

    /// A message as it is kept.
    ///
    /// @param shape its id, body, attributes and digests
    /// @param received for the first time; the epoch where it was not
    /// @param group empty where the queue is no FIFO queue
    /// @param deadSource the ARN of the queue that it failed in; empty for none
    record Kept(
            long seq,
            Message shape,
            String sender,
            Instant sent,
            int receives,
            Instant received,
            String group,
            String dedup,
            String deadSource) {
        static Kept of(Row row) {
            return new Kept(
                    row.number(1),
                    SHAPE.read().apply(row.text(3)),
                    row.text(4),
                    row.time(5),
                    (int) row.number(6),
                    row.time(7),
                    row.text(8),
                    row.text(9),
                    row.text(10));
        }
    }

    /// Keeps a new message.
    ///
    /// @return its sequence number
    static long insert(
            Tx tx,
            Queue queue,
            Message shape,
            String sender,
            Instant sent,
            Instant visible,
            String group,
            String dedup) {
        tx.update(
                "INSERT INTO message(queue, id, body, sender, sent, visible, receives, received,"
                        + " message_group, dedup, dead_source)"
                        + " VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, ?, '')",
                queue.name(),
                shape.messageId(),
                SHAPE.write().apply(shape),
                sender,
                sent,
                visible,
                group,
                dedup);
        return tx.number("SELECT last_insert_rowid()");
    }

    static boolean isReady(Query query, Queue queue, Instant now) {
        return query.number(
                        "SELECT count(*) FROM (SELECT 1" + READY + " LIMIT 1)",
                        queue.name(),
                        now,
                        now.minus(queue.retention()),
                        now)
                == 1;
    }

    static List<Kept> ready(Tx tx, Queue queue, Instant now, int max) {
        return tx.list(
                "SELECT " + COLUMNS + READY + " ORDER BY seq LIMIT ?",
                Kept::of,
                queue.name(),
                now,
                now.minus(queue.retention()),
                now,
                max);
    }

    /// When the next message becomes visible by itself; empty where none will.
    static Optional<Instant> nextVisible(Query query, Queue queue, Instant now) {
        return query.one(
                "SELECT min(visible) FROM message WHERE queue = ? AND visible > ? HAVING count(*) > 0",
                row -> row.time(1),
                queue.name(),
                now);
    }

    static void received(Tx tx, Kept message, Instant now, Instant visible) {
        tx.update(
                "UPDATE message SET visible = ?, receives = receives + 1,"
                        + " received = CASE receives WHEN 0 THEN ? ELSE received END WHERE seq = ?",
                visible,
                now,
                message.seq());
    }

    static void bury(Tx tx, Kept message, Queue from, String deadLetters, Instant now) {
        tx.update(
                "UPDATE message SET queue = ?, dead_source = ?, visible = ? WHERE seq = ?",
                deadLetters,
                from.arn(),
                now,
                message.seq());
    }

    /// Removes a message that was received for the last time as that handle says.
    static boolean delete(Tx tx, Receipt receipt) {
        return tx.update(
                        "DELETE FROM message WHERE queue = ? AND id = ? AND receives = ?",
                        receipt.queue(),
                        receipt.id(),
                        receipt.receives())
                == 1;
    }

    /// Sets when a message in flight becomes visible.
    ///
    /// @return false where it is not in flight
    static boolean hide(Tx tx, Receipt receipt, Instant now, Instant visible) {
        return tx.update(
                        "UPDATE message SET visible = ?"
                                + " WHERE queue = ? AND id = ? AND receives = ? AND visible > ?",
                        visible,
                        receipt.queue(),
                        receipt.id(),
                        receipt.receives(),
                        now)
                == 1;
    }

    static void expire(Tx tx, Queue queue, Instant now) {
        tx.update(
                "DELETE FROM message WHERE queue = ? AND sent <= ?",
                queue.name(),
                now.minus(queue.retention()));
    }

    static void clear(Tx tx, Queue queue) {
        tx.update("DELETE FROM message WHERE queue = ?", queue.name());
        tx.update("DELETE FROM message_dedup WHERE queue = ?", queue.name());
    }

    /// How many are visible, in flight, and delayed.
    record Counts(long visible, long inFlight, long delayed) {}

    static Counts counts(Query query, Queue queue, Instant now) {
        return query.one(
                        "SELECT count(*) FILTER (WHERE visible <= ?),"
                                + " count(*) FILTER (WHERE visible > ? AND receives > 0),"
                                + " count(*) FILTER (WHERE visible > ? AND receives = 0)"
                                + " FROM message WHERE queue = ? AND sent > ?",
                        row -> new Counts(row.number(1), row.number(2), row.number(3)),
                        now,
                        now,
                        now,
                        queue.name(),
                        now.minus(queue.retention()))
                .orElseThrow();
    }

    /// A message of the same deduplication id that was sent since.
    static Optional<Twin> twin(Tx tx, Queue queue, String dedup, Instant since) {
        tx.update("DELETE FROM message_dedup WHERE queue = ? AND sent <= ?", queue.name(), since);
        return tx.one(
                "SELECT id, seq FROM message_dedup WHERE queue = ? AND dedup = ?",
                row -> new Twin(row.text(1), row.number(2)),
                queue.name(),
                dedup);
    }

    record Twin(String id, long seq) {}

    static void remember(Tx tx, Queue queue, String dedup, Twin sent, Instant at) {
        tx.update(
                "INSERT OR REPLACE INTO message_dedup VALUES (?, ?, ?, ?, ?)",
                queue.name(),
                dedup,
                sent.id(),
                sent.seq(),
                at);
    }
}
