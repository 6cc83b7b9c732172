package io.dormouse.metrics.alarm;

import io.dormouse.aws.Shapes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricStat;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What alarms tell others, as AWS writes it: the detail of the event, the text of the
/// notification, the data of the history. See [alarm
/// events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html).
final class AlarmJson {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxx", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter REACHED =
            DateTimeFormatter.ofPattern("EEEE dd MMMM, yyyy HH:mm:ss 'UTC'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private AlarmJson() {}

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    static String time(Instant at) {
        return TIME.format(at);
    }

    /// `ALARM at Friday 22 July, 2022 15:57:45 UTC`.
    static String reached(Alarm.State state) {
        return state.value() + " at " + REACHED.format(state.since());
    }

    /// The detail of `CloudWatch Alarm State Change`.
    static String event(Alarm before, Alarm after) {
        ObjectNode detail = object().put("alarmName", after.name());
        detail.set("state", state(after));
        detail.set("previousState", state(before));
        detail.set("configuration", configuration(after));
        return detail.toString();
    }

    private static ObjectNode configuration(Alarm alarm) {
        ObjectNode configuration = object();
        alarm.description().ifPresent(text -> configuration.put("description", text));
        switch (alarm) {
            case Alarm.OfMetric(MetricAlarm shape) -> {
                ArrayNode metrics = configuration.putArray("metrics");
                Queries.of(shape).forEach(query -> metrics.add(metric(query)));
            }
            case Alarm.Composite(CompositeAlarm shape) -> {
                configuration.put("alarmRule", shape.alarmRule());
                if (shape.actionsSuppressor() != null) {
                    configuration.put("actionsSuppressor", shape.actionsSuppressor());
                    configuration.put(
                            "actionsSuppressorWaitPeriod", shape.actionsSuppressorWaitPeriod());
                    configuration.put(
                            "actionsSuppressorExtensionPeriod",
                            shape.actionsSuppressorExtensionPeriod());
                }
            }
        }
        return configuration;
    }

    private static ObjectNode state(Alarm alarm) {
        ObjectNode node = object();
        if (alarm instanceof Alarm.Composite composite) {
            Suppression by = composite.suppression();
            by.value().ifPresent(value -> node.put("actionsSuppressedBy", value));
            by.reason().ifPresent(reason -> node.put("actionsSuppressedReason", reason));
        }
        Alarm.State state = alarm.state();
        node.put("value", state.value().toString()).put("reason", state.reason());
        state.data().ifPresent(data -> node.put("reasonData", data));
        return node.put("timestamp", time(state.updated()));
    }

    /// StateReasonData of a composite alarm: which alarms put it into its state.
    static String triggers(List<Alarm> alarms) {
        ObjectNode data = object();
        ArrayNode list = data.putArray("triggeringAlarms");
        for (Alarm each : alarms) {
            list.addObject()
                    .put("arn", each.arn())
                    .putObject("state")
                    .put("value", each.state().value().toString())
                    .put("timestamp", time(each.state().updated()));
        }
        return data.toString();
    }

    /// What a webhook gets: the event as the bus has it, but for its id.
    static String hook(Alarm alarm, StateValue old, Instant now) {
        String[] arn = alarm.arn().split(":", 7);
        ObjectNode event = object().put("version", "0").put("source", "aws.cloudwatch");
        event.put("detail-type", "CloudWatch Alarm State Change");
        event.put("account", arn[4]).put("region", arn[3]).put("time", now.toString());
        event.putArray("resources").add(alarm.arn());
        ObjectNode detail = event.putObject("detail").put("alarmName", alarm.name());
        detail.set("state", state(alarm));
        detail.putObject("previousState").put("value", old.toString());
        detail.set("configuration", configuration(alarm));
        return event.toString();
    }

    private static ObjectNode metric(MetricDataQuery query) {
        ObjectNode node = object().put("id", query.id());
        putIf(node, "expression", query.expression());
        putIf(node, "label", query.label());
        MetricStat stat = query.metricStat();
        if (stat != null) {
            ObjectNode metricStat = node.putObject("metricStat");
            ObjectNode metric = metricStat.putObject("metric");
            metric.put("namespace", stat.metric().namespace());
            metric.put("name", stat.metric().metricName());
            ObjectNode dimensions = metric.putObject("dimensions");
            for (Dimension each : stat.metric().dimensions()) {
                dimensions.put(each.name(), each.value());
            }
            metricStat.put("period", stat.period()).put("stat", stat.stat());
            putIf(metricStat, "unit", stat.unitAsString());
        }
        return node.put("returnData", !Boolean.FALSE.equals(query.returnData()));
    }

    private static void putIf(ObjectNode node, String name, @Nullable String value) {
        if (value != null) {
            node.put(name, value);
        }
    }

    /// HistoryData of a StateUpdate.
    static String update(Alarm before, Alarm after) {
        ObjectNode data = object().put("version", "1.0");
        data.set("oldState", historic(before.state()));
        data.set("newState", historic(after.state()));
        return data.toString();
    }

    private static ObjectNode historic(Alarm.State state) {
        ObjectNode node =
                object().put("stateValue", state.value().toString())
                        .put("stateReason", state.reason());
        state.data()
                .ifPresent(data -> node.set("stateReasonData", JsonMapper.shared().readTree(data)));
        return node;
    }

    /// The state before, of what [#update] gave.
    static StateValue oldState(String update) {
        return StateValue.fromValue(
                JsonMapper.shared().readTree(update).at("/oldState/stateValue").asString());
    }

    /// HistoryData of a ConfigurationUpdate.
    ///
    /// @param type `Create`, `Update` or `Delete`
    static String configured(String type, Alarm alarm) {
        ObjectNode data = object().put("version", "1.0").put("type", type);
        data.set(
                type.toLowerCase(Locale.ROOT) + "dAlarm",
                JsonMapper.shared().readTree(Shapes.toJson(alarm.shape())));
        return data.toString();
    }

    /// HistoryData of an Action.
    static String action(String resource, String message, Instant updated, String error) {
        return object().put("actionState", error.isEmpty() ? "Succeeded" : "Failed")
                .put("stateUpdateTimestamp", updated.toEpochMilli())
                .put("notificationResource", resource)
                .put("publishedMessage", message)
                .put("error", error.isEmpty() ? null : error)
                .toString();
    }

    /// StateReasonData: what was seen when the state was found.
    static String reasonData(MetricAlarm alarm, List<Evaluation.Point> used, Instant now) {
        ObjectNode data = object().put("version", "1.0").put("queryDate", time(now));
        if (!used.isEmpty()) {
            data.put("startDate", time(used.getFirst().at()));
        }
        putIf(data, "unit", alarm.unitAsString());
        putIf(data, "statistic", alarm.statisticAsString());
        putIf(data, "extendedStatistic", alarm.extendedStatistic());
        data.put("period", Queries.period(alarm));
        ArrayNode recent = data.putArray("recentDatapoints");
        used.forEach(each -> recent.add(each.value()));
        data.put("threshold", alarm.threshold());
        ArrayNode evaluated = data.putArray("evaluatedDatapoints");
        used.reversed()
                .forEach(each ->
                        evaluated
                                .addObject()
                                .put("timestamp", time(each.at()))
                                .put("value", each.value()));
        return data.toString();
    }

    /// What a topic gets.
    ///
    /// @param old the state before
    static String message(Alarm alarm, StateValue old) {
        String[] arn = alarm.arn().split(":", 7);
        Alarm.State state = alarm.state();
        ObjectNode message = object().put("AlarmName", alarm.name());
        message.put("AlarmDescription", alarm.description().orElse(null));
        message.put("AWSAccountId", arn[4]);
        message.put("AlarmConfigurationUpdatedTimestamp", time(alarm.configured()));
        message.put("NewStateValue", state.value().toString());
        message.put("NewStateReason", state.reason());
        message.put("StateChangeTime", time(state.updated()));
        message.put("Region", arn[3]);
        message.put("AlarmArn", alarm.arn());
        message.put("OldStateValue", old.toString());
        actions(message, "OKActions", alarm.actions(StateValue.OK));
        actions(message, "AlarmActions", alarm.actions(StateValue.ALARM));
        actions(message, "InsufficientDataActions", alarm.actions(StateValue.INSUFFICIENT_DATA));
        switch (alarm) {
            case Alarm.OfMetric(MetricAlarm shape) -> message.set("Trigger", trigger(shape));
            case Alarm.Composite(CompositeAlarm shape) -> {
                message.put("AlarmRule", shape.alarmRule());
                message.set("TriggeringChildren", children(state));
            }
        }
        return message.toString();
    }

    private static ArrayNode children(Alarm.State state) {
        ArrayNode children = JsonMapper.shared().createArrayNode();
        state.data()
                .map(JsonMapper.shared()::readTree)
                .map(data -> data.path("triggeringAlarms"))
                .ifPresent(list -> {
                    for (JsonNode each : list) {
                        children.addObject()
                                .put("Arn", each.path("arn").asString())
                                .putObject("State")
                                .put("Value", each.at("/state/value").asString())
                                .put("Timestamp", each.at("/state/timestamp").asString());
                    }
                });
        return children;
    }

    private static void actions(ObjectNode message, String name, List<String> actions) {
        ArrayNode list = message.putArray(name);
        actions.forEach(list::add);
    }

    private static ObjectNode trigger(MetricAlarm alarm) {
        ObjectNode trigger = object();
        if (alarm.metricName() != null) {
            trigger.put("MetricName", alarm.metricName()).put("Namespace", alarm.namespace());
            trigger.put(
                    "StatisticType", alarm.statistic() == null ? "ExtendedStatistic" : "Statistic");
            if (alarm.statistic() != null) {
                trigger.put("Statistic", alarm.statisticAsString().toUpperCase(Locale.ROOT));
            }
            putIf(trigger, "ExtendedStatistic", alarm.extendedStatistic());
            trigger.put("Unit", alarm.unitAsString());
            ArrayNode dimensions = trigger.putArray("Dimensions");
            alarm.dimensions()
                    .forEach(each ->
                            dimensions
                                    .addObject()
                                    .put("value", each.value())
                                    .put("name", each.name()));
        }
        trigger.put("Period", Queries.period(alarm));
        trigger.put("EvaluationPeriods", alarm.evaluationPeriods());
        if (alarm.datapointsToAlarm() != null) {
            trigger.put("DatapointsToAlarm", alarm.datapointsToAlarm());
        }
        trigger.put("ComparisonOperator", alarm.comparisonOperatorAsString());
        trigger.put("Threshold", alarm.threshold());
        trigger.put(
                "TreatMissingData",
                alarm.treatMissingData() == null ? "" : alarm.treatMissingData());
        putIf(
                trigger,
                "EvaluateLowSampleCountPercentile",
                alarm.evaluateLowSampleCountPercentile());
        return trigger;
    }
}
