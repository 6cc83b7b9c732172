package io.dormouse.job;

import java.time.Instant;
import software.amazon.awssdk.core.SdkPojo;

/// One job as its Describe answer, and the moves of its life, which are the same for every kind:
///
///     created ─► preparing ─► running ─► uploading ─► ended
///        └───────────┴── stopping ─┴─────────┘
///
/// A move gives the job as it is after it; [Lives] writes that down.
///
/// @param <J> the kind itself
sealed interface Job<J extends Job<J>> permits TrainingJob, ProcessingJob {
    /// What runs where the caller names no type.
    String USUAL_INSTANCE = "ml.m5.large";

    /// The Describe answer.
    SdkPojo description();

    String name();

    String arn();

    /// As AWS spells it, such as `InProgress`.
    String status();

    Instant created();

    Instant modified();

    String instanceType();

    /// In whose name its program speaks to the platform.
    String roleArn();

    /// Whether its program is to have no network, by its owner's wish.
    boolean isolated();

    default boolean hasEnded() {
        return switch (status()) {
            case "Completed", "Failed", "Stopped" -> true;
            default -> false;
        };
    }

    default boolean isStopping() {
        return status().equals("Stopping");
    }

    /// It has its place on the machine; its inputs are brought.
    J preparing(Instant at);

    /// Its program runs.
    J running(Instant at);

    /// Its program has ended in a way that its outputs are kept.
    J uploading(Instant at);

    /// It was asked to stop.
    J stopping(Instant at);

    J ended(Ending ending, Instant at);
}
