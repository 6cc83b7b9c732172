package io.dormouse.metrics.alarm;

import io.dormouse.aws.AwsError;
import io.dormouse.store.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.AlarmHistoryItem;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmHistoryRequest;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmHistoryResponse;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsForMetricRequest;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsForMetricResponse;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsResponse;
import software.amazon.awssdk.services.cloudwatch.model.InvalidNextTokenException;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.ScanBy;

/// What there is of alarms and their history, a page at a time.
public final class AlarmLists implements CloudWatchClient {
    private static final int ALARMS = 50;
    private static final int HISTORY = 100;
    private static final int PAGE_MAX = 100;

    private final AlarmRecords records;

    AlarmLists(AlarmRecords records) {
        this.records = records;
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
    /// by name.
    @Override
    public DescribeAlarmsResponse describeAlarms(DescribeAlarmsRequest request) {
        if (!request.alarmNames().isEmpty() && request.alarmNamePrefix() != null) {
            throw AwsError.INVALID_PARAMETER_COMBINATION.of(
                    "AlarmNames and AlarmNamePrefix cannot be used together.");
        }
        boolean metricAlarms =
                request.alarmTypes().isEmpty()
                        || request.alarmTypes().contains(AlarmType.METRIC_ALARM);
        if (!metricAlarms
                || request.childrenOfAlarmName() != null
                || request.parentsOfAlarmName() != null) {
            return DescribeAlarmsResponse.builder()
                    .metricAlarms(List.of())
                    .compositeAlarms(List.of())
                    .build();
        }
        String prefix = Optional.ofNullable(request.alarmNamePrefix()).orElse("");
        HashSet<String> names = new HashSet<>(request.alarmNames());
        List<MetricAlarm> found =
                all(prefix)
                        .filter(each -> names.isEmpty() || names.contains(each.alarmName()))
                        .filter(each ->
                                request.stateValue() == null
                                        || each.stateValue() == request.stateValue())
                        .filter(has(request.actionPrefix()))
                        .toList();
        Slice<MetricAlarm> page =
                Slice.of(found, request.nextToken(), request.maxRecords(), ALARMS);
        return DescribeAlarmsResponse.builder()
                .metricAlarms(page.items())
                .compositeAlarms(List.of())
                .nextToken(page.next())
                .build();
    }

    private Stream<MetricAlarm> all(String prefix) {
        return records
                .store
                .read(query -> records.startingWith(query, MetricAlarms.arn(prefix)))
                .stream();
    }

    private static Predicate<MetricAlarm> has(@Nullable String actionPrefix) {
        return alarm ->
                actionPrefix == null
                        || Stream.of(
                                        alarm.alarmActions(),
                                        alarm.okActions(),
                                        alarm.insufficientDataActions())
                                .flatMap(List::stream)
                                .anyMatch(each -> each.startsWith(actionPrefix));
    }

    ///
    /// [DescribeAlarmsForMetric](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html).
    @Override
    public DescribeAlarmsForMetricResponse describeAlarmsForMetric(
            DescribeAlarmsForMetricRequest request) {
        return DescribeAlarmsForMetricResponse.builder()
                .metricAlarms(all("").filter(each -> watches(each, request)).toList())
                .build();
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
        boolean metricAlarms =
                request.alarmTypes().isEmpty()
                        || request.alarmTypes().contains(AlarmType.METRIC_ALARM);
        String arn = MetricAlarms.arn(Optional.ofNullable(request.alarmName()).orElse(""));
        Comparator<AlarmHistoryItem> order = Comparator.comparing(AlarmHistoryItem::timestamp);
        List<AlarmHistoryItem> found =
                records.history.all().stream()
                        .filter(each ->
                                metricAlarms
                                        && (request.alarmName() == null
                                                ? each.parent().startsWith(arn)
                                                : each.parent().equals(arn)))
                        .map(Entry::body)
                        .filter(each -> isAsked(each, request))
                        .sorted(
                                request.scanBy() == ScanBy.TIMESTAMP_ASCENDING
                                        ? order
                                        : order.reversed())
                        .toList();
        Slice<AlarmHistoryItem> page =
                Slice.of(found, request.nextToken(), request.maxRecords(), HISTORY);
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
