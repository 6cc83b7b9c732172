package io.dormouse.metrics.alarm;

import io.dormouse.metrics.alarm.Evaluation.Point;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;

/// The sentences that say why an alarm is in its state, in CloudWatch's words.
///
/// @param breaching what a point is called that is beyond the threshold
record Reasons(MetricAlarm alarm, int needed, int periods, Predicate<Point> breaching) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MM/yy HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /// Why it alarms, or does not.
    ///
    /// @param filled how many points were missing and counted as `treatment` says
    String crossed(List<Point> real, boolean alarms, int filled, String treatment) {
        List<Point> telling =
                real.stream().filter(each -> breaching.test(each) == alarms).toList().reversed();
        StringBuilder text = new StringBuilder("Threshold Crossed: ");
        if (telling.isEmpty()) {
            text.append("no datapoints were received for ").append(count(periods, "period"));
        } else {
            text.append(telling.size())
                    .append(" out of the last ")
                    .append(count(Math.max(real.size(), 1), "datapoint"))
                    .append(telling.stream().map(Reasons::point).collect(listed()))
                    .append(telling.size() == 1 ? " was " : " were ")
                    .append(alarms ? "" : "not ")
                    .append(comparison())
                    .append(" the threshold (")
                    .append(alarm.threshold())
                    .append(")");
        }
        if (filled > 0) {
            text.append(" and ")
                    .append(count(filled, "missing datapoint"))
                    .append(filled == 1 ? " was" : " were")
                    .append(" treated as [")
                    .append(treatment.equals("breaching") ? "Breaching" : "NonBreaching")
                    .append("]");
        }
        if (telling.isEmpty()) {
            return text.append(".").toString();
        }
        int least = alarms ? needed : periods - needed + 1;
        return text.append(" (minimum ")
                .append(count(least, "datapoint"))
                .append(alarms ? " for OK -> ALARM transition)." : " for ALARM -> OK transition).")
                .toString();
    }

    private static java.util.stream.Collector<CharSequence, ?, String> listed() {
        return Collectors.joining(", ", " [", "]");
    }

    private static String point(Point point) {
        return point.value() + " (" + TIME.format(point.at()) + ")";
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private String comparison() {
        ComparisonOperator operator = alarm.comparisonOperator();
        return switch (operator) {
            case GREATER_THAN_OR_EQUAL_TO_THRESHOLD -> "greater than or equal to";
            case GREATER_THAN_THRESHOLD -> "greater than";
            case LESS_THAN_THRESHOLD -> "less than";
            case LESS_THAN_OR_EQUAL_TO_THRESHOLD -> "less than or equal to";
            default -> throw new IllegalStateException("checked when put: " + operator);
        };
    }
}
