package io.dormouse.metrics.alarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.dormouse.delivery.Outbox;
import io.dormouse.metrics.MetricData;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.timing.ManualTime;
import io.dormouse.worker.Serving;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatch.model.AlarmHistoryItem;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsResponse;
import software.amazon.awssdk.services.cloudwatch.model.HistoryItemType;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.PutCompositeAlarmRequest;
import software.amazon.awssdk.services.cloudwatch.model.ScanBy;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;
import software.amazon.awssdk.services.cloudwatch.model.Tag;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import software.amazon.awssdk.services.sns.model.PublishResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Alarms on alarms: their states, whom they tell, and what holds them back.
class CompositeAlarmsTest {
    private static final String PREFIX = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:";
    private static final String TOPIC = "arn:aws:sns:us-east-1:123456789012:ops";

    @TempDir private Path folder;
    private final ManualTime time = new ManualTime();
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private Store store;
    private MetricData metrics;
    private AlarmRoom room;
    private MetricAlarms ofMetrics;
    private AlarmLists lists;
    private AlarmStates states;
    private CompositeAlarms composites;

    @BeforeEach
    void open() {
        store = Store.open(folder, time, List.of(MetricData.SCHEMA, Outbox.SCHEMA));
        metrics = new MetricData(store, time);
        room = new AlarmRoom(store, new Tags(store), metrics, this::topics, time, time, List::of);
        ofMetrics = (MetricAlarms) room.operations()[0];
        lists = (AlarmLists) room.operations()[1];
        states = (AlarmStates) room.operations()[2];
        composites = (CompositeAlarms) room.operations()[3];
        room.start();
    }

    @AfterEach
    void close() {
        room.close();
        metrics.close();
        store.close();
    }

    private SnsClient topics() {
        return new SnsClient() {
            @Override
            public PublishResponse publish(PublishRequest request) {
                told.add(request.message());
                return PublishResponse.builder().build();
            }

            @Override
            public String serviceName() {
                return SERVICE_NAME;
            }

            @Override
            public void close() {}
        };
    }

    /// Alarms that keep what they are set to.
    private void metricAlarms(String... names) {
        for (String name : names) {
            ofMetrics.putMetricAlarm(r ->
                    r.alarmName(name)
                            .namespace("Mine")
                            .metricName("Speed")
                            .statistic(Statistic.SUM)
                            .period(60)
                            .evaluationPeriods(1)
                            .threshold(1.0)
                            .treatMissingData("ignore")
                            .comparisonOperator(ComparisonOperator.GREATER_THAN_THRESHOLD));
            set(name, StateValue.OK);
        }
    }

    private void put(String name, String rule, Consumer<PutCompositeAlarmRequest.Builder> more) {
        composites.putCompositeAlarm(r -> more.accept(r.alarmName(name).alarmRule(rule)));
    }

    private void set(String name, StateValue state) {
        states.setAlarmState(r -> r.alarmName(name).stateValue(state).stateReason("by hand"));
    }

    private CompositeAlarm composite(String name) {
        return lists.describeAlarms(r -> r.alarmNames(name).alarmTypes(AlarmType.COMPOSITE_ALARM))
                .compositeAlarms()
                .getFirst();
    }

