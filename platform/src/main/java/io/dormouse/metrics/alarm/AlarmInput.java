package io.dormouse.metrics.alarm;

import io.dormouse.aws.AwsError;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricAlarmRequest;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;

/// What
/// [PutMetricAlarm](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html)
/// may ask for.
final class AlarmInput {
    private static final Set<String> TREATMENTS =
            Set.of("breaching", "notBreaching", "ignore", "missing");
    private static final Set<Integer> FINE = Set.of(10, 20, 30);
    private static final int MINUTE = 60;
    private static final long DAY = 86_400;
    private static final long WEEK = 7 * DAY;
    private static final int ACTIONS_MAX = 5;
    private static final Pattern TOPIC =
            Pattern.compile("arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]+");
    private static final Pattern PERCENTILE = Pattern.compile("p(\\d{1,2}(\\.\\d{0,10})?|100)");

    private AlarmInput() {}

    /// @throws AwsServiceException naming the first member that breaks a rule
    static MetricAlarm.Builder alarm(PutMetricAlarmRequest request) {
        threshold(request);
        if (request.metrics().isEmpty()) {
            ofOneMetric(request);
        } else {
            ofMetrics(request);
        }
        int periods = request.evaluationPeriods();
        if (periods < 1) {
            throw invalid("EvaluationPeriods must be at least 1");
        }
        Integer needed = request.datapointsToAlarm();
        if (needed != null && (needed < 1 || needed > periods)) {
            throw invalid(
                    "DatapointsToAlarm must be at least 1 and at most EvaluationPeriods, which is "
                            + periods);
        }
        if (request.treatMissingData() != null
                && !TREATMENTS.contains(request.treatMissingData())) {
            throw invalid(
                    "The value "
                            + request.treatMissingData()
                            + " is not supported for TreatMissingData parameter. Supported values are"
                            + " [breaching, notBreaching, ignore, missing].");
        }
        actions("AlarmActions", request.alarmActions());
        actions("OKActions", request.okActions());
        actions("InsufficientDataActions", request.insufficientDataActions());
        MetricAlarm.Builder alarm = built(request);
        long span = (long) Queries.period(alarm.build()) * periods;
        long most = Queries.period(alarm.build()) >= 3600 ? WEEK : DAY;
        if (span > most) {
            throw invalid(
                    "Metrics cannot be checked across more than "
                            + (most == DAY ? "a day" : "a week")
                            + " (EvaluationPeriods * Period must be <= "
                            + most
                            + ")");
        }
        return alarm;
    }

    private static void threshold(PutMetricAlarmRequest request) {
        ComparisonOperator operator = request.comparisonOperator();
        if (request.thresholdMetricId() != null || operator.toString().contains("UpperThreshold")) {
            throw invalid(
                    "Anomaly detection is not served here: ComparisonOperator compares with"
                            + " Threshold");
        }
        if (operator == ComparisonOperator.UNKNOWN_TO_SDK_VERSION) {
            throw invalid(
                    "The value "
                            + request.comparisonOperatorAsString()
                            + " for parameter ComparisonOperator is invalid");
        }
        if (request.threshold() == null || !Double.isFinite(request.threshold())) {
            throw AwsError.MISSING_PARAMETER.of("The parameter Threshold is required.");
        }
    }

    private static void ofOneMetric(PutMetricAlarmRequest request) {
        required("MetricName", request.metricName());
        required("Namespace", request.namespace());
        required("Period", request.period());
        String percentile = request.extendedStatistic();
        if ((request.statistic() == null) == (percentile == null)) {
            throw AwsError.INVALID_PARAMETER_COMBINATION.of(
                    "Exactly one of the parameters Statistic and ExtendedStatistic must be"
                            + " specified.");
        }
        if (request.statistic() == Statistic.UNKNOWN_TO_SDK_VERSION) {
            throw invalid(
                    "The value "
                            + request.statisticAsString()
                            + " for parameter Statistic is invalid");
        }
        if (percentile != null && !PERCENTILE.matcher(percentile).matches()) {
            throw invalid(
                    "The value "
                            + percentile
                            + " for parameter ExtendedStatistic is not supported: percentiles p0 to"
                            + " p100 are, such as p99.9");
        }
        int period = request.period();
        if (!FINE.contains(period) && (period < MINUTE || period % MINUTE != 0)) {
            throw invalid("Period must be 10, 20, 30 or a multiple of 60");
        }
        String few = request.evaluateLowSampleCountPercentile();
        if (few != null && (percentile == null || !Set.of("evaluate", "ignore").contains(few))) {
            throw invalid(
                    "EvaluateLowSampleCountPercentile must be evaluate or ignore, with"
                            + " ExtendedStatistic");
        }
    }

    private static void ofMetrics(PutMetricAlarmRequest request) {
        boolean isBoth =
                Stream.of(
                                Optional.ofNullable(request.metricName()),
                                Optional.ofNullable(request.namespace()),
                                Optional.ofNullable(request.period()),
                                Optional.ofNullable(request.statistic()),
                                Optional.ofNullable(request.extendedStatistic()))
                        .anyMatch(Optional::isPresent);
        if (isBoth) {
            throw AwsError.INVALID_PARAMETER_COMBINATION.of(
                    "Metrics list cannot be used with MetricName, Namespace, Dimensions, Period,"
                            + " Unit, Statistic or ExtendedStatistic.");
        }
        List<MetricDataQuery> shown =
                request.metrics().stream()
                        .filter(each -> !Boolean.FALSE.equals(each.returnData()))
                        .toList();
        if (shown.size() != 1) {
            throw invalid("Exactly one element of the metrics list should return data.");
        }
    }

    private static void required(String name, @org.jspecify.annotations.Nullable Object value) {
        if (value == null) {
            throw AwsError.MISSING_PARAMETER.of("The parameter " + name + " is required.");
        }
    }

    /// What an alarm may tell.
    static void actions(String field, List<String> actions) {
        if (actions.size() > ACTIONS_MAX) {
            throw invalid(field + " can have at most " + ACTIONS_MAX + " actions");
        }
        for (String each : actions) {
            if (!TOPIC.matcher(each).matches()) {
                throw invalid(
                        "Invalid arn syntax: "
                                + each
                                + " in "
                                + field
                                + ": the ARN of an SNS topic is expected");
            }
        }
    }

    private static MetricAlarm.Builder built(PutMetricAlarmRequest request) {
        return MetricAlarm.builder()
                .alarmName(request.alarmName())
                .alarmDescription(request.alarmDescription())
                .actionsEnabled(!Boolean.FALSE.equals(request.actionsEnabled()))
                .okActions(request.okActions())
                .alarmActions(request.alarmActions())
                .insufficientDataActions(request.insufficientDataActions())
                .metricName(request.metricName())
                .namespace(request.namespace())
                .statistic(request.statistic())
                .extendedStatistic(request.extendedStatistic())
                .dimensions(request.dimensions())
                .period(request.period())
                .unit(request.unit())
                .evaluationPeriods(request.evaluationPeriods())
                .datapointsToAlarm(request.datapointsToAlarm())
                .threshold(request.threshold())
                .comparisonOperator(request.comparisonOperator())
                .treatMissingData(request.treatMissingData())
                .evaluateLowSampleCountPercentile(request.evaluateLowSampleCountPercentile())
                .metrics(request.metrics());
    }

    static AwsServiceException invalid(String message) {
        return AwsError.VALIDATION_ERROR.of(message);
    }
}
