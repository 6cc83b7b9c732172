package io.dormouse.metrics.alarm;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.DeleteAlarmsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DeleteAlarmsResponse;
import software.amazon.awssdk.services.cloudwatch.model.DisableAlarmActionsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DisableAlarmActionsResponse;
import software.amazon.awssdk.services.cloudwatch.model.EnableAlarmActionsRequest;
import software.amazon.awssdk.services.cloudwatch.model.EnableAlarmActionsResponse;
import software.amazon.awssdk.services.cloudwatch.model.HistoryItemType;
import software.amazon.awssdk.services.cloudwatch.model.InvalidFormatException;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricAlarmRequest;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricAlarmResponse;
import software.amazon.awssdk.services.cloudwatch.model.ResourceNotFoundException;
import software.amazon.awssdk.services.cloudwatch.model.SetAlarmStateRequest;
import software.amazon.awssdk.services.cloudwatch.model.SetAlarmStateResponse;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Alarms come, are set, and go.
public final class MetricAlarms implements CloudWatchClient {
    private final AlarmRecords records;
    private final Changes changes;
    private final Watch watch;
    private final CloudWatchClient metrics;
    private final InstantSource clock;

    MetricAlarms(
            AlarmRecords records,
            Changes changes,
            Watch watch,
            CloudWatchClient metrics,
            InstantSource clock) {
        this.records = records;
        this.changes = changes;
        this.watch = watch;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    /// The ARN of an alarm, or what all of them begin with.
    static String arn(String name) {
        return Caller.current().resource("cloudwatch", "alarm:" + name);
    }

    ///
    /// [PutMetricAlarm](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html):
    /// a new one has no data at first; one that was there keeps its state. Tags are taken from the
    /// request that makes it alone.
    @Override
    public PutMetricAlarmResponse putMetricAlarm(PutMetricAlarmRequest request) {
        MetricAlarm.Builder asked = AlarmInput.alarm(request);
        Instant now = clock.instant();
        // What the metrics say of queries that are no queries is what the caller reads.
        metrics.getMetricData(r ->
                r.startTime(now.minus(Duration.ofMinutes(1)))
                        .endTime(now)
                        .metricDataQueries(Queries.of(asked.build())));
        asked.alarmArn(arn(request.alarmName())).alarmConfigurationUpdatedTimestamp(now);
        records.store.write(tx -> {
            Optional<MetricAlarm> old = records.find(tx, arn(request.alarmName()));
            MetricAlarm alarm = withState(asked, old, now);
            records.keep(tx, alarm, now);
            if (old.isEmpty()) {
                records.tags.put(tx, alarm.alarmArn(), AlarmTags.map(request.tags()));
            }
            configured(tx, alarm, old.isEmpty() ? "Create" : "Update", now);
            return true;
        });
        watch.look();
        return PutMetricAlarmResponse.builder().build();
    }

    private static MetricAlarm withState(
            MetricAlarm.Builder alarm, Optional<MetricAlarm> old, Instant now) {
        return old.map(each ->
                        alarm.stateValue(each.stateValue())
                                .stateReason(each.stateReason())
                                .stateReasonData(each.stateReasonData())
                                .stateUpdatedTimestamp(each.stateUpdatedTimestamp())
                                .stateTransitionedTimestamp(each.stateTransitionedTimestamp()))
                .orElseGet(() ->
                        alarm.stateValue(StateValue.INSUFFICIENT_DATA)
                                .stateReason("Unchecked: Initial alarm creation")
                                .stateUpdatedTimestamp(now)
                                .stateTransitionedTimestamp(now))
                .build();
    }

    /// @param type `Create`, `Update` or `Delete`
    private void configured(Tx tx, MetricAlarm alarm, String type, Instant now) {
        records.remember(
                tx,
                alarm,
                HistoryItemType.CONFIGURATION_UPDATE,
                "Alarm \""
                        + alarm.alarmName()
                        + "\" "
                        + type.toLowerCase(java.util.Locale.ROOT)
                        + "d",
                AlarmJson.configuration(type, alarm),
                now);
    }

    ///
    /// [DeleteAlarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html):
    /// all of them, or none where one is missing.
    @Override
    public DeleteAlarmsResponse deleteAlarms(DeleteAlarmsRequest request) {
        Instant now = clock.instant();
        records.store.write(tx -> {
            for (String name : request.alarmNames()) {
                MetricAlarm alarm = alarm(tx, name);
                records.alarms.delete(tx, alarm.alarmArn());
                records.tags.removeAll(tx, alarm.alarmArn());
                configured(tx, alarm, "Delete", now);
            }
            return true;
        });
        return DeleteAlarmsResponse.builder().build();
    }

    ///
    /// [SetAlarmState](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html):
    /// until the next look at the alarm's metric finds another.
    @Override
    public SetAlarmStateResponse setAlarmState(SetAlarmStateRequest request) {
        if (request.stateValue() == StateValue.UNKNOWN_TO_SDK_VERSION) {
            throw AlarmInput.invalid(
                    "The value "
                            + request.stateValueAsString()
                            + " for parameter StateValue is invalid: OK, ALARM or"
                            + " INSUFFICIENT_DATA is expected");
        }
        String data = Optional.ofNullable(request.stateReasonData()).orElse("");
        checkJson(data);
        records.store.write(tx -> {
            MetricAlarm alarm = alarm(tx, request.alarmName());
            changes.to(
                    tx, alarm, request.stateValue(), request.stateReason(), data, clock.instant());
            return true;
        });
        changes.look();
        return SetAlarmStateResponse.builder().build();
    }

    private static void checkJson(String data) {
        try {
            if (!data.isEmpty() && !JsonMapper.shared().readTree(data).isObject()) {
                throw badJson("it is no object");
            }
        } catch (JacksonException e) {
            throw badJson(e.getOriginalMessage());
        }
    }

    private static RuntimeException badJson(String why) {
        return AwsError.modelled(
                InvalidFormatException.builder(),
                "InvalidFormat",
                400,
                "StateReasonData must be JSON: " + why);
    }

    @Override
    public EnableAlarmActionsResponse enableAlarmActions(EnableAlarmActionsRequest request) {
        switchActions(request.alarmNames(), true);
        return EnableAlarmActionsResponse.builder().build();
    }

    @Override
    public DisableAlarmActionsResponse disableAlarmActions(DisableAlarmActionsRequest request) {
        switchActions(request.alarmNames(), false);
        return DisableAlarmActionsResponse.builder().build();
    }

    /// As AWS, nothing is said of a name that no alarm has.
    private void switchActions(List<String> names, boolean on) {
        Instant now = clock.instant();
        records.store.write(tx -> {
            for (String name : names) {
                records.find(tx, arn(name))
                        .ifPresent(alarm -> {
                            MetricAlarm after =
                                    alarm.toBuilder()
                                            .actionsEnabled(on)
                                            .alarmConfigurationUpdatedTimestamp(now)
                                            .build();
                            records.keep(tx, after, now);
                            configured(tx, after, "Update", now);
                        });
            }
            return true;
        });
    }

    private MetricAlarm alarm(Tx tx, String name) {
        return records.find(tx, arn(name))
                .orElseThrow(() ->
                        AwsError.modelled(
                                ResourceNotFoundException.builder(),
                                "ResourceNotFound",
                                404,
                                "Alarm " + name + " does not exist"));
    }
}
