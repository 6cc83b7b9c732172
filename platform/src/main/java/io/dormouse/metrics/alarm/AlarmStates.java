package io.dormouse.metrics.alarm;

import io.dormouse.aws.AwsError;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.DeleteAlarmsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DeleteAlarmsResponse;
import software.amazon.awssdk.services.cloudwatch.model.DisableAlarmActionsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DisableAlarmActionsResponse;
import software.amazon.awssdk.services.cloudwatch.model.EnableAlarmActionsRequest;
import software.amazon.awssdk.services.cloudwatch.model.EnableAlarmActionsResponse;
import software.amazon.awssdk.services.cloudwatch.model.InvalidFormatException;
import software.amazon.awssdk.services.cloudwatch.model.ResourceNotFoundException;
import software.amazon.awssdk.services.cloudwatch.model.SetAlarmStateRequest;
import software.amazon.awssdk.services.cloudwatch.model.SetAlarmStateResponse;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Alarms of every kind are set, switched and go.
public final class AlarmStates implements CloudWatchClient {
    private final AlarmRecords records;
    private final Changes changes;
    private final InstantSource clock;

    AlarmStates(AlarmRecords records, Changes changes, InstantSource clock) {
        this.records = records;
        this.changes = changes;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    ///
    /// [DeleteAlarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html):
    /// all of them, or none where one is missing or another alarm goes by it.
    @Override
    public DeleteAlarmsResponse deleteAlarms(DeleteAlarmsRequest request) {
        Instant now = clock.instant();
        records.store.write(tx -> {
            List<Alarm> going =
                    request.alarmNames().stream().distinct().map(name -> alarm(tx, name)).toList();
            checkNobodyGoesBy(tx, going);
            for (Alarm each : going) {
                records.delete(tx, each);
                records.configured(tx, each, "Delete", now);
            }
            return true;
        });
        return DeleteAlarmsResponse.builder().build();
    }

    private void checkNobodyGoesBy(Tx tx, List<Alarm> going) {
        if (going.stream().filter(Alarm.Composite.class::isInstance).count() > 1) {
            throw AlarmInput.invalid("At most one composite alarm can be deleted at a time");
        }
        Set<String> arns = going.stream().map(Alarm::arn).collect(Collectors.toSet());
        List<Alarm.Composite> staying =
                records.composites(tx).stream().filter(each -> !arns.contains(each.arn())).toList();
        for (Alarm alarm : going) {
            if (staying.stream().anyMatch(each -> each.dependsOn(alarm.arn()))) {
                throw AlarmInput.invalid(
                        "Cannot delete "
                                + alarm.name()
                                + " as there are composite alarm(s) depending on it.");
            }
        }
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
            Alarm alarm = alarm(tx, request.alarmName());
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
                records.find(tx, AlarmRecords.arn(name))
                        .ifPresent(alarm -> {
                            Alarm after = alarm.switched(on, now);
                            records.keep(tx, after, now);
                            records.configured(tx, after, "Update", now);
                        });
            }
            return true;
        });
    }

    private Alarm alarm(Tx tx, String name) {
        return records.find(tx, AlarmRecords.arn(name))
                .orElseThrow(() ->
                        AwsError.modelled(
                                ResourceNotFoundException.builder(),
                                "ResourceNotFound",
                                404,
                                "Alarm " + name + " does not exist"));
    }
}
