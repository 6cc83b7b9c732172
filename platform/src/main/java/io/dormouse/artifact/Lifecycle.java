package io.dormouse.artifact;

import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.LifecycleRule;

/// Lets go what the rules of buckets say, as S3 does once a day.
///
///     rule ─► selection (an indexed query for what is due) ─► in batches: looked at again,
///     retention asked, removed, told to the bus, committed ─► files unlinked
final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
    private static final int BATCH_MAX = 100;

    private final Store store;
    private final Tags tags;
    private final Contents contents;
    private final InstantSource clock;
    private final Retention retention;
    private final ReentrantLock sweeping = new ReentrantLock();

    Lifecycle(Store store, Contents contents, InstantSource clock, Retention retention) {
        this.store = store;
        this.tags = new Tags(store);
        this.contents = contents;
        this.clock = clock;
        this.retention = retention;
    }

    /// Removes all that is due now. What is not due is not read.
    void sweep() {
        sweeping.lock();
        try {
            Instant now = clock.instant();
            for (String bucket : store.read(LifecycleRules::buckets)) {
                for (LifecycleRule rule :
                        store.read(query -> LifecycleRules.enabled(query, bucket))) {
                    int gone = 0;
                    for (Due due : Due.of(bucket, rule, now)) {
                        gone += perform(bucket, rule, due);
                    }
                    gone += abort(bucket, rule, now);
                    if (gone > 0) {
                        LOG.info("Rule {} of bucket {} removed {}", rule.id(), bucket, gone);
                    }
                }
            }
        } finally {
            sweeping.unlock();
        }
    }

    private int perform(String bucket, LifecycleRule rule, Due due) {
        List<Long> found = store.read(due.selection()::found);
        int gone = 0;
        for (int from = 0; from < found.size(); from += BATCH_MAX) {
            List<Long> batch = found.subList(from, Math.min(from + BATCH_MAX, found.size()));
            List<Deletion> deletions =
                    store.write(tx -> {
                        if (!LifecycleRules.enabled(tx, bucket).contains(rule)) {
                            return List.of(); // replaced meanwhile
                        }
                        return delete(tx, bucket, rule, due, batch);
                    });
            deletions.forEach(deletion -> deletion.orphans().forEach(contents::unlink));
            gone += deletions.size();
        }
        return gone;
    }

    private List<Deletion> delete(
            Tx tx, String bucket, LifecycleRule rule, Due due, List<Long> batch) {
        Map<String, String> needed =
                !due.isForGood() && RegistryAware.holds(tx, tags, bucket, rule)
                        ? retention.needed(tx)
                        : Map.of();
        Instant now = ObjectWrites.seconds(clock);
        List<Deletion> deletions = new ArrayList<>();
        for (long seq : batch) {
            due.selection()
                    .again(tx, seq)
                    .filter(due.filter()::fits)
                    .filter(version -> RegistryAware.need(version, needed).isEmpty())
                    .map(version ->
                            due.isForGood()
                                    ? Deletion.forever(tx, version, Notifications.EXPIRATION)
                                    : Deletion.of(
                                            tx,
                                            bucket,
                                            version.key(),
                                            Optional.empty(),
                                            now,
                                            Notifications.EXPIRATION))
                    .ifPresent(deletions::add);
        }
        return deletions;
    }

    private int abort(String bucket, LifecycleRule rule, Instant now) {
        List<Contents.Orphan> orphans =
                store.write(tx ->
                        Due.uploads(tx, bucket, rule, now).stream()
                                .map(upload -> Uploads.drop(tx, upload.id()))
                                .toList());
        orphans.forEach(contents::unlink);
        return orphans.size();
    }
}
