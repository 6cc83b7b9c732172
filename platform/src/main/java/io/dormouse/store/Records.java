package io.dormouse.store;

import io.dormouse.aws.AwsError;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// All resources of one kind, by name: the plural owner of a room keeps its records in one of
/// these.
public final class Records<T> {
    private static final String COLUMNS = "name, parent, status, created, modified, body";

    private final Store store;
    private final String kind;
    private final Codec<T> codec;

    public Records(Store store, String kind, Codec<T> codec) {
        this.store = store;
        this.kind = kind;
        this.codec = codec;
    }

    public Optional<Entry<T>> get(String name) {
        return store.read(query -> get(query, name));
    }

    /// Within a transaction, or on the state that a query reads.
    public Optional<Entry<T>> get(Query query, String name) {
        return query.one(
                "SELECT " + COLUMNS + " FROM record WHERE kind = ? AND name = ?",
                this::entry,
                kind,
                name);
    }

    /// Adds a new entry.
    ///
    /// @return false, and nothing changed, where the name is taken
    public boolean insert(Tx tx, Entry<T> entry) {
        return tx.update(
                        "INSERT INTO record(kind, name, parent, status, created, modified, body)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        kind,
                        entry.name(),
                        entry.parent(),
                        entry.status(),
                        entry.created(),
                        entry.modified(),
                        codec.write().apply(entry.body()))
                == 1;
    }

    /// Replaces the entry of that name.
    ///
    /// @return false where there is none
    public boolean update(Tx tx, Entry<T> entry) {
        return tx.update(
                        "UPDATE record SET parent = ?, status = ?, modified = ?, body = ?"
                                + " WHERE kind = ? AND name = ?",
                        entry.parent(),
                        entry.status(),
                        entry.modified(),
                        codec.write().apply(entry.body()),
                        kind,
                        entry.name())
                == 1;
    }

    /// Removes the entry of that name.
    ///
    /// @return false where there was none
    public boolean delete(Tx tx, String name) {
        return tx.update("DELETE FROM record WHERE kind = ? AND name = ?", kind, name) == 1;
    }

    /// Every entry, oldest first: for a start that takes up what was left.
    public List<Entry<T>> all() {
        return store.read(this::all);
    }

    /// Within a transaction, or on the state that a query reads.
    public List<Entry<T>> all(Query query) {
        return query.list(
                "SELECT " + COLUMNS + " FROM record WHERE kind = ? ORDER BY created, name",
                this::entry,
                kind);
    }

    /// How many entries have this parent.
    public long count(Query query, String parent) {
        return query.number(
                "SELECT count(*) FROM record WHERE kind = ? AND parent = ?", kind, parent);
    }

    /// The page that a List operation asks for.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException `ValidationException`
    ///   for a token that no page gave
    public Page<Entry<T>> page(Listing listing) {
        StringBuilder sql = new StringBuilder("SELECT " + COLUMNS + " FROM record WHERE kind = ?");
        List<Object> arguments = new ArrayList<>(List.of(kind));
        filter(listing.filter(), sql, arguments);
        String column = listing.by().column();
        String order = listing.ascending() ? "ASC" : "DESC";
        listing.nextToken().ifPresent(token -> seek(token, listing, sql, arguments));
        sql.append(" ORDER BY " + column + " " + order + ", name " + order + " LIMIT ?");
        arguments.add(listing.maxResults() + 1);
        List<Entry<T>> rows =
                store.read(query -> query.list(sql.toString(), this::entry, arguments.toArray()));
        if (rows.size() <= listing.maxResults()) {
            return new Page<>(rows, Optional.empty());
        }
        List<Entry<T>> items = rows.subList(0, listing.maxResults());
        return new Page<>(items, Optional.of(token(listing.by(), items.getLast())));
    }

    private static void filter(Listing.Filter filter, StringBuilder sql, List<Object> arguments) {
        filter.nameContains()
                .ifPresent(text -> and(sql, arguments, "instr(lower(name), lower(?)) > 0", text));
        filter.nameStarts().ifPresent(text -> and(sql, arguments, "instr(name, ?) = 1", text));
        span("created", filter.created(), sql, arguments);
        span("modified", filter.modified(), sql, arguments);
        filter.status().ifPresent(status -> and(sql, arguments, "status = ?", status));
        filter.parent()
                .ifPresent(parent -> {
                    boolean any = parent.equals(Listing.ANY_PARENT);
                    and(sql, arguments, any ? "parent <> ?" : "parent = ?", any ? "" : parent);
                });
    }

    private static void span(
            String column, Listing.Span span, StringBuilder sql, List<Object> arguments) {
        span.after().ifPresent(time -> and(sql, arguments, column + " > ?", time));
        span.before().ifPresent(time -> and(sql, arguments, column + " < ?", time));
    }

    private static void and(StringBuilder sql, List<Object> arguments, String term, Object value) {
        sql.append(" AND ").append(term);
        arguments.add(value);
    }

    private static String token(Listing.By by, Entry<?> last) {
        String key =
                switch (by) {
                    case NAME -> last.name();
                    case CREATED -> Long.toString(last.created().toEpochMilli());
                    case MODIFIED -> Long.toString(last.modified().toEpochMilli());
                    case STATUS -> last.status();
                };
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        (by + "\n" + key + "\n" + last.name()).getBytes(StandardCharsets.UTF_8));
    }

    private static void seek(
            String token, Listing listing, StringBuilder sql, List<Object> arguments) {
        String[] parts;
        Object key;
        try {
            parts =
                    new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8)
                            .split("\n", -1);
            if (parts.length != 3 || !parts[0].equals(listing.by().name())) {
                throw new IllegalArgumentException();
            }
            key =
                    switch (listing.by()) {
                        case NAME, STATUS -> parts[1];
                        case CREATED, MODIFIED -> Instant.ofEpochMilli(Long.parseLong(parts[1]));
                    };
        } catch (IllegalArgumentException e) {
            throw AwsError.VALIDATION.of(
                    "Invalid NextToken: pass the token of the last answer with the same sort order");
        }
        sql.append(" AND (" + listing.by().column() + ", name) ")
                .append(listing.ascending() ? "> (?, ?)" : "< (?, ?)");
        arguments.add(key);
        arguments.add(parts[2]);
    }

    private Entry<T> entry(Row row) {
        return new Entry<>(
                row.text(1),
                row.text(2),
                row.text(3),
                row.time(4),
                row.time(5),
                codec.read().apply(row.text(6)));
    }
}
