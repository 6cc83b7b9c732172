package io.dormouse.metrics.alarm;

import io.dormouse.aws.AwsError;
import io.dormouse.store.Entry;
import io.dormouse.store.Query;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.AlarmHistoryItem;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmHistoryRequest;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmHistoryResponse;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsForMetricRequest;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsForMetricResponse;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsResponse;
import software.amazon.awssdk.services.cloudwatch.model.InvalidNextTokenException;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.ScanBy;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;

/// What there is of alarms and their history, a page at a time.
public final class AlarmLists implements CloudWatchClient {
    private static final int ALARMS = 50;
    private static final int HISTORY = 100;
    private static final int PAGE_MAX = 100;

    private final AlarmRecords records;
    private final Supplier<List<MetricAlarm>> monitors;

    AlarmLists(AlarmRecords records, Supplier<List<MetricAlarm>> monitors) {
        this.records = records;
        this.monitors = monitors;
    }

    /// Some of a list, and where the next page goes on.
    private record Slice<T>(List<T> items, @Nullable String next) {
        /// @param token a count of what was given, which is opaque to who passes it on
        static <T> Slice<T> of(
                List<T> all, @Nullable String token, @Nullable Integer asked, int usual) {
            int size = asked == null ? usual : asked;
            if (size < 1 || size > PAGE_MAX) {
                throw AlarmInput.invalid("MaxRecords must be between 1 and " + PAGE_MAX);
            }
            int from = token == null ? 0 : Math.min(place(token), all.size());
            int to = Math.min(all.size(), from + size);
            return new Slice<>(all.subList(from, to), to < all.size() ? token(to) : null);
        }

        private static String token(int place) {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(("at:" + place).getBytes(StandardCharsets.UTF_8));
        }

        private static int place(String token) {
            try {
                String text =
                        new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
                if (text.startsWith("at:")) {
                    return Integer.parseUnsignedInt(text.substring(3)) & Integer.MAX_VALUE;
                }
            } catch (IllegalArgumentException _) {
                // Said below.
            }
            throw AwsError.modelled(
                    InvalidNextTokenException.builder(),
                    "InvalidNextToken",
                    400,
                    "The service is unable to process the specified NextToken: pass the token of"
                            + " the last answer with the same parameters");
        }
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    ///
    /// [DescribeAlarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html),
    /// by name: alarms on metrics alone, where no type is asked for.
    @Override
    public DescribeAlarmsResponse describeAlarms(DescribeAlarmsRequest request) {
        if (!request.alarmNames().isEmpty() && request.alarmNamePrefix() != null) {
            throw AwsError.INVALID_PARAMETER_COMBINATION.of(
                    "AlarmNames and AlarmNamePrefix cannot be used together.");
        }
        boolean isFamily =
                request.childrenOfAlarmName() != null || request.parentsOfAlarmName() != null;
        List<Alarm> found =
                isFamily ? records.store.read(query -> relatives(query, request)) : asked(request);
        Slice<Alarm> page = Slice.of(found, request.nextToken(), request.maxRecords(), ALARMS);
        List<MetricAlarm> metricAlarms = new ArrayList<>();
        List<CompositeAlarm> compositeAlarms = new ArrayList<>();
        for (Alarm each : page.items()) {
            switch (each) {
                case Alarm.OfMetric(MetricAlarm shape) -> metricAlarms.add(shape);
                case Alarm.Composite(CompositeAlarm shape) -> compositeAlarms.add(shape);
            }
        }
        return DescribeAlarmsResponse.builder()
                .metricAlarms(metricAlarms)
                .compositeAlarms(compositeAlarms)
                .nextToken(page.next())
                .build();
    }

    private List<Alarm> asked(DescribeAlarmsRequest request) {
        String prefix = Optional.ofNullable(request.alarmNamePrefix()).orElse("");
        HashSet<String> names = new HashSet<>(request.alarmNames());
        boolean all = request.alarmTypes().isEmpty();
        return all().stream()
                .filter(each ->
                        all
                                ? each.type() == AlarmType.METRIC_ALARM
                                : request.alarmTypes().contains(each.type()))
                .filter(each -> each.name().startsWith(prefix))
                .filter(each -> names.isEmpty() || names.contains(each.name()))
                .filter(each ->
                        request.stateValue() == null
                                || each.state().value() == request.stateValue())
                .filter(has(request.actionPrefix()))
                .toList();
    }

    /// Those that others evaluate among them.
    private List<Alarm> all() {
        // Before the read, for it may read as well.
        List<MetricAlarm> others = monitors.get();
        return records.store.read(query ->
                sorted(
                                Stream.concat(
                                        others.stream().map(Alarm.OfMetric::new),
                                        records.ofMetrics(query).stream()),
                                records.composites(query).stream())
                        .toList());
    }

    /// Those of the caller's account and Region, alarms on metrics first, by name.
    private static Stream<Alarm> sorted(
            Stream<Alarm.OfMetric> ofMetrics, Stream<Alarm.Composite> composites) {
        String ours = AlarmRecords.arn("");
        return Stream.concat(ofMetrics, composites)
                .filter(each -> each.arn().startsWith(ours))
                .map(each -> (Alarm) each)
                .sorted(
                        Comparator.comparing(
                                        (Alarm each) -> each.type() == AlarmType.COMPOSITE_ALARM)
                                .thenComparing(Alarm::name));
    }

