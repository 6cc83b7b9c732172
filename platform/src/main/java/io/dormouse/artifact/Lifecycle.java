package io.dormouse.artifact;

import io.dormouse.store.Query;
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
import software.amazon.awssdk.services.s3.model.LifecycleExpiration;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.NoncurrentVersionExpiration;

/// Lets go what the rules of buckets say, as S3 does once a day.
///
///     rule ─► selection (an indexed query for what is due) ─► in batches: looked at again,
///     retention asked, removed, told to the bus, committed ─► files unlinked
final class Lifecycle {
    /// The tag of a bucket, or the beginning of a rule's id, that has [Retention] asked.
    static final String REGISTRY_AWARE = "dormouse:registry-aware";

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

    /// What one action of a rule lets go.
    ///
    /// @param isForGood or as DeleteObject does, which leaves a delete marker
    private record Action(RuleFilter filter, Selection selection, boolean isForGood) {}

    /// Removes all that is due now. What is not due is not read.
    void sweep() {
        sweeping.lock();
        try {
            Instant now = clock.instant();
            for (String bucket :
                    store.read(query -> Setting.buckets(query, LifecycleRules.SETTING))) {
                for (LifecycleRule rule :
                        store.read(query -> LifecycleRules.enabled(query, bucket))) {
                    int gone = 0;
                    for (Action action : actions(bucket, rule, now)) {
                        gone += perform(bucket, rule, action);
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

    private static List<Action> actions(String bucket, LifecycleRule rule, Instant now) {
        RuleFilter filter = RuleFilter.of(rule);
        List<Action> actions = new ArrayList<>();
        LifecycleExpiration expiration = rule.expiration();
        if (expiration != null) {
            Optional<Instant> before =
                    expiration.days() != null
                            ? Optional.of(Expiry.before(now, expiration.days()))
                            : Optional.ofNullable(expiration.date())
                                    .filter(date -> !date.isAfter(now))
                                    .map(_ -> Instant.ofEpochMilli(Long.MAX_VALUE));
            before.ifPresent(time ->
                    actions.add(
                            new Action(filter, filter.narrowed(current(bucket, time, 0)), false)));
            // Days and ExpiredObjectDeleteMarker both end a marker that hides nothing any more.
            Optional<Instant> markers =
                    Boolean.TRUE.equals(expiration.expiredObjectDeleteMarker())
                            ? Optional.of(Instant.ofEpochMilli(Long.MAX_VALUE))
                            : before.filter(_ -> expiration.days() != null);
            markers.ifPresent(time ->
                    actions.add(
                            new Action(filter, filter.narrowed(current(bucket, time, 1)), true)));
        }
        NoncurrentVersionExpiration noncurrent = rule.noncurrentVersionExpiration();
        if (noncurrent != null) {
            actions.add(
                    new Action(filter, filter.narrowed(noncurrent(bucket, noncurrent, now)), true));
        }
        return actions;
    }

    private static Selection current(String bucket, Instant before, int marker) {
        String alone =
                marker == 0
                        ? ""
                        : " AND NOT EXISTS (SELECT 1 FROM s3_version AS o WHERE"
                                + " o.bucket = v.bucket AND o.key = v.key AND o.seq <> v.seq)";
        return new Selection(
                "bucket = ? AND latest = 1 AND marker = " + marker + " AND modified < ?" + alone,
                List.of(bucket, before));
    }

    private static Selection noncurrent(
            String bucket, NoncurrentVersionExpiration expiration, Instant now) {
        Instant before = Expiry.before(now, expiration.noncurrentDays());
        int kept = Optional.ofNullable(expiration.newerNoncurrentVersions()).orElse(0);
        String due = "bucket = ? AND latest = 0 AND superseded < ?";
        return kept == 0
                ? new Selection(due, List.of(bucket, before))
                : new Selection(
                        due
                                + " AND (SELECT count(*) FROM s3_version AS n WHERE"
                                + " n.bucket = v.bucket AND n.key = v.key AND n.latest = 0"
                                + " AND n.seq > v.seq) >= ?",
                        List.of(bucket, before, kept));
    }

    private int perform(String bucket, LifecycleRule rule, Action action) {
        List<Long> found = store.read(action.selection()::found);
        int gone = 0;
        for (int from = 0; from < found.size(); from += BATCH_MAX) {
            List<Long> batch = found.subList(from, Math.min(from + BATCH_MAX, found.size()));
            List<Deletion> deletions =
                    store.write(tx -> {
                        if (!LifecycleRules.enabled(tx, bucket).contains(rule)) {
                            return List.of(); // replaced meanwhile
                        }
                        return delete(tx, bucket, rule, action, batch);
                    });
            deletions.forEach(deletion -> deletion.orphans().forEach(contents::unlink));
            gone += deletions.size();
        }
        return gone;
    }

    private List<Deletion> delete(
            Tx tx, String bucket, LifecycleRule rule, Action action, List<Long> batch) {
        Map<String, String> needed =
                !action.isForGood() && isRegistryAware(tx, bucket, rule)
                        ? retention.needed(tx)
                        : Map.of();
        Instant now = ObjectWrites.seconds(clock);
        List<Deletion> deletions = new ArrayList<>();
        for (long seq : batch) {
            action.selection()
                    .again(tx, seq)
                    .filter(action.filter()::fits)
                    .filter(version -> !isNeeded(version, needed))
                    .map(version ->
                            action.isForGood()
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

    private boolean isRegistryAware(Query query, String bucket, LifecycleRule rule) {
        return rule.id().startsWith(REGISTRY_AWARE)
                || "true".equals(tags.of(query, "arn:aws:s3:::" + bucket).get(REGISTRY_AWARE));
    }

    private static boolean isNeeded(Version version, Map<String, String> needed) {
        String uri = "s3://" + version.bucket() + "/" + version.key();
        return needed.containsKey(uri)
                || needed.keySet().stream()
                        .anyMatch(each -> each.endsWith("/") && uri.startsWith(each));
    }

    private int abort(String bucket, LifecycleRule rule, Instant now) {
        if (rule.abortIncompleteMultipartUpload() == null) {
            return 0;
        }
        Instant before =
                Expiry.before(now, rule.abortIncompleteMultipartUpload().daysAfterInitiation());
        String prefix = RuleFilter.of(rule).prefix();
        List<Contents.Orphan> orphans =
                store.write(tx ->
                        Catalog.uploadsBefore(tx, bucket, before).stream()
                                .filter(upload -> upload.key().startsWith(prefix))
                                .map(upload -> Uploads.drop(tx, upload.id()))
                                .toList());
        orphans.forEach(contents::unlink);
        return orphans.size();
    }
}
