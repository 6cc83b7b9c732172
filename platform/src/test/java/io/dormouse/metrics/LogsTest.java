package io.dormouse.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogStream;
import software.amazon.awssdk.services.cloudwatchlogs.model.OrderBy;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

class LogsTest {
    private static final String GROUP = "/aws/sagemaker/Endpoints/churn";
    private static final String STREAM = "AllTraffic/i-1";

    @TempDir Path folder;
    private final Clock clock = new Clock();
    private Store store;
    private Logs logs;

    @BeforeEach
    void open() {
        store = Store.open(folder, clock, List.of(Logs.SCHEMA));
        logs = new Logs(store, clock);
    }

    @AfterEach
    void close() {
        logs.close();
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private void write(String... lines) {
        for (String line : lines) {
            logs.writer().append(GROUP, STREAM, line);
            clock.move(Duration.ofMillis(1));
        }
    }

    private GetLogEventsResponse get(boolean fromHead, @Nullable String token, int limit) {
        return logs.getLogEvents(r ->
                r.logGroupName(GROUP)
                        .logStreamName(STREAM)
                        .startFromHead(fromHead)
                        .nextToken(token)
                        .limit(limit));
    }

    private static List<String> messages(GetLogEventsResponse page) {
        return page.events().stream().map(OutputLogEvent::message).toList();
    }

    private List<String> filter(String pattern) {
        return logs
                .filterLogEvents(r -> r.logGroupName(GROUP).filterPattern(pattern))
                .events()
                .stream()
                .map(FilteredLogEvent::message)
                .toList();
    }

    @Test
    void linesAreReadAtOnceAndAfterARestart() {
        write("starting", "ready");
        assertEquals(List.of("starting", "ready"), messages(get(true, null, 100)));
        write("last words");
        reopen();
        assertEquals(List.of("starting", "ready", "last words"), messages(get(true, null, 100)));
        LogGroup group = logs.describeLogGroups().logGroups().getFirst();
        assertEquals(GROUP, group.logGroupName());
        assertEquals("arn:aws:logs:us-east-1:123456789012:log-group:" + GROUP + ":*", group.arn());
        LogStream stream =
                logs.describeLogStreams(r -> r.logGroupName(GROUP)).logStreams().getFirst();
        assertEquals(STREAM, stream.logStreamName());
        assertEquals(clock.instant().toEpochMilli() - 1, stream.lastEventTimestamp());
    }

    @Test
    void theLastPageRepeatsItsTokenAndGoesOnWithWhatComes() {
        write("1", "2", "3");
        List<String> read = new ArrayList<>();
        @Nullable String token = null;
        while (true) {
            GetLogEventsResponse page = get(true, token, 2);
            read.addAll(messages(page));
            if (page.nextForwardToken().equals(token)) {
                break;
            }
            token = page.nextForwardToken();
        }
        assertEquals(List.of("1", "2", "3"), read);
        write("4");
        GetLogEventsResponse more = get(true, token, 2);
        assertEquals(List.of("4"), messages(more));
        assertEquals(List.of("2", "3"), messages(get(true, more.nextBackwardToken(), 2)));
    }

    @Test
    void withoutStartFromHeadTheNewestCome() {
        write("1", "2", "3");
        GetLogEventsResponse page = get(false, null, 2);
        assertEquals(List.of("2", "3"), messages(page));
        GetLogEventsResponse before = get(false, page.nextBackwardToken(), 2);
        assertEquals(List.of("1"), messages(before));
        GetLogEventsResponse start = get(false, before.nextBackwardToken(), 2);
        assertEquals(List.of(), messages(start));
        assertEquals(before.nextBackwardToken(), start.nextBackwardToken());
        assertEquals(List.of("1", "2"), messages(get(false, start.nextForwardToken(), 2)));
    }

    @Test
    void aReaderOfAnEmptyStreamGetsWhatComes() {
        logs.createLogGroup(r -> r.logGroupName(GROUP));
        logs.createLogStream(r -> r.logGroupName(GROUP).logStreamName(STREAM));
        GetLogEventsResponse head = get(true, null, 10);
        GetLogEventsResponse tail = get(false, null, 10);
        write("first");
        assertEquals(List.of("first"), messages(get(true, head.nextForwardToken(), 10)));
        assertEquals(List.of("first"), messages(get(true, tail.nextForwardToken(), 10)));
    }

    @Test
    void aPageHoldsAMegabyte() {
        String line = "x".repeat(200_000);
        write(line, line, line, line, line, line);
        GetLogEventsResponse first = get(true, null, 100);
        assertEquals(5, first.events().size());
        assertEquals(1, get(true, first.nextForwardToken(), 100).events().size());
        assertEquals(
                6,
                logs.filterLogEventsPaginator(r -> r.logGroupName(GROUP)).events().stream()
                        .count());
    }

    @Test
    void longLinesAreCutBetweenCharacters() {
        write("ü".repeat(200_000));
        String message = get(true, null, 1).events().getFirst().message();
        assertEquals(LogLines.LINE_BYTES_MAX, message.getBytes(StandardCharsets.UTF_8).length);
        assertTrue(message.endsWith("ü"));
    }

    @Test
    void linesAreFilteredByWords() {
        write("GET /ping 200", "ERROR bad input", "ERROR disk full", "WARN slow disk");
        assertEquals(List.of("ERROR bad input", "ERROR disk full"), filter("ERROR"));
        assertEquals(List.of("ERROR disk full"), filter("ERROR disk"));
        assertEquals(List.of("ERROR bad input"), filter("ERROR -disk"));
        assertEquals(List.of("WARN slow disk"), filter("\"slow disk\""));
        assertEquals(3, filter("?ERROR ?WARN").size());
        assertEquals(List.of(), filter("error"));
        assertEquals(4, filter("").size());
        assertEquals(2, filter("%d[i]sk%").size());
        assertEquals(List.of("GET /ping 200"), filter("[..., status = 2*]"));
        assertEquals(List.of(), filter("{ $.level = \"x\" }"));
        for (String refused : List.of("{ $.level = \"x\"", "[a, b", "%x", "\"open")) {
            assertThrows(InvalidParameterException.class, () -> filter(refused));
        }
    }

    @Test
    void filterReadsSeveralStreamsInTheOrderOfTime() {
        logs.writer().append(GROUP, "AllTraffic/a", "1");
        clock.move(Duration.ofMillis(1));
        logs.writer().append(GROUP, "AllTraffic/b", "2");
        clock.move(Duration.ofMillis(1));
        logs.writer().append(GROUP, "Other/c", "3");
        clock.move(Duration.ofMillis(1));
        logs.writer().append(GROUP, "AllTraffic/a", "4");
        var live =
                logs.filterLogEvents(
                        r -> r.logGroupName(GROUP).logStreamNamePrefix("AllTraffic/").limit(2));
        assertEquals(
                List.of("1", "2"), live.events().stream().map(FilteredLogEvent::message).toList());
        assertEquals("AllTraffic/b", live.events().getLast().logStreamName());
        var rest =
                logs.filterLogEvents(r ->
                        r.logGroupName(GROUP)
                                .logStreamNamePrefix("AllTraffic/")
                                .nextToken(live.nextToken()));
        assertEquals(List.of("4"), rest.events().stream().map(FilteredLogEvent::message).toList());
        assertNull(rest.nextToken());
        long time = live.events().getLast().timestamp();
        assertEquals(
                List.of("2", "3"),
                logs
                        .filterLogEvents(
                                r -> r.logGroupName(GROUP).startTime(time).endTime(time + 1))
                        .events()
                        .stream()
                        .map(FilteredLogEvent::message)
                        .toList());
        assertThrows(
                ResourceNotFoundException.class,
                () -> logs.filterLogEvents(r -> r.logGroupName(GROUP).logStreamNames("none")));
    }

    @Test
    void putEventsAreDurableAndTheRestIsNamed() {
        logs.createLogGroup(r -> r.logGroupName("mine"));
        logs.createLogStream(r -> r.logGroupName("mine").logStreamName("s"));
        long now = clock.instant().toEpochMilli();
        put(event(now, "one"), event(now + 1, "two"));
        assertEquals(
                1,
                put(event(now, "kept"), event(now + 3 * 3_600_000, "too new"))
                        .rejectedLogEventsInfo()
                        .tooNewLogEventStartIndex());
        logs.putRetentionPolicy(r -> r.logGroupName("mine").retentionInDays(1));
        assertEquals(
                1,
                put(event(now - 25 * 3_600_000, "expired"), event(now - 3_600_000, "kept too"))
                        .rejectedLogEventsInfo()
                        .expiredLogEventEndIndex());
        reopen();
        var events =
                logs.getLogEvents(
                        r -> r.logGroupName("mine").logStreamName("s").startFromHead(true));
        assertEquals(List.of("kept too", "one", "kept", "two"), messages(events));
        assertThrows(
                InvalidParameterException.class, () -> put(event(now, "b"), event(now - 1, "a")));
    }

    private software.amazon.awssdk.services.cloudwatchlogs.model.PutLogEventsResponse put(
            InputLogEvent... events) {
        return logs.putLogEvents(
                r -> r.logGroupName("mine").logStreamName("s").logEvents(Arrays.asList(events)));
    }

    private static InputLogEvent event(long at, String message) {
        return InputLogEvent.builder().timestamp(at).message(message).build();
    }

    @Test
    void retentionRemovesWhatIsOld() {
        write("old");
        logs.putRetentionPolicy(r -> r.logGroupName(GROUP).retentionInDays(7));
        clock.move(Duration.ofDays(8));
        write("new");
        assertEquals(List.of("new"), messages(get(true, null, 10)));
        assertEquals(7, logs.describeLogGroups().logGroups().getFirst().retentionInDays());
        assertFalse(logs.sweep());
        logs.deleteRetentionPolicy(r -> r.logGroupName(GROUP));
        assertEquals(List.of("new"), messages(get(true, null, 10)));
        assertThrows(
                InvalidParameterException.class,
                () -> logs.putRetentionPolicy(r -> r.logGroupName(GROUP).retentionInDays(2)));
    }

    @Test
    void absentThingsAreNotFoundInAwsWords() {
        assertEquals(
                "The specified log group does not exist.",
                assertThrows(ResourceNotFoundException.class, () -> get(true, null, 1))
                        .awsErrorDetails()
                        .errorMessage());
        write("x");
        assertEquals(
                "The specified log stream does not exist.",
                assertThrows(
                                ResourceNotFoundException.class,
                                () ->
                                        logs.getLogEvents(
                                                r -> r.logGroupName(GROUP).logStreamName("none")))
                        .awsErrorDetails()
                        .errorMessage());
        assertThrows(
                ResourceAlreadyExistsException.class,
                () -> logs.createLogGroup(r -> r.logGroupName(GROUP)));
        assertThrows(
                ResourceAlreadyExistsException.class,
                () -> logs.createLogStream(r -> r.logGroupName(GROUP).logStreamName(STREAM)));
        logs.deleteLogStream(r -> r.logGroupName(GROUP).logStreamName(STREAM));
        assertThrows(ResourceNotFoundException.class, () -> get(true, null, 1));
        logs.deleteLogGroup(r -> r.logGroupName(GROUP));
        assertThrows(
                ResourceNotFoundException.class,
                () -> logs.describeLogStreams(r -> r.logGroupName(GROUP)));
    }

    @Test
    void aGroupMadeAgainHasNoneOfTheOldLines() {
        write("old");
        logs.deleteLogGroup(r -> r.logGroupName(GROUP));
        write("new");
        assertEquals(List.of("new"), messages(get(true, null, 10)));
        assertEquals(List.of("new"), filter(""));
        while (logs.sweep()) {
            // The rest.
        }
        assertEquals(
                1, store.read(query -> query.number("SELECT count(*) FROM log_event")).intValue());
    }

    @Test
    void streamsAreListedByNameOrTimeInPages() {
        for (String name : List.of("b", "c", "a")) {
            logs.writer().append(GROUP, name, "x");
            clock.move(Duration.ofMillis(1));
        }
        assertEquals(List.of("a", "b", "c"), streams(OrderBy.LOG_STREAM_NAME, false));
        assertEquals(List.of("c", "b", "a"), streams(OrderBy.LOG_STREAM_NAME, true));
        assertEquals(List.of("a", "c", "b"), streams(OrderBy.LAST_EVENT_TIME, true));
        assertEquals(
                List.of("b"),
                logs
                        .describeLogStreams(r -> r.logGroupName(GROUP).logStreamNamePrefix("b"))
                        .logStreams()
                        .stream()
                        .map(LogStream::logStreamName)
                        .toList());
        assertThrows(
                InvalidParameterException.class,
                () ->
                        logs.describeLogStreams(r ->
                                r.logGroupName(GROUP)
                                        .logStreamNamePrefix("b")
                                        .orderBy(OrderBy.LAST_EVENT_TIME)));
    }

    private List<String> streams(OrderBy order, boolean descending) {
        return logs
                .describeLogStreamsPaginator(
                        r -> r.logGroupName(GROUP).orderBy(order).descending(descending).limit(2))
                .logStreams()
                .stream()
                .map(LogStream::logStreamName)
                .toList();
    }

    @Test
    void groupsAreListedByPrefixInPages() {
        for (int i = 0; i < 3; i++) {
            String name = "/g/" + i;
            logs.createLogGroup(r -> r.logGroupName(name));
        }
        logs.createLogGroup(r -> r.logGroupName("/other"));
        assertEquals(
                List.of("/g/0", "/g/1", "/g/2"),
                logs
                        .describeLogGroupsPaginator(r -> r.logGroupNamePrefix("/g/").limit(2))
                        .logGroups()
                        .stream()
                        .map(LogGroup::logGroupName)
                        .toList());
        assertEquals(
                1, logs.describeLogGroups(r -> r.logGroupNamePattern("the")).logGroups().size());
    }

    @Test
    void groupsHaveTags() {
        logs.createLogGroup(r -> r.logGroupName(GROUP).tags(Map.of("team", "ml")));
        String arn = logs.describeLogGroups().logGroups().getFirst().logGroupArn();
        logs.tagResource(r -> r.resourceArn(arn).tags(Map.of("stage", "dev")));
        logs.untagResource(r -> r.resourceArn(arn + ":*").tagKeys("team"));
        assertEquals(
                Map.of("stage", "dev"), logs.listTagsForResource(r -> r.resourceArn(arn)).tags());
    }
}
