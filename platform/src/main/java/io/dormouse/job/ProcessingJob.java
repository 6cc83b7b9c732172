package io.dormouse.job;

import java.time.Instant;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ProcessingJobStatus;

/// A processing job as its Describe answer, and the moves of its life.
record ProcessingJob(DescribeProcessingJobResponse description) {
    boolean ended() {
        return switch (description.processingJobStatus()) {
            case COMPLETED, FAILED, STOPPED -> true;
            default -> false;
        };
    }

    boolean stopping() {
        return description.processingJobStatus() == ProcessingJobStatus.STOPPING;
    }

    ProcessingJob begun(Instant at) {
        return new ProcessingJob(
                description.toBuilder().processingStartTime(at).lastModifiedTime(at).build());
    }

    ProcessingJob asked(Instant at) {
        return new ProcessingJob(
                description.toBuilder()
                        .processingJobStatus(ProcessingJobStatus.STOPPING)
                        .lastModifiedTime(at)
                        .build());
    }

    ProcessingJob completed(Instant at) {
        return ended(ProcessingJobStatus.COMPLETED, at);
    }

    ProcessingJob stopped(Instant at) {
        return ended(ProcessingJobStatus.STOPPED, at);
    }

    ProcessingJob failed(String reason, Instant at) {
        ProcessingJob failed = ended(ProcessingJobStatus.FAILED, at);
        return new ProcessingJob(failed.description.toBuilder().failureReason(reason).build());
    }

    /// What the program left in `output/message`.
    ProcessingJob saying(String exitMessage) {
        return exitMessage.isEmpty()
                ? this
                : new ProcessingJob(description.toBuilder().exitMessage(exitMessage).build());
    }

    private ProcessingJob ended(ProcessingJobStatus status, Instant at) {
        return new ProcessingJob(
                description.toBuilder()
                        .processingJobStatus(status)
                        .processingEndTime(at)
                        .lastModifiedTime(at)
                        .build());
    }
}
