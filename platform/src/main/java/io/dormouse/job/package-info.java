/// Training and processing jobs: a program run to its end, its inputs brought from S3 and its outputs
/// taken there by the platform itself.
///
/// `TrainingJobs` and `ProcessingJobs` are AWS's operations on them. Behind both is one life:
///
///     create ─► waits for a place ─► inputs ─► program ─► outputs ─► Completed
///                       └──────────────┴──────────┴─ stop, time, failure ─► Stopped, Failed
///
/// `Lives` keeps it, `JobRun` leads it, a `Job` is one state of it with the moves on, and a
/// `JobKind` is what training and processing do each in their own way. A kind of job more is a
/// `Job` and a `JobKind` more.
///
/// A job that the platform was killed in is run again from its beginning: its folder is made anew,
/// and its outputs are written once, at its end.
///
/// AWS: [CreateTrainingJob](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html),
/// [CreateProcessingJob](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html),
/// [how a training container is run](https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html).
///
/// May use: `artifact`, `aws`, `metrics`, `store`, `worker`.
@NullMarked
package io.dormouse.job;

import org.jspecify.annotations.NullMarked;