    private static Predicate<Alarm> has(@Nullable String actionPrefix) {
        return alarm ->
                actionPrefix == null
                        || StateValue.knownValues().stream()
                                .flatMap(state -> alarm.actions(state).stream())
                                .anyMatch(each -> each.startsWith(actionPrefix));
    }

    /// The alarms in a rule, or those in whose rules an alarm is. As on AWS little is said of them:
    /// name, ARN and, of children, their state.
    private List<Alarm> relatives(Query query, DescribeAlarmsRequest request) {
        boolean others =
                !request.alarmNames().isEmpty()
                        || request.alarmNamePrefix() != null
                        || !request.alarmTypes().isEmpty()
                        || request.stateValue() != null
                        || request.actionPrefix() != null
                        || (request.childrenOfAlarmName() != null
                                && request.parentsOfAlarmName() != null);
        if (others) {
            throw AlarmInput.invalid(
                    "ChildrenOfAlarmName and ParentsOfAlarmName go with MaxRecords and NextToken"
                            + " alone");
        }
        if (request.parentsOfAlarmName() != null) {
            String child = AlarmRecords.arn(request.parentsOfAlarmName());
            return sorted(Stream.of(), records.composites(query).stream())
                    .filter(each ->
                            each instanceof Alarm.Composite composite
                                    && composite.children().contains(child))
                    .map(each ->
                            (Alarm)
                                    new Alarm.Composite(
                                            CompositeAlarm.builder()
                                                    .alarmName(each.name())
                                                    .alarmArn(each.arn())
                                                    .build()))
                    .toList();
        }
        return records
                .find(query, AlarmRecords.arn(request.childrenOfAlarmName()))
                .filter(Alarm.Composite.class::isInstance)
                .stream()
                .flatMap(each -> ((Alarm.Composite) each).children().stream())
                .flatMap(arn -> records.find(query, arn).stream())
                .map(AlarmLists::brief)
                .toList();
    }

    private static Alarm brief(Alarm alarm) {
        return switch (alarm) {
            case Alarm.OfMetric(MetricAlarm shape) ->
                    new Alarm.OfMetric(
                            MetricAlarm.builder()
                                    .alarmName(shape.alarmName())
                                    .alarmArn(shape.alarmArn())
                                    .stateValue(shape.stateValue())
                                    .stateUpdatedTimestamp(shape.stateUpdatedTimestamp())
                                    .build());
            case Alarm.Composite(CompositeAlarm shape) ->
                    new Alarm.Composite(
                            CompositeAlarm.builder()
                                    .alarmName(shape.alarmName())
                                    .alarmArn(shape.alarmArn())
                                    .stateValue(shape.stateValue())
                                    .stateUpdatedTimestamp(shape.stateUpdatedTimestamp())
                                    .build());
        };
    }

    ///
    /// [DescribeAlarmsForMetric](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html).
    @Override
    public DescribeAlarmsForMetricResponse describeAlarmsForMetric(
            DescribeAlarmsForMetricRequest request) {
        List<MetricAlarm> found = new ArrayList<>();
        for (Alarm each : all()) {
            if (each instanceof Alarm.OfMetric(MetricAlarm shape) && watches(shape, request)) {
                found.add(shape);
            }
        }
        return DescribeAlarmsForMetricResponse.builder().metricAlarms(found).build();
    }

    private static boolean watches(MetricAlarm alarm, DescribeAlarmsForMetricRequest request) {
        return request.metricName().equals(alarm.metricName())
                && request.namespace().equals(alarm.namespace())
                && new HashSet<>(request.dimensions()).equals(new HashSet<>(alarm.dimensions()))
                && (request.statistic() == null || request.statistic() == alarm.statistic())
                && (request.extendedStatistic() == null
                        || request.extendedStatistic().equals(alarm.extendedStatistic()))
                && (request.period() == null || request.period().equals(alarm.period()))
                && (request.unit() == null || request.unit() == alarm.unit());
    }

    ///
    /// [DescribeAlarmHistory](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html):
    /// newest first; that of deleted alarms as well.
    @Override
    public DescribeAlarmHistoryResponse describeAlarmHistory(DescribeAlarmHistoryRequest request) {
        List<AlarmType> types =
                request.alarmTypes().isEmpty()
                        ? List.of(AlarmType.METRIC_ALARM)
                        : request.alarmTypes();
        String arn = AlarmRecords.arn(Optional.ofNullable(request.alarmName()).orElse(""));
        List<AlarmHistoryItem> found =
                records.history.all().stream()
                        .filter(each ->
                                request.alarmName() == null
                                        ? each.parent().startsWith(arn)
                                        : each.parent().equals(arn))
                        .map(Entry::body)
                        .filter(each -> types.contains(each.alarmType()))
                        .filter(each -> isAsked(each, request))
                        .toList();
        boolean isAscending = request.scanBy() == ScanBy.TIMESTAMP_ASCENDING;
        Slice<AlarmHistoryItem> page =
                Slice.of(
                        isAscending ? found : found.reversed(),
                        request.nextToken(),
                        request.maxRecords(),
                        HISTORY);
        return DescribeAlarmHistoryResponse.builder()
                .alarmHistoryItems(page.items())
                .nextToken(page.next())
                .build();
    }

    private static boolean isAsked(AlarmHistoryItem item, DescribeAlarmHistoryRequest request) {
        return (request.historyItemType() == null
                        || item.historyItemType() == request.historyItemType())
                && (request.startDate() == null || !item.timestamp().isBefore(request.startDate()))
                && (request.endDate() == null || !item.timestamp().isAfter(request.endDate()));
    }
}
