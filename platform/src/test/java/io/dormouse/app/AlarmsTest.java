package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.worker.Serving;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.AlarmHistoryItem;
import software.amazon.awssdk.services.cloudwatch.model.CloudWatchException;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.HistoryItemType;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricAlarmRequest;
import software.amazon.awssdk.services.cloudwatch.model.ScanBy;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;
import software.amazon.awssdk.services.cloudwatch.model.Tag;
import software.amazon.awssdk.services.eventbridge.model.Target;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Alarms by AWS's client, on a clock that the test moves.
class AlarmsTest {
    @TempDir private Path folder;

    private MessagingPlatform on;
    private CloudWatchClient cloudWatch;

    @BeforeEach
    void open() throws Exception {
        on = new MessagingPlatform(TestPlatform.settings(folder));
        cloudWatch =
                CloudWatchClient.builder()
                        .endpointOverride(on.platform.endpoint())
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create("test", "test")))
                        .httpClient(UrlConnectionHttpClient.create())
                        .build();
    }

    @AfterEach
    void close() {
        cloudWatch.close();
        on.close();
    }

    private static PutMetricAlarmRequest.Builder slow(String name) {
        return PutMetricAlarmRequest.builder()
                .alarmName(name)
                .namespace("Mine")
                .metricName("Speed")
                .statistic(Statistic.MAXIMUM)
                .period(60)
                .evaluationPeriods(1)
                .threshold(10.0)
                .comparisonOperator(ComparisonOperator.GREATER_THAN_THRESHOLD);
    }

    private void await(String name, StateValue state) {
        Serving.await(
                name + " in " + state,
                () ->
                        cloudWatch
                                .describeAlarms(r -> r.alarmNames(name))
                                .metricAlarms()
                                .getFirst()
                                .stateValue()
                                .equals(state));
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    @Test
    void anAlarmGoesOffTellsItsTopicAndTheBusAndIsRemembered() throws Exception {
        String told = on.queue("told", Map.of());
        String topic = on.sns.createTopic(r -> r.name("ops")).topicArn();
        on.sns.subscribe(r ->
                r.topicArn(topic).protocol("sqs").endpoint(MessagingPlatform.queueArn("told")));
        String events = on.queue("events", Map.of());
        on.events.putRule(r -> r.name("alarms").eventPattern("{\"source\":[\"aws.cloudwatch\"]}"));
        on.events.putTargets(r ->
                r.rule("alarms")
                        .targets(
                                Target.builder()
                                        .id("q")
                                        .arn(MessagingPlatform.queueArn("events"))
                                        .build()));
        cloudWatch.putMetricAlarm(
                slow("slow")
                        .alarmActions(topic)
                        .tags(Tag.builder().key("team").value("ml").build())
                        .build());
        cloudWatch.putMetricData(r ->
                r.namespace("Mine")
                        .metricData(MetricDatum.builder().metricName("Speed").value(42.0).build()));
        on.pass(Duration.ofSeconds(61));
        await("slow", StateValue.ALARM);

        JsonNode notification = json(on.await(told, 1).getFirst().body());
        assertEquals("ALARM: \"slow\" in us-east-1", notification.get("Subject").asString());
        JsonNode message = json(notification.get("Message").asString());
        assertEquals("ALARM", message.get("NewStateValue").asString());
        assertEquals("MAXIMUM", message.at("/Trigger/Statistic").asString());
        JsonNode event = json(on.await(events, 1).getFirst().body());
        assertEquals("CloudWatch Alarm State Change", event.get("detail-type").asString());
        assertEquals("ALARM", event.at("/detail/state/value").asString());
        assertEquals("INSUFFICIENT_DATA", event.at("/detail/previousState/value").asString());

        Serving.await(
                "the action in the history",
                () ->
                        cloudWatch
                                        .describeAlarmHistory(r ->
                                                r.alarmName("slow")
                                                        .historyItemType(HistoryItemType.ACTION))
                                        .alarmHistoryItems()
                                        .size()
                                == 1);
        List<AlarmHistoryItem> history =
                cloudWatch
                        .describeAlarmHistory(
                                r -> r.alarmName("slow").scanBy(ScanBy.TIMESTAMP_ASCENDING))
                        .alarmHistoryItems();
        assertEquals("Alarm \"slow\" created", history.getFirst().historySummary());
        JsonNode update = json(history.get(1).historyData());
        assertEquals(42, update.at("/newState/stateReasonData/recentDatapoints/0").asInt());
        String arn = cloudWatch.describeAlarms().metricAlarms().getFirst().alarmArn();
        assertEquals(
                "ml",
                cloudWatch.listTagsForResource(r -> r.resourceARN(arn)).tags().getFirst().value());
    }

    @Test
    void alarmsAreSetSilencedListedAndDeleted() throws Exception {
        for (String name : List.of("a-1", "a-2", "b-1")) {
            cloudWatch.putMetricAlarm(slow(name).treatMissingData("ignore").build());
        }
        cloudWatch.setAlarmState(
                r -> r.alarmName("a-2").stateValue(StateValue.OK).stateReason("by hand"));
        assertEquals(
                List.of("a-2"),
                names(
                        cloudWatch
                                .describeAlarms(
                                        r -> r.alarmNamePrefix("a").stateValue(StateValue.OK))
                                .metricAlarms()));
        cloudWatch.disableAlarmActions(r -> r.alarmNames("a-1"));
        MetricAlarm silent =
                cloudWatch.describeAlarms(r -> r.alarmNames("a-1")).metricAlarms().getFirst();
        assertEquals(false, silent.actionsEnabled());
        assertEquals(
                3,
                cloudWatch.describeAlarmsPaginator(r -> r.maxRecords(1)).metricAlarms().stream()
                        .count());
        assertEquals(
                3,
                cloudWatch
                        .describeAlarmsForMetric(r -> r.namespace("Mine").metricName("Speed"))
                        .metricAlarms()
                        .size());
        CloudWatchException none =
                assertThrows(
                        CloudWatchException.class,
                        () -> cloudWatch.deleteAlarms(r -> r.alarmNames("b-1", "no-such")));
        assertTrue(String.valueOf(none.getMessage()).contains("no-such"), none.getMessage());
        cloudWatch.deleteAlarms(r -> r.alarmNames("b-1", "a-1"));
        assertEquals(List.of("a-2"), names(cloudWatch.describeAlarms().metricAlarms()));
        CloudWatchException bad =
                assertThrows(
                        CloudWatchException.class,
                        () ->
                                cloudWatch.putMetricAlarm(
                                        slow("bad").alarmActions("https://example.com").build()));
        assertTrue(String.valueOf(bad.getMessage()).contains("AlarmActions"), bad.getMessage());
    }

    private static List<String> names(List<MetricAlarm> alarms) {
        return alarms.stream().map(MetricAlarm::alarmName).toList();
    }
}
