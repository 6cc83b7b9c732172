package io.dormouse.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    /// A Sunday.
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private static Optional<Instant> next(String expression, String zone) {
        return Schedule.parse(expression, ZoneId.of(zone), NOW, Optional.empty()).next(NOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cron(15 12 * * ? *)          | 2026-11-01T12:15:00Z
                    cron(0 12 * * ? *)           | 2026-11-02T12:00:00Z
                    cron(*/20 * * * ? *)         | 2026-11-01T12:20:00Z
                    cron(5/20 * * * ? *)         | 2026-11-01T12:05:00Z
                    cron(0 8,18 * * ? *)         | 2026-11-01T18:00:00Z
                    cron(0 9 ? * MON-FRI *)      | 2026-11-02T09:00:00Z
                    cron(0 9 ? * 1 *)            | 2026-11-08T09:00:00Z
                    cron(0 9 ? * sat *)          | 2026-11-07T09:00:00Z
                    cron(0 9 ? * 6L *)           | 2026-11-27T09:00:00Z
                    cron(0 9 ? * TUE#1 *)        | 2026-11-03T09:00:00Z
                    cron(0 9 ? * SUN#1 *)        | 2026-12-06T09:00:00Z
                    cron(0 0 1 * ? *)            | 2026-12-01T00:00:00Z
                    cron(0 0 L * ? *)            | 2026-11-30T00:00:00Z
                    cron(0 0 LW 2 ? *)           | 2027-02-26T00:00:00Z
                    cron(0 0 15W * ? *)          | 2026-11-16T00:00:00Z
                    cron(0 0 1W 8 ? *)           | 2027-08-02T00:00:00Z
                    cron(0 0 31 * ? *)           | 2026-12-31T00:00:00Z
                    cron(0 0 29 FEB ? *)         | 2028-02-29T00:00:00Z
                    cron(0 0 1 JAN ? 2030-2031)  | 2030-01-01T00:00:00Z
                    rate(1 minute)               | 2026-11-01T12:01:00Z
                    rate(12 hours)               | 2026-11-02T00:00:00Z
                    rate(3 days)                 | 2026-11-04T12:00:00Z
                    at(2026-11-01T12:00:01)      | 2026-11-01T12:00:01Z
                    """)
    void theNextTime(String expression, Instant expected) {
        assertEquals(Optional.of(expected), next(expression, "UTC"));
    }

    @Test
    void whatIsOverHasNoNextTime() {
        assertEquals(Optional.empty(), next("at(2026-11-01T12:00:00)", "UTC"));
        assertEquals(Optional.empty(), next("cron(0 0 1 1 ? 2026)", "UTC"));
        assertEquals(Optional.empty(), next("cron(0 0 30 2 ? *)", "UTC"));
    }

    @Test
    void timesAreOfTheirZone() {
        assertEquals(
                Optional.of(Instant.parse("2026-11-01T17:00:00Z")),
                next("cron(0 12 * * ? *)", "America/New_York"));
        assertEquals(
                Optional.of(Instant.parse("2026-11-01T12:30:00Z")),
                next("at(2026-11-01T13:30:00)", "Europe/Berlin"));
        // Half past two does not exist that night: it is an hour later.
        Schedule nightly =
                Schedule.parse(
                        "cron(30 2 * * ? *)", ZoneId.of("Europe/Berlin"), NOW, Optional.empty());
        assertEquals(
                Optional.of(Instant.parse("2027-03-28T01:30:00Z")),
                nightly.next(Instant.parse("2027-03-27T12:00:00Z")));
    }

    @Test
    void aRateCountsFromItsStart() {
        Schedule hourly =
                Schedule.parse(
                        "rate(1 hour)",
                        ZoneOffset.UTC,
                        NOW,
                        Optional.of(Instant.parse("2026-11-01T12:10:00Z")));
        assertEquals(Optional.of(Instant.parse("2026-11-01T12:10:00Z")), hourly.next(NOW));
        assertEquals(
                Optional.of(Instant.parse("2026-11-01T15:10:00Z")),
                hourly.next(Instant.parse("2026-11-01T14:10:00Z")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "every day",
                "at(tomorrow)",
                "rate(0 minutes)",
                "rate(5 seconds)",
                "cron(0 12 * * ?)",
                "cron(0 12 * * * *)",
                "cron(0 12 ? * ? *)",
                "cron(60 12 * * ? *)",
                "cron(0 24 * * ? *)",
                "cron(0 12 32 * ? *)",
                "cron(0 12 ? * MOON *)",
                "cron(0 12 * 13 ? *)",
                "cron(0 12 * * ? 1969)",
                "cron(9-5 12 * * ? *)",
                "cron(*/0 12 * * ? *)"
            })
    void nonsenseIsToldWhatWasExpected(String expression) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> next(expression, "UTC"));
        assertTrue(String.valueOf(refused.getMessage()).length() > 30, refused.getMessage());
    }
}
