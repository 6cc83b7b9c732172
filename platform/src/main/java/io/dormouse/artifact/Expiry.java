package io.dormouse.artifact;

import io.dormouse.store.Query;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.LifecycleExpiration;
import software.amazon.awssdk.services.s3.model.LifecycleRule;

/// When rules let things go: days after a time, and then the next midnight in UTC.
final class Expiry {
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private Expiry() {}

    /// When something is due, so many days after `since`.
    static Instant due(Instant since, int days) {
        return LifecycleRules.midnightOf(since.plus(Duration.ofDays(days)))
                .plus(Duration.ofDays(1));
    }

    /// What is due at `now` after so many days began before this.
    static Instant before(Instant now, int days) {
        return LifecycleRules.midnightOf(now).minus(Duration.ofDays(days));
    }

    /// The `x-amz-expiration` header of a version: the earliest end that a rule has for it.
    static Optional<String> header(Query query, Version version) {
        if (!version.isLatest() || version.isMarker()) {
            return Optional.empty();
        }
        Optional<Instant> earliest = Optional.empty();
        String id = "";
        for (LifecycleRule rule : LifecycleRules.enabled(query, version.bucket())) {
            Optional<Instant> due =
                    Optional.ofNullable(rule.expiration()).flatMap(each -> due(version, each));
            if (due.isPresent()
                    && RuleFilter.of(rule).fits(version)
                    && earliest.map(due.get()::isBefore).orElse(true)) {
                earliest = due;
                id = rule.id();
            }
        }
        String rule = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
        return earliest.map(at ->
                "expiry-date=\""
                        + HTTP_DATE.format(at.atOffset(ZoneOffset.UTC))
                        + "\", rule-id=\""
                        + rule
                        + '"');
    }

    private static Optional<Instant> due(Version version, LifecycleExpiration expiration) {
        return expiration.days() == null
                ? Optional.ofNullable(expiration.date())
                : Optional.of(due(version.modified(), expiration.days()));
    }
}
