package io.dormouse.metrics;

import io.dormouse.metrics.LogTables.Group;
import io.dormouse.store.Codec;
import io.dormouse.store.Query;
import io.dormouse.store.Tx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.cloudwatchlogs.model.MetricFilter;

/// The rows of metric filters, each of one group.
final class MetricFilterRows {
    private static final Codec<MetricFilter> CODEC = Codec.shape(MetricFilter::builder);

    /// @param group its id
    record Row(long group, MetricFilter filter) {}

    private MetricFilterRows() {}

    static List<Row> all(Query query) {
        return query.list(
                "SELECT grp, body FROM metric_filter ORDER BY name, grp",
                row -> new Row(row.number(1), CODEC.read().apply(row.text(2))));
    }

    static List<MetricFilter> of(Query query, Group group) {
        return query.list(
                "SELECT body FROM metric_filter WHERE grp = ? ORDER BY name",
                row -> CODEC.read().apply(row.text(1)),
                group.id());
    }

    static void put(Tx tx, Group group, MetricFilter filter) {
        tx.update(
                "INSERT OR REPLACE INTO metric_filter(grp, name, body) VALUES (?, ?, ?)",
                group.id(),
                filter.filterName(),
                CODEC.write().apply(filter));
    }

    /// Removes one.
    ///
    /// @return false where there is none
    static boolean delete(Tx tx, Group group, String name) {
        return tx.update("DELETE FROM metric_filter WHERE grp = ? AND name = ?", group.id(), name)
                == 1;
    }

    /// How many each group has, by its id.
    static Map<Long, Integer> counts(Query query) {
        Map<Long, Integer> counts = new HashMap<>();
        query.list(
                "SELECT grp, count(*) FROM metric_filter GROUP BY grp",
                row -> counts.put(row.number(1), (int) row.number(2)));
        return counts;
    }
}
