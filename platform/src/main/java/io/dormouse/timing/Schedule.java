package io.dormouse.timing;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// When something is to be done: `at(…)`, `rate(…)` or `cron(…)`. See [scheduled
/// scaling](https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html).
public sealed interface Schedule {
    /// The first time after that; empty where there is none.
    Optional<Instant> next(Instant after);

    /// Once.
    record At(Instant time) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.of(time).filter(each -> each.isAfter(after));
        }
    }

    /// Again and again.
    ///
    /// @param first the first time
    record Rate(Instant first, Duration every) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            if (after.isBefore(first)) {
                return Optional.of(first);
            }
            long passed = Duration.between(first, after).dividedBy(every);
            return Optional.of(first.plus(every.multipliedBy(passed + 1)));
        }
    }

    /// By the calendar of a time zone.
    record Calendar(Cron cron, ZoneId zone) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return cron.next(after, zone);
        }
    }

    /// Reads an expression.
    ///
    /// @param zone what `at` and `cron` are in
    /// @param created when it was made: a rate without a start counts from then
    /// @param start where a rate begins
    /// @throws IllegalArgumentException saying what was expected
    static Schedule parse(String text, ZoneId zone, Instant created, Optional<Instant> start) {
        Matcher form = Form.ANY.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "Schedule \""
                            + text
                            + "\" is none of at(yyyy-mm-ddThh:mm:ss), rate(value unit) and"
                            + " cron(minutes hours day-of-month month day-of-week year)");
        }
        String inner = form.group(2).strip();
        return switch (form.group(1)) {
            case "at" -> at(inner, zone);
            case "rate" -> rate(inner, created, start);
            default -> new Calendar(Cron.parse(inner), zone);
        };
    }

    private static Schedule at(String text, ZoneId zone) {
        try {
            return new At(LocalDateTime.parse(text).atZone(zone).toInstant());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "at(" + text + ") is no time: write it as at(2026-12-24T18:00:00)", e);
        }
    }

    private static Schedule rate(String text, Instant created, Optional<Instant> start) {
        Matcher rate = Form.RATE.matcher(text);
        if (!rate.matches() || Long.parseLong(rate.group(1)) == 0) {
            throw new IllegalArgumentException(
                    "rate("
                            + text
                            + ") is no rate: write a positive whole number and minutes, hours or"
                            + " days, such as rate(5 minutes)");
        }
        long value = Long.parseLong(rate.group(1));
        Duration every =
                switch (rate.group(2)) {
                    case "minute" -> Duration.ofMinutes(value);
                    case "hour" -> Duration.ofHours(value);
                    default -> Duration.ofDays(value);
                };
        return new Rate(start.orElseGet(() -> created.plus(every)), every);
    }

    /// The forms of an expression.
    final class Form {
        private static final Pattern ANY = Pattern.compile("(at|rate|cron)\\((.*)\\)");
        private static final Pattern RATE = Pattern.compile("(\\d{1,6})\\s+(minute|hour|day)s?");

        private Form() {}
    }
}
