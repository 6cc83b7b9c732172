package io.dormouse.metrics.alarm;

import io.dormouse.aws.Shapes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricStat;
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

    private AlarmJson() {}

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    static String time(Instant at) {
        return TIME.format(at);
    }

    /// The detail of `CloudWatch Alarm State Change`.
    static String event(MetricAlarm before, MetricAlarm after) {
        ObjectNode detail = object().put("alarmName", after.alarmName());
        detail.set("state", state(after));
        detail.set("previousState", state(before));
        ObjectNode configuration = detail.putObject("configuration");
        if (after.alarmDescription() != null) {
            configuration.put("description", after.alarmDescription());
        }
        ArrayNode metrics = configuration.putArray("metrics");
        Queries.of(after).forEach(query -> metrics.add(metric(query)));
        return detail.toString();
    }

    private static ObjectNode state(MetricAlarm alarm) {
        ObjectNode state =
                object().put("value", alarm.stateValueAsString())
                        .put("reason", alarm.stateReason());
        putIf(state, "reasonData", alarm.stateReasonData());
        return state.put("timestamp", time(alarm.stateUpdatedTimestamp()));
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
    static String update(MetricAlarm before, MetricAlarm after) {
        ObjectNode data = object().put("version", "1.0");
        data.set("oldState", historic(before));
        data.set("newState", historic(after));
        return data.toString();
    }

    private static ObjectNode historic(MetricAlarm alarm) {
        ObjectNode state =
                object().put("stateValue", alarm.stateValueAsString())
                        .put("stateReason", alarm.stateReason());
        if (alarm.stateReasonData() != null) {
            state.set("stateReasonData", JsonMapper.shared().readTree(alarm.stateReasonData()));
        }
        return state;
    }

    /// HistoryData of a ConfigurationUpdate.
    ///
    /// @param type `Create`, `Update` or `Delete`
    static String configuration(String type, MetricAlarm alarm) {
        ObjectNode data = object().put("version", "1.0").put("type", type);
        data.set(
                type.toLowerCase(Locale.ROOT) + "dAlarm",
                JsonMapper.shared().readTree(Shapes.toJson(alarm)));
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
    static String message(MetricAlarm before, MetricAlarm after, String account, String region) {
        ObjectNode message = object().put("AlarmName", after.alarmName());
        message.put("AlarmDescription", after.alarmDescription());
        message.put("AWSAccountId", account);
        message.put(
                "AlarmConfigurationUpdatedTimestamp",
                time(after.alarmConfigurationUpdatedTimestamp()));
        message.put("NewStateValue", after.stateValueAsString());
        message.put("NewStateReason", after.stateReason());
        message.put("StateChangeTime", time(after.stateUpdatedTimestamp()));
        message.put("Region", region);
        message.put("AlarmArn", after.alarmArn());
        message.put("OldStateValue", before.stateValueAsString());
        actions(message, "OKActions", after.okActions());
        actions(message, "AlarmActions", after.alarmActions());
        actions(message, "InsufficientDataActions", after.insufficientDataActions());
        message.set("Trigger", trigger(after));
        return message.toString();
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
