package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.InvalidEventPatternException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.Tag;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageGroupSummary;
import software.amazon.awssdk.services.sqs.model.Message;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rules over HTTP by AWS's own client: what happens in the platform reaches who asked for it.
@Timeout(120)
class EventsTest {
    private static final String MINE = "{\"source\":[\"my.app\"]}";

    @TempDir private Path folder;
    private MessagingPlatform platform;

    @BeforeEach
    void start() throws Exception {
        platform = new MessagingPlatform(TestPlatform.settings(folder));
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    private void rule(String name, String pattern, Target... targets) {
        platform.events.putRule(r -> r.name(name).eventPattern(pattern));
        assertEquals(
                0,
                platform.events.putTargets(r -> r.rule(name).targets(targets)).failedEntryCount());
    }

    private static Target.Builder target(String arn) {
        return Target.builder().id("t").arn(arn);
    }

    private static Target.Builder queueTarget(String name) {
        return target(MessagingPlatform.queueArn(name));
    }

    private PutEventsResponse put(String detail) {
        return put("default", detail);
    }

    private PutEventsResponse put(String bus, String detail) {
        PutEventsResponse answer =
                platform.events.putEvents(r ->
                        r.entries(
                                PutEventsRequestEntry.builder()
                                        .eventBusName(bus)
                                        .source("my.app")
                                        .detailType("Thing Done")
                                        .detail(detail)
                                        .resources("arn:aws:my:::thing")
                                        .build()));
        assertEquals(0, answer.failedEntryCount(), answer.toString());
        return answer;
    }

    private JsonNode next(String url) {
        return JsonMapper.shared().readTree(platform.await(url, 1).getFirst().body());
    }

    @Test
    void whatHappensInThePlatformReachesAQueue() {
        String url = platform.queue("approvals", Map.of());
        rule(
                "approved",
                """
                {"source": ["aws.sagemaker"],
                 "detail-type": ["SageMaker Model Package State Change"],
                 "detail": {"ModelApprovalStatus": ["Approved"],
                            "ModelPackageGroupName": [{"prefix": "fli"}]}}
                """,
                queueTarget("approvals").build());
        platform.sageMaker.createModelPackageGroup(r -> r.modelPackageGroupName("flights"));
        String arn =
                platform.sageMaker
                        .createModelPackage(r ->
                                r.modelPackageGroupName("flights")
                                        .inferenceSpecification(s ->
                                                s.containers(
                                                                ModelPackageContainerDefinition
                                                                        .builder()
                                                                        .image("onnx")
                                                                        .modelDataUrl(
                                                                                "s3://models/a.tar.gz")
                                                                        .build())
                                                        .supportedContentTypes("text/csv")
                                                        .supportedResponseMIMETypes("text/csv")))
                        .modelPackageArn();
        platform.sageMaker.updateModelPackage(
                r -> r.modelPackageArn(arn).modelApprovalStatus("Approved"));
        JsonNode event = next(url);
        assertEquals("0", event.get("version").asString());
        assertEquals("aws.sagemaker", event.get("source").asString());
        assertEquals("123456789012", event.get("account").asString());
        assertEquals("us-east-1", event.get("region").asString());
        assertEquals(arn, event.at("/resources/0").asString());
        assertEquals("Approved", event.at("/detail/ModelApprovalStatus").asString());
        assertEquals(List.of(), platform.receive(url), "the version before was not approved");
    }

    @Test
    void aTargetGetsWhatItAskedFor() {
        String whole = platform.queue("whole", Map.of());
        String constant = platform.queue("constant", Map.of());
        String part = platform.queue("part", Map.of());
        String made = platform.queue("made", Map.of());
        String text = platform.queue("text", Map.of());
        rule(
                "mine",
                MINE,
                queueTarget("whole").id("1").build(),
                queueTarget("constant").id("2").input("{\"a\":1}").build(),
                queueTarget("part").id("3").inputPath("$.detail.items[1]").build(),
                queueTarget("made")
                        .id("4")
                        .inputTransformer(t ->
                                t.inputPathsMap(
                                                Map.of(
                                                        "who", "$.detail.who",
                                                        "items", "$.detail.items"))
                                        .inputTemplate(
                                                "{\"name\": \"job-<who>\", \"all\": <items>, \"by\":"
                                                        + " <aws.events.rule-name>}"))
                        .build(),
                queueTarget("text")
                        .id("5")
                        .inputTransformer(t ->
                                t.inputPathsMap(Map.of("who", "$.detail.who"))
                                        .inputTemplate("\"<who> did it\""))
                        .build());
        String id =
                put("{\"who\":\"a \\\"b\",\"items\":[1,{\"x\":2}]}").entries().getFirst().eventId();
        JsonNode event = next(whole);
        assertEquals(id, event.get("id").asString());
        assertEquals("Thing Done", event.get("detail-type").asString());
        assertEquals("{\"a\":1}", platform.await(constant, 1).getFirst().body());
        assertEquals("{\"x\":2}", platform.await(part, 1).getFirst().body());
        assertEquals(
                JsonMapper.shared()
                        .readTree(
                                "{\"name\":\"job-a \\\"b\",\"all\":[1,{\"x\":2}],\"by\":\"mine\"}"),
                next(made));
        assertEquals("a \"b did it", platform.await(text, 1).getFirst().body());
    }

    @Test
    void topicsLogGroupsAndOtherBusesAreToldToo() {
        String topic = platform.sns.createTopic(r -> r.name("news")).topicArn();
        String subscribed = platform.queue("subscribed", Map.of());
        platform.sns.subscribe(r ->
                r.topicArn(topic)
                        .protocol("sqs")
                        .endpoint(MessagingPlatform.queueArn("subscribed"))
                        .attributes(Map.of("RawMessageDelivery", "true")));
        platform.logs.createLogGroup(r -> r.logGroupName("/aws/events/mine"));
        String bus = platform.events.createEventBus(r -> r.name("other")).eventBusArn();
        String beyond = platform.queue("beyond", Map.of());
        platform.events.putRule(r -> r.name("mine").eventBusName("other").eventPattern(MINE));
        platform.events.putTargets(
                r -> r.rule("mine").eventBusName("other").targets(queueTarget("beyond").build()));
        rule(
                "mine",
                MINE,
                target(topic).id("1").build(),
                target("arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/mine")
                        .id("2")
                        .build(),
                target(bus).id("3").build());
        String id = put("{}").entries().getFirst().eventId();
        assertEquals(id, next(subscribed).get("id").asString());
        assertEquals(id, next(beyond).get("id").asString());
        Serving.await(
                "a line in the log group",
                () ->
                        platform
                                .logs
                                .filterLogEvents(r -> r.logGroupName("/aws/events/mine"))
                                .events()
                                .stream()
                                .anyMatch(each -> each.message().contains(id)));
    }

    @Test
    void aRuleMayHaveTimes() throws Exception {
        String url = platform.queue("ticks", Map.of());
        String arn =
                platform.events
                        .putRule(r -> r.name("hourly").scheduleExpression("rate(1 hour)"))
                        .ruleArn();
        platform.events.putTargets(r -> r.rule("hourly").targets(queueTarget("ticks").build()));
        platform.pass(Duration.ofMinutes(59));
        assertEquals(List.of(), platform.receive(url));
        platform.pass(Duration.ofMinutes(2));
        JsonNode event = next(url);
        assertEquals("Scheduled Event", event.get("detail-type").asString());
        assertEquals("aws.events", event.get("source").asString());
        assertEquals(arn, event.at("/resources/0").asString());
        platform.events.disableRule(r -> r.name("hourly"));
        platform.pass(Duration.ofHours(3));
        platform.events.enableRule(r -> r.name("hourly"));
        assertEquals(List.of(), platform.receive(url), "what it slept through is not made up for");
        platform.pass(Duration.ofHours(1));
        next(url);
    }

    @Test
    void aScheduleCallsAnyOperationAtNight() throws Exception {
        String arn =
                platform.scheduler
                        .createSchedule(r ->
                                r.name("nightly")
                                        .scheduleExpression("cron(30 2 * * ? *)")
                                        .scheduleExpressionTimezone("Europe/Berlin")
                                        .flexibleTimeWindow(w -> w.mode("OFF"))
                                        .target(t ->
                                                t.arn(
                                                                "arn:aws:scheduler:::aws-sdk:sagemaker:createModelPackageGroup")
                                                        .roleArn(
                                                                "arn:aws:iam::123456789012:role/any")
                                                        .input(
                                                                "{\"ModelPackageGroupName\": \"run-<aws.scheduler.execution-id>\"}")))
                        .scheduleArn();
        assertEquals(arn, platform.scheduler.getSchedule(r -> r.name("nightly")).arn());
        for (int night = 1; night <= 2; night++) {
            platform.pass(Duration.ofDays(1));
            int runs = night;
            Serving.await(runs + " runs", () -> groups().size() == runs);
        }
        assertTrue(
                groups().getFirst().modelPackageGroupName().matches("run-[0-9a-f]{16}"),
                groups().toString());
        platform.scheduler.updateSchedule(r ->
                r.name("nightly")
                        .state("DISABLED")
                        .scheduleExpression("rate(1 days)")
                        .flexibleTimeWindow(w -> w.mode("OFF"))
                        .target(platform.scheduler.getSchedule(g -> g.name("nightly")).target()));
        assertEquals(
                "DISABLED",
                platform.scheduler
                        .listSchedules(r -> r.namePrefix("nigh"))
                        .schedules()
                        .getFirst()
                        .stateAsString());
        platform.pass(Duration.ofDays(2));
        platform.scheduler.deleteSchedule(r -> r.name("nightly"));
        assertEquals(List.of(), platform.scheduler.listSchedules(r -> {}).schedules());
        assertEquals(2, groups().size());
    }

    private List<ModelPackageGroupSummary> groups() {
        return platform.sageMaker.listModelPackageGroups(r -> {}).modelPackageGroupSummaryList();
    }

    @Test
    void whatCannotBeToldGoesToTheDeadLetters() {
        String dead = platform.queue("dead", Map.of());
        rule(
                "mine",
                MINE,
                target("arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint")
                        .input("{\"EndpointName\":\"nothing\"}")
                        .deadLetterConfig(d -> d.arn(MessagingPlatform.queueArn("dead")))
                        .build());
        put("{\"a\":1}");
        Message letter = platform.await(dead, 1).getFirst();
        assertEquals(
                "{\"a\":1}", JsonMapper.shared().readTree(letter.body()).get("detail").toString());
        assertEquals("ValidationException", attribute(letter, "ERROR_CODE"));
        assertTrue(attribute(letter, "ERROR_MESSAGE").startsWith("Could not find endpoint"));
        assertTrue(attribute(letter, "RULE_ARN").endsWith(":rule/mine"));
        assertEquals("0", attribute(letter, "RETRY_ATTEMPTS"));
    }

    private static String attribute(Message message, String name) {
        return message.messageAttributes().entrySet().stream()
                .filter(each -> each.getKey().equals(name))
                .map(each -> each.getValue().stringValue())
                .findFirst()
                .orElse("none");
    }

    @Test
    void rulesAreListedFoundByTargetTaggedAndDeleted() {
        platform.queue("q", Map.of());
        for (String name : List.of("a-1", "a-2", "b")) {
            rule(name, MINE, queueTarget("q").build());
        }
        assertEquals(
                List.of("a-1"),
                platform.events.listRules(r -> r.namePrefix("a-").limit(1)).rules().stream()
                        .map(Rule::name)
                        .toList());
        String token = platform.events.listRules(r -> r.namePrefix("a-").limit(1)).nextToken();
        assertEquals(
                List.of("a-2"),
                platform
                        .events
                        .listRules(r -> r.namePrefix("a-").limit(1).nextToken(token))
                        .rules()
                        .stream()
                        .map(Rule::name)
                        .toList());
        assertEquals(
                List.of("a-1", "a-2", "b"),
                platform.events
                        .listRuleNamesByTarget(r -> r.targetArn(MessagingPlatform.queueArn("q")))
                        .ruleNames());
        String arn = platform.events.describeRule(r -> r.name("b")).arn();
        assertEquals("arn:aws:events:us-east-1:123456789012:rule/b", arn);
        platform.events.tagResource(
                r -> r.resourceARN(arn).tags(Tag.builder().key("team").value("ml").build()));
        assertEquals(
                "ml",
                platform.events
                        .listTagsForResource(r -> r.resourceARN(arn))
                        .tags()
                        .getFirst()
                        .value());
        assertEquals(
                "Rule can't be deleted since it has targets.",
                message(() -> platform.events.deleteRule(r -> r.name("b"))));
        platform.events.removeTargets(r -> r.rule("b").ids("t"));
        assertEquals(List.of(), platform.events.listTargetsByRule(r -> r.rule("b")).targets());
        platform.events.deleteRule(r -> r.name("b"));
        assertThrows(
                ResourceNotFoundException.class,
                () -> platform.events.describeRule(r -> r.name("b")));
        platform.events.createEventBus(r -> r.name("mine"));
        assertEquals(
                List.of("default", "mine"),
                platform.events.listEventBuses(r -> {}).eventBuses().stream()
                        .map(each -> each.name())
                        .toList());
        platform.events.deleteEventBus(r -> r.name("mine"));
        assertEquals("Event bus mine does not exist.", message(() -> put("mine", "{}")));
    }

    private static String message(Runnable call) {
        try {
            call.run();
        } catch (EventBridgeException e) {
            return e.awsErrorDetails().errorMessage();
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage())
                    .replaceFirst("(?s).*ErrorMessage=([^)]*).*", "$1");
        }
        return "nothing thrown";
    }

