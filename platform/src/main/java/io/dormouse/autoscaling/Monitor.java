package io.dormouse.autoscaling;

import io.dormouse.aws.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import software.amazon.awssdk.services.applicationautoscaling.model.Alarm;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingPolicy;

/// The two alarms of a target tracking policy, by their names on AWS.
enum Monitor {
    HIGH("AlarmHigh"),
    LOW("AlarmLow");

    private final String mark;

    Monitor(String mark) {
        this.mark = mark;
    }

    /// Those that a policy has: without scaling in there is only the high one.
    static List<Alarm> alarms(VariantId id, boolean scalesIn) {
        List<Alarm> alarms = new ArrayList<>();
        for (Monitor each : values()) {
            if (each == HIGH || scalesIn) {
                String name =
                        "TargetTracking-"
                                + id.resource()
                                + "-"
                                + each.mark
                                + "-"
                                + UUID.randomUUID();
                String arn = Caller.current().resource("cloudwatch", "alarm:" + name);
                alarms.add(Alarm.builder().alarmName(name).alarmARN(arn).build());
            }
        }
        return alarms;
    }

    /// Its name at a policy.
    String alarm(ScalingPolicy policy) {
        return policy.alarms().stream()
                .map(Alarm::alarmName)
                .filter(each -> each.contains("-" + mark + "-"))
                .findFirst()
                .orElse(mark);
    }
}
