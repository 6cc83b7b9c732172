package io.dormouse.artifact;

import io.dormouse.store.Query;
import io.dormouse.store.Row;
import io.dormouse.store.Schema;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The records: buckets, versions of objects, parts of contents, uploads. Keys are in the order of
/// their UTF-8 bytes, as S3 lists them.
final class Catalog {
    static final Schema SCHEMA =
            Schema.of(
                    "artifact",
                    """
                    CREATE TABLE s3_bucket(
                        name TEXT PRIMARY KEY, owner TEXT NOT NULL, region TEXT NOT NULL,
                        created INTEGER NOT NULL) WITHOUT ROWID
                    """,
                    """
                    CREATE TABLE s3_version(
                        seq INTEGER PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL,
                        id TEXT NOT NULL, latest INTEGER NOT NULL, marker INTEGER NOT NULL,
                        bytes INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
                        content TEXT NOT NULL, attributes TEXT NOT NULL)
                    """,
                    "CREATE UNIQUE INDEX s3_version_id ON s3_version(bucket, key, id)",
                    "CREATE INDEX s3_version_seq ON s3_version(bucket, key, seq DESC)",
                    "CREATE INDEX s3_version_latest ON s3_version(bucket, key) WHERE latest = 1",
                    "CREATE UNIQUE INDEX s3_version_content ON s3_version(content)",
                    """
                    CREATE TABLE s3_part(
                        content TEXT NOT NULL, number INTEGER NOT NULL, file TEXT,
                        bytes INTEGER NOT NULL, etag TEXT NOT NULL, checksums TEXT NOT NULL,
                        modified INTEGER NOT NULL, PRIMARY KEY(content, number)) WITHOUT ROWID
                    """,
                    "CREATE UNIQUE INDEX s3_part_file ON s3_part(file)",
                    """
                    CREATE TABLE s3_upload(
                        id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL,
                        initiated INTEGER NOT NULL, attributes TEXT NOT NULL) WITHOUT ROWID
                    """,
                    "CREATE INDEX s3_upload_key ON s3_upload(bucket, key, initiated, id)",
                    """
                    CREATE TABLE s3_setting(
                        bucket TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
                        PRIMARY KEY(bucket, name)) WITHOUT ROWID
                    """,
                    "CREATE INDEX s3_setting_name ON s3_setting(name, bucket)",
                    "ALTER TABLE s3_version ADD COLUMN superseded INTEGER",
                    """
                    CREATE INDEX s3_version_current ON s3_version(bucket, marker, modified, seq)
                        WHERE latest = 1
                    """,
                    """
                    CREATE INDEX s3_version_superseded ON s3_version(bucket, superseded, seq)
                        WHERE latest = 0
                    """,
                    "CREATE INDEX s3_upload_initiated ON s3_upload(bucket, initiated)");

    private static final String BUCKET = "SELECT name, owner, region, created FROM s3_bucket ";
    static final String VERSION =
            "SELECT seq, bucket, key, id, latest, marker, bytes, etag, modified, content, attributes"
                    + " FROM s3_version ";
    private static final String PART =
            "SELECT content, number, file, bytes, etag, checksums, modified FROM s3_part ";
    private static final String UPLOAD =
            "SELECT id, bucket, key, initiated, attributes FROM s3_upload ";

    private Catalog() {}

    private static Bucket bucket(Row row) {
        return new Bucket(row.text(1), row.text(2), row.text(3), row.time(4));
    }

    static Version version(Row row) {
        return new Version(
                row.number(1),
                row.text(2),
                row.text(3),
                row.text(4),
                row.number(5) == 1,
                row.number(6) == 1,
                row.number(7),
                row.text(8),
                row.time(9),
                row.text(10),
                Attributes.fromJson(row.text(11)));
    }

    private static Part part(Row row) {
        return new Part(
                row.text(1),
                (int) row.number(2),
                row.maybeText(3),
                row.number(4),
                row.text(5),
                Attributes.fromJson(row.text(6)),
                row.time(7));
    }

    private static Upload upload(Row row) {
        return new Upload(
                row.text(1),
                row.text(2),
                row.text(3),
                row.time(4),
                Attributes.fromJson(row.text(5)));
    }

    static Optional<Bucket> bucket(Query query, String name) {
        return query.one(BUCKET + "WHERE name = ?", Catalog::bucket, name);
    }

    /// Buckets by name, after one of them.
    static List<Bucket> buckets(Query query, String after, int limit) {
        return query.list(
                BUCKET + "WHERE name > ? ORDER BY name LIMIT ?", Catalog::bucket, after, limit);
    }

    static void insert(Tx tx, Bucket bucket) {
        tx.update(
                "INSERT INTO s3_bucket VALUES (?, ?, ?, ?)",
                bucket.name(),
                bucket.owner(),
                bucket.region(),
                bucket.created());
    }

    static void deleteBucket(Tx tx, String name) {
        tx.update("DELETE FROM s3_bucket WHERE name = ?", name);
    }

    static boolean hasVersions(Query query, String bucket) {
        return query.number("SELECT 1 FROM s3_version WHERE bucket = ? LIMIT 1", bucket) == 1;
    }

    /// What the key means now: a version, a delete marker, or nothing.
    static Optional<Version> latest(Query query, String bucket, String key) {
        return query.one(
                VERSION + "WHERE bucket = ? AND key = ? AND latest = 1",
                Catalog::version,
                bucket,
                key);
    }

