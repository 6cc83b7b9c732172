package io.dormouse.metrics;

import io.dormouse.aws.Caller;
import io.dormouse.metrics.LogTables.After;
import io.dormouse.metrics.LogTables.Group;
import io.dormouse.metrics.LogTables.Stream;
import io.dormouse.store.Query;
import io.dormouse.store.Schema;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.store.Tx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.CreateLogGroupRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.CreateLogGroupResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.CreateLogStreamRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.CreateLogStreamResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DeleteLogGroupRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DeleteLogGroupResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DeleteLogStreamRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DeleteLogStreamResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DeleteRetentionPolicyRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DeleteRetentionPolicyResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogStreamsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogStreamsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.ListTagsForResourceRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.ListTagsForResourceResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogStream;
import software.amazon.awssdk.services.cloudwatchlogs.model.OrderBy;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutRetentionPolicyRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutRetentionPolicyResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.TagResourceRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.TagResourceResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.UntagResourceRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.UntagResourceResponse;

/// CloudWatch Logs: groups, their streams, and the events in them.
///
///     PutLogEvents ───────────────────► store ──► GetLogEvents, FilterLogEvents
///     LogWriter ──► lines in memory ──┘ once a second, and before every read
///
/// What PutLogEvents acknowledged is durable. See the
/// [CloudWatch Logs API](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html).
public final class Logs implements CloudWatchLogsClient {
    /// The tables; the store that is passed in must have them.
    public static final Schema SCHEMA = LogTables.SCHEMA;

    private static final int PAGE_MAX = 50;
    private static final int SWEPT_AT_ONCE = 2000;
    private static final long SWEEP_EVERY_SECONDS = 60;

    private static final Set<Integer> RETENTIONS =
            Set.of(
                    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
                    2557, 2922, 3288, 3653);

    private final Store store;
    private final InstantSource clock;
    private final Tags tags;
    private final LogLines lines;
    private final LogMeters meters = new LogMeters();
    private final EverySecond everySecond;
    private Instant nextSweep = Instant.MIN;

    /// Starts to keep what is written; [#close] before the store.
    ///
    /// @param store of the measurements: best one of its own, so that log lines do not wait for
    ///   records nor records for them. Tags of log groups are kept there too
    public Logs(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.tags = new Tags(store);
        this.lines = new LogLines(store, clock, meters);
        this.everySecond = new EverySecond("logs", this::tick);
    }

    /// Where the platform's rooms write the lines of instances and jobs.
    public LogWriter writer() {
        return lines;
    }

    /// Keeps what was written before, its data points by metric filters among it.
    public void flush() {
        lines.flush();
    }

    /// The operations on metric filters, by which lines become data points.
    public MetricFilters metricFilters() {
        return new MetricFilters(store, clock, lines::flush, meters);
    }

    private void tick() {
        lines.flush();
        if (clock.instant().isAfter(nextSweep)) {
            boolean more = sweep();
            nextSweep = more ? clock.instant() : clock.instant().plusSeconds(SWEEP_EVERY_SECONDS);
        }
    }

    /// Removes events whose stream is gone or whose time is over, some at once; once a minute by
    /// itself.
    ///
    /// @return whether there may be more of them
    boolean sweep() {
        return store.write(tx -> LogEvents.sweep(tx, clock.instant(), SWEPT_AT_ONCE));
    }

    /// Reads, seeing every line that was written before.
    private <T> T read(String nameOrArn, BiFunction<Query, Group, T> body) {
        lines.flush();
        return store.read(query -> body.apply(query, group(query, nameOrArn)));
    }

    private static Group group(Query query, String nameOrArn) {
        return LogTables.group(query, name(nameOrArn)).orElseThrow(LogErrors::noGroup);
    }

    private static String name(String nameOrArn) {
        String[] parts = nameOrArn.split(":", 8);
        return parts.length > 6 && parts[0].equals("arn") ? parts[6] : nameOrArn;
    }

    /// A group is named by its name or, in newer operations, by its name or ARN.
    private static String either(String name, String identifier) {
        if (name == null && identifier == null) {
            throw LogErrors.invalid("One of logGroupName and logGroupIdentifier must be given.");
        }
        if (name != null && identifier != null) {
            throw LogErrors.invalid("logGroupName and logGroupIdentifier cannot be used together.");
        }
        return name == null ? identifier : name;
    }

    private static String arn(String group) {
        return Caller.current().resource("logs", "log-group:" + group);
    }

