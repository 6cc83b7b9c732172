package io.dormouse.artifact;

import io.dormouse.store.Query;
import io.dormouse.store.Tx;
import java.util.List;
import java.util.Optional;

/// What was set on a bucket, by name; gone with the bucket.
final class Setting {
    private Setting() {}

    static Optional<String> get(Query query, String bucket, String name) {
        return query.one(
                "SELECT body FROM s3_setting WHERE bucket = ? AND name = ?",
                row -> row.text(1),
                bucket,
                name);
    }

    /// The buckets that have this setting.
    static List<String> buckets(Query query, String name) {
        return query.list(
                "SELECT bucket FROM s3_setting WHERE name = ? ORDER BY bucket",
                row -> row.text(1),
                name);
    }

    static void put(Tx tx, String bucket, String name, String body) {
        tx.update(
                "INSERT INTO s3_setting VALUES (?, ?, ?)"
                        + " ON CONFLICT(bucket, name) DO UPDATE SET body = excluded.body",
                bucket,
                name,
                body);
    }

    static void remove(Tx tx, String bucket, String name) {
        tx.update("DELETE FROM s3_setting WHERE bucket = ? AND name = ?", bucket, name);
    }

    static void removeAll(Tx tx, String bucket) {
        tx.update("DELETE FROM s3_setting WHERE bucket = ?", bucket);
    }
}
