package io.dormouse.metrics;

import io.dormouse.metrics.LogEvents.Event;
import io.dormouse.metrics.LogEvents.Position;
import io.dormouse.metrics.LogEvents.Wanted;
import io.dormouse.metrics.LogTables.Group;
import io.dormouse.metrics.LogTables.Stream;
import io.dormouse.metrics.filter.FilterPattern;
import io.dormouse.metrics.filter.InvalidPattern;
import io.dormouse.store.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;

/// Reading of log events, on one state of the store.
final class LogReader {
    private static final int EVENTS_MAX = 10_000;
    private static final int BYTES_MAX = 1_048_576;

    /// How many events one FilterLogEvents looks at before it answers with what it has found.
    private static final int LOOKED_AT_MAX = 50_000;

    private static final int BATCH = 1000;

    private final Query query;
    private final Group group;
    private final Instant now;

    LogReader(Query query, Group group, Instant now) {
        this.query = query;
        this.group = group;
        this.now = now;
    }

    ///
    /// [GetLogEvents](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html):
    /// a reader goes on with the forward token; the last page repeats the token that it was asked
    /// with, and later gives what has come since.
    GetLogEventsResponse get(GetLogEventsRequest request) {
        Stream stream =
                LogTables.stream(query, group, request.logStreamName())
                        .orElseThrow(LogErrors::noStream);
        boolean fromHead = Boolean.TRUE.equals(request.startFromHead());
        boolean forward = fromHead;
        Position place = fromHead ? Position.START : Position.END;
        String token = request.nextToken();
        if (token != null) {
            if (!token.matches("[fb]/[^/]+/s")) {
                throw LogErrors.invalidToken();
            }
            forward = token.startsWith("f/");
            place = Position.of(token.substring(2, token.length() - 2));
        }
        long to = request.endTime() == null ? Long.MAX_VALUE : request.endTime();
        Wanted wanted =
                new Wanted(
                        group, Optional.of("[" + stream.id() + "]"), from(request.startTime()), to);
        List<Event> events =
                LogEvents.next(query, wanted, place, forward, limit(request.limit()), BYTES_MAX);
        return GetLogEventsResponse.builder()
                .events(events.stream().map(LogReader::output).toList())
                .nextForwardToken("f/" + forwardFrom(events, place, forward).text() + "/s")
                .nextBackwardToken("b/" + backwardFrom(events, place, forward).text() + "/s")
                .build();
    }

    /// Where the next page forward begins: where this one ended, or, having found nothing, where it
    /// began.
    private static Position forwardFrom(List<Event> events, Position place, boolean forward) {
        if (!events.isEmpty()) {
            return events.getLast().position();
        }
        if (place.equals(Position.END)) {
            return Position.START; // an empty stream: whatever comes first
        }
        return forward ? place : place.before();
    }

    private static Position backwardFrom(List<Event> events, Position place, boolean forward) {
        if (!events.isEmpty()) {
            return events.getFirst().position();
        }
        return forward ? place.after() : place;
    }

    private static OutputLogEvent output(Event event) {
        return OutputLogEvent.builder()
                .timestamp(event.at())
                .message(event.message())
                .ingestionTime(event.ingested())
                .build();
    }

    ///
    /// [FilterLogEvents](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html):
    /// the lines of a group, or of some of its streams, that match a pattern. A page may hold less
    /// than its limit and still have a token.
    FilterLogEventsResponse filter(FilterLogEventsRequest request) {
        FilterPattern pattern = pattern(request.filterPattern());
        // Here the end is inclusive.
        long to = request.endTime() == null ? Long.MAX_VALUE : request.endTime() + 1;
        Wanted wanted = new Wanted(group, streams(request), from(request.startTime()), to);
        int limit = limit(request.limit());
        Position place =
                request.nextToken() == null ? Position.START : Position.of(request.nextToken());
        List<FilteredLogEvent> found = new ArrayList<>();
        int bytes = 0;
        int lookedAt = 0;
        boolean more = true;
        while (more && lookedAt < LOOKED_AT_MAX && found.size() < limit && bytes < BYTES_MAX) {
            List<Event> batch =
                    LogEvents.next(query, wanted, place, true, BATCH, BYTES_MAX - bytes);
            more = !batch.isEmpty();
            lookedAt += batch.size();
            for (Event event : batch) {
                if (found.size() == limit) {
                    break;
                }
                place = event.position();
                if (pattern.matches(event.message())) {
                    found.add(filtered(event));
                    bytes += event.message().length() + LogEvents.EVENT_BYTES;
                }
            }
        }
        return FilterLogEventsResponse.builder()
                .events(found)
                .searchedLogStreams(List.of())
                .nextToken(more ? place.text() : null)
                .build();
    }

    private static FilterPattern pattern(@Nullable String text) {
        try {
            return FilterPattern.of(text == null ? "" : text);
        } catch (InvalidPattern e) {
            throw LogErrors.invalid(e.sentence("Invalid filter pattern"));
        }
    }

    private static FilteredLogEvent filtered(Event event) {
        return FilteredLogEvent.builder()
                .logStreamName(event.stream())
                .timestamp(event.at())
                .message(event.message())
                .ingestionTime(event.ingested())
                .eventId(String.format("%056d", event.position().seq()))
                .build();
    }

    /// The ids of the streams that are asked for; empty for all of the group.
    private Optional<String> streams(FilterLogEventsRequest request) {
        String prefix = request.logStreamNamePrefix();
        if (prefix != null && !request.logStreamNames().isEmpty()) {
            throw LogErrors.invalid(
                    "logStreamNames and logStreamNamePrefix cannot be used together.");
        }
        List<Stream> streams;
        if (prefix != null) {
            streams =
                    LogTables.streamsByName(
                            query, group, prefix, Optional.empty(), false, Integer.MAX_VALUE);
        } else if (!request.logStreamNames().isEmpty()) {
            streams =
                    request.logStreamNames().stream()
                            .map(name ->
                                    LogTables.stream(query, group, name)
                                            .orElseThrow(LogErrors::noStream))
                            .toList();
        } else {
            return Optional.empty();
        }
        return Optional.of(
                streams.stream()
                        .map(stream -> Long.toString(stream.id()))
                        .collect(Collectors.joining(",", "[", "]")));
    }

    private long from(Long startTime) {
        long oldest = group.oldest(now).toEpochMilli();
        return startTime == null ? oldest : Math.max(startTime, oldest);
    }

    private static int limit(Integer asked) {
        if (asked == null) {
            return EVENTS_MAX;
        }
        if (asked < 1 || asked > EVENTS_MAX) {
            throw LogErrors.invalid("limit must be between 1 and " + EVENTS_MAX + ".");
        }
        return asked;
    }
}
