package io.dormouse.artifact;

import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.LifecycleRule;

/// What lifecycle rules would remove by a midnight, if nothing else happened until then, and what
/// they would remove if nobody needed it. Nothing is changed. What follows from a removal, such as
/// the end of the version that a delete marker hides, is not followed up.
///
/// @param by a midnight in UTC
/// @param removed what goes
/// @param kept what is due and stays
public record DryRun(Instant by, List<Entry> removed, List<Entry> kept) {
    /// A version of an object, or an unfinished upload.
    ///
    /// @param id of the version, or of the upload
    /// @param bytes that its removal frees: none where a delete marker will hide it; of what is
    ///   kept, those that it takes
    /// @param rule its ID
    /// @param why what the rule says of it, or who needs it
    public record Entry(
            String bucket, String key, String id, long bytes, String rule, String why) {}

    public DryRun {
        removed = List.copyOf(removed);
        kept = List.copyOf(kept);
    }

    /// @param midnights how many from now: 1 for the next one
    static DryRun of(Store store, Retention retention, Instant now, int midnights) {
        Instant by = LifecycleRules.midnightOf(now).plus(Duration.ofDays(midnights));
        return store.read(query -> new Search(query, new Tags(store), retention, by).run());
    }

    /// One look at the records.
    private static final class Search {
        private final Query query;
        private final Tags tags;
        private final Instant by;
        private final Map<String, String> needed;
        private final Map<Long, Entry> removed = new LinkedHashMap<>();
        private final Map<Long, Entry> kept = new LinkedHashMap<>();
        private final Map<String, Entry> uploads = new LinkedHashMap<>();

        Search(Query query, Tags tags, Retention retention, Instant by) {
            this.query = query;
            this.tags = tags;
            this.by = by;
            this.needed = retention.needed(query);
        }

        DryRun run() {
            for (String bucket : LifecycleRules.buckets(query)) {
                for (LifecycleRule rule : LifecycleRules.enabled(query, bucket)) {
                    boolean isAware = RegistryAware.holds(query, tags, bucket, rule);
                    Due.of(bucket, rule, by).forEach(due -> look(rule, due, isAware));
                    Due.uploads(query, bucket, rule, by)
                            .forEach(upload ->
                                    uploads.putIfAbsent(upload.id(), entry(upload, rule)));
                }
            }
            kept.keySet().removeAll(removed.keySet()); // another rule does not ask
            List<Entry> all = new ArrayList<>(removed.values());
            all.addAll(uploads.values());
            return new DryRun(by, all, List.copyOf(kept.values()));
        }

        private void look(LifecycleRule rule, Due due, boolean isAware) {
            for (long seq : due.selection().found(query)) {
                due.selection()
                        .again(query, seq)
                        .filter(due.filter()::fits)
                        .ifPresent(version -> {
                            Optional<String> need =
                                    isAware && !due.isForGood()
                                            ? RegistryAware.need(version, needed)
                                            : Optional.empty();
                            if (need.isPresent()) {
                                kept.putIfAbsent(
                                        seq, entry(version, version.bytes(), rule, need.get()));
                            } else {
                                removed.putIfAbsent(seq, removed(version, rule, due));
                            }
                        });
            }
        }

        private Entry removed(Version version, LifecycleRule rule, Due due) {
            boolean isHidden =
                    !due.isForGood()
                            && !version.id().equals(Versioning.of(query, version.bucket()).newId());
            return isHidden
                    ? entry(version, 0, rule, due.why() + ": a delete marker will hide it")
                    : entry(version, version.bytes(), rule, due.why());
        }

        private static Entry entry(Version version, long bytes, LifecycleRule rule, String why) {
            return new Entry(version.bucket(), version.key(), version.id(), bytes, rule.id(), why);
        }

        private Entry entry(Upload upload, LifecycleRule rule) {
            long bytes = Catalog.parts(query, upload.id()).stream().mapToLong(Part::bytes).sum();
            int days = rule.abortIncompleteMultipartUpload().daysAfterInitiation();
            return new Entry(
                    upload.bucket(),
                    upload.key(),
                    upload.id(),
                    bytes,
                    rule.id(),
                    "an upload that was not completed in " + Due.days(days));
        }
    }
}
