package io.dormouse.artifact;

import io.dormouse.store.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Versions by a condition on their records, as `v`. What was found is looked at again in the
/// transaction that removes it.
record Selection(String condition, List<Object> arguments) {
    Selection {
        arguments = List.copyOf(arguments);
    }

    /// The `seq` of each, in an order that the same search has again.
    List<Long> found(Query query) {
        return query.list(
                "SELECT seq FROM s3_version AS v WHERE " + condition,
                row -> row.number(1),
                arguments.toArray());
    }

    /// One that was found, if the condition still holds.
    Optional<Version> again(Query query, long seq) {
        List<Object> all = new ArrayList<>(arguments);
        all.add(seq);
        return query.one(
                Catalog.VERSION + "AS v WHERE " + condition + " AND seq = ?",
                Catalog::version,
                all.toArray());
    }
}