    static Optional<Version> version(Query query, String bucket, String key, String id) {
        return query.one(
                VERSION + "WHERE bucket = ? AND key = ? AND id = ?",
                Catalog::version,
                bucket,
                key,
                id);
    }

    static Optional<Version> versionWith(Query query, String content) {
        return query.one(VERSION + "WHERE content = ?", Catalog::version, content);
    }

    static boolean isRecorded(Query query, String content) {
        return query.number("SELECT 1 FROM s3_version WHERE content = ?", content) == 1;
    }

    /// Records a version as the latest of its key, in place of the one with the same id.
    ///
    /// @return the one that it replaces
    static Optional<Version> insert(Tx tx, Version version) {
        Optional<Version> replaced = version(tx, version.bucket(), version.key(), version.id());
        replaced.ifPresent(old -> tx.update("DELETE FROM s3_version WHERE seq = ?", old.seq()));
        tx.update(
                "UPDATE s3_version SET latest = 0, superseded = ?"
                        + " WHERE bucket = ? AND key = ? AND latest = 1",
                version.modified(),
                version.bucket(),
                version.key());
        tx.update(
                "INSERT INTO s3_version(bucket, key, id, latest, marker, bytes, etag, modified,"
                        + " content, attributes) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?)",
                version.bucket(),
                version.key(),
                version.id(),
                version.isMarker() ? 1 : 0,
                version.bytes(),
                version.etag(),
                version.modified(),
                version.content(),
                version.attributes().toJson());
        return replaced;
    }

    static void update(Tx tx, Version version, Attributes attributes) {
        tx.update(
                "UPDATE s3_version SET attributes = ? WHERE seq = ?",
                attributes.toJson(),
                version.seq());
    }

    /// Removes a version; the one before it becomes the latest.
    static void delete(Tx tx, Version version) {
        tx.update("DELETE FROM s3_version WHERE seq = ?", version.seq());
        if (version.isLatest()) {
            tx.update(
                    "UPDATE s3_version SET latest = 1, superseded = NULL WHERE seq ="
                            + " (SELECT max(seq) FROM s3_version WHERE bucket = ? AND key = ?)",
                    version.bucket(),
                    version.key());
        }
    }

    /// The parts of a content in their order.
    static List<Part> parts(Query query, String content) {
        return query.list(PART + "WHERE content = ? ORDER BY number", Catalog::part, content);
    }

    static List<Part> parts(Query query, String content, int after, int limit) {
        return query.list(
                PART + "WHERE content = ? AND number > ? ORDER BY number LIMIT ?",
                Catalog::part,
                content,
                after,
                limit);
    }

    static Optional<Part> part(Query query, String content, int number) {
        return query.one(PART + "WHERE content = ? AND number = ?", Catalog::part, content, number);
    }

    static void insert(Tx tx, Part part) {
        tx.update(
                "INSERT INTO s3_part VALUES (?, ?, ?, ?, ?, ?, ?)",
                part.content(),
                part.number(),
                part.file(),
                part.bytes(),
                part.etag(),
                part.checksums().toJson(),
                part.modified());
    }

    static void delete(Tx tx, Part part) {
        tx.update(
                "DELETE FROM s3_part WHERE content = ? AND number = ?",
                part.content(),
                part.number());
    }

    /// Removes a content's parts.
    ///
    /// @return their files, to be unlinked after the commit
    static List<String> deleteContent(Tx tx, String content) {
        List<String> files =
                tx.list(
                        "SELECT file FROM s3_part WHERE content = ? AND file IS NOT NULL",
                        row -> row.text(1),
                        content);
        tx.update("DELETE FROM s3_part WHERE content = ?", content);
        return files;
    }

    /// The files that parts name, from one name (inclusive) to another (exclusive).
    static Set<String> files(Query query, String from, String to) {
        return new HashSet<>(
                query.list(
                        "SELECT file FROM s3_part WHERE file >= ? AND file < ?",
                        row -> row.text(1),
                        from,
                        to));
    }

    static Optional<Upload> upload(Query query, String id) {
        return query.one(UPLOAD + "WHERE id = ?", Catalog::upload, id);
    }

    /// Uploads under way, by key and time, after a key (all of its uploads) or one upload of it.
    static List<Upload> uploads(
            Query query, String bucket, String afterKey, Optional<Upload> after, int limit) {
        return after.isPresent()
                ? query.list(
                        UPLOAD
                                + "WHERE bucket = ? AND (key, initiated, id) > (?, ?, ?)"
                                + " ORDER BY key, initiated, id LIMIT ?",
                        Catalog::upload,
                        bucket,
                        after.get().key(),
                        after.get().initiated(),
                        after.get().id(),
                        limit)
                : query.list(
                        UPLOAD
                                + "WHERE bucket = ? AND key > ?"
                                + " ORDER BY key, initiated, id LIMIT ?",
                        Catalog::upload,
                        bucket,
                        afterKey,
                        limit);
    }

    /// Uploads of a bucket that were begun before a time.
    static List<Upload> uploadsBefore(Query query, String bucket, Instant before) {
        return query.list(
                UPLOAD + "WHERE bucket = ? AND initiated < ?", Catalog::upload, bucket, before);
    }

    static void insert(Tx tx, Upload upload) {
        tx.update(
                "INSERT INTO s3_upload VALUES (?, ?, ?, ?, ?)",
                upload.id(),
                upload.bucket(),
                upload.key(),
                upload.initiated(),
                upload.attributes().toJson());
    }

    static void deleteUpload(Tx tx, String id) {
        tx.update("DELETE FROM s3_upload WHERE id = ?", id);
    }
}
