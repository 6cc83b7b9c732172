package io.dormouse.store;

import io.dormouse.aws.AwsError;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// The tags of every resource, in one table, by ARN.
public final class Tags {
    /// AWS's limit for one resource.
    public static final int TAGS_MAX = 50;

    private final Store store;

    public Tags(Store store) {
        this.store = store;
    }

    /// The tags of a resource in the order of their keys; empty where it has none.
    public Map<String, String> of(String arn) {
        return store.read(query -> of(query, arn));
    }

    public Map<String, String> of(Query query, String arn) {
        Map<String, String> tags = new LinkedHashMap<>();
        query.list(
                "SELECT key, value FROM tag WHERE arn = ? ORDER BY key",
                row -> tags.put(row.text(1), row.text(2)) == null,
                arn);
        return tags;
    }

    /// Adds tags, replacing those of the same key.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException `ValidationException`
    ///   where the resource would have more than [#TAGS_MAX]
    public void put(Tx tx, String arn, Map<String, String> tags) {
        tags.forEach((key, value) ->
                tx.update(
                        "INSERT INTO tag VALUES (?, ?, ?)"
                                + " ON CONFLICT DO UPDATE SET value = excluded.value",
                        arn,
                        key,
                        value));
        if (tx.number("SELECT count(*) FROM tag WHERE arn = ?", arn) > TAGS_MAX) {
            throw AwsError.VALIDATION.of(
                    "A resource can have at most "
                            + TAGS_MAX
                            + " tags: remove some of "
                            + arn
                            + "'s");
        }
    }

    public void remove(Tx tx, String arn, Collection<String> keys) {
        keys.forEach(key -> tx.update("DELETE FROM tag WHERE arn = ? AND key = ?", arn, key));
    }

    /// With the resource go its tags.
    public void removeAll(Tx tx, String arn) {
        tx.update("DELETE FROM tag WHERE arn = ?", arn);
    }
}