    @Override
    public CreateLogGroupResponse createLogGroup(CreateLogGroupRequest request) {
        String kind =
                request.logGroupClass() == null ? "STANDARD" : request.logGroupClassAsString();
        String arn = arn(request.logGroupName());
        lines.flush();
        return store.write(tx -> {
            String name = request.logGroupName();
            if (!LogTables.insertGroup(tx, name, kind, clock.instant())) {
                throw LogErrors.groupExists();
            }
            tags.put(tx, arn, request.tags());
            return CreateLogGroupResponse.builder().build();
        });
    }

    @Override
    public DeleteLogGroupResponse deleteLogGroup(DeleteLogGroupRequest request) {
        String arn = arn(request.logGroupName());
        lines.flush();
        return store.write(tx -> {
            LogTables.deleteGroup(tx, group(tx, request.logGroupName()));
            tags.removeAll(tx, arn);
            return DeleteLogGroupResponse.builder().build();
        });
    }

    @Override
    public DescribeLogGroupsResponse describeLogGroups(DescribeLogGroupsRequest request) {
        if (request.logGroupNamePrefix() != null && request.logGroupNamePattern() != null) {
            throw LogErrors.invalid(
                    "logGroupNamePrefix and logGroupNamePattern cannot be used together.");
        }
        int limit = limit(request.limit());
        String after = request.nextToken() == null ? "" : text(request.nextToken());
        lines.flush();
        return store.read(query -> {
            List<Group> groups =
                    LogTables.groups(
                            query,
                            orEmpty(request.logGroupNamePrefix()),
                            orEmpty(request.logGroupNamePattern()),
                            after,
                            limit + 1);
            List<Group> page = groups.subList(0, Math.min(limit, groups.size()));
            Map<Long, Integer> filters = MetricFilterRows.counts(query);
            return DescribeLogGroupsResponse.builder()
                    .logGroups(
                            page.stream()
                                    .map(each -> shape(each, filters.getOrDefault(each.id(), 0)))
                                    .toList())
                    .nextToken(groups.size() > limit ? token(page.getLast().name()) : null)
                    .build();
        });
    }

    private static LogGroup shape(Group group, int filters) {
        LogGroup.Builder shape =
                LogGroup.builder()
                        .logGroupName(group.name())
                        .creationTime(group.created().toEpochMilli())
                        .metricFilterCount(filters)
                        .arn(arn(group.name()) + ":*")
                        .logGroupArn(arn(group.name()))
                        .storedBytes(group.bytes())
                        .logGroupClass(group.kind());
        group.retentionDays().ifPresent(shape::retentionInDays);
        return shape.build();
    }

    @Override
    public CreateLogStreamResponse createLogStream(CreateLogStreamRequest request) {
        lines.flush();
        return store.write(tx -> {
            Group group = group(tx, request.logGroupName());
            String name = request.logStreamName();
            if (!LogTables.insertStream(tx, group, name, clock.instant())) {
                throw LogErrors.streamExists();
            }
            return CreateLogStreamResponse.builder().build();
        });
    }

    @Override
    public DeleteLogStreamResponse deleteLogStream(DeleteLogStreamRequest request) {
        lines.flush();
        return store.write(tx -> {
            Group group = group(tx, request.logGroupName());
            LogTables.deleteStream(tx, stream(tx, group, request.logStreamName()));
            return DeleteLogStreamResponse.builder().build();
        });
    }

    private static Stream stream(Query query, Group group, String name) {
        return LogTables.stream(query, group, name).orElseThrow(LogErrors::noStream);
    }

    @Override
    public DescribeLogStreamsResponse describeLogStreams(DescribeLogStreamsRequest request) {
        boolean byTime = request.orderBy() == OrderBy.LAST_EVENT_TIME;
        boolean descending = Boolean.TRUE.equals(request.descending());
        String prefix = orEmpty(request.logStreamNamePrefix());
        if (byTime && !prefix.isEmpty()) {
            throw LogErrors.invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
        }
        int limit = limit(request.limit());
        Optional<String> token = Optional.ofNullable(request.nextToken()).map(Logs::text);
        String nameOrArn = either(request.logGroupName(), request.logGroupIdentifier());
        return read(
                nameOrArn,
                (query, group) -> {
                    List<Stream> streams =
                            byTime
                                    ? LogTables.streamsByTime(
                                            query,
                                            group,
                                            token.map(Logs::after),
                                            descending,
                                            limit + 1)
                                    : LogTables.streamsByName(
                                            query, group, prefix, token, descending, limit + 1);
                    List<Stream> page = streams.subList(0, Math.min(limit, streams.size()));
                    DescribeLogStreamsResponse.Builder answer =
                            DescribeLogStreamsResponse.builder()
                                    .logStreams(
                                            page.stream().map(each -> shape(group, each)).toList());
                    if (streams.size() > limit) {
                        Stream last = page.getLast();
                        String key = byTime ? last.last().orElse(0) + " " : "";
                        answer.nextToken(token(key + last.name()));
                    }
                    return answer.build();
                });
    }

