package io.dormouse.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.MetricData;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatus;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatusTransition;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;

/// A training job as its Describe answer, and the moves of its life. A move from an ended job
/// leaves it as it is.
record TrainingJob(DescribeTrainingJobResponse description) {
    boolean ended() {
        return switch (description.trainingJobStatus()) {
            case COMPLETED, FAILED, STOPPED -> true;
            default -> false;
        };
    }

    boolean stopping() {
        return description.trainingJobStatus() == TrainingJobStatus.STOPPING;
    }

    TrainingJob downloading(Instant at) {
        return moved(SecondaryStatus.DOWNLOADING, "Downloading input data", at);
    }

    TrainingJob training(Instant at) {
        TrainingJob moved = moved(SecondaryStatus.TRAINING, "Training in-progress", at);
        return moved.with(moved.description.toBuilder().trainingStartTime(at).build());
    }

    TrainingJob uploading(Instant at) {
        return moved(SecondaryStatus.UPLOADING, "Uploading generated training model", at);
    }

    TrainingJob asked(Instant at) {
        TrainingJob moved = moved(SecondaryStatus.STOPPING, "Stopping the training job", at);
        return moved.with(
                moved.description.toBuilder()
                        .trainingJobStatus(TrainingJobStatus.STOPPING)
                        .build());
    }

    TrainingJob withMetrics(List<MetricData> metrics) {
        return metrics.isEmpty()
                ? this
                : with(description.toBuilder().finalMetricDataList(metrics).build());
    }

    /// Its model is in S3.
    TrainingJob completed(Instant at) {
        return ended(
                TrainingJobStatus.COMPLETED,
                SecondaryStatus.COMPLETED,
                "Training job completed",
                at);
    }

    TrainingJob stopped(Instant at) {
        return ended(
                TrainingJobStatus.STOPPED, SecondaryStatus.STOPPED, "Training job stopped", at);
    }

    /// Its time was over; what it had saved is in S3.
    TrainingJob outOfTime(Instant at) {
        return ended(
                TrainingJobStatus.STOPPED,
                SecondaryStatus.MAX_RUNTIME_EXCEEDED,
                "Training job runtime exceeded MaxRuntimeInSeconds provided",
                at);
    }

    TrainingJob failed(String reason, Instant at) {
        TrainingJob failed =
                ended(TrainingJobStatus.FAILED, SecondaryStatus.FAILED, "Training job failed", at);
        return failed.with(failed.description.toBuilder().failureReason(reason).build());
    }

    private TrainingJob ended(
            TrainingJobStatus status, SecondaryStatus secondary, String message, Instant at) {
        TrainingJob moved = moved(secondary, message, at);
        DescribeTrainingJobResponse.Builder ended =
                moved.description.toBuilder().trainingJobStatus(status).trainingEndTime(at);
        Instant started = description.trainingStartTime();
        if (started != null) {
            int seconds = (int) Math.max(1, Duration.between(started, at).toSeconds());
            ended.trainingTimeInSeconds(seconds).billableTimeInSeconds(seconds);
        }
        return moved.with(ended.build());
    }

    /// The last transition ends where the new one begins.
    private TrainingJob moved(SecondaryStatus to, String message, Instant at) {
        List<SecondaryStatusTransition> transitions = new ArrayList<>();
        for (SecondaryStatusTransition past : description.secondaryStatusTransitions()) {
            transitions.add(past.endTime() == null ? past.toBuilder().endTime(at).build() : past);
        }
        transitions.add(
                SecondaryStatusTransition.builder()
                        .status(to)
                        .startTime(at)
                        .statusMessage(message)
                        .build());
        return with(
                description.toBuilder()
                        .secondaryStatus(to)
                        .secondaryStatusTransitions(transitions)
                        .lastModifiedTime(at)
                        .build());
    }

    private TrainingJob with(DescribeTrainingJobResponse changed) {
        return new TrainingJob(changed);
    }
}
