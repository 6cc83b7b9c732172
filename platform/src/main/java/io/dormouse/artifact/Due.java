package io.dormouse.artifact;

import io.dormouse.store.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.LifecycleExpiration;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.NoncurrentVersionExpiration;

/// What one action of a rule lets go at a time.
///
/// @param isForGood or as DeleteObject does, which leaves a delete marker in a bucket with versions
/// @param why what the rule says of it, such as `older than 30 days`
record Due(RuleFilter filter, Selection selection, boolean isForGood, String why) {
    private static final Instant EVER = Instant.ofEpochMilli(Long.MAX_VALUE);

    /// The actions of a rule on versions, in the order in which they are executed.
    static List<Due> of(String bucket, LifecycleRule rule, Instant at) {
        RuleFilter filter = RuleFilter.of(rule);
        List<Due> due = new ArrayList<>();
        if (rule.expiration() != null) {
            expired(bucket, rule.expiration(), filter, at, due);
        }
        NoncurrentVersionExpiration noncurrent = rule.noncurrentVersionExpiration();
        if (noncurrent != null) {
            Integer newer = noncurrent.newerNoncurrentVersions();
            String why =
                    "not current for "
                            + days(noncurrent.noncurrentDays())
                            + (newer == null ? "" : ", nor of the " + newer + " newest");
            Selection selection = filter.narrowed(noncurrent(bucket, noncurrent, at));
            due.add(new Due(filter, selection, true, why));
        }
        return due;
    }

    private static void expired(
            String bucket,
            LifecycleExpiration expiration,
            RuleFilter filter,
            Instant at,
            List<Due> due) {
        Optional<Instant> before =
                expiration.days() != null
                        ? Optional.of(Expiry.before(at, expiration.days()))
                        : Optional.ofNullable(expiration.date())
                                .filter(date -> !date.isAfter(at))
                                .map(_ -> EVER);
        String why =
                expiration.days() != null
                        ? "older than " + days(expiration.days())
                        : "its end is " + expiration.date();
        before.ifPresent(time ->
                due.add(new Due(filter, filter.narrowed(current(bucket, time, 0)), false, why)));
        // Days and ExpiredObjectDeleteMarker both end a marker that hides nothing any more.
        Optional<Instant> markers =
                Boolean.TRUE.equals(expiration.expiredObjectDeleteMarker())
                        ? Optional.of(EVER)
                        : before.filter(_ -> expiration.days() != null);
        markers.ifPresent(time ->
                due.add(
                        new Due(
                                filter,
                                filter.narrowed(current(bucket, time, 1)),
                                true,
                                "a delete marker that hides nothing")));
    }

    static String days(int days) {
        return days + (days == 1 ? " day" : " days");
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
            String bucket, NoncurrentVersionExpiration expiration, Instant at) {
        Instant before = Expiry.before(at, expiration.noncurrentDays());
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

    /// Unfinished uploads that a rule ends.
    static List<Upload> uploads(Query query, String bucket, LifecycleRule rule, Instant at) {
        if (rule.abortIncompleteMultipartUpload() == null) {
            return List.of();
        }
        Instant before =
                Expiry.before(at, rule.abortIncompleteMultipartUpload().daysAfterInitiation());
        String prefix = RuleFilter.of(rule).prefix();
        return Catalog.uploadsBefore(query, bucket, before).stream()
                .filter(upload -> upload.key().startsWith(prefix))
                .toList();
    }
}
