package io.dormouse.metrics.alarm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.metrics.alarm.Evaluation.Point;
import io.dormouse.metrics.alarm.Evaluation.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;

/// AWS's own tables: `0` is a point that is right, `X` one that breaches, `-` one that is missing.
class EvaluationTest {
    private static final Instant END = Instant.parse("2026-11-01T12:00:00Z");

    private static Verdict verdict(String points, int needed, String treatment) {
        MetricAlarm alarm =
                MetricAlarm.builder()
                        .evaluationPeriods(3)
                        .datapointsToAlarm(needed)
                        .threshold(1.0)
                        .comparisonOperator(ComparisonOperator.GREATER_THAN_THRESHOLD)
                        .treatMissingData(treatment)
                        .build();
        List<Point> real = new ArrayList<>();
        for (int i = 0; i < points.length(); i++) {
            int age = points.length() - i;
            if (points.charAt(i) != '-') {
                double value = points.charAt(i) == 'X' ? 5 : 0;
                real.add(new Point(END.minusSeconds(60L * age), value, age));
            }
        }
        return new Evaluation(alarm, real).verdict();
    }

    private static String state(String points, int needed, String treatment) {
        return verdict(points, needed, treatment)
                .state()
                .map(each -> each.toString().substring(0, 2))
                .orElse("retain");
    }

    @ParameterizedTest
    @CsvSource({
        "3, 0-X-X, OK, OK, OK, OK",
        "3, 0----, OK, OK, OK, OK",
        "3, -----, IN, retain, AL, OK",
        "3, 0XX-X, AL, AL, AL, AL",
        "3, --X--, AL, retain, AL, OK",
        "2, 0-X-X, AL, AL, AL, AL",
        "2, 00X0X, AL, AL, AL, AL",
        "2, 0-X--, OK, OK, AL, OK",
        "2, ----0, OK, OK, AL, OK",
        "2, ---X-, AL, retain, AL, OK",
    })
    void missingDataIsTreatedAsInAwssTables(
            int needed,
            String points,
            String missing,
            String ignore,
            String breaching,
            String not) {
        assertEquals(missing, state(points, needed, "missing"));
        assertEquals(ignore, state(points, needed, "ignore"));
        assertEquals(breaching, state(points, needed, "breaching"));
        assertEquals(not, state(points, needed, "notBreaching"));
    }

    @Test
    void theReasonIsInCloudWatchsWords() {
        assertEquals(
                "Threshold Crossed: 2 out of the last 3 datapoints [5.0 (01/11/26 11:59:00), 5.0"
                        + " (01/11/26 11:57:00)] were greater than the threshold (1.0) (minimum 2"
                        + " datapoints for OK -> ALARM transition).",
                verdict("00X0X", 2, "missing").reason());
        assertEquals(
                "Threshold Crossed: no datapoints were received for 3 periods and 3 missing"
                        + " datapoints were treated as [Breaching].",
                verdict("-----", 3, "breaching").reason());
        assertEquals(
                "Insufficient Data: 3 datapoints were unknown.",
                verdict("-----", 3, "missing").reason());
    }
}