    private StateValue state(String name) {
        return composite(name).stateValue();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    @Test
    void aCompositeAlarmFollowsItsChildrenAndTheirChildren() {
        metricAlarms("errors", "slow");
        put("bad", "ALARM(errors) AND ALARM(\"slow\")", _ -> {});
        put("worse", "ALARM(bad) OR FALSE", r -> r.alarmDescription("all of it"));
        assertEquals(StateValue.OK, state("bad"));
        assertEquals(
                PREFIX + "bad was created and its alarm rule evaluates to OK",
                composite("bad").stateReason());
        time.pass(Duration.ofSeconds(5));
        set("errors", StateValue.ALARM);
        assertEquals(StateValue.OK, state("bad"));
        set("slow", StateValue.ALARM);
        assertEquals(StateValue.ALARM, state("bad"));
        assertEquals(StateValue.ALARM, state("worse"));
        assertEquals(
                PREFIX + "slow transitioned to ALARM at Sunday 01 November, 2026 12:00:05 UTC",
                composite("bad").stateReason());
        assertEquals(
                PREFIX + "slow",
                json(composite("bad").stateReasonData()).at("/triggeringAlarms/0/arn").asString());
        set("errors", StateValue.INSUFFICIENT_DATA);
        assertEquals(StateValue.OK, state("worse"));
        assertEquals(
                List.of(
                        "Alarm \"worse\" created",
                        "Alarm updated from INSUFFICIENT_DATA to OK",
                        "Alarm updated from OK to ALARM",
                        "Alarm updated from ALARM to OK"),
                lists
                        .describeAlarmHistory(r ->
                                r.alarmName("worse")
                                        .alarmTypes(AlarmType.COMPOSITE_ALARM)
                                        .scanBy(ScanBy.TIMESTAMP_ASCENDING))
                        .alarmHistoryItems()
                        .stream()
                        .map(AlarmHistoryItem::historySummary)
                        .toList());
        put("bad", "NOT ALARM(slow)", _ -> {});
        assertEquals(
                PREFIX + "bad was updated and its new alarm rule evaluates to OK",
                composite("bad").stateReason());
    }

    @Test
    void itTellsTheBusAndItsTopicAsOnAws() {
        metricAlarms("errors");
        put("bad", "ALARM(errors)", r -> r.alarmActions(TOPIC).alarmDescription("why"));
        set("errors", StateValue.ALARM);
        Serving.await("the topic", () -> told.size() == 1);
        JsonNode message = json(told.getFirst());
        assertEquals("bad", message.get("AlarmName").asString());
        assertEquals("OK", message.get("OldStateValue").asString());
        assertEquals("ALARM(errors)", message.get("AlarmRule").asString());
        assertEquals(PREFIX + "errors", message.at("/TriggeringChildren/0/Arn").asString());
        assertEquals("ALARM", message.at("/TriggeringChildren/0/State/Value").asString());
        Store.Change event =
                store.changesAfter(0, 100).stream()
                        .filter(each -> each.resource().equals(PREFIX + "bad"))
                        .toList()
                        .getLast();
        JsonNode detail = json(event.detail());
        assertEquals("ALARM(errors)", detail.at("/configuration/alarmRule").asString());
        assertEquals("why", detail.at("/configuration/description").asString());
        assertEquals("ALARM", detail.at("/state/value").asString());
        assertEquals("OK", detail.at("/previousState/value").asString());
        states.disableAlarmActions(r -> r.alarmNames("bad"));
        set("errors", StateValue.OK);
        set("errors", StateValue.ALARM);
        assertEquals(StateValue.ALARM, state("bad"));
        assertEquals(1, told.size());
    }

    @Test
    void aSuppressorHoldsItsActionsBack() {
        metricAlarms("errors", "maintenance");
        put(
                "bad",
                "ALARM(errors)",
                r ->
                        r.alarmActions(TOPIC)
                                .okActions(TOPIC)
                                .actionsSuppressor("maintenance")
                                .actionsSuppressorWaitPeriod(20)
                                .actionsSuppressorExtensionPeriod(30));
        time.pass(Duration.ofMinutes(1)); // what its creation would have told
        Serving.await("the first state", () -> told.size() == 1);
        // Nobody suppresses: told after the wait.
        set("errors", StateValue.ALARM);
        assertEquals("WaitPeriod", composite("bad").actionsSuppressedByAsString());
        assertEquals(
                "Actions suppressed by WaitPeriod", composite("bad").actionsSuppressedReason());
        time.pass(Duration.ofSeconds(19));
        assertEquals(1, told.size());
        time.pass(Duration.ofSeconds(1));
        Serving.await("after the wait", () -> told.size() == 2);
        assertEquals("OK", json(told.get(1)).get("OldStateValue").asString());
        assertEquals(null, composite("bad").actionsSuppressedBy());
        // Suppressed: told when that has ended and some time has passed.
        set("maintenance", StateValue.ALARM);
        set("errors", StateValue.OK);
        assertEquals("Alarm", composite("bad").actionsSuppressedByAsString());
        time.pass(Duration.ofMinutes(10));
        assertEquals(2, told.size());
        set("maintenance", StateValue.OK);
        assertEquals("ExtensionPeriod", composite("bad").actionsSuppressedByAsString());
        time.pass(Duration.ofSeconds(29));
        assertEquals(2, told.size());
        // What was due before a restart is done after it.
        close();
        time.pass(Duration.ofSeconds(5));
        open();
        Serving.await("after the extension", () -> told.size() == 3);
        assertEquals("OK", json(told.get(2)).get("NewStateValue").asString());
        assertEquals("ALARM", json(told.get(2)).get("OldStateValue").asString());
    }

    @Test
    void alarmsAreListedByTypeAndByFamily() {
        metricAlarms("a", "b", "c");
        put("x", "ALARM(a) OR ALARM(" + PREFIX + "b)", _ -> {});
        put("y", "ALARM(x)", _ -> {});
        assertEquals(3, lists.describeAlarms().metricAlarms().size());
        assertEquals(List.of(), lists.describeAlarms().compositeAlarms());
        DescribeAlarmsResponse both =
                lists.describeAlarms(r ->
                        r.alarmTypes(AlarmType.METRIC_ALARM, AlarmType.COMPOSITE_ALARM)
                                .maxRecords(4));
        assertEquals(3, both.metricAlarms().size());
        assertEquals(1, both.compositeAlarms().size());
        String next = both.nextToken();
        assertEquals(
                List.of("y"),
                lists
                        .describeAlarms(r ->
                                r.alarmTypes(AlarmType.METRIC_ALARM, AlarmType.COMPOSITE_ALARM)
                                        .nextToken(next))
                        .compositeAlarms()
                        .stream()
                        .map(CompositeAlarm::alarmName)
                        .toList());
        assertEquals(
                List.of("a", "b"),
                lists.describeAlarms(r -> r.childrenOfAlarmName("x")).metricAlarms().stream()
                        .map(MetricAlarm::alarmName)
                        .toList());
        assertEquals(
                List.of("y"),
                lists.describeAlarms(r -> r.parentsOfAlarmName("x")).compositeAlarms().stream()
                        .map(CompositeAlarm::alarmName)
                        .toList());
    }

    private static String refusal(Runnable call) {
        return assertThrows(AwsServiceException.class, call::run).awsErrorDetails().errorMessage();
    }

    @Test
    void whatCannotBeIsRefused() {
        metricAlarms("a");
        put("x", "ALARM(a)", _ -> {});
        put("y", "ALARM(x)", _ -> {});
        assertEquals(
                "Could not save the composite alarm as alarms [nope] in the alarm rule do not exist",
                refusal(() -> put("z", "ALARM(a) OR OK(nope)", _ -> {})));
        assertTrue(refusal(() -> put("x", "ALARM(y)", _ -> {})).contains("lead back"));
        assertTrue(refusal(() -> put("x", "ALARM(x)", _ -> {})).contains("lead back"));
        assertTrue(refusal(() -> put("a", "TRUE", _ -> {})).contains("unique"));
        assertTrue(
                refusal(() -> put("z", "TRUE", r -> r.actionsSuppressor("a")))
                        .contains("ActionsSuppressorWaitPeriod"));
        assertTrue(
                refusal(() -> put("z", "TRUE", r -> r.alarmActions("https://example.com")))
                        .contains("AlarmActions"));
        assertEquals(
                "Cannot delete a as there are composite alarm(s) depending on it.",
                refusal(() -> states.deleteAlarms(r -> r.alarmNames("a"))));
        states.deleteAlarms(r -> r.alarmNames("y"));
        states.deleteAlarms(r -> r.alarmNames("x", "a"));
        assertEquals(List.of(), lists.describeAlarms().metricAlarms());
    }

    @Test
    void aWebhookIsToldAtLeastOnceAndGivenUpInTheEnd() throws Exception {
        List<String> bodies = Collections.synchronizedList(new ArrayList<>());
        List<String> ids = Collections.synchronizedList(new ArrayList<>());
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext(
                "/hook",
                exchange -> {
                    ids.add(exchange.getRequestHeaders().getFirst("X-Dormouse-Delivery"));
                    bodies.add(new String(exchange.getRequestBody().readAllBytes()));
                    exchange.sendResponseHeaders(bodies.size() == 1 ? 503 : 200, -1);
                    exchange.close();
                });
        server.createContext(
                "/gone",
                exchange -> {
                    exchange.sendResponseHeaders(410, -1);
                    exchange.close();
                });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            metricAlarms("errors");
            put("bad", "ALARM(errors)", r -> r.tags(hook(url + "/hook")));
            Serving.await("the first try", () -> bodies.size() == 1);
            Serving.await(
                    "another try",
                    () -> {
                        time.pass(Duration.ofSeconds(1));
                        return bodies.size() == 2;
                    });
            assertEquals(ids.getFirst(), ids.get(1));
            JsonNode event = json(bodies.get(1));
            assertEquals("CloudWatch Alarm State Change", event.get("detail-type").asString());
            assertEquals("OK", event.at("/detail/state/value").asString());
            Serving.await("the history", () -> actions("bad").size() == 1);
            assertEquals(
                    "Successfully executed action " + url + "/hook", actions("bad").getFirst());

            put("gone", "ALARM(errors)", r -> r.tags(hook(url + "/gone")));
            Serving.await("the history", () -> actions("gone").size() == 1);
            assertEquals("Failed to execute action " + url + "/gone", actions("gone").getFirst());
            assertTrue(
                    refusal(() -> put("z", "TRUE", r -> r.tags(hook("http://me:secret@host/x"))))
                            .contains("dormouse:webhook"));
            assertTrue(
                    refusal(() -> put("z", "TRUE", r -> r.tags(hook("file:///etc/passwd"))))
                            .contains("dormouse:webhook"));
        } finally {
            server.stop(0);
        }
    }

    private static Tag hook(String url) {
        return Tag.builder().key("dormouse:webhook").value(url).build();
    }

    private List<String> actions(String name) {
        return lists
                .describeAlarmHistory(r ->
                        r.alarmName(name)
                                .alarmTypes(AlarmType.COMPOSITE_ALARM)
                                .historyItemType(HistoryItemType.ACTION))
                .alarmHistoryItems()
                .stream()
                .map(AlarmHistoryItem::historySummary)
                .toList();
    }
}
