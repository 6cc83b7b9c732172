package io.dormouse.metrics.alarm;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What holds back the actions of a composite alarm. Pure.
///
///     new state ──► WAIT_PERIOD ──── it is over ────────► NONE, the actions are done
///        │              │ suppressor in ALARM                       ▲
///        │              ▼                                           │ it is over
///        └─────────► ALARM ──── suppressor leaves ALARM ──► EXTENSION_PERIOD
///                       ▲───────── suppressor in ALARM ────────────┘
///
/// A new state of the composite alarm begins from the left, whatever was. See [suppressing
/// actions](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html).
enum Suppression {
    NONE(""),
    WAIT_PERIOD("WaitPeriod"),
    EXTENSION_PERIOD("ExtensionPeriod"),
    ALARM("Alarm");

    private final String value;

    Suppression(String value) {
        this.value = value;
    }

    static Suppression of(@Nullable String value) {
        for (Suppression each : values()) {
            if (each.value.equals(value)) {
                return each;
            }
        }
        return NONE;
    }

    /// As AWS spells it; empty for none.
    Optional<String> value() {
        return this == NONE ? Optional.empty() : Optional.of(value);
    }

    Optional<String> reason() {
        return value().map(each -> "Actions suppressed by " + each);
    }

    /// What a decision goes by.
    ///
    /// @param since when the composite alarm came into its state
    /// @param isSuppressing whether the suppressor is in ALARM
    /// @param suppressorSince when the suppressor came into its state
    /// @param waitSeconds how long the suppressor is waited for
    /// @param extensionSeconds how long its end has no effect
    record Times(
            Instant since,
            boolean isSuppressing,
            Instant suppressorSince,
            int waitSeconds,
            int extensionSeconds) {
        Instant waitEnd() {
            return since.plusSeconds(waitSeconds);
        }

        Instant extensionEnd() {
            return suppressorSince.plusSeconds(extensionSeconds);
        }
    }

    /// What holds back the actions of a state that the alarm has just come into.
    static Suppression begin(Times times, Instant now) {
        return times.isSuppressing() ? ALARM : WAIT_PERIOD.next(times, now);
    }

    /// What does now.
    Suppression next(Times times, Instant now) {
        if (this != NONE && times.isSuppressing()) {
            return ALARM;
        }
        return switch (this) {
            case NONE -> NONE;
            case WAIT_PERIOD -> now.isBefore(times.waitEnd()) ? WAIT_PERIOD : NONE;
            case ALARM, EXTENSION_PERIOD ->
                    now.isBefore(times.extensionEnd()) ? EXTENSION_PERIOD : NONE;
        };
    }

    /// When time alone makes a difference; empty where it does not.
    Optional<Instant> due(Times times) {
        return switch (this) {
            case NONE, ALARM -> Optional.empty();
            case WAIT_PERIOD -> Optional.of(times.waitEnd());
            case EXTENSION_PERIOD -> Optional.of(times.extensionEnd());
        };
    }
}
