package io.dormouse.metrics.alarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;

class AlarmRuleTest {
    private static final Map<String, StateValue> STATES =
            Map.of(
                    "on", StateValue.ALARM,
                    "off", StateValue.OK,
                    "new", StateValue.INSUFFICIENT_DATA,
                    "with a space", StateValue.ALARM,
                    "arn:aws:cloudwatch:us-east-1:123456789012:alarm:far", StateValue.ALARM);

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "ALARM(on) ~ true",
                "ALARM(\"on\") ~ true",
                "ALARM( on ) ~ true",
                "ALARM(with a space) ~ true",
                "ALARM(\"with a space\") ~ true",
                "ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:far) ~ true",
                "ALARM(off) ~ false",
                "OK(off) ~ true",
                "INSUFFICIENT_DATA(new) ~ true",
                "NOT OK(off) ~ false",
                "NOT NOT OK(off) ~ true",
                "ALARM(on) AND NOT ALARM(off) ~ true",
                "ALARM(on) AND ALARM(off) ~ false",
                "ALARM(on) OR ALARM(off) AND FALSE ~ true", // AND binds closer
                "(ALARM(on) OR ALARM(off)) AND FALSE ~ false",
                "NOT FALSE AND FALSE ~ false",
                "(ALARM(off) OR (OK(off) AND TRUE)) ~ true",
                "TRUE ~ true",
                "FALSE ~ false",
                "ALARM(on)AND(OK(off)) ~ true",
            })
    void rulesAreReadAsOnAws(String rule, boolean expected) {
        assertEquals(expected, AlarmRule.of(rule).holds(AlarmRuleTest::state));
    }

    private static StateValue state(String alarm) {
        return STATES.getOrDefault(alarm, StateValue.UNKNOWN_TO_SDK_VERSION);
    }

    @Test
    void childrenAreNamedOnce() {
        assertEquals(
                List.of("a", "b c"),
                AlarmRule.of("ALARM(a) OR (OK(\"b c\") AND NOT ALARM(a))").children());
    }

    private static String refusal(String rule) {
        return assertThrows(AwsServiceException.class, () -> AlarmRule.of(rule))
                .awsErrorDetails()
                .errorMessage();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ALARM",
                "ALARM(",
                "ALARM()",
                "ALARM(a",
                "ALARM(a) AND",
                "ALARM(a) ALARM(b)",
                "AND ALARM(a)",
                "(ALARM(a)",
                "ALARM(a))",
                "UNKNOWN(a)",
                "ALARM(a) XOR ALARM(b)",
                "ALARM(\"a)",
                "NOT",
            })
    void everythingElseIsRefused(String rule) {
        assertTrue(refusal(rule).startsWith("AlarmRule is invalid: "), refusal(rule));
    }

    @Test
    void spaceAroundARuleIsRefusedInAwssWords() {
        assertEquals(
                "AlarmRule must not contain leading or trailing whitespace or be null",
                refusal(" ALARM(a)"));
    }

    @Test
    void longRulesAreRefused() {
        assertTrue(refusal("NOT ".repeat(600) + "TRUE").contains("500"));
        StringBuilder many = new StringBuilder("ALARM(a0)");
        for (int i = 1; i <= 100; i++) {
            many.append(" OR ALARM(a").append(i).append(")");
        }
        assertTrue(refusal(many.toString()).contains("100"));
    }
}