    @Test
    void nonsenseIsRefused() {
        assertThrows(
                InvalidEventPatternException.class,
                () -> platform.events.putRule(r -> r.name("x").eventPattern("{\"a\": 1}")));
        assertEquals(
                "Parameter(s) EventPattern or ScheduleExpression must be specified.",
                message(() -> platform.events.putRule(r -> r.name("x"))));
        assertTrue(
                message(() ->
                                platform.events.putRule(
                                        r -> r.name("x").scheduleExpression("cron(* * *)")))
                        .startsWith("Parameter ScheduleExpression is not valid."));
        platform.events.putRule(r -> r.name("x").eventPattern(MINE));
        assertTrue(
                message(() ->
                                platform.events.putTargets(r ->
                                        r.rule("x")
                                                .targets(
                                                        target(
                                                                        "arn:aws:kinesis:us-east-1:123456789012:stream/f")
                                                                .build())))
                        .startsWith("Targets of kinesis are not served here"));
        assertTrue(
                message(() ->
                                platform.events.putTargets(r ->
                                        r.rule("x")
                                                .targets(
                                                        target(
                                                                        "arn:aws:scheduler:::aws-sdk:sagemaker:createLove")
                                                                .build())))
                        .startsWith("There is no operation createLove of sagemaker here"));
        PutEventsResponse answer =
                platform.events.putEvents(r ->
                        r.entries(
                                PutEventsRequestEntry.builder()
                                        .source("aws.sagemaker")
                                        .detailType("x")
                                        .detail("{}")
                                        .build(),
                                PutEventsRequestEntry.builder()
                                        .source("a")
                                        .detailType("x")
                                        .detail("[]")
                                        .build()));
        assertEquals(
                List.of("NotAuthorizedForSourceException", "MalformedDetail"),
                answer.entries().stream().map(each -> each.errorCode()).toList());
        String event =
                """
                {"id": "1", "detail-type": "x", "source": "my.app", "account": "1",
                 "time": "2026-01-01T00:00:00Z", "region": "r", "resources": [], "detail": {}}
                """;
        assertTrue(
                platform.events.testEventPattern(r -> r.eventPattern(MINE).event(event)).result());
        assertFalse(
                platform.events
                        .testEventPattern(
                                r -> r.eventPattern("{\"source\":[\"other\"]}").event(event))
                        .result());
    }
}
