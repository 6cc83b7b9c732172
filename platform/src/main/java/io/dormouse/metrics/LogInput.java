package io.dormouse.metrics;

import io.dormouse.metrics.LogEvents.Line;
import io.dormouse.metrics.LogTables.Group;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.RejectedLogEventsInfo;

/// What PutLogEvents may bring, and which of it is kept: CloudWatch Logs takes the rest where some
/// events are too old or too new.
///
/// See
/// [PutLogEvents](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
final class LogInput {
    private static final int EVENTS_MAX = 10_000;
    private static final int BYTES_MAX = 1_048_576;
    private static final Duration SPAN_MAX = Duration.ofHours(24);
    private static final Duration PAST_MAX = Duration.ofDays(14);
    private static final Duration FUTURE_MAX = Duration.ofHours(2);

    private final List<Line> lines;

    LogInput(List<InputLogEvent> events) {
        if (events.isEmpty() || events.size() > EVENTS_MAX) {
            throw LogErrors.invalid("logEvents must have between 1 and " + EVENTS_MAX + " events.");
        }
        List<Line> read = new ArrayList<>(events.size());
        long bytes = 0;
        for (InputLogEvent event : events) {
            if (event.timestamp() == null || event.message() == null || event.message().isEmpty()) {
                throw LogErrors.invalid("Each of logEvents must have a timestamp and a message.");
            }
            Line line = new Line(Instant.ofEpochMilli(event.timestamp()), event.message());
            if (!read.isEmpty() && line.at().isBefore(read.getLast().at())) {
                throw LogErrors.invalid(
                        "Log events in a single PutLogEvents request must be in chronological"
                                + " order.");
            }
            bytes += line.bytes();
            read.add(line);
        }
        if (bytes > BYTES_MAX) {
            throw LogErrors.invalid(
                    "Upload too large: " + bytes + " bytes exceeds limit of " + BYTES_MAX);
        }
        if (Duration.between(read.getFirst().at(), read.getLast().at()).compareTo(SPAN_MAX) > 0) {
            throw LogErrors.invalid(
                    "The batch of log events in a single PutLogEvents request cannot span more"
                            + " than 24 hours.");
        }
        lines = read;
    }

    /// What is kept of a request, and what AWS says of the rest.
    record Sorted(List<Line> kept, Optional<RejectedLogEventsInfo> rejected) {}

    Sorted sort(Group group, Instant now) {
        int old = before(now.minus(PAST_MAX));
        int expired = before(group.oldest(now));
        int young = before(now.plus(FUTURE_MAX).plusMillis(1));
        List<Line> kept =
                lines.subList(Math.max(old, expired), Math.max(young, Math.max(old, expired)));
        if (kept.size() == lines.size()) {
            return new Sorted(kept, Optional.empty());
        }
        RejectedLogEventsInfo.Builder info = RejectedLogEventsInfo.builder();
        some(old).ifPresent(info::tooOldLogEventEndIndex);
        some(expired).ifPresent(info::expiredLogEventEndIndex);
        if (young < lines.size()) {
            info.tooNewLogEventStartIndex(young);
        }
        return new Sorted(kept, Optional.of(info.build()));
    }

    private static OptionalInt some(int count) {
        return count > 0 ? OptionalInt.of(count) : OptionalInt.empty();
    }

    /// How many lines are before that time; lines are in order.
    private int before(Instant time) {
        int count = 0;
        while (count < lines.size() && lines.get(count).at().isBefore(time)) {
            count++;
        }
        return count;
    }
}
