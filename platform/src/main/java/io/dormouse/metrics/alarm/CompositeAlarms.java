package io.dormouse.metrics.alarm;

import io.dormouse.aws.AwsError;
import io.dormouse.metrics.alarm.Alarm.Composite;
import io.dormouse.store.Query;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.PutCompositeAlarmRequest;
import software.amazon.awssdk.services.cloudwatch.model.PutCompositeAlarmResponse;

/// Alarms on other alarms are put.
public final class CompositeAlarms implements CloudWatchClient {
    private final AlarmRecords records;
    private final Changes changes;
    private final InstantSource clock;

    CompositeAlarms(AlarmRecords records, Changes changes, InstantSource clock) {
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
    /// [PutCompositeAlarm](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html):
    /// the rule is looked at at once. Other than on AWS, a rule that leads back to its own alarm is
    /// refused.
    @Override
    public PutCompositeAlarmResponse putCompositeAlarm(PutCompositeAlarmRequest request) {
        AlarmRule rule = AlarmRule.of(request.alarmRule());
        AlarmInput.actions("AlarmActions", request.alarmActions());
        AlarmInput.actions("OKActions", request.okActions());
        AlarmInput.actions("InsufficientDataActions", request.insufficientDataActions());
        checkSuppressor(request);
        Map<String, String> tags = AlarmTags.map(request.tags());
        Webhooks.check(tags);
        Instant now = clock.instant();
        Composite asked = new Composite(shape(request, now));
        records.store.write(tx -> {
            check(tx, asked, rule);
            put(tx, asked, tags, now);
            return true;
        });
        changes.look();
        return PutCompositeAlarmResponse.builder().build();
    }

    private static void checkSuppressor(PutCompositeAlarmRequest request) {
        boolean isThere = request.actionsSuppressor() != null;
        checkPeriod("Wait", isThere, request.actionsSuppressorWaitPeriod());
        checkPeriod("Extension", isThere, request.actionsSuppressorExtensionPeriod());
    }

    private static void checkPeriod(String which, boolean hasSuppressor, @Nullable Integer period) {
        String name = "ActionsSuppressor" + which + "Period";
        if (hasSuppressor == (period == null)) {
            throw AwsError.INVALID_PARAMETER_COMBINATION.of(
                    name + " is required with ActionsSuppressor, and goes with nothing else");
        }
        if (period != null && period < 0) {
            throw AlarmInput.invalid(name + " must be at least 0 seconds");
        }
    }

    private static CompositeAlarm shape(PutCompositeAlarmRequest request, Instant now) {
        return CompositeAlarm.builder()
                .alarmName(request.alarmName())
                .alarmArn(AlarmRecords.arn(request.alarmName()))
                .alarmDescription(request.alarmDescription())
                .alarmRule(request.alarmRule())
                .alarmConfigurationUpdatedTimestamp(now)
                .actionsEnabled(!Boolean.FALSE.equals(request.actionsEnabled()))
                .okActions(request.okActions())
                .alarmActions(request.alarmActions())
                .insufficientDataActions(request.insufficientDataActions())
                .actionsSuppressor(request.actionsSuppressor())
                .actionsSuppressorWaitPeriod(request.actionsSuppressorWaitPeriod())
                .actionsSuppressorExtensionPeriod(request.actionsSuppressorExtensionPeriod())
                .build();
    }

    private void check(Tx tx, Composite asked, AlarmRule rule) {
        List<String> missing =
                rule.children().stream()
                        .filter(each -> !each.equals(asked.name()) && !each.equals(asked.arn()))
                        .filter(each -> records.find(tx, asked.sibling(each)).isEmpty())
                        .toList();
        if (!missing.isEmpty()) {
            throw AlarmInput.invalid(
                    "Could not save the composite alarm as alarms ["
                            + String.join(", ", missing)
                            + "] in the alarm rule do not exist");
        }
        if (below(tx, asked).contains(asked.arn())) {
            throw AlarmInput.invalid(
                    "AlarmRule must not lead back to its own alarm, "
                            + asked.name()
                            + ", and it does by "
                            + rule.children().stream().collect(Collectors.joining(", ")));
        }
        asked.suppressor()
                .filter(arn -> arn.equals(asked.arn()) || records.find(tx, arn).isEmpty())
                .ifPresent(_ -> {
                    throw AlarmInput.invalid(
                            "ActionsSuppressor must be another alarm that exists, unlike "
                                    + asked.shape().actionsSuppressor());
                });
    }

    /// All that a rule goes by, over other composite alarms as well.
    private Set<String> below(Query query, Composite alarm) {
        Set<String> found = new HashSet<>();
        Deque<String> next = new ArrayDeque<>(alarm.children());
        while (!next.isEmpty()) {
            String arn = next.pop();
            if (found.add(arn)
                    && records.find(query, arn).orElse(alarm) instanceof Composite composite
                    && !composite.arn().equals(alarm.arn())) {
                next.addAll(composite.children());
            }
        }
        return found;
    }

    private void put(Tx tx, Composite asked, Map<String, String> tags, Instant now) {
        Optional<Alarm> old = records.find(tx, asked.arn());
        Composite alarm =
                old.filter(each ->
                                each instanceof Composite before
                                        && before.suppressor().equals(asked.suppressor()))
                        .map(each -> asked.suppressed(((Composite) each).suppression()))
                        .orElse(asked);
        Alarm kept = records.put(tx, alarm, tags, now);
        String what =
                old.isEmpty() ? "created and its alarm rule" : "updated and its new alarm rule";
        changes.parents().begin(tx, (Composite) kept, what, now);
    }
}