    private static After after(String token) {
        String[] parts = token.split(" ", 2);
        try {
            return new After(Long.parseLong(parts[0]), parts[1]);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw LogErrors.invalidToken();
        }
    }

    private static LogStream shape(Group group, Stream stream) {
        LogStream.Builder shape =
                LogStream.builder()
                        .logStreamName(stream.name())
                        .creationTime(stream.created().toEpochMilli())
                        .arn(arn(group.name()) + ":log-stream:" + stream.name())
                        .uploadSequenceToken(sequence(stream));
        stream.first().ifPresent(shape::firstEventTimestamp);
        stream.last().ifPresent(shape::lastEventTimestamp);
        stream.ingested().ifPresent(shape::lastIngestionTime);
        return shape.build();
    }

    /// Given for the sake of old clients; none is asked for.
    private static String sequence(Stream stream) {
        return String.format("%056d", stream.id());
    }

    @Override
    public PutLogEventsResponse putLogEvents(PutLogEventsRequest request) {
        LogInput input = new LogInput(request.logEvents());
        lines.flush();
        return store.write(tx -> put(tx, request, input));
    }

    private PutLogEventsResponse put(Tx tx, PutLogEventsRequest request, LogInput input) {
        Group group = group(tx, request.logGroupName());
        Stream stream = stream(tx, group, request.logStreamName());
        LogInput.Sorted sorted = input.sort(group, clock.instant());
        LogEvents.append(tx, group, stream, sorted.kept(), clock.instant());
        meters.measure(tx, group, sorted.kept());
        PutLogEventsResponse.Builder answer =
                PutLogEventsResponse.builder().nextSequenceToken(sequence(stream));
        sorted.rejected().ifPresent(answer::rejectedLogEventsInfo);
        return answer.build();
    }

    @Override
    public GetLogEventsResponse getLogEvents(GetLogEventsRequest request) {
        return read(
                either(request.logGroupName(), request.logGroupIdentifier()),
                (query, group) -> new LogReader(query, group, clock.instant()).get(request));
    }

    @Override
    public FilterLogEventsResponse filterLogEvents(FilterLogEventsRequest request) {
        return read(
                either(request.logGroupName(), request.logGroupIdentifier()),
                (query, group) -> new LogReader(query, group, clock.instant()).filter(request));
    }

    @Override
    public PutRetentionPolicyResponse putRetentionPolicy(PutRetentionPolicyRequest request) {
        if (request.retentionInDays() == null || !RETENTIONS.contains(request.retentionInDays())) {
            throw LogErrors.invalid(
                    "Invalid retention value: "
                            + request.retentionInDays()
                            + " is not one of "
                            + RETENTIONS.stream().sorted().toList());
        }
        setRetention(request.logGroupName(), Optional.of(request.retentionInDays()));
        return PutRetentionPolicyResponse.builder().build();
    }

    @Override
    public DeleteRetentionPolicyResponse deleteRetentionPolicy(
            DeleteRetentionPolicyRequest request) {
        setRetention(request.logGroupName(), Optional.empty());
        return DeleteRetentionPolicyResponse.builder().build();
    }

    private void setRetention(String name, Optional<Integer> days) {
        lines.flush();
        store.write(tx -> {
            LogTables.setRetention(tx, group(tx, name), days);
            return days;
        });
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        String arn = arn(name(request.resourceArn()));
        lines.flush();
        return store.write(tx -> {
            group(tx, request.resourceArn());
            tags.put(tx, arn, request.tags());
            return TagResourceResponse.builder().build();
        });
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        String arn = arn(name(request.resourceArn()));
        lines.flush();
        return store.write(tx -> {
            group(tx, request.resourceArn());
            tags.remove(tx, arn, request.tagKeys());
            return UntagResourceResponse.builder().build();
        });
    }

    @Override
    public ListTagsForResourceResponse listTagsForResource(ListTagsForResourceRequest request) {
        return read(
                request.resourceArn(),
                (query, group) ->
                        ListTagsForResourceResponse.builder()
                                .tags(tags.of(query, arn(group.name())))
                                .build());
    }

    private static int limit(Integer asked) {
        if (asked == null) {
            return PAGE_MAX;
        }
        if (asked < 1 || asked > PAGE_MAX) {
            throw LogErrors.invalid("limit must be between 1 and " + PAGE_MAX + ".");
        }
        return asked;
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    private static String token(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw LogErrors.invalidToken();
        }
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    /// Keeps what is still in memory.
    @Override
    public void close() {
        everySecond.close();
        lines.flush();
    }
}
